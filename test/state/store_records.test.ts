/** The loop around the rule, with a rule that is only "never smaller". The real rule is in the core, and tested there. */
import { describe, expect, test } from "vitest";
import type { PendingRecord } from "../../ts/core/verifier.js";
import { FreshnessError, InMemoryStateStore, type StateStore } from "../../ts/index.js";
import { type PendingRecords, storeRecords } from "../../ts/state/store_records.js";
import { codeOf, refusalOf } from "../support/refusal.js";

/** A verification that presents `sizes`, one record each, under the keys `log` and `scope`. */
class Presented implements PendingRecords {
  readonly #sizes: number[];
  readonly judged: (string | undefined)[] = [];
  storedCount = 0;

  constructor(...sizes: number[]) {
    this.#sizes = sizes;
  }

  records(): PendingRecord[] {
    const kinds = ["log", "scope"] as const;
    return kinds.slice(0, this.#sizes.length).map((kind) => ({ key: kind, kind }));
  }

  unproven(): undefined {}

  prove(): void {}

  unreachable(): void {}

  judge(key: string, stored: string | undefined, floor: string | undefined): string | undefined {
    this.judged.push(stored);
    const size = this.#sizes[key === "log" ? 0 : 1] ?? 0;
    const marks = [stored, floor].filter((mark) => mark !== undefined).map(Number);
    if (marks.some((mark) => size < mark)) {
      throw new FreshnessError({ code: "ERR_LOG_ROLLBACK", message: "Older.", hint: "None." });
    }
    const next = String(Math.max(size, ...marks));
    return next === stored ? undefined : next;
  }

  stored(): void {
    this.storedCount += 1;
  }
}

/** A store whose content the test can replace behind everybody's back. */
class Shaky implements StateStore {
  readonly records = new Map<string, unknown>();
  loads = 0;
  onLoad: (() => void) | undefined;

  async load(key: string): Promise<string | undefined> {
    this.loads += 1;
    this.onLoad?.();
    return this.records.get(key) as string | undefined;
  }

  async compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    if (this.records.get(key) !== expected) return false;
    this.records.set(key, next);
    return true;
  }
}

describe("settling", () => {
  test("log record first, then scope record", async () => {
    const store = new Shaky();
    const written: string[] = [];
    store.compareAndSwap = async (key) => written.push(key) > 0;
    await storeRecords(new Presented(5, 6), store);
    expect(written).toEqual(["log", "scope"]);
  });

  test("5 then 7 stands; 10 then 5 is refused and the mark stays 10", async () => {
    const store = new InMemoryStateStore();
    await storeRecords(new Presented(5), store);
    await storeRecords(new Presented(7), store);
    await storeRecords(new Presented(10), store);
    expect(await codeOf(() => storeRecords(new Presented(5), store))).toBe("ERR_LOG_ROLLBACK");
    expect(await store.load("log")).toBe("10");
  });

  test("a seeded mark refuses at the first use", async () => {
    const store = new InMemoryStateStore();
    await store.compareAndSwap("log", undefined, "10");
    expect(await codeOf(() => storeRecords(new Presented(5), store))).toBe("ERR_LOG_ROLLBACK");
  });

  test("an equal record is kept without a write", async () => {
    const store = new Shaky();
    store.records.set("log", "5");
    store.compareAndSwap = async () => {
      throw new Error("written");
    };
    await storeRecords(new Presented(5), store);
  });

  test("sixteen verifications at once end at the largest", async () => {
    const store = new InMemoryStateStore();
    const sizes = Array.from({ length: 16 }, (_, index) => ((index * 5) % 16) * 60 + 100);
    await Promise.allSettled(sizes.map((size) => storeRecords(new Presented(size), store)));
    expect(await store.load("log")).toBe("1000");
  });

  test("a record that changes between load and swap is judged again", async () => {
    const store = new Shaky();
    let changes = 0;
    store.onLoad = () => {
      if (changes++ === 0) queueMicrotask(() => store.records.set("log", "8"));
    };
    const verification = new Presented(9);
    await storeRecords(verification, store);
    expect(verification.judged).toEqual([undefined, "8"]);
    expect(store.records.get("log")).toBe("9");
  });

  test("a log's record that was to be kept is read again before the release", async () => {
    const store = new Shaky();
    store.records.set("log", "5");
    store.records.set("scope", "5");
    const verification = new Presented(5, 6);
    // Another process raises the log's mark while the scope's record is looked at for the first time.
    store.onLoad = () => {
      if (store.loads === 2) store.records.set("log", "8");
    };
    expect(await codeOf(() => storeRecords(verification, store))).toBe("ERR_LOG_ROLLBACK");
    expect([store.records.get("scope"), verification.storedCount]).toEqual(["5", 0]);
  });

  test("a record that always changes is a conflict", async () => {
    const store = new Shaky();
    store.compareAndSwap = async () => false;
    const refusal = await refusalOf(() => storeRecords(new Presented(9), store));
    expect(refusal.code).toBe("ERR_STATE_CONFLICT");
    expect(store.loads).toBeLessThanOrEqual(100);
  });
});

describe("the floor of the running process", () => {
  test.each([
    ["emptied", undefined],
    ["restored from a backup", "3"],
  ])("holds when the store is %s", async (_, content) => {
    const store = new Shaky();
    await storeRecords(new Presented(10), store);
    if (content === undefined) store.records.clear();
    else store.records.set("log", content);
    expect(await codeOf(() => storeRecords(new Presented(7), store))).toBe("ERR_LOG_ROLLBACK");
    await storeRecords(new Presented(12), store);
    expect(store.records.get("log")).toBe("12");
  });

  test.each([
    ["refuses the swap", async () => false],
    [
      "fails in the swap",
      async () => {
        throw new Error("connection lost");
      },
    ],
  ])("is not raised by a verification whose store %s", async (_, compareAndSwap) => {
    const store = new Shaky();
    await storeRecords(new Presented(10), store);
    const swap = store.compareAndSwap;
    store.compareAndSwap = compareAndSwap;
    await expect(storeRecords(new Presented(20), store)).rejects.toThrow();
    store.compareAndSwap = swap;
    await storeRecords(new Presented(15), store);
    expect(store.records.get("log")).toBe("15");
    expect(await codeOf(() => storeRecords(new Presented(12), store))).toBe("ERR_LOG_ROLLBACK");
  });

  test("is one already while the swap is under way", async () => {
    const store = new Shaky();
    await storeRecords(new Presented(10), store);
    let finish = (): void => {};
    const { compareAndSwap } = store;
    store.compareAndSwap = (...args) =>
      new Promise((resolve) => {
        finish = () => resolve(compareAndSwap.apply(store, args));
      });
    const first = storeRecords(new Presented(20), store);
    await new Promise((resolve) => setTimeout(resolve));
    // The store has 10, and still this is behind what is about to stand.
    expect(await codeOf(() => storeRecords(new Presented(15), store))).toBe("ERR_LOG_ROLLBACK");
    finish();
    await first;
    expect(store.records.get("log")).toBe("20");
  });

  test("is put back where the store lost it", async () => {
    const store = new Shaky();
    await storeRecords(new Presented(10), store);
    store.records.clear();
    await storeRecords(new Presented(10), store);
    expect(store.records.get("log")).toBe("10");
  });

  test("follows what other processes raise", async () => {
    const store = new Shaky();
    await storeRecords(new Presented(10), store);
    store.records.set("log", "20");
    await storeRecords(new Presented(20), store);
    store.records.set("log", "15");
    expect(await codeOf(() => storeRecords(new Presented(17), store))).toBe("ERR_LOG_ROLLBACK");
  });
});

describe("a store that fails releases nothing", () => {
  const failing: [what: string, change: Partial<Record<keyof StateStore, unknown>>, code: string][] = [
    ["load throws", { load: () => Promise.reject(new Error("connection lost")) }, "ERR_STATE_UNAVAILABLE"],
    [
      "load throws at once",
      {
        load: () => {
          throw new Error("closed");
        },
      },
      "ERR_STATE_UNAVAILABLE",
    ],
    ["load gives null", { load: async () => null }, "ERR_STATE_CORRUPT"],
    ["load gives bytes", { load: async () => new Uint8Array(2) }, "ERR_STATE_CORRUPT"],
    ["load gives a number", { load: async () => 10 }, "ERR_STATE_CORRUPT"],
    ["swap throws", { compareAndSwap: () => Promise.reject(new Error("timeout")) }, "ERR_STATE_UNAVAILABLE"],
    ["swap says nothing", { compareAndSwap: async () => undefined }, "ERR_STATE_UNAVAILABLE"],
    ["swap says OK", { compareAndSwap: async () => "OK" }, "ERR_STATE_UNAVAILABLE"],
  ];
  test.each(failing)("%s", async (_, change, code) => {
    const verification = new Presented(5);
    const store = Object.assign(new Shaky(), change) as StateStore;
    const refusal = await refusalOf(() => storeRecords(verification, store));
    expect([refusal.code, refusal.name]).toEqual([code, "StateError"]);
    expect(verification.storedCount).toBe(0);
  });
});
