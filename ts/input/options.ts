import { InputError } from "../errors.js";
import { printable } from "./printable.js";

/** The refusal of an option's value. */
export function invalidOption(subject: string, expected: string, found: string, hint?: string): InputError {
  return new InputError({
    code: "ERR_OPTION_INVALID",
    message: "An option has a value that cannot be honoured.",
    subject,
    expected,
    found: printable(found),
    hint: hint ?? "Correct the option; nothing was verified.",
  });
}

/** What a value is, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "Object" ? `a ${name}` : "an object";
}

/**
 * Reads an options object once, so that what is checked is what is used. Unknown names throw, and so does an option
 * that is there but `undefined`: an unset variable must not switch a check off.
 */
export function readOptions<Name extends string>(
  what: string,
  options: unknown,
  known: readonly Name[],
): { readonly [name in Name]?: unknown } {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw invalidOption(what, "an object of options", kindOf(options));
  }
  const read: { [name in Name]?: unknown } = {};
  for (const key of Reflect.ownKeys(options)) {
    const name = known.find((candidate) => candidate === key);
    if (name === undefined) throw unknownOption(what, String(key), known);
    const value: unknown = Reflect.get(options, key);
    if (value === undefined) {
      throw invalidOption(`${what}.${name}`, "a value", "undefined", "Leave the option out, or give it a value.");
    }
    read[name] = value;
  }
  return read;
}

function unknownOption(what: string, name: string, known: readonly string[]): InputError {
  const close = known.find((candidate) => looksLike(candidate, name));
  return new InputError({
    code: "ERR_OPTION_UNKNOWN",
    message: "An option has a name that this build does not know.",
    subject: `${what}.${printable(name)}`,
    expected: `one of ${known.join(", ")}`,
    found: printable(name),
    hint: close
      ? `Did you mean ${close}?`
      : "Correct the spelling, or update inkan if the option is newer than this build.",
  });
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Equal but for case and separators, or one letter added, lost or changed. */
function looksLike(known: string, given: string): boolean {
  const [a, b] = [plain(known), plain(given)];
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  return Math.max(a.length, b.length) - start - end <= 1;
}

/** The refusal of a call that lacks an option. */
export function missingOption(subject: string, expected: string, hint: string): InputError {
  return invalidOption(subject, expected, "nothing", hint);
}

export function readString(subject: string, value: unknown): string {
  if (typeof value !== "string") throw invalidOption(subject, "a text", kindOf(value));
  return value;
}

export function readText(subject: string, value: unknown): string {
  const text = readString(subject, value);
  if (text === "") throw invalidOption(subject, "a text that is not empty", "an empty text");
  return text;
}

export function readOneOf<Word extends string>(subject: string, value: unknown, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) {
    throw invalidOption(subject, `one of ${words.join(", ")}`, typeof value === "string" ? value : kindOf(value));
  }
  return word;
}

export function readCount(subject: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw invalidOption(subject, "an integer of 0 or more", typeof value === "number" ? String(value) : kindOf(value));
  }
  return value;
}

/** A time as RFC 3339 text. The core checks the text. */
export function readTime(subject: string, value: unknown): string {
  if (!(value instanceof Date)) return readText(subject, value);
  if (Number.isNaN(value.getTime())) throw invalidOption(subject, "a valid time", "an invalid Date");
  return value.toISOString();
}
