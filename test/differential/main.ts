/**
 * `npm run differential -- [--count N] [--seed TEXT] [--vectors FOLDER]`: the long campaign. Mutates real bundles, trust
 * roots, policies and artifacts, and compares this library's verdicts with those of sigstore-js. Exits with 1 if there
 * is a difference of no known kind. `--vectors` adds the vectors of a folder, whose files are named relative to it.
 */
import { parseArgs } from "node:util";
import { inRoot } from "../support/repository.js";
import { compareAsTheyAre, compareMutated, differs } from "./campaign.js";
import { readSeeds } from "./seeds.js";
import { Tally } from "./tally.js";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "20000" },
    seed: { type: "string", default: "inkan" },
    vectors: { type: "string" },
  },
});

const own = readSeeds(inRoot("test/vectors/cases"), inRoot("test/vectors"));
const seeds = values.vectors === undefined ? own : [...own, ...readSeeds(values.vectors, values.vectors)];
const tally = new Tally();

const good = [];
for await (const comparison of compareAsTheyAre(seeds)) {
  tally.add(comparison);
  if (comparison.inkan.accepted && !differs(comparison)) good.push(comparison.mutation.seed);
}
console.log(`as they are\n${tally.text()}\n`);

let done = 0;
for await (const comparison of compareMutated(good, values.seed, Number(values.count))) {
  tally.add(comparison);
  done += 1;
  if (done % 1000 === 0) console.log(`${done} mutations, ${tally.unjudged.length} differences of no kind`);
}
console.log(`\nwith ${done} mutations of ${good.length} cases, seed ${values.seed}\n${tally.text()}`);
process.exitCode = tally.unjudged.length > 0 ? 1 : 0;
