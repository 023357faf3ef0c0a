/** Which fields of a definition differ from the signed definition. This explains a refusal and never decides one. */
import { printable } from "../input/printable.js";

/** One field that differs. A side is undefined where the field is absent. */
export interface Difference {
  /** Such as `description` or `inputSchema.properties.path`. */
  readonly field: string;
  readonly signed: unknown;
  readonly offered: unknown;
}

/** Most characters of a difference's text. */
const LONGEST_TEXT = 2000;
const MOST_FIELDS = 5;
const LONGEST_VALUE = 120;
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["input_schema", "inputSchema"],
  ["output_schema", "outputSchema"],
]);

/** The fields that differ, in the order of the signed definition. A field is named by its whole path. */
export function differencesOf(signed: object, offered: object): Difference[] {
  const respelt = Object.entries(offered).map(([key, value]) => [SPELLINGS.get(key) ?? key, value]);
  return compare("", signed, Object.fromEntries(respelt));
}

function compare(field: string, signed: unknown, offered: unknown): Difference[] {
  if (signed === offered) return [];
  if (isRecord(signed) && isRecord(offered)) {
    const keys = new Set([...Object.keys(signed), ...Object.keys(offered)]);
    return [...keys].flatMap((key) => {
      const [one, other] = [own(signed, key), own(offered, key)];
      return key === "required" && isSameSet(one, other)
        ? []
        : compare(field === "" ? key : `${field}.${key}`, one, other);
    });
  }
  if (Array.isArray(signed) && Array.isArray(offered) && signed.length === offered.length) {
    return signed.flatMap((item, index) => compare(`${field}[${index}]`, item, offered[index]));
  }
  return [{ field, signed, offered }];
}

/** Whether both hold the same strings, in any order. */
function isSameSet(signed: unknown, offered: unknown): boolean {
  if (!Array.isArray(signed) || !Array.isArray(offered) || signed.length !== offered.length) return false;
  const left = new Set(signed);
  return left.size === signed.length && offered.every((item) => typeof item === "string" && left.delete(item));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const own = (record: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** The differences as texts for an error. */
export function describeDifferences(signed: object, offered: object): { expected: string; found: string } {
  const { shown, more } = firstDifferences(signed, offered);
  return {
    expected: [...shown.map(({ field, signed }) => `${field} ${signed}`), ...more].join("; "),
    found: [...shown.map(({ field, offered }) => `${field} ${offered}`), ...more].join("; "),
  };
}

/** The differences as one text. */
export function differenceText(signed: object, offered: object): string {
  const { shown, more } = firstDifferences(signed, offered);
  const parts = shown.map(({ field, signed, offered }) => `${field}: signed ${signed}, offered ${offered}`);
  const text = [...parts, ...more].join("; ");
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}

function firstDifferences(signed: object, offered: object) {
  const differences = differencesOf(signed, offered);
  const shown = differences.slice(0, MOST_FIELDS).map((one) => {
    const from = excerptStart(one.signed, one.offered);
    return { field: printable(one.field), signed: show(one.signed, from), offered: show(one.offered, from) };
  });
  const more = differences.length > shown.length ? [`and ${differences.length - shown.length} more fields`] : [];
  return { shown, more };
}

/** Where to begin showing two texts: shortly before their first difference. */
function excerptStart(signed: unknown, offered: unknown): number {
  if (typeof signed !== "string" || typeof offered !== "string") return 0;
  let same = 0;
  while (same < signed.length && signed[same] === offered[same]) same += 1;
  return same <= LONGEST_VALUE / 2 ? 0 : same - LONGEST_VALUE / 4;
}

function show(value: unknown, from: number): string {
  if (value === undefined) return "absent";
  if (typeof value !== "string") return printable(JSON.stringify(value), LONGEST_VALUE);
  const excerpt = from === 0 ? value : `…${value.slice(from)}`;
  return printable(JSON.stringify(excerpt), LONGEST_VALUE);
}
