/**
 * `npm run differential -- [--count N] [--seed TEXT] [--vectors FOLDER] [--peer PROGRAM]`: the long campaign. Mutates
 * real bundles, trust roots, policies and artifacts, and compares this library's verdicts with those of sigstore-js, or
 * of a program that speaks the protocol of `peer.ts`. With sigstore-js, a difference of no known kind makes the exit
 * code 1. `--vectors` adds the vectors of a folder, whose files are named relative to it.
 */
import { parseArgs } from "node:util";
import { inRoot } from "../support/repository.js";
import { compareAsTheyAre, compareMutated, differs } from "./campaign.js";
import { kindOf } from "./differences.js";
import { peerProgram, sigstoreJs } from "./peer.js";
import { readSeeds } from "./seeds.js";
import { byPlace, Tally } from "./tally.js";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "20000" },
    seed: { type: "string", default: "inkan" },
    vectors: { type: "string" },
    peer: { type: "string" },
  },
});

const peer = values.peer === undefined ? sigstoreJs : peerProgram(values.peer);
const own = readSeeds(inRoot("test/vectors/cases"), inRoot("test/vectors"));
const seeds = values.vectors === undefined ? own : [...own, ...readSeeds(values.vectors, values.vectors)];
const judge = values.peer === undefined ? kindOf : byPlace;

const asTheyAre = new Tally((comparison) => `${judge(comparison)}: ${comparison.mutation.seed.name}`);
const good = [];
for await (const comparison of compareAsTheyAre(peer, seeds)) {
  asTheyAre.add(comparison);
  if (comparison.inkan.accepted && !differs(comparison)) good.push(comparison.mutation.seed);
}
console.log(`${seeds.length} cases as they are, ${peer.name}\n${asTheyAre.text()}\n`);

const tally = new Tally(judge);
let done = 0;
for await (const comparison of compareMutated(peer, good, values.seed, Number(values.count))) {
  tally.add(comparison);
  done += 1;
  if (done % 1000 === 0) console.log(`${done} mutations, ${tally.unjudged.length} differences of no kind`);
}
peer.close();
console.log(`\n${done} mutations of ${good.length} cases, seed ${values.seed}, ${peer.name}\n${tally.text()}`);
process.exitCode = tally.unjudged.length > 0 ? 1 : 0;
