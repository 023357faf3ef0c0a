/**
 * A line or event to the message in it, read as every receiver would read it: a text in which parsers see different
 * things is no message. The text stays at hand, so that what passes is passed on byte for byte.
 */

import { LIMITS } from "../limits.js";
import { endOfString, memberSpans } from "./json_spans.js";

/** A message that was read. */
export interface ReadMessage {
  /** In one line. */
  readonly text: string;
  /** As JSON.parse gives it; an id that is no exact double is a text with its digits (see {@link exactId}). */
  readonly message: unknown;
}

/** A text that is no message: why, and the id if there is one that can be told. */
export interface Unreadable {
  readonly problem: string;
  /** Whether it is no JSON object at all, as what programs print beside messages. */
  readonly noise: boolean;
  readonly id?: string | number;
  readonly isRequest?: boolean;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads the bytes of a message. */
export function readMessageBytes(bytes: Uint8Array): ReadMessage | Unreadable {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { problem: "not UTF-8", noise: true };
  }
  return readMessage(text);
}

/** Reads the text of a message. */
export function readMessage(given: string): ReadMessage | Unreadable {
  // A newline outside of strings is a space to JSON, and in one no JSON.
  const text = /[\r\n]/.test(given) ? given.replace(/[\r\n]+/g, " ") : given;
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { problem: `no JSON: ${given.slice(0, 200)}`, noise: true };
  }
  if (typeof message !== "object" || message === null)
    return { problem: `no JSON object: ${given.slice(0, 200)}`, noise: true };
  const { members, depth } = countsOf(text);
  if (depth > LIMITS.messageDepth) return unreadable(message, `more than ${LIMITS.messageDepth} levels deep`);
  if (members !== countMembers(message)) return unreadable(message, "a name twice in one object");
  if (Array.isArray(message)) return { text, message };
  const misspelt = misspelling(message as Json);
  if (misspelt !== undefined) {
    return unreadable(message, `${JSON.stringify(misspelt)}, which some parsers take for another name`);
  }
  if (exactId(text, message as Json)) return { text, message };
  return unreadable(message, "an id that looks like one of the proxy's own");
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function unreadable(message: object, problem: string): Unreadable {
  const { id, method } = message as { id?: unknown; method?: unknown };
  const known = typeof id === "string" || (typeof id === "number" && Number.isSafeInteger(id));
  return { problem, noise: false, isRequest: method !== undefined, ...(known ? { id: id as string | number } : {}) };
}

/** Colons outside of strings, which are the members that the text states, and the deepest level. */
function countsOf(text: string): { readonly members: number; readonly depth: number } {
  let members = 0;
  let level = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at) - 1;
        break;
      case 0x3a:
        members += 1;
        break;
      case 0x7b:
      case 0x5b:
        level += 1;
        if (level > depth) depth = level;
        break;
      case 0x7d:
      case 0x5d:
        level -= 1;
        break;
    }
  }
  return { members, depth };
}

/** Members of a parsed value, on every level: fewer than its text states where a name stood twice. */
function countMembers(value: object): number {
  let members = 0;
  const open: object[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const values: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    if (!Array.isArray(next)) members += values.length;
    for (const inner of values) if (typeof inner === "object" && inner !== null) open.push(inner);
  }
  return members;
}

/** Names that decide what a message is, where it goes and what it brings. */
const NAMES = {
  envelope: ["jsonrpc", "id", "method", "params", "result", "error"],
  params: ["name", "uri", "ref", "tools", "cursor", "requestId", "arguments", "notifications", "inputRequests"],
  result: [
    "tools",
    "prompts",
    "resources",
    "resourceTemplates",
    "instructions",
    "nextCursor",
    "resultType",
    "inputRequests",
    "task",
    "result",
    "data",
  ],
  ref: ["type", "name", "uri"],
  request: ["method", "params", "request", "tools"],
} as const;

/** As decoders compare that do not care for letter case: the Kelvin sign is a k to them, and the long s an s. */
const folded = (name: string): string => name.toUpperCase().toLowerCase();

const inFolds = (names: readonly string[]): ReadonlyMap<string, string> =>
  new Map(names.map((name) => [folded(name), name]));

const FOLDED: Readonly<Record<keyof typeof NAMES, ReadonlyMap<string, string>>> = {
  envelope: inFolds(NAMES.envelope),
  params: inFolds(NAMES.params),
  result: inFolds(NAMES.result),
  ref: inFolds(NAMES.ref),
  request: inFolds(NAMES.request),
};

/** A name that some decoders take for another one that matters: they do not care for letter case, or end it at U+0000. */
function misspelling(message: Json): string | undefined {
  const { params, result } = message;
  return (
    misspeltIn(message, "envelope") ??
    misspeltIn(params, "params") ??
    misspeltIn(result, "result") ??
    (isObject(params) ? misspeltIn(params.ref, "ref") : undefined) ??
    [params, result, isObject(result) ? result.task : undefined, isObject(result) ? result.result : undefined]
      .map((holder) => (isObject(holder) ? misspeltRequest(holder.inputRequests, 4) : undefined))
      .find((name) => name !== undefined)
  );
}

function misspeltIn(value: unknown, place: keyof typeof NAMES): string | undefined {
  if (!isObject(value)) return undefined;
  const names = FOLDED[place];
  const keys = Object.keys(value);
  const seen = keys.length > 1 && place !== "envelope" ? new Set<string>() : undefined;
  for (const key of keys) {
    // What a decoder that copies members one by one takes for the object that the others are inherited from.
    if (key === "__proto__") return key;
    const low = folded(key.replace(/\0.*$/s, ""));
    const right = names.get(low);
    if (right !== undefined && right !== key) return key;
    if (seen?.has(low)) return key;
    seen?.add(low);
  }
  return undefined;
}

function misspeltRequest(value: unknown, levels: number): string | undefined {
  if (levels === 0 || typeof value !== "object" || value === null) return undefined;
  const found = misspeltIn(value, "request");
  if (found !== undefined) return found;
  for (const inner of Object.values(value)) {
    const deeper = misspeltRequest(inner, levels - 1);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

/** What an id that is no exact double begins with here, before its digits. */
const EXACT = "\u0000inkan:";

/**
 * Puts the digits of an id beyond 2^53 in its place, so that two such ids stay two. Says whether the message's ids are
 * none that only look like that.
 */
function exactId(text: string, message: Json): boolean {
  return exactIn(text, 0, message, "id") && exactIn(text, undefined, message.params, "requestId");

  function exactIn(whole: string, start: number | undefined, holder: unknown, name: string): boolean {
    if (!isObject(holder)) return true;
    const id = holder[name];
    if (typeof id === "string") return !id.startsWith(EXACT);
    if (typeof id !== "number" || Number.isSafeInteger(id)) return true;
    const at = start ?? memberSpans(whole).get("params")?.start ?? 0;
    const span = memberSpans(whole, at).get(name);
    const digits = span === undefined ? "" : whole.slice(span.start, span.end);
    if (/^-?\d+$/.test(digits) && digits.length <= MOST_DIGITS) holder[name] = EXACT + digits;
    return true;
  }
}

const MOST_DIGITS = 100;

/** The digits of an id that {@link exactId} wrote, else undefined. */
export function digitsOf(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.startsWith(EXACT)) return undefined;
  const digits = value.slice(EXACT.length);
  return /^-?\d+$/.test(digits) ? digits : undefined;
}

/** An id at the beginning or the end of a message that was too long to be read: one that JSON can hold, in ASCII. */
export function idAtTheEdge(head: Buffer, tail: Buffer): string | number | undefined {
  const id = '"id"\\s*:\\s*(-?(?:0|[1-9]\\d{0,14})|"[ !#-\\[\\]-~]{1,200}")';
  const version = '"jsonrpc"\\s*:\\s*"2\\.0"';
  const first = new RegExp(`^\\s*\\{\\s*(?:${version}\\s*,\\s*)?${id}\\s*,`).exec(head.toString("latin1"));
  const last = new RegExp(`,\\s*(?:${version}\\s*,\\s*)?${id}\\s*(?:,\\s*${version}\\s*)?\\}\\s*$`).exec(
    tail.toString("latin1"),
  );
  const text = first?.[1] ?? last?.[1];
  return text === undefined ? undefined : JSON.parse(text);
}
