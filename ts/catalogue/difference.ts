/** Which fields of a tool differ from the signed definition: to explain a refusal, never to decide one. */
import { printable } from "../input/printable.js";

/** One field that differs. A side is undefined where the field is absent. */
export interface ToolDifference {
  /** Such as `description` or `inputSchema.properties.path`. */
  readonly field: string;
  readonly signed: unknown;
  readonly offered: unknown;
}

const MOST_FIELDS = 5;
const LONGEST_VALUE = 120;
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["input_schema", "inputSchema"],
  ["output_schema", "outputSchema"],
]);

/** The differing fields, deepest first named, in the order of the signed definition. */
export function toolDifferences(signed: object, offered: object): ToolDifference[] {
  const respelt = Object.entries(offered).map(([key, value]) => [SPELLINGS.get(key) ?? key, value]);
  return compare("", signed, Object.fromEntries(respelt));
}

function compare(field: string, signed: unknown, offered: unknown): ToolDifference[] {
  if (Object.is(signed, offered)) return [];
  if (isRecord(signed) && isRecord(offered)) {
    const keys = new Set([...Object.keys(signed), ...Object.keys(offered)]);
    return [...keys].flatMap((key) =>
      compare(field === "" ? key : `${field}.${key}`, own(signed, key), own(offered, key)),
    );
  }
  if (Array.isArray(signed) && Array.isArray(offered) && signed.length === offered.length) {
    return signed.flatMap((item, index) => compare(`${field}[${index}]`, item, offered[index]));
  }
  return [{ field, signed, offered }];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const own = (record: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** The differences as texts for an error. */
export function describeDifferences(signed: object, offered: object): { expected: string; found: string } {
  const differences = toolDifferences(signed, offered);
  const shown = differences.slice(0, MOST_FIELDS).map((one) => {
    const from = excerptStart(one.signed, one.offered);
    return [show(one.field, one.signed, from), show(one.field, one.offered, from)] as const;
  });
  const more = differences.length > shown.length ? [`and ${differences.length - shown.length} more fields`] : [];
  return {
    expected: [...shown.map(([expected]) => expected), ...more].join("; "),
    found: [...shown.map(([, found]) => found), ...more].join("; "),
  };
}

/** Where to begin showing two texts: a little before they part. */
function excerptStart(signed: unknown, offered: unknown): number {
  if (typeof signed !== "string" || typeof offered !== "string") return 0;
  let same = 0;
  while (same < signed.length && signed[same] === offered[same]) same += 1;
  return same <= LONGEST_VALUE / 2 ? 0 : same - LONGEST_VALUE / 4;
}

function show(field: string, value: unknown, from: number): string {
  if (value === undefined) return `${printable(field)} absent`;
  if (typeof value !== "string") return `${printable(field)} ${printable(JSON.stringify(value), LONGEST_VALUE)}`;
  const excerpt = from === 0 ? value : `…${value.slice(from)}`;
  return `${printable(field)} ${printable(JSON.stringify(excerpt), LONGEST_VALUE)}`;
}
