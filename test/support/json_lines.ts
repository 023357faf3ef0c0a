/** A file of JSON, one value a line, to which another process may be writing at this moment. */
import { readFileSync } from "node:fs";

/** The values of its whole lines. What comes after the last newline is not written yet. */
// biome-ignore lint/suspicious/noExplicitAny: each test knows what its file holds
export const jsonLines = (file: string): any[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
