/** Where values stand in a JSON text that has been parsed already: so that they can be written again digit by digit. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The end of the string that begins at `start`. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === 0x5c) before -= 1;
    if ((at - before) % 2 === 1) return at + 1;
  }
  return text.length;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function afterSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** The end of the value that begins at `start`. */
function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== "{" && first !== "[") {
    let at = start;
    while (at < text.length && !/[,\]}\s]/.test(text[at] ?? "")) at += 1;
    return at;
  }
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at) - 1;
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** The values of the members of the object that begins at `start`, by name. The text is one that JSON.parse takes. */
export function memberSpans(text: string, start = 0): Map<string, Span> {
  const spans = new Map<string, Span>();
  let at = afterSpace(text, start);
  if (text[at] !== "{") return spans;
  at = afterSpace(text, at + 1);
  while (at < text.length && text[at] !== "}") {
    const keyEnd = endOfString(text, at);
    const name: string = JSON.parse(text.slice(at, keyEnd));
    const valueStart = afterSpace(text, afterSpace(text, keyEnd) + 1);
    const end = endOfValue(text, valueStart);
    spans.set(name, { start: valueStart, end });
    at = afterSpace(text, end);
    if (text[at] === ",") at = afterSpace(text, at + 1);
  }
  return spans;
}
