/** What the store of Durable Objects and its object say to each other, as JSON. Both read it strictly. */

export type Call =
  | { readonly call: "load"; readonly key: string }
  | { readonly call: "compareAndSwap"; readonly key: string; readonly expected: string | null; readonly next: string }
  | { readonly call: "records" }
  | { readonly call: "remove"; readonly key: string; readonly expected: string };

export type Answer =
  | { readonly text: string | null }
  | { readonly done: boolean }
  | { readonly records: readonly (readonly [key: string, text: string])[] }
  /** What stands under `key` in place of a text. */
  | { readonly corrupt: string; readonly key: string };

export const callToText = (call: Call): string => JSON.stringify(call);
export const answerToText = (answer: Answer): string => JSON.stringify(answer);

type Members = { readonly [name: string]: unknown };

const isText = (value: unknown): value is string => typeof value === "string";
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

function membersOf(text: string): Members {
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null) return value as Members;
  throw new Error("a message that is no object");
}

/** Throws unless `text` is a call. */
export function callFromText(text: string): Call {
  const { call, key, expected, next } = membersOf(text);
  if (call === "records") return { call };
  if (isText(key)) {
    if (call === "load") return { call, key };
    if (call === "remove" && isText(expected)) return { call, key, expected };
    if (call === "compareAndSwap" && isTextOrNull(expected) && isText(next)) {
      return { call, key, expected: expected as string | null, next };
    }
  }
  throw new Error("a call that StateDurableObject does not know");
}

/** Throws unless `text` is an answer. */
export function answerFromText(text: string): Answer {
  const members = membersOf(text);
  if (Object.hasOwn(members, "corrupt")) {
    const { corrupt, key } = members;
    if (isText(corrupt) && isText(key)) return { corrupt, key };
  }
  if (Object.hasOwn(members, "text") && isTextOrNull(members.text)) return { text: members.text as string | null };
  if (typeof members.done === "boolean") return { done: members.done };
  if (Array.isArray(members.records) && members.records.every(isPair)) return { records: members.records };
  throw new Error("an answer that StateDurableObject does not give; is another class bound?");
}

const isPair = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every(isText);
