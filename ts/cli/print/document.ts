/** JSON that is safe to look at: what a terminal must not get raw is written as `\uXXXX`, which any parser reads back. */
import { escapeUnprintable } from "../../input/printable.js";

/** The value as indented JSON, ended by a newline. */
export function documentOf(value: unknown): string {
  const lines = JSON.stringify(value, null, 2).split("\n");
  return `${lines.map((line) => escapeUnprintable(line, jsonEscape)).join("\n")}\n`;
}

const jsonEscape = (character: string): string =>
  character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
