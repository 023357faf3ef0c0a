/** The only file that imports the library. The file is loaded when the first schema is checked. */
import { Validator } from "@cfworker/json-schema";
import type { CheckableSchema } from "./schema_form.js";

/** Where a value does not match a schema, or undefined if it matches. Errors of the library are thrown. */
export function mismatch({ schema, draft }: CheckableSchema, value: unknown): string | undefined {
  const { valid, errors } = new Validator(schema, draft, true).validate(value);
  if (valid) return undefined;
  const last = errors.at(-1);
  return last === undefined ? "the whole value" : `${last.instanceLocation} (${last.keyword})`;
}
