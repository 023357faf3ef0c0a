/**
 * The text of a state file: `{"format":1,"records":{"<key>":"<text>",…}}`, keys in order, without blanks. Each content
 * has one spelling. A file that differs from it is refused, and never treated as empty.
 */
import { type InkanError, refusal } from "../errors.js";
import { printable } from "../input/printable.js";

export type Records = ReadonlyMap<string, string>;

export function recordsToText(records: Records): string {
  const entries = [...records]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, record]) => `${JSON.stringify(key)}:${JSON.stringify(record)}`);
  return `{"format":1,"records":{${entries.join(",")}}}`;
}

/** Throws `ERR_STATE_CORRUPT` unless `bytes` are exactly what {@link recordsToText} writes. Messages name `path`. */
export function recordsFromBytes(bytes: Uint8Array, path: string): Records {
  if (bytes.length === 0) throw corrupt(path, "an empty file");
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw corrupt(path, "a file that is torn, or no JSON", cause);
  }
  const records = recordsOf(value, path);
  if (recordsToText(records) !== text) throw corrupt(path, "another spelling of the records");
  return records;
}

function recordsOf(value: unknown, path: string): Records {
  if (!isObject(value)) throw corrupt(path, "no object");
  const { format, records, ...unknown } = value;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw corrupt(path, `an unknown field ${printable(name, 40)}`);
  if (format !== 1) throw corrupt(path, `format ${printable(String(JSON.stringify(format)), 40)}`);
  if (!isObject(records)) throw corrupt(path, "no records");
  return new Map(
    Object.entries(records).map(([key, record]) => {
      if (typeof record !== "string") throw corrupt(path, `no text under ${printable(key, 80)}`);
      return [key, record];
    }),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function corrupt(path: string, found: string, cause?: unknown): InkanError {
  const expected = "a whole state file of format 1, as inkan writes it";
  const hint = "Find out who wrote it; restore it, or remove it on purpose. Nothing was released.";
  return refusal("ERR_STATE_CORRUPT", { subject: printable(path), expected, found, hint }, cause);
}
