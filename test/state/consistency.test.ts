/**
 * Verifiers that require proofs of consistency: real bundles, real tiles on loopback, and the real rule. A vector is one
 * verification without a past: it cannot raise these codes.
 */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import {
  type ConsistencyPolicy,
  type ConsistencySource,
  IdentityPolicy,
  InMemoryStateStore,
  KeyedVerifier,
  KeylessVerifier,
  type KeylessVerifierOptions,
  RekorV1Consistency,
  type StateStore,
  seedLog,
  TileConsistency,
  TrustRoot,
} from "../../ts/entry/node.js";
import { type RealCase, realCase, SERVER } from "../support/cases.js";
import { LogServer, recordedLog, type Site, stopLogServers } from "../support/log_server.js";
import { consistencyProof, inclusionProof, leafHash, leavesOf } from "../support/merkle.js";
import { OpenStore } from "../support/open_store.js";
import { codeOf, refusalOf } from "../support/refusal.js";
import { readVectorFile, vectorFile } from "../support/repository.js";

const series = ["01", "02", "04", "05", "07", "08", "10", "11"].map((version) => realCase(`series-${version}`));
const [first, second] = series as [RealCase, RealCase];
const last = series.at(-1) as RealCase;
const input = ({ catalogue, bundle }: RealCase) => ({ catalogue, bundle, server: SERVER });

afterEach(stopLogServers);
const tilesOf = async (site: Site): Promise<TileConsistency> =>
  new TileConsistency({ url: (await LogServer.start(site)).url });

function verifierOf(
  stateStore: StateStore,
  consistency: ConsistencyPolicy | undefined,
  one: RealCase = first,
  change: Partial<KeylessVerifierOptions> = {},
): KeylessVerifier {
  const online = consistency === undefined ? {} : { consistency };
  const pinned = { trustRoot: first.trustRoot(), identityPolicy: one.identityPolicy() };
  return new KeylessVerifier({ ...pinned, stateStore, ...online, ...change });
}

const noteOf = ({ bundle }: RealCase): string =>
  JSON.parse(new TextDecoder().decode(bundle)).verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope;

/** What the report says of freshness. */
async function freshness(verifier: KeylessVerifier, one: RealCase, scope?: string): Promise<string> {
  const report = await verifier.report({ ...input(one), ...(scope === undefined ? {} : { scope }) });
  if (report.verdict === "refused") return report.error.code;
  return report.steps.find(({ id }) => id === "freshness")?.details.join("\n") ?? "";
}

describe("catalogues of one log in any order", () => {
  test("each is proven to be the log's past or future, and the report says so", async () => {
    const store = new InMemoryStateStore();
    const server = await LogServer.start(recordedLog("a"));
    const verifier = verifierOf(store, { source: new TileConsistency({ url: server.url }) });
    expect(await freshness(verifier, series[3] as RealCase, "3")).toContain("first use of the log");
    expect(server.requests).toEqual([]);
    for (const [index, size] of [28, 29, 31, 32, 34, 35, 37, 38].entries()) {
      const said = await freshness(verifier, series[index] as RealCase, String(index));
      // The mark follows the largest: 32, then each one above it.
      const mark = Math.max(32, ...[34, 35, 37].filter((seen) => seen < size));
      const [older, newer] = [Math.min(size, mark), Math.max(size, mark)];
      if (size === mark) expect(said).not.toContain("proven");
      else expect(said).toContain(`the log rekor.stack.test: size ${older} is proven to be the past of ${newer}`);
    }
    expect(server.requests.length).toBe(5);
  });

  test("a proof is asked for once: again only the core verifies it", async () => {
    const store = new InMemoryStateStore();
    const tiles = await tilesOf(recordedLog("a"));
    let asked = 0;
    const source: ConsistencySource = {
      prove(pair) {
        asked += 1;
        return tiles.prove(pair);
      },
    };
    const verifier = verifierOf(store, { source });
    await verifier.verify({ ...input(last), scope: "a" });
    for (let round = 0; round < 3; round += 1) await verifier.verify({ ...input(first), scope: "b" });
    expect(asked).toBe(1);
  });

  test("at once, with a floor that rises under the proofs", async () => {
    const verifier = verifierOf(new InMemoryStateStore(), { source: await tilesOf(recordedLog("a")) });
    const all = await Promise.all(series.map((one, index) => freshness(verifier, one, String(index))));
    expect(all.filter((said) => said.startsWith("ERR_"))).toEqual([]);
  });

  test("from a seeded checkpoint on, before anything is verified", async () => {
    const stateStore = new InMemoryStateStore();
    const checkpoint = new TextDecoder().decode(readVectorFile("real/catalogues/logs/a/rekor2/log/checkpoint"));
    await seedLog({ stateStore, trustRoot: first.trustRoot(), checkpoint });
    const verifier = verifierOf(stateStore, { source: await tilesOf(recordedLog("a")) });
    expect(await freshness(verifier, first)).toContain("size 28 is proven to be the past of 39");
    const theirs = realCase("fork-keyless-email-2");
    const source = await tilesOf(recordedLog("a"));
    expect(await freshness(verifierOf(stateStore, { source }, theirs), theirs)).toBe("ERR_LOG_FORK");
  });

  test("a proven smaller tree is still a rollback where freshness holds for the log", async () => {
    const store = new InMemoryStateStore();
    const source = await tilesOf(recordedLog("a"));
    const strict = verifierOf(store, { source }, first, { freshness: "log" });
    await strict.verify({ ...input(last), scope: "a" });
    expect(await codeOf(() => strict.verify({ ...input(first), scope: "b" }))).toBe("ERR_LOG_ROLLBACK");
  });

  test("what the store lost and the process remembers is part of the history", async () => {
    class Emptied extends InMemoryStateStore {
      empty = false;
      override async load(key: string): Promise<string | undefined> {
        return this.empty ? undefined : super.load(key);
      }
      override async compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
        return super.compareAndSwap(key, this.empty ? await super.load(key) : expected, next);
      }
    }
    const store = new Emptied();
    const verifier = verifierOf(store, { source: await tilesOf(recordedLog("a")) });
    await verifier.verify({ ...input(last), scope: "a" });
    store.empty = true;
    expect(await freshness(verifier, first, "b")).toContain("size 28 is proven to be the past of 38");
  });
});

describe("a fork", () => {
  const ours = realCase("keyless-email-120-tools");
  const theirs = realCase("fork-keyless-email-2");
  test.each([
    ["a tree of theirs after ours", ours, theirs],
    ["a tree of ours after theirs", theirs, ours],
  ])("%s is shown, with evidence for others", async (_, before, after) => {
    const store = new InMemoryStateStore();
    // Without proofs, trees of different sizes tell nothing.
    await verifierOf(store, undefined, ours).verify({ ...input(before), scope: "a" });
    const offline = verifierOf(new InMemoryStateStore(), undefined, ours);
    await offline.verify({ ...input(before), scope: "a" });
    await offline.verify({ ...input(after), scope: "b" });

    const verifier = verifierOf(store, { source: await tilesOf(recordedLog("a")) }, ours);
    const refusal = await refusalOf(() => verifier.verify({ ...input(after), scope: "b" }));
    expect([refusal.code, refusal.name]).toEqual(["ERR_LOG_FORK", "FreshnessError"]);
    const notes = [noteOf(theirs), noteOf(ours)];
    expect(refusal.evidence).toEqual(notes);
    const document = JSON.parse(refusal.evidenceDocument ?? "");
    expect(document).toEqual({ notes, proof: expect.any(Array) });
    expect(JSON.stringify(document)).toBe(refusal.evidenceDocument);
    expect(refusal.toJSON().evidenceDocument).toBe(refusal.evidenceDocument);
  });

  test("that its own server hides is still no proof", async () => {
    const store = new InMemoryStateStore();
    await verifierOf(store, undefined, ours).verify({ ...input(ours), scope: "a" });
    const verifier = verifierOf(store, { source: await tilesOf(recordedLog("fork")) }, ours);
    const refusal = await refusalOf(() => verifier.verify({ ...input(theirs), scope: "b" }));
    // It serves two leaves, and none of the nine.
    expect(refusal.code).toBe("ERR_CONSISTENCY_UNAVAILABLE");
  });

  test("moves no mark, whatever order the evidence comes in", async () => {
    const records = new Map<string, string>();
    const store: StateStore = {
      load: async (key) => records.get(key),
      compareAndSwap: async (key, expected, next) => records.get(key) === expected && records.set(key, next).size > 0,
    };
    await verifierOf(store, undefined, ours).verify({ ...input(theirs), scope: "a" });
    const before = new Map(records);
    const verifier = verifierOf(store, { source: await tilesOf(recordedLog("a")) }, ours);
    expect(await codeOf(() => verifier.verify({ ...input(ours), scope: "b" }))).toBe("ERR_LOG_FORK");
    expect(records).toEqual(before);
  });
});

describe("a proof that proves nothing is refused, also where the offline rule is allowed", () => {
  const answers: [what: string, hashes: readonly Uint8Array[]][] = [
    ["no hashes", []],
    ["wrong hashes", Array.from({ length: 7 }, () => new Uint8Array(32))],
    ["too many hashes", Array.from({ length: 128 }, () => new Uint8Array(32))],
  ];
  test.each(answers)("%s", async (_, hashes) => {
    const store = new InMemoryStateStore();
    await verifierOf(store, undefined).verify({ ...input(last), scope: "a" });
    const verifier = verifierOf(store, { source: { prove: async () => hashes }, unreachable: "offline" });
    const refusal = await refusalOf(() => verifier.verify({ ...input(first), scope: "b" }));
    expect([refusal.code, refusal.name]).toEqual(["ERR_CONSISTENCY_PROOF_INVALID", "VerificationError"]);
    expect(refusal.evidence).toEqual([noteOf(first), noteOf(last)]);
    expect(refusal.evidenceDocument).toBeUndefined();
    const step = refusal.report?.steps.find(({ id }) => id === "freshness");
    expect([step?.status, step?.code]).toEqual(["failed", refusal.code]);
  });

  test.each<[what: string, answer: unknown]>([
    ["nothing", undefined],
    ["a text", "hashes"],
    ["numbers", [1, 2]],
    ["hashes of another length", [new Uint8Array(31)]],
    ["a thousand hashes", Array.from({ length: 1000 }, () => new Uint8Array(32))],
  ])("a source that gives %s is misused", async (_, answer) => {
    const store = new InMemoryStateStore();
    await verifierOf(store, undefined).verify({ ...input(last), scope: "a" });
    const source = { prove: async () => answer } as unknown as ConsistencySource;
    const verifier = verifierOf(store, { source, unreachable: "offline" });
    expect(await codeOf(() => verifier.verify({ ...input(first), scope: "b" }))).toBe("ERR_OPTION_INVALID");
  });
});

describe("a source that does not answer", () => {
  const failing: [what: string, source: ConsistencySource][] = [
    ["rejects", { prove: () => Promise.reject(new Error("no route to \u001b[2Jhost")) }],
    [
      "throws",
      {
        prove: () => {
          throw new Error("no route to \u001b[2Jhost");
        },
      },
    ],
    ["is out of reach", new TileConsistency({ url: "http://127.0.0.1:1" })],
  ];

  test.each(failing)(
    "and %s: refused, with the reason, unless the offline rule is allowed, which is said",
    async (_, source) => {
      const store = new InMemoryStateStore();
      await verifierOf(store, undefined).verify({ ...input(last), scope: "a" });
      for (const policy of [{ source }, { source, unreachable: "refuse" }] as const) {
        const refusal = await refusalOf(() => verifierOf(store, policy).verify({ ...input(first), scope: "b" }));
        expect([refusal.code, refusal.name]).toEqual(["ERR_CONSISTENCY_UNAVAILABLE", "StateError"]);
        expect(refusal.found).toMatch(/no route to \\u\{1b\}\[2Jhost|could not be fetched/);
      }
      const offline = verifierOf(store, { source, unreachable: "offline" });
      const said = await freshness(offline, first, "b");
      expect(said).toContain("size 28 was not proven to be the past of 38, and the offline rule was applied: ");
      expect(said).toMatch(/no route to|could not be fetched/);
      // Not only the report: whoever asks for no more than the catalogue is told as well.
      const { log } = await offline.verify({ ...input(first), scope: "b" });
      expect(log.map(({ history }) => history)).toEqual(["unproven"]);
    },
  );

  test("a release says what is known of the log's history", async () => {
    const store = new InMemoryStateStore();
    const historyOf = async (verifier: KeylessVerifier, scope: string, which: typeof last) =>
      (await verifier.verify({ ...input(which), scope })).log[0]?.history;
    const proving = verifierOf(store, { source: await tilesOf(recordedLog("a")) });
    expect(await historyOf(proving, "a", last)).toBe("first-use");
    expect(await historyOf(proving, "b", last)).toBe("proven");
    expect(await historyOf(proving, "c", first)).toBe("proven");
    expect(await historyOf(verifierOf(store, undefined), "d", last)).toBeUndefined();
  });

  test("the offline rule is the rule of before", async () => {
    const [, source] = failing[0] ?? [];
    if (source === undefined) throw new Error("no source");
    const store = new InMemoryStateStore();
    const verifier = verifierOf(store, { source, unreachable: "offline" });
    await verifier.verify(input(last));
    expect(await codeOf(() => verifier.verify(input(first)))).toBe("ERR_CATALOGUE_ROLLBACK");
  });

  test("is not asked where nothing is to be proven", async () => {
    const [, source] = failing[0] ?? [];
    if (source === undefined) throw new Error("no source");
    const verifier = verifierOf(new InMemoryStateStore(), { source });
    await verifier.verify(input(first));
    await verifier.verify(input(first));
  });

  test("a refusal of the library's own is not taken for an absence", async () => {
    // The core refuses sizes that are in no order.
    const tiles = new TileConsistency({ url: "http://127.0.0.1:1" });
    const tree = { treeSize: "5", rootHash: "" };
    const source: ConsistencySource = {
      prove: () => tiles.prove({ origin: "", logKey: "", older: tree, newer: tree }),
    };
    const store = new InMemoryStateStore();
    await verifierOf(store, undefined).verify({ ...input(last), scope: "a" });
    const verifier = verifierOf(store, { source, unreachable: "offline" });
    expect(await codeOf(() => verifier.verify({ ...input(first), scope: "b" }))).toBe("ERR_CONSISTENCY_PROOF_INVALID");
  });
});

describe("Rekor v1", () => {
  const entries: Record<string, { body: string }>[] = JSON.parse(
    readFileSync(vectorFile("real/catalogues/logs/a/rekor1/entries.json"), "utf8"),
  );
  const leaves = entries.flatMap((entry) =>
    Object.values(entry).map(({ body }) => leafHash(Buffer.from(body, "base64"))),
  );
  const hex = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");
  const site: Site = (path) => {
    const query = new URL(path, "http://log.test").searchParams;
    const [older, newer] = [Number(query.get("firstSize")), Number(query.get("lastSize"))];
    if (query.get("treeID") !== "8231871556016920128") return undefined;
    return JSON.stringify({ rootHash: "", hashes: consistencyProof(older, leaves.slice(0, newer)).map(hex) });
  };
  const [older, newer] = [realCase("v1-keyless-gha-notsa"), realCase("v1-dsse-keyless-gha-notsa")];

  test.each([
    ["the future", older, newer],
    ["the past", newer, older],
  ])("is proven: %s", async (_, before, after) => {
    const source = new RekorV1Consistency({ url: (await LogServer.start(site)).url });
    const pinned = { trustRoot: older.trustRoot(), identityPolicy: older.identityPolicy() };
    const verifier = new KeylessVerifier({ ...pinned, stateStore: new InMemoryStateStore(), consistency: { source } });
    await verifier.verify({ ...input(before), scope: "a" });
    expect(await freshness(verifier, after, "b")).toContain("size 2 is proven to be the past of 4");
  });
});

describe("a replayed catalogue with a refreshed proof", () => {
  test("is refused, and does not raise the log's mark", async () => {
    const tile = readVectorFile("real/catalogues/logs/a/rekor2/log/tile/0/000.p/38");
    const newest = JSON.parse(new TextDecoder().decode(last.bundle)).verificationMaterial.tlogEntries[0].inclusionProof;
    const bundle = JSON.parse(new TextDecoder().decode(first.bundle));
    const [entry] = bundle.verificationMaterial.tlogEntries;
    const hashes = inclusionProof(leavesOf(tile), Number(entry.logIndex));
    entry.inclusionProof = {
      ...newest,
      logIndex: entry.logIndex,
      hashes: hashes.map((hash) => Buffer.from(hash).toString("base64")),
    };

    const calls: string[] = [];
    const memory = new InMemoryStateStore();
    const store: StateStore = {
      load(key) {
        calls.push(`load ${key.split(":")[0]}`);
        return memory.load(key);
      },
      compareAndSwap(key, expected, next) {
        calls.push(`swap ${key.split(":")[0]}`);
        return memory.compareAndSwap(key, expected, next);
      },
    };
    const strict = verifierOf(store, undefined, first, { freshness: "log" });
    await strict.verify(input(second));
    // One load more than writing needs: the scope is judged before the log is written.
    expect(calls).toEqual(["load log", "load scope", "swap log", "load scope", "swap scope"]);
    calls.length = 0;
    expect(await codeOf(() => strict.verify({ catalogue: first.catalogue, server: SERVER, bundle }))).toBe(
      "ERR_CATALOGUE_ROLLBACK",
    );
    expect(calls).toEqual(["load log", "load scope"]);
    // So an honest checkpoint that lies between is still accepted.
    await strict.verify({ ...input(series[3] as RealCase), scope: "another file" });
  });
});

describe("a bundle with entries in two logs", () => {
  const root = TrustRoot.fromJson(readVectorFile("forged/trusted_root.json"));
  const bundle = readVectorFile("forged/bundles/several-one-operator.json");
  const signed: Readonly<Record<"4" | "5", readonly string[]>> = JSON.parse(
    new TextDecoder().decode(readVectorFile("forged/checkpoints.json")),
  );
  const artifact = new TextEncoder().encode("the bytes that were signed\n");
  const identityPolicy = new IdentityPolicy({
    san: "https://github.com/acme/mcp-tools/.github/workflows/release.yml@refs/tags/v1.4.2",
    issuer: "https://token.actions.githubusercontent.com",
  });
  const verify = (stateStore: StateStore, change: Partial<KeylessVerifierOptions> = {}) => {
    const options = { trustRoot: root, identityPolicy, stateStore, ...change };
    return new KeylessVerifier(options).verifyArtifact({ artifact, bundle });
  };

  test("what one log forbids moves no record of the other", async () => {
    const seen = new OpenStore();
    await verify(seen);
    const logs = [...seen.records].filter(([, record]) => JSON.parse(record).kind === "log");
    expect(logs).toHaveLength(2);
    for (const checkpoint of signed["5"]) {
      const store = new OpenStore();
      await seedLog({ stateStore: store, trustRoot: root, checkpoint });
      const before = [...store.records];
      const refusal = await refusalOf(() => verify(store));
      expect([refusal.code, refusal.evidence?.[0]]).toEqual(["ERR_LOG_FORK", checkpoint]);
      expect([...store.records]).toEqual(before);
    }
  });

  test("each log is asked about its own trees", async () => {
    const store = new OpenStore();
    for (const checkpoint of signed["4"]) await seedLog({ stateStore: store, trustRoot: root, checkpoint });
    const asked: string[] = [];
    const source: ConsistencySource = {
      async prove({ origin, older, newer }) {
        asked.push(`${origin}: ${older.treeSize} to ${newer.treeSize}`);
        throw new Error("none");
      },
    };
    await verify(store, { consistency: { source, unreachable: "offline" } });
    // Once each, although each record is judged twice.
    expect(asked).toEqual([expect.stringMatching(/: 4 to 5$/), expect.stringMatching(/: 4 to 5$/)]);
    expect(new Set(asked).size).toBe(2);
  });
});

describe("options", () => {
  const source: ConsistencySource = { prove: async () => [] };
  const make = (consistency: unknown) => verifierOf(new InMemoryStateStore(), consistency as ConsistencyPolicy);

  test.each<[what: string, consistency: unknown, code: string]>([
    ["nothing", {}, "ERR_OPTION_INVALID"],
    ["no source", { source: undefined }, "ERR_OPTION_INVALID"],
    ["a source that is none", { source: {} }, "ERR_OPTION_INVALID"],
    ["a URL", { source: "https://rekor.sigstore.dev" }, "ERR_OPTION_INVALID"],
    ["an unknown word", { source, unreachable: "accept" }, "ERR_OPTION_INVALID"],
    ["an unknown name", { source, unreachabel: "refuse" }, "ERR_OPTION_UNKNOWN"],
  ])("%s is refused", async (_, consistency, code) => {
    expect(await codeOf(() => make(consistency))).toBe(code);
  });

  test("it needs a store, and log entries", async () => {
    const keyed = realCase("key-ecdsa-p256-tlog");
    const options = { keys: keyed.key(), consistency: { source } };
    const stateStore = new InMemoryStateStore();
    expect(await codeOf(() => new KeyedVerifier(options))).toBe("ERR_OPTION_INVALID");
    expect(await codeOf(() => new KeyedVerifier({ ...options, stateStore }))).toBe("ERR_OPTION_INVALID");
    const trustRoot = keyed.trustRoot();
    const none = { logEntries: 0, timestamps: 1 };
    const lax = () => new KeyedVerifier({ ...options, stateStore, trustRoot, thresholds: none });
    expect(await codeOf(lax)).toBe("ERR_OPTION_INVALID");
    const verifier = new KeyedVerifier({ ...options, stateStore, trustRoot });
    await verifier.verify({ catalogue: keyed.catalogue, server: SERVER, bundle: keyed.bundle });
    const thresholds = { logEntries: 0, timestamps: 1 };
    expect(await codeOf(() => verifierOf(stateStore, { source }, first, { thresholds }))).toBe("ERR_OPTION_INVALID");
  });
});
