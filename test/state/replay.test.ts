/** Old evidence, forks and damaged records, with real bundles and the real rule. */
import { describe, expect, test } from "vitest";
import {
  InMemoryStateStore,
  KeylessVerifier,
  type KeylessVerifierOptions,
  type StateStore,
} from "../../ts/entry/node.js";
import { type RealCase, realCase, SERVER } from "../support/cases.js";
import { inclusionProof, leavesOf, rootOf } from "../support/merkle.js";
import { OpenStore } from "../support/open_store.js";
import { codeOf, refusalOf } from "../support/refusal.js";
import { readVectorFile } from "../support/repository.js";

const series = ["01", "02", "04", "05", "07", "08", "10", "11"].map((version) => realCase(`series-${version}`));
const [first, second] = series as [RealCase, RealCase];
const last = series.at(-1) as RealCase;
const input = ({ catalogue, bundle }: RealCase) => ({ catalogue, bundle, server: SERVER });

const verifierOf = (stateStore: StateStore, change: Partial<KeylessVerifierOptions> = {}): KeylessVerifier =>
  new KeylessVerifier({ trustRoot: first.trustRoot(), identityPolicy: first.identityPolicy(), stateStore, ...change });

async function storeAfter(...cases: RealCase[]): Promise<OpenStore> {
  const store = new OpenStore();
  for (const one of cases) await verifierOf(store).verify(input(one));
  return store.copy();
}

describe("a series of catalogues", () => {
  test("goes forward, stands still, and never back", async () => {
    const verifier = verifierOf(new InMemoryStateStore());
    for (const one of series) await verifier.verify(input(one));
    await verifier.verify(input(last));
    for (const one of series.slice(0, -1)) {
      const refusal = await refusalOf(() => verifier.verify(input(one)));
      expect([refusal.code, refusal.name]).toEqual(["ERR_CATALOGUE_ROLLBACK", "FreshnessError"]);
    }
    await verifier.verify(input(last));
  });

  test("is remembered by the store, not by the verifier", async () => {
    const store = await storeAfter(last);
    expect(await codeOf(() => verifierOf(store).verify(input(first)))).toBe("ERR_CATALOGUE_ROLLBACK");
  });

  test("at once ends at the newest", async () => {
    const store = new OpenStore();
    const verifier = verifierOf(store);
    await Promise.allSettled([...series, ...series].reverse().map((one) => verifier.verify(input(one))));
    expect(store.records).toEqual((await storeAfter(last)).records);
  });

  test("is told apart by scope, unless freshness holds for the whole log", async () => {
    const store = await storeAfter(last);
    await verifierOf(store.copy()).verify({ ...input(first), scope: "another file" });
    const strict = verifierOf(store.copy(), { freshness: "log" });
    expect(await codeOf(() => strict.verify({ ...input(first), scope: "another file" }))).toBe("ERR_LOG_ROLLBACK");
  });

  test("with an older one whose inclusion proof was refreshed from today's tree", async () => {
    const newest = JSON.parse(new TextDecoder().decode(last.bundle)).verificationMaterial.tlogEntries[0].inclusionProof;
    const size = Number(newest.treeSize);
    const leaves = leavesOf(readVectorFile(`real/catalogues/logs/a/rekor2/log/tile/0/000.p/${size}`));
    expect(Buffer.from(rootOf(leaves)).toString("base64")).toBe(newest.rootHash);

    const bundle = JSON.parse(new TextDecoder().decode(first.bundle));
    const [entry] = bundle.verificationMaterial.tlogEntries;
    const hashes = inclusionProof(leaves, Number(entry.logIndex)).map((hash) => Buffer.from(hash).toString("base64"));
    entry.inclusionProof = { ...newest, logIndex: entry.logIndex, hashes };
    const refreshed = { catalogue: first.catalogue, server: SERVER, bundle };

    // It proves everything but that it is the newest.
    await verifierOf(new InMemoryStateStore()).verify(refreshed);
    const store = await storeAfter(last);
    const refusal = await refusalOf(() => verifierOf(store).verify(refreshed));
    expect([refusal.code, refusal.name]).toEqual(["ERR_CATALOGUE_ROLLBACK", "FreshnessError"]);
  });
});

describe("a fork", () => {
  const ours = realCase("keyless-email");
  const theirs = realCase("fork-keyless-email-1");

  test.each([
    ["of our log", ours, theirs],
    ["of theirs", theirs, ours],
  ])("%s is told with both notes", async (_, before, after) => {
    const stateStore = new InMemoryStateStore();
    const verifier = verifierOf(stateStore, { trustRoot: ours.trustRoot(), identityPolicy: ours.identityPolicy() });
    await verifier.verify(input(before));
    const refusal = await refusalOf(() => verifier.verify(input(after)));
    expect([refusal.code, refusal.name]).toEqual(["ERR_LOG_FORK", "FreshnessError"]);
    const noteOf = ({ bundle }: RealCase): string =>
      JSON.parse(new TextDecoder().decode(bundle)).verificationMaterial.tlogEntries[0].inclusionProof.checkpoint
        .envelope;
    expect(refusal.evidence).toEqual([noteOf(before), noteOf(after)]);
  });
});

describe("first use", () => {
  test("may be refused until the store is seeded", async () => {
    const empty = new OpenStore();
    expect(await codeOf(() => verifierOf(empty, { firstUse: "deny" }).verify(input(first)))).toBe(
      "ERR_STATE_FIRST_USE",
    );
    expect(empty.records.size).toBe(0);
    await verifierOf(await storeAfter(first), { firstUse: "deny" }).verify(input(second));
  });

  test("of one record of two is a first use too", async () => {
    for (const kind of ["log", "scope"]) {
      const store = (await storeAfter(first)).copy((record) => (JSON.parse(record).kind === kind ? undefined : record));
      expect(store.records.size).toBe(1);
      expect(await codeOf(() => verifierOf(store, { firstUse: "deny" }).verify(input(second)))).toBe(
        "ERR_STATE_FIRST_USE",
      );
    }
  });
});

describe("a refused verification", () => {
  test("moves no record", async () => {
    const store = await storeAfter(first);
    const before = new Map(store.records);
    const changed = second.catalogue.slice();
    changed[9] = (changed[9] ?? 0) ^ 1;
    await codeOf(() => verifierOf(store).verify({ ...input(second), catalogue: changed }));
    await codeOf(() => verifierOf(store).verify({ ...input(second), server: "https://evil.example" }));
    await codeOf(() =>
      verifierOf(store, { identityPolicy: realCase("keyless-email").identityPolicy() }).verify(input(second)),
    );
    expect(store.records).toEqual(before);
  });
});

describe("a damaged record", () => {
  const damages: [what: string, change: (record: string) => string][] = [
    ["empty", () => ""],
    ["no JSON", () => "29"],
    ["torn", (record) => record.slice(0, -1)],
    ["followed by a newline", (record) => `${record}\n`],
    ["with a space", (record) => record.replace(":", ": ")],
    ["with an unknown field", (record) => record.replace("{", '{"a":1,')],
    ["of another format", (record) => record.replace('"format":1', '"format":2')],
    [
      "of the other kind",
      (record) => (record.includes('"log"') ? record.replace('"log"', '"scope"') : record.replace('"scope"', '"log"')),
    ],
    ["with a number for a text", (record) => record.replace(/"(?:treeSize|notBefore)":"(\d+)[^"]*"/, '"treeSize":$1')],
    ["with a leading zero", (record) => record.replace(/"(treeSize|notBefore)":"/, '"$1":"0')],
    [
      "with another spelling of the size or time",
      (record) => record.replace(/"(treeSize|notBefore)":"(\d+)/, '"$1":"$2.0'),
    ],
  ];
  test.each(damages)("%s is refused, and kept as it is", async (_, change) => {
    const seeded = await storeAfter(first);
    for (const key of seeded.records.keys()) {
      const store = seeded.copy((record, at) => (at === key ? change(record) : record));
      const damaged = store.records.get(key);
      expect(damaged).not.toBe(seeded.records.get(key));
      const refusal = await refusalOf(() => verifierOf(store).verify(input(first)));
      expect([refusal.code, refusal.name]).toEqual(["ERR_STATE_CORRUPT", "StateError"]);
      expect(store.records.get(key)).toBe(damaged);
    }
  });

  test("of another log is refused", async () => {
    const seeded = await storeAfter(first);
    const other = new OpenStore();
    await verifierOf(other, {
      trustRoot: realCase("stackb-keyless-email").trustRoot(),
      identityPolicy: realCase("stackb-keyless-email").identityPolicy(),
    }).verify(input(realCase("stackb-keyless-email")));
    const foreign = [...other.records.values()].find((record) => JSON.parse(record).kind === "log");
    const store = seeded.copy((record) => (JSON.parse(record).kind === "log" ? foreign : record));
    expect(await codeOf(() => verifierOf(store).verify(input(first)))).toBe("ERR_STATE_CORRUPT");
  });

  test("of a tree that the log did not sign is refused, and is no floor", async () => {
    const seeded = await storeAfter(first);
    const changed = (change: (mark: Record<string, string>) => object) =>
      seeded.copy((record) => {
        const mark = JSON.parse(record);
        return mark.kind === "log" ? JSON.stringify({ ...mark, ...change(mark) }) : record;
      });
    const larger = "900";
    for (const store of [
      // The note shows no fork, so the refusal must not say that there is one.
      changed(() => ({ rootHash: Buffer.alloc(32).toString("base64") })),
      changed(() => ({ treeSize: larger })),
      changed(({ treeSize, note }) => ({
        treeSize: larger,
        note: note?.replace(`\n${treeSize}\n`, `\n${larger}\n`),
      })),
      changed(() => ({ note: "" })),
    ]) {
      const damaged = new Map(store.records);
      const verifier = verifierOf(store, { freshness: "log" });
      const refusal = await refusalOf(() => verifier.verify(input(first)));
      expect([refusal.code, refusal.evidence, refusal.evidenceDocument]).toEqual([
        "ERR_STATE_CORRUPT",
        undefined,
        undefined,
      ]);
      expect(store.records).toEqual(damaged);
      // Once the operator has put back what stood, all is well.
      for (const [key, record] of seeded.records) store.records.set(key, record);
      await verifier.verify(input(first));
    }
  });

  test("versions beyond 2^53 are told apart", async () => {
    const versioned = (record: string) => record.replace(/"notBefore":"[^"]+"/, '"version":"9007199254740993"');
    const store = (await storeAfter(first)).copy(versioned);
    const refusal = await refusalOf(() => verifierOf(store).verify(input(second)));
    expect([refusal.code, refusal.expected]).toEqual([
      "ERR_CATALOGUE_ROLLBACK",
      expect.stringContaining("9007199254740993"),
    ]);
  });
});

describe("the running process", () => {
  test("keeps its floor when the store is emptied or set back", async () => {
    for (const setBack of [new Map<string, string>(), (await storeAfter(first)).records]) {
      const store = new OpenStore();
      const verifier = verifierOf(store);
      await verifier.verify(input(last));
      const stood = new Map(store.records);
      store.records.clear();
      for (const [key, record] of setBack) store.records.set(key, record);
      expect(await codeOf(() => verifier.verify(input(second)))).toBe("ERR_CATALOGUE_ROLLBACK");
      await verifier.verify(input(last));
      expect(store.records).toEqual(stood);
    }
  });
});
