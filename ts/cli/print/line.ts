/** What is printed, before it is laid out: lines of texts, each with how it looks on a terminal. */

/** How a text looks where there are colours. */
export type Look = "good" | "bad" | "faint" | "strong";

export interface Span {
  readonly text: string;
  readonly look?: Look;
}

/** One line. Where it is longer than the terminal is wide, it goes on below, indented by `hang` columns. */
export interface Line {
  readonly spans: readonly Span[];
  readonly hang: number;
}

export const good = (text: string): Span => ({ text, look: "good" });
export const bad = (text: string): Span => ({ text, look: "bad" });
export const faint = (text: string): Span => ({ text, look: "faint" });
export const strong = (text: string): Span => ({ text, look: "strong" });

/** A line that goes on below its own first letter, or at `hang`. */
export function line(content: string | readonly (string | Span)[], hang?: number): Line {
  const parts = typeof content === "string" ? [content] : content;
  const spans = parts.map((part) => (typeof part === "string" ? { text: part } : part));
  return { spans, hang: hang ?? indentOf(spans[0]?.text ?? "") };
}

export const EMPTY: Line = { spans: [], hang: 0 };

const indentOf = (text: string): number => text.length - text.trimStart().length;
