/** Colours on a terminal, and only there: never in a pipe, never against NO_COLOR. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  faint(text: string): string;
  strong(text: string): string;
}

const paint =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open}m${text}\u001b[${close}m`;
const plain = (text: string): string => text;

export function styleOf(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Style {
  const colours = stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  if (!colours) return { good: plain, bad: plain, faint: plain, strong: plain };
  return { good: paint(32, 39), bad: paint(31, 39), faint: paint(2, 22), strong: paint(1, 22) };
}
