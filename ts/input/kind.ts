/** What a value is, for messages. No code of the value's class runs, and no value makes this throw. */
import { printable } from "./printable.js";

/** What a value is: "a Map", "an array", "a Promise: a forgotten await?". */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return withArticle(typeof value);
  try {
    if (Array.isArray(value)) return "an array";
    if (isPlain(value)) return "an object";
    const name = className(value);
    if (name === undefined) return "an object that inherits from another";
    return name === "Promise" ? "a Promise: a forgotten await?" : withArticle(printable(name, 60));
  } catch {
    return "an object that cannot be read";
  }
}

const withArticle = (noun: string): string => `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;

/** The name of an object's class. Undefined where the object inherits from an object that is no class's prototype. */
function className(value: object): string | undefined {
  const prototype = Reflect.getPrototypeOf(value);
  const itsClass = prototype === null ? undefined : ownValue(prototype, "constructor");
  const name = typeof itsClass === "function" ? ownValue(itsClass, "name") : undefined;
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** Whether an object inherits only from `Object.prototype`, of any realm. */
export function isPlain(value: object): boolean {
  if (Array.isArray(value)) return false;
  const prototype = Reflect.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || isForeignRoot(prototype);
}

/** Whether this is the `Object.prototype` of another realm: a frame, a `vm` context, Jest's sandbox. */
function isForeignRoot(prototype: object): boolean {
  if (Reflect.getPrototypeOf(prototype) !== null) return false;
  const itsClass = ownValue(prototype, "constructor");
  return (
    typeof itsClass === "function" &&
    ownValue(itsClass, "prototype") === prototype &&
    Function.prototype.toString.call(itsClass) === Function.prototype.toString.call(Object)
  );
}

/** The value of an object's own data member. */
function ownValue(object: object, name: string): unknown {
  const descriptor = Reflect.getOwnPropertyDescriptor(object, name);
  return descriptor !== undefined && Object.hasOwn(descriptor, "value") ? descriptor.value : undefined;
}
