/** The table of docs/state.md of what the stores guarantee names tests that exist. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inRoot } from "../support/repository.js";

const [, table = ""] =
  /<!-- stores:begin -->(.*)<!-- stores:end -->/s.exec(readFileSync(inRoot("docs/state.md"), "utf8")) ?? [];
const [, , ...rows] = table.trim().split("\n");

test.each(rows)("%s", (row) => {
  const named = [...row.matchAll(/`(\w+\.test\.ts)`: "([^"]+)"/g)];
  expect(named).not.toEqual([]);
  for (const [, file = "", title = ""] of named) {
    const path = [inRoot("test/state", file), inRoot("test/runtimes", file)].find(existsSync);
    expect(readFileSync(path ?? file, "utf8")).toContain(title);
  }
});
