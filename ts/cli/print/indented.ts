/** Any JSON value as indented lines: no brackets, one fact a line. */
import { printable } from "../../input/printable.js";
import { EMPTY, type Line, line } from "./line.js";

const LONGEST = 160;

export function indented(value: unknown, indent = ""): Line[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => member(`${index + 1}`, item, indent));
  if (typeof value !== "object" || value === null) return [fact(indent, scalar(value))];
  return Object.entries(value).flatMap(([name, item]) => member(label(name), item, indent));
}

function member(name: string, value: unknown, indent: string): Line[] {
  if (typeof value === "string" && value.includes("\n")) {
    return [fact(indent, `${name}:`), ...paragraph(value, `${indent}  `)];
  }
  if (typeof value !== "object" || value === null) return [fact(indent, `${name}: ${scalar(value)}`)];
  const inner = indented(value, `${indent}  `);
  return inner.length === 0 ? [fact(indent, `${name}: none`)] : [fact(indent, `${name}:`), ...inner];
}

/** A fact goes on below itself, indented further than the next fact. */
const fact = (indent: string, text: string): Line => line(indent + text, indent.length + 4);

function paragraph(text: string, indent: string): Line[] {
  const lines = text.trimEnd().split("\n");
  return lines.map((content) => (content === "" ? EMPTY : fact(indent, scalar(content))));
}

function scalar(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return printable(String(value), LONGEST);
}

/** `inclusionProof` as `inclusion proof`, `buildSignerURI` as `build signer URI`; other texts as they are. */
function label(name: string): string {
  if (!/^[a-zA-Z0-9]+$/.test(name)) return printable(name);
  const words = name.split(/(?<=[a-z0-9])(?=[A-Z])/);
  return words.map((word) => (/^[A-Z]+$/.test(word) ? word : word.toLowerCase())).join(" ");
}
