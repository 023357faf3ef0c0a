/** What somebody added to `Object.prototype`, such as a program that merges JSON, is no option and changes no outcome. */
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { digestOf } from "../ts/entry/node.js";
import { RedisStateStore } from "../ts/state/redis.js";
import { realCase } from "./support/cases.js";
import { keyless, outcomeOf, places, real, source } from "./support/option_places.js";
import { allVectors, verdictOf } from "./support/vectors.js";

describe("what somebody added to Object.prototype", () => {
  const added = new Set<string>();
  afterEach(() => {
    for (const name of added) Reflect.deleteProperty(Object.prototype, name);
    added.clear();
  });

  /** What `call` gives while every object has the member. */
  async function polluted<T>(
    members: Readonly<Record<string, PropertyDescriptor>>,
    call: () => T,
  ): Promise<Awaited<T>> {
    for (const [name, descriptor] of Object.entries(members)) {
      Object.defineProperty(Object.prototype, name, { configurable: true, ...descriptor });
      added.add(name);
    }
    try {
      return await call();
    } finally {
      for (const name of Object.keys(members)) Reflect.deleteProperty(Object.prototype, name);
    }
  }

  const forms = (value: unknown): PropertyDescriptor[] => [
    { value, writable: true },
    { value, writable: true, enumerable: true },
    { get: () => value, set: () => {} },
  ];
  const names = places.flatMap(({ values }) => Object.entries(values ?? {}));

  test.each(places)("is no option of $name", async ({ call, good }) => {
    const expected = await outcomeOf(() => call(good as never));
    const empty = await outcomeOf(() => call({} as never));
    for (const [name, value] of names) {
      for (const form of [...forms(value), ...forms("x")]) {
        const bare = Object.assign(Object.create(null), { [name]: form });
        expect([name, await polluted(bare, () => outcomeOf(() => call(good as never)))]).toEqual([name, expected]);
        expect([name, await polluted(bare, () => outcomeOf(() => call({} as never)))]).toEqual([name, empty]);
      }
    }
  });

  test("makes no store, source or client of an object that is none", async () => {
    const members = ["load", "compareAndSwap", "prove", "evalBuffer", "evalshaBuffer", "stream", "getReader"];
    const all = Object.fromEntries(members.map((name) => [name, { value: () => true }]));
    const calls = [
      () => keyless({ stateStore: {} }),
      () => keyless({ consistency: { source: {} } }),
      () => new RedisStateStore({ client: {} as never }),
      () => digestOf({} as never),
    ];
    for (const call of calls) expect(await polluted(all, () => outcomeOf(call))).toMatch(/^ERR_OPTION_INVALID/);
  });

  test("writes no JSON for the core", async () => {
    const toJSON = { value: () => ({ keys: [], thresholds: { logEntries: 0 } }) };
    for (const place of places) {
      const expected = await outcomeOf(() => place.call(place.good as never));
      expect([place.name, await polluted({ toJSON }, () => outcomeOf(() => place.call(place.good as never)))]).toEqual([
        place.name,
        expected,
      ]);
    }
    const bundle = JSON.parse(new TextDecoder().decode(real.bundle));
    const verify = () => keyless({}).verifyArtifact({ artifact: real.catalogue, bundle });
    expect(await polluted({ toJSON }, () => outcomeOf(verify))).toBe(await outcomeOf(verify));
  });

  /** The objects of a vector have no prototype: what reads them here must not be misled. */
  const bare = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(bare)
      : typeof value === "object" && value !== null
        ? Object.assign(
            Object.create(null),
            Object.fromEntries(Object.entries(value).map(([name, item]) => [name, bare(item)])),
          )
        : value;

  describe("changes no verdict", () => {
    beforeAll(() => {
      vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-06-15T00:00:00Z") });
      return () => void vi.useRealTimers();
    });
    // All at once hides some behind others, one at a time takes long: the names that weaken stand alone.
    const weak = [
      "thresholds",
      "logEntries",
      "timestamps",
      "scts",
      "scope",
      "now",
      "unreachable",
      "consistency",
      "witnesses",
    ];
    const vectors = allVectors().filter(({ expect }) =>
      /THRESHOLD|MISSING|EXPIRED|SERVER|WITNESS|TIME|SCT/.test(expect),
    );
    test.each(weak)("with %s", async (name) => {
      const value = names.find(([known]) => known === name)?.[1];
      expect(vectors.length).toBeGreaterThan(10);
      for (const vector of vectors) {
        const pollution = { [name]: { value, writable: true } };
        expect([vector.name, await polluted(pollution, () => verdictOf(bare(vector) as never))]).toEqual([
          vector.name,
          vector.expect,
        ]);
      }
    });
  });

  /** Verifies one after the other; the first outcome that is no acceptance. */
  const inTurn = async (change: object, ...cases: { catalogue: Uint8Array; bundle: unknown }[]): Promise<string> => {
    const verifier = keyless(change);
    for (const { catalogue, bundle } of cases) {
      const input = { catalogue, bundle, server: "https://tools.example.com/mcp" } as never;
      const outcome = await outcomeOf(() => verifier.verify(input));
      if (outcome !== "accepted") return outcome;
    }
    return "accepted";
  };
  const [older, newer] = [realCase("series-01"), realCase("series-02")];
  const parsed = JSON.parse(new TextDecoder().decode(older.bundle));
  parsed.verificationMaterial.tlogEntries = [];
  const runs: [what: string, run: () => Promise<string>, expected: RegExp][] = [
    ["a newer catalogue after an older one", () => inTurn({}, older, newer), /^accepted$/],
    ["an older catalogue after a newer one", () => inTurn({}, newer, older), /^ERR_[A-Z]+_ROLLBACK/],
    ["a bundle without log entries", () => inTurn({}, { ...older, bundle: parsed }), /^ERR_LOG_ENTRY_MISSING/],
    ["a signature that is too old", () => inTurn({ maxAgeSeconds: 1 }, older), /^ERR_CATALOGUE_EXPIRED/],
    [
      "two trees, and no proof to be had",
      () => inTurn({ consistency: { source } }, older, newer),
      /^ERR_CONSISTENCY_UNAVAILABLE/,
    ],
  ];
  test.each(runs)("leaves the outcome of %s", async (_, run, expected) => {
    const outcome = await run();
    expect(outcome).toMatch(expected);
    for (const [name, value] of names) {
      for (const form of forms(value)) {
        const bare = Object.assign(Object.create(null), { [name]: form });
        expect([name, await polluted(bare, run)]).toEqual([name, outcome]);
      }
    }
  });
});
