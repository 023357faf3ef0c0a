/**
 * Random histories over every store: a publisher's releases in their order, and between them an adversary who shows what was
 * published again, with all the evidence that anybody can make of it: another proof, another entry, another shard, the other
 * form of the signature, a later timestamp. Every release is accepted, no replay ever is.
 *
 * `INKAN_HISTORIES` says how many histories each store sees of each kind.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  IdentityPolicy,
  InkanError,
  InMemoryStateStore,
  KeyedVerifier,
  KeylessVerifier,
  type StateStore,
  TrustRoot,
} from "../../ts/entry/node.js";
import { JsonStateStore } from "../../ts/state/json.js";
import { RedisStateStore } from "../../ts/state/redis.js";
import { SERVER } from "../support/cases.js";
import { RedisServer, stopServers } from "../support/redis_server.js";
import { readVectorFile } from "../support/repository.js";

const HISTORIES = Number(process.env.INKAN_HISTORIES ?? 6);

interface Made {
  readonly catalogue: string;
  readonly bundles: readonly object[];
}

const { trustRoot, identity, key, ...kinds } = JSON.parse(
  new TextDecoder().decode(readVectorFile("forged/histories.json")),
) as { trustRoot: string; identity: { san: string; issuer: string }; key: string } & Record<string, readonly Made[]>;
const root = TrustRoot.fromJson(readVectorFile(trustRoot));

type Verifier = KeyedVerifier | KeylessVerifier;

function verifierOf(kind: string, stateStore: StateStore, freshness: "scope" | "log"): Verifier {
  const rules = { trustRoot: root, stateStore, freshness };
  if (kind.startsWith("keyed")) return new KeyedVerifier({ keys: key, ...rules });
  return new KeylessVerifier({ identityPolicy: new IdentityPolicy(identity), ...rules });
}

let folder: string;
let redis: [Redis, Redis];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inkan-histories-"));
  const server = await RedisServer.start();
  redis = [server.client(), server.client()];
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  for (const client of redis) client.disconnect();
  await stopServers();
});

/** The same numbers in each run. */
function randomOf(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Stores of two processes that keep their records in one place. */
const places: [name: string, open: (history: string) => [StateStore, StateStore]][] = [
  [
    "InMemoryStateStore",
    () => {
      const store = new InMemoryStateStore();
      return [store, store];
    },
  ],
  [
    "JsonStateStore",
    (history) => {
      const file = join(folder, `${history}.json`);
      return [new JsonStateStore(file), new JsonStateStore(file)];
    },
  ],
  [
    "RedisStateStore, two replicas of a service",
    (history) => {
      const prefix = `${history}:`;
      return [new RedisStateStore({ client: redis[0], prefix }), new RedisStateStore({ client: redis[1], prefix })];
    },
  ],
];

const shown = async (verifier: Verifier, { catalogue }: Made, bundle: object): Promise<string> => {
  try {
    await verifier.verify({ catalogue: new TextEncoder().encode(catalogue), bundle, server: SERVER });
    return "accepted";
  } catch (error) {
    if (error instanceof InkanError) return error.code;
    throw error;
  }
};

describe.each(places)("%s", (name, open) => {
  test.each(Object.keys(kinds))("%s", async (kind) => {
    const releases = kinds[kind] ?? [];
    for (let seed = 0; seed < HISTORIES; seed += 1) {
      const random = randomOf(seed + 1);
      // One history in three under the rule that looks at the whole log, where strangers may keep honest releases out.
      const freshness = seed % 3 === 2 ? "log" : "scope";
      const history = `${kind} ${seed}`.replaceAll(" ", "-");
      const verifiers = open(history).map((store) => verifierOf(kind, store, freshness));
      const any = (): Verifier => verifiers[random(2)] as Verifier;
      const anyBundle = (made: Made): object => made.bundles[random(made.bundles.length)] as object;
      let accepted = -1;
      const attack = async (published: number): Promise<void> => {
        for (let count = random(4); count > 0; count -= 1) {
          const chosen = random(published + 1);
          const made = releases[chosen] as Made;
          const outcome = await shown(any(), made, anyBundle(made));
          const told = `${name}, ${history}: ${chosen} after ${accepted}`;
          if (chosen > accepted && outcome === "accepted") accepted = chosen;
          else if (chosen < accepted) expect(outcome, told).toMatch(/^ERR_(CATALOGUE|LOG)_ROLLBACK$/);
          else if (freshness === "scope") expect(outcome, told).toBe("accepted");
        }
      };
      for (const [step, made] of releases.entries()) {
        const outcome = await shown(any(), made, random(2) === 0 ? (made.bundles[0] as object) : anyBundle(made));
        if (outcome === "accepted") accepted = step;
        else expect([freshness, outcome], `${name}, ${history}: release ${step}`).toEqual(["log", "ERR_LOG_ROLLBACK"]);
        await attack(step);
      }
    }
  });
});
