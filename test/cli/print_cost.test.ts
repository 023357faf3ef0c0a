/** What printing a text costs, that may be anybody's: four times as much takes about four times the steps. */

import { expect, test } from "vitest";
import { layOut } from "../../ts/cli/print/layout.js";
import { line } from "../../ts/cli/print/line.js";
import { styleOf } from "../../ts/cli/print/style.js";
import { expectLinear } from "../support/script_steps.js";

const PLAIN = styleOf({}, {});
const DIGEST = "0123456789abcdef".repeat(4);

test.each<[string, (count: number) => string]>([
  ["words", (count) => "word ".repeat(count)],
  ["one word", (count) => "w".repeat(count * 10)],
  ["joints", (count) => "a/".repeat(count * 5)],
  ["spaces", (count) => `a${" ".repeat(count * 10)}b`],
  ["spaces between words", (count) => `a${" ".repeat(100)}`.repeat(count)],
  ["digests", (count) => `${DIGEST} `.repeat(count)],
  ["digests and words", (count) => `sha256:${DIGEST}, a long enough word or two `.repeat(count)],
  ["wide letters", (count) => "漢".repeat(count * 10)],
  ["wide words", (count) => "漢字 ".repeat(count * 5)],
  ["combining marks", (count) => "a\u0301".repeat(count * 10)],
  ["one letter with many marks", (count) => `a${"\u0301".repeat(count * 10)}`],
  ["escapes", (count) => "\u001b[2J".repeat(count)],
])("a line of many %s", async (_, make) => {
  await expectLinear((count) => () => {
    const text = layOut([line(make(count), 4)], PLAIN, 80);
    expect(text.endsWith("\n")).toBe(true);
  });
});
