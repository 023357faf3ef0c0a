/** Any JSON value as an indented outline: no brackets, one fact a line. */
import { printable } from "../printable.js";

const LONGEST = 160;

export function outline(value: unknown, indent = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => member(`${index + 1}`, item, indent));
  if (typeof value !== "object" || value === null) return [`${indent}${scalar(value)}`];
  return Object.entries(value).flatMap(([name, item]) => member(label(name), item, indent));
}

function member(name: string, value: unknown, indent: string): string[] {
  const simple = typeof value !== "object" || value === null;
  if (simple) return [`${indent}${name}: ${scalar(value)}`];
  const inner = outline(value, `${indent}  `);
  return inner.length === 0 ? [`${indent}${name}: none`] : [`${indent}${name}:`, ...inner];
}

const scalar = (value: unknown): string => printable(String(value), LONGEST);

/** `inclusionProof` as `inclusion proof`; the rest of a name as it is. */
const label = (name: string): string =>
  printable(name).replace(
    /([a-z0-9])([A-Z])(?=[a-z])/g,
    (_, before: string, letter: string) => `${before} ${letter.toLowerCase()}`,
  );
