/** Reads objects and lists that a caller made. Nothing is looked up through a prototype, and each member is read once. */
import { InkanError, refusal } from "../errors.js";
import { isPlain, kindOf } from "./kind.js";
import { printable } from "./printable.js";

/** The refusal of an option's value. */
export const invalidOption = (subject: string, expected: string, found: string, hint?: string): InkanError =>
  refusal("ERR_OPTION_INVALID", { subject, expected, found: printable(found), hint });

/**
 * The members of a plain object, by name, in an object without prototype. A plain object is `{ … }`, what `JSON.parse`
 * gives, or an object without prototype. All that a reader of such objects would overlook is refused: another kind of
 * object, and members that are inherited, computed, hidden, undefined or named by a symbol. `checkName` may refuse a name.
 *
 * A `Proxy` cannot be told from its target. Each member is read once, so the checked value is the one that is used.
 */
export function readMembers(
  what: string,
  value: unknown,
  checkName?: (name: string) => void,
): { readonly [name: string]: unknown } {
  return whole(what, () => {
    if (typeof value !== "object" || value === null || !isPlain(value)) throw notPlain(what, value);
    const members: { [name: string]: unknown } = Object.create(null);
    for (const key of Reflect.ownKeys(value)) {
      const subject = `${what}.${printable(String(key))}`;
      if (typeof key === "symbol") {
        const expected = "options whose names are texts";
        throw refusal("ERR_OPTION_UNKNOWN", { subject, expected, found: printable(String(key)) });
      }
      checkName?.(key);
      members[key] = ownData(subject, value, key);
    }
    return members;
  });
}

/** The items of an array. Holes are refused, and so is what a subclass or a prototype would give in their place. */
export function readList(subject: string, value: unknown, expected = "an array"): unknown[] {
  return whole(subject, () => {
    if (!Array.isArray(value)) throw invalidOption(subject, expected, kindOf(value));
    const { length } = value;
    return Array.from({ __proto__: null, length } as ArrayLike<unknown>, (_, index) =>
      ownData(`${subject}[${index}]`, value, String(index)),
    );
  });
}

function ownData(subject: string, holder: object, name: string): unknown {
  const descriptor = Reflect.getOwnPropertyDescriptor(holder, name);
  if (descriptor === undefined) throw invalidOption(subject, "a value", "nothing");
  if (!Object.hasOwn(descriptor, "value")) {
    throw invalidOption(
      subject,
      "a value",
      "a getter",
      "Give the value itself: a getter may answer differently each time.",
    );
  }
  if (!descriptor.enumerable) {
    throw invalidOption(
      subject,
      "a member that is enumerable",
      "a hidden member",
      "Write the option as { name: value }.",
    );
  }
  if (descriptor.value === undefined) {
    throw invalidOption(subject, "a value", "undefined", "Leave the option out, or give it a value.");
  }
  return descriptor.value;
}

function notPlain(what: string, value: unknown): InkanError {
  const found = kindOf(value);
  const hint = found.startsWith("a Promise")
    ? "Write await before what makes the options."
    : found === "a Map"
      ? "Give a plain object: Object.fromEntries(map)."
      : "Give a plain object: { name: value }. Members that are inherited or computed are not read.";
  return invalidOption(what, "a plain object", found, hint);
}

/** The result of `read`. A Proxy's own code may throw anything, which becomes a refusal. */
function whole<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof InkanError) throw thrown;
    throw invalidOption(what, "an object that can be read", "an object whose own code throws");
  }
}

/**
 * A member of an object with behaviour, such as a store or a client: its own, or that of its class. A member that
 * somebody added to `Object.prototype` does not count.
 */
export function memberOf(value: unknown, name: string | symbol): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  if (!Object.hasOwn(Object.prototype, name)) return Reflect.get(value, name);
  for (let holder: object | null = value; holder !== null; holder = Reflect.getPrototypeOf(holder)) {
    if (holder === Object.prototype) return undefined;
    if (Object.hasOwn(holder, name)) return Reflect.get(value, name);
  }
  return undefined;
}

/** Whether a value is an object that has these methods, as a store, a client or a database has. */
export const hasMethods = (value: unknown, ...names: readonly (string | symbol)[]): boolean =>
  typeof value === "object" && names.every((name) => typeof memberOf(value, name) === "function");
