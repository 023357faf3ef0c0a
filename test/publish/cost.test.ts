/** What reading and comparing catalogues costs, that may be anybody's: four times as much takes about four times the steps. */

import { beforeAll, expect, test } from "vitest";
import { diffLines } from "../../ts/cli/print/diff.js";
import { indented } from "../../ts/cli/print/indented.js";
import { layOut } from "../../ts/cli/print/layout.js";
import { styleOf } from "../../ts/cli/print/style.js";
import { ready } from "../../ts/entry/node.js";
import { readCatalogue } from "../../ts/publish/catalogue.js";
import { diffCatalogues } from "../../ts/publish/diff/diff.js";
import { diffMarkdown } from "../../ts/publish/diff/markdown.js";
import { readJson, writeJson } from "../../ts/publish/json.js";
import { expectLinear } from "../support/script_steps.js";

beforeAll(() => ready());

const list = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => item(index)).join(",");

const JSONS: Record<string, (count: number) => string> = {
  numbers: (count) => `[${list(count, () => "1")}]`,
  "one long number": (count) => "9".repeat(count * 10),
  members: (count) => `{${list(count, (index) => `"m${index}":1`)}}`,
  backslashes: (count) => `"${"\\\\".repeat(count * 10)}"`,
  quotes: (count) => `"${'\\"'.repeat(count * 10)}"`,
  spaces: (count) => `[${" ".repeat(count * 10)}]`,
  "empty arrays": (count) => `[${list(count, () => "[]")}]`,
};

test.each(Object.entries(JSONS))("JSON of many %s", async (_, make) => {
  await expectLinear((count) => () => {
    const value = readJson(make(count));
    writeJson(value, "  ");
    indented(JSON.parse(make(count)));
  });
});

const tool = (name: string, more = ""): string => `{"name":"${name}","inputSchema":{"type":"object"}${more}}`;
const CATALOGUES: Record<string, (count: number, side: string) => string> = {
  tools: (count, side) => `{"tools":[${list(count / 10, (index) => tool(`t${index}`, `,"description":"${side}"`))}]}`,
  "other tools": (count, side) => `{"tools":[${list(count / 10, (index) => tool(`${side}${index}`))}]}`,
  "alternatives of one tool": (count, side) =>
    `{"tools":[${tool("t")}],"alternatives":{"tools":[${list(count / 10, (index) => tool("t", `,"title":"${side}${index}"`))}]}}`,
  members: (count, side) => `{"tools":[${tool("t", `,${list(count, (index) => `"m${index}":"${side}"`)}`)}]}`,
  "items of a list": (count, side) => `{"tools":[${tool("t", `,"x":[${list(count, () => `"${side}"`)}]`)}]}`,
  lines: (count, side) => `{"tools":[${tool("t", `,"description":"${`line\\n${side}\\n`.repeat(count)}"`)}]}`,
  backticks: (count, side) => `{"tools":[${tool("t", `,"description":"${side}${"`a".repeat(count * 5)}"`)}]}`,
  "members of the file": (count, side) => `{"tools":[],${list(count, (index) => `"m${index}":"${side}"`)}}`,
  instructions: (count, side) =>
    `{"tools":[],"alternatives":{"instructions":[${list(count, (index) => `"${side}${index}"`)}]}}`,
};

test.each(Object.entries(CATALOGUES))("two catalogues that differ in many %s", async (_, make) => {
  await expectLinear((count) => () => {
    const read = (side: string) => readCatalogue(new TextEncoder().encode(make(count, side)));
    const diff = diffCatalogues(read("old"), read("new"));
    expect(diff.changes.length).toBeGreaterThan(0);
    diffMarkdown(diff);
    layOut(diffLines(diff, 120), styleOf({}, {}), 80);
  });
});
