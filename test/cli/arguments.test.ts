/** The plain spelling of options is read as Node's parser reads it, or left to that. */
import { describe, expect, test } from "vitest";
import { parseAny, parsePlain } from "../../ts/cli/arguments.js";

const OPTIONS = {
  bundle: { type: "string" },
  key: { type: "string", multiple: true },
  json: { type: "boolean" },
} as const;
const WORDS = [
  "a",
  "-",
  "",
  "--",
  "-x",
  "--bundle",
  "--bundle=b",
  "--key",
  "--json",
  "--json=x",
  "--no-json",
  "--other",
];

/** Every command line of up to four of the words. */
const lines = (length: number): string[][] =>
  length === 0 ? [[]] : [[], ...lines(length - 1).flatMap((line) => WORDS.map((word) => [...line, word]))];

describe("options", () => {
  test("are read alike, whichever way", () => {
    const read = lines(4).flatMap((line) => {
      const plain = parsePlain(line, OPTIONS);
      if (plain !== undefined) expect([line, plain]).toEqual([line, parseAny(line, OPTIONS)]);
      return plain === undefined ? [] : [line.join(" ")];
    });
    expect(read).toContain("a --bundle a --json");
    expect(read).toContain("--key a --key a");
  });

  test.each([
    ["--bundle"],
    ["--bundle", "--json"],
    ["--bundle", "a", "--bundle", "b"],
    ["--json", "--json"],
    ["--other"],
    ["--__proto__"],
    ["--constructor", "a"],
  ])("%j is no plain one", (...line) => {
    expect(parsePlain(line, OPTIONS)).toBeUndefined();
    expect(() => parseAny(line, OPTIONS)).toThrow(/inkan --help/);
  });
});
