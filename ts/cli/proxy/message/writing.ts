/** A message that the gate made of another one, as text: what the gate left as it was keeps its digits. */
import { signedBehind } from "../../../mcp/lists/lists.js";
import { memberSpans, type Span } from "./json_spans.js";
import { digitsOf, type ReadMessage } from "./message_text.js";

/** The text of `message`. It is that of `read` itself if the gate let it pass as it was. */
export function messageText(message: unknown, read: ReadMessage | undefined): string {
  if (read === undefined) return written(message, undefined);
  if (message === read.message) return read.text;
  return written(message, { value: read.message, text: read.text, span: { start: 0, end: read.text.length } });
}

/** The value in whose place another one is written. */
interface Before {
  readonly value: unknown;
  readonly text: string;
  readonly span: Span;
}

function written(value: unknown, before: Before | undefined): string {
  if (before !== undefined && Object.is(before.value, value)) {
    // An id with its digits is equal only where it stands in the text.
    return before.text.slice(before.span.start, before.span.end);
  }
  if (typeof value === "string") return digitsOf(value) ?? JSON.stringify(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const signed = signedBehind(value);
  if (signed !== undefined) return signed.text;
  if (Array.isArray(value)) return `[${value.map((inner) => written(inner, undefined)).join(",")}]`;
  const wasObject = typeof before?.value === "object" && before.value !== null && !Array.isArray(before.value);
  const spans = wasObject ? memberSpans(before.text, before.span.start) : undefined;
  const members = Object.entries(value).flatMap(([name, inner]) => {
    if (inner === undefined) return [];
    const span = spans?.get(name);
    const old =
      span === undefined || before === undefined
        ? undefined
        : { value: (before.value as Record<string, unknown>)[name], text: before.text, span };
    return [`${JSON.stringify(name)}:${written(inner, old)}`];
  });
  return `{${members.join(",")}}`;
}
