/** Runs cases through both verifiers and compares. */
import { inkanVerdict } from "./inkan.js";
import { AS_IT_IS, describe, type Mutation, mutated, mutationsOf } from "./mutate.js";
import type { Peer } from "./peer.js";
import { Random } from "./random.js";
import type { Case, Seed } from "./seeds.js";
import type { Verdict } from "./verdict.js";

export interface Comparison {
  readonly mutation: Mutation;
  /** What both were given. */
  readonly given: Case;
  readonly inkan: Verdict;
  readonly peer: Verdict;
}

const both = async (peer: Peer, mutation: Mutation, given: Case): Promise<Comparison> => ({
  mutation,
  given,
  inkan: await inkanVerdict(given),
  peer: await peer.verdict(given),
});

export const differs = ({ inkan, peer }: Comparison): boolean => inkan.accepted !== peer.accepted;

/** Each seed as it is. */
export async function* compareAsTheyAre(peer: Peer, seeds: readonly Seed[]): AsyncGenerator<Comparison> {
  for (const seed of seeds) {
    yield await both(peer, { seed, target: "bundle", path: [], operation: AS_IT_IS, draw: 0 }, seed);
  }
}

/** `count` mutations of the seeds, every one there is before any is drawn a second time. */
function* chosen(seeds: readonly Seed[], random: Random, count: number): Generator<Mutation> {
  const all = seeds.flatMap(mutationsOf);
  for (let made = 0, round = 0; made < count; round += 1) {
    for (const mutation of random.shuffled(all)) {
      if (made === count) return;
      made += 1;
      yield { ...mutation, draw: mutation.draw + 1000 * round };
    }
  }
}

/** `count` mutations, less those that by chance change nothing. The text `start` decides every choice. */
export async function* compareMutated(
  peer: Peer,
  seeds: readonly Seed[],
  start: string,
  count: number,
): AsyncGenerator<Comparison> {
  for (const mutation of chosen(seeds, new Random(start), count)) {
    const made = mutated(mutation, seeds, new Random(`${start} ${describe(mutation)}`));
    if (made !== undefined) yield await both(peer, mutation, made);
  }
}
