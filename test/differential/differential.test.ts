/** A share of the campaign that `npm run differential` runs at length. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inRoot } from "../support/repository.js";
import { compareAsTheyAre, compareMutated, differs } from "./campaign.js";
import { kindOf, MORE_TOLERANT, STRICTER } from "./differences.js";
import { sigstoreJs } from "./peer.js";
import { readSeeds, type Seed } from "./seeds.js";
import { Tally } from "./tally.js";

const seeds = readSeeds(inRoot("test/vectors/cases"), inRoot("test/vectors"));

test("each difference from sigstore-js is of a kind that was decided", async () => {
  const tally = new Tally(kindOf);
  const good: Seed[] = [];
  for await (const comparison of compareAsTheyAre(sigstoreJs, seeds)) {
    tally.add(comparison);
    if (comparison.inkan.accepted && !differs(comparison)) good.push(comparison.mutation.seed);
  }
  expect(good.length, tally.text()).toBeGreaterThan(50);
  for await (const comparison of compareMutated(sigstoreJs, good, "a share", 300)) tally.add(comparison);
  expect(tally.bothRefuse, tally.text()).toBeGreaterThan(200);
  expect(tally.unjudged).toEqual([]);
});

test("each kind of difference stands in the table of docs/differences.md", () => {
  const page = readFileSync(inRoot("docs/differences.md"), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| "));
  const missing = [...STRICTER, ...MORE_TOLERANT].filter(
    ({ name }) => !rows.some((row) => row.startsWith(`| ${name} |`)),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test("each case that verifiers dispute stands in the table of docs/differences.md", () => {
  const page = readFileSync(inRoot("docs/differences.md"), "utf8");
  const folder = inRoot("test/vectors/real/catalogues/cases");
  const disputed = seeds
    .filter(({ name }) => name.startsWith("catalogues/"))
    .map(({ name }) => name.slice("catalogues/".length))
    .filter((name) => "disputed" in JSON.parse(readFileSync(`${folder}/${name}/expected.json`, "utf8")));
  expect(disputed.length).toBeGreaterThan(5);
  expect(disputed.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
