/** JSON texts that members added to `Object.prototype` do not change. */

/**
 * Like `JSON.stringify`, but does not call a `toJSON` that somebody added to every object or array. `look` sees each
 * member before it is written, and may throw to end it.
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

/** JSON calls a replacer after `toJSON`. The original value is in the `holder`. */
function withoutAddedToJson(holder: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const original = holder[name];
  return typeof original === "object" && original !== null && !hasOwnToJson(original) ? original : value;
}

/** Whether an object, or its class, defines its form in JSON. */
function hasOwnToJson(value: object): boolean {
  for (let holder: object | null = value; holder !== null; holder = Reflect.getPrototypeOf(holder)) {
    if (holder === Object.prototype || holder === Array.prototype) return false;
    if (Object.hasOwn(holder, "toJSON")) return true;
  }
  return false;
}

/** A parsed object without a prototype, so that an absent member cannot be found in the prototype. */
export const withoutPrototype = <T extends object>(value: T): T => ({ __proto__: null, ...value });
