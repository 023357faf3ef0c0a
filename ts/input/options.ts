/** The one reader of options. Every public function that takes options reads them here. */
import { refusal } from "../errors.js";
import { kindOf } from "./kind.js";
import { invalidOption, readMembers } from "./members.js";
import { printable } from "./printable.js";
import { suggestion } from "./suggestion.js";

export { invalidOption, kindOf };

/**
 * Reads an options object once, into an object without prototype, so that the checked values are the ones that are used.
 * Throws for unknown names, and for every shape that {@link readMembers} cannot read. Ignores nothing.
 */
export const readOptions = <Name extends string>(
  what: string,
  options: unknown,
  known: readonly Name[],
): { readonly [name in Name]?: unknown } =>
  readMembers(what, options, (name) => {
    if (!known.some((candidate) => candidate === name)) throw unknownOption(what, name, known);
  }) as { readonly [name in Name]?: unknown };

function unknownOption(what: string, name: string, known: readonly string[]): Error {
  const meant = suggestion(name, known);
  return refusal("ERR_OPTION_UNKNOWN", {
    subject: `${what}.${printable(name)}`,
    expected: `one of ${known.join(", ")}`,
    found: printable(name),
    hint: meant === undefined ? undefined : `Did you mean ${meant}?`,
  });
}

/** The refusal of a call that lacks an option. */
export const missingOption = (subject: string, expected: string, hint: string): Error =>
  invalidOption(subject, expected, "nothing", hint);

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

/** A number that JSON can hold. The core says which numbers it takes. */
export function readNumber(subject: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw invalidOption(subject, "a number", typeof value === "number" ? String(value) : kindOf(value));
}

export function readCount(subject: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw invalidOption(subject, "an integer of 0 or more", typeof value === "number" ? String(value) : kindOf(value));
  }
  return value;
}

/** Milliseconds, so many that the timers of all runtimes can wait for them. */
export function readTimeout(subject: string, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault;
  const milliseconds = readCount(subject, value);
  if (milliseconds > 0 && milliseconds <= LONGEST_DELAY) return milliseconds;
  throw invalidOption(subject, `1 to ${LONGEST_DELAY} milliseconds`, String(milliseconds));
}

const LONGEST_DELAY = 2 ** 31 - 1;

/** A time as RFC 3339 text. The core checks the text. */
export function readTime(subject: string, value: unknown): string {
  const time = timeOf(value);
  if (time === undefined) {
    if (typeof value === "string") return readText(subject, value);
    throw invalidOption(subject, "a Date, or a text as RFC 3339 has it", kindOf(value));
  }
  if (Number.isNaN(time)) throw invalidOption(subject, "a valid time", "an invalid Date");
  return new Date(time).toISOString();
}

/** The time of a Date of any realm. Methods that its class or the object itself overrides are not called. */
function timeOf(value: unknown): number | undefined {
  if (typeof value !== "object") return undefined;
  try {
    return Date.prototype.getTime.call(value);
  } catch {
    return undefined;
  }
}
