/** JSON texts that no member of `Object.prototype` changes. */

/**
 * As `JSON.stringify`, but a `toJSON` that somebody added to every object or array is not called. `look` sees each member
 * before it is written, and may throw to end it.
 */
export function jsonText(value: object, look?: (name: string, member: unknown) => void): string {
  const isPolluted = Object.hasOwn(Object.prototype, "toJSON") || Object.hasOwn(Array.prototype, "toJSON");
  if (!isPolluted && look === undefined) return JSON.stringify(value);
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, name: string, found: unknown) {
    const member = isPolluted ? withoutAddedToJson(this, name, found) : found;
    look?.(name, member);
    return member;
  });
}

/** A replacer is called after `toJSON`, and finds the value as it was in the `holder`. */
function withoutAddedToJson(holder: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const original = holder[name];
  return typeof original === "object" && original !== null && !hasOwnToJson(original) ? original : value;
}

/** Whether an object, or a class of it, says how it becomes JSON. */
function hasOwnToJson(value: object): boolean {
  for (let holder: object | null = value; holder !== null; holder = Reflect.getPrototypeOf(holder)) {
    if (holder === Object.prototype || holder === Array.prototype) return false;
    if (Object.hasOwn(holder, "toJSON")) return true;
  }
  return false;
}

/** A parsed object without its prototype, so that a member which is absent cannot be found there. */
export const withoutPrototype = <T extends object>(value: T): T => ({ __proto__: null, ...value });
