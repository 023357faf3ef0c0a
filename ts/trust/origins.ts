import { invalidOption, kindOf, readText } from "../input/options.js";

/**
 * Origins by the address of a log, read once into an object without a prototype. The names are data, so what is no plain
 * data member throws: read as "nothing stated", it would leave an origin to the log's address.
 */
export function readOrigins(subject: string, value: unknown): Record<string, string[]> {
  const prototype: unknown = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw invalidOption(subject, "an object: the baseUrl of a log to a list of origins", kindOf(value));
  }
  const origins: Record<string, string[]> = Object.create(null);
  for (const baseUrl of Reflect.ownKeys(value as object)) {
    const at = `${subject}[${JSON.stringify(String(baseUrl))}]`;
    const member = Object.getOwnPropertyDescriptor(value, baseUrl);
    if (typeof baseUrl !== "string" || member === undefined || !member.enumerable || !("value" in member)) {
      throw invalidOption(at, "a plain member", "a symbol, an accessor or a hidden member");
    }
    const lines: unknown = member.value;
    if (!Array.isArray(lines)) throw invalidOption(at, "a list of origins", kindOf(lines));
    origins[baseUrl] = Array.from(lines, (line, index) => readText(`${at}[${index}]`, line));
  }
  return origins;
}
