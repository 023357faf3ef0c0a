/** The store over a real server that does what it should. */
import { Cluster, Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RedisStateStore } from "../../ts/state/redis.js";
import { storeRecords } from "../../ts/state/store_records.js";
import { managedStoreTests, storeTests } from "../../ts/state/suite.js";
import { logMark, Presented } from "../support/marks.js";
import { RedisServer, stopServers } from "../support/redis_server.js";
import { codeOf, refusalOf } from "../support/refusal.js";

let server: RedisServer;
/** Looks behind the store's back. */
let redis: Redis;
const stores: RedisStateStore[] = [];

beforeAll(async () => {
  server = await RedisServer.start();
  redis = server.client();
});
afterAll(async () => {
  redis?.disconnect();
  await stopServers();
});
beforeEach(() => redis.flushall());
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

function open(options: object = {}): RedisStateStore {
  const store = new RedisStateStore({ url: server.url, ...options } as never);
  stores.push(store);
  return store;
}

const KEY = "log:a";
const under = { open: async () => open(), reopen: async () => open() };

describe("RedisStateStore, by URL", () => {
  test.each(storeTests)("$title", ({ run }) => run(under));
  test.each(managedStoreTests)("$title", ({ run }) => run(under));
});

describe("the list of records", () => {
  test("holds those of the store's own prefix, whatever that spells", async () => {
    const client = new Redis(server.port, "127.0.0.1", { keyPrefix: "m*?:" });
    try {
      const store = new RedisStateStore({ client, prefix: "[ab]*:" });
      await store.compareAndSwap(KEY, undefined, "mine");
      await redis.mset("[ab]*:log:a", "no keyPrefix", "m*?:a:log:a", "as if the prefix were a pattern", "other", "1");
      expect([...(await store.records())]).toEqual([[KEY, "mine"]]);
      expect(await redis.get("m*?:[ab]*:log:a")).toBe("mine");
    } finally {
      client.disconnect();
    }
  });

  test("is refused where one of them is no text", async () => {
    await redis.lpush("inkan:log:a", "x");
    expect(await codeOf(() => open().records())).toBe("ERR_STATE_CORRUPT");
  });
});

describe("RedisStateStore, by a client", () => {
  const open = async (): Promise<RedisStateStore> => new RedisStateStore({ client: redis });
  test.each(storeTests)("$title", ({ run }) => run({ open, reopen: open }));
  test.each(managedStoreTests)("$title", ({ run }) => run({ open, reopen: open }));

  test.each<[what: string, options: { protocol?: 2 | 3; stringNumbers?: boolean; enableAutoPipelining?: boolean }]>([
    ["RESP3", { protocol: 3 }],
    ["RESP2", { protocol: 2 }],
    ["numbers as texts", { stringNumbers: true }],
    ["pipelines made by itself", { enableAutoPipelining: true }],
  ])("with a prefix of its own, and %s", async (_, options) => {
    const client = new Redis(server.port, "127.0.0.1", { keyPrefix: "mine:", ...options });
    await redis.script("FLUSH");
    try {
      const store = new RedisStateStore({ client });
      expect(await store.load(KEY)).toBeUndefined();
      expect(await store.compareAndSwap(KEY, undefined, "1")).toBe(true);
      const both = [store.compareAndSwap(KEY, undefined, "2"), store.load(KEY)];
      expect(await Promise.all(both)).toEqual([false, "1"]);
      expect(await store.load(KEY)).toBe("1");
      expect(await redis.keys("*")).toEqual([`mine:inkan:${KEY}`]);
    } finally {
      client.disconnect();
    }
  });

  test("it stays open when the store is closed", async () => {
    const store = new RedisStateStore({ client: redis });
    await store.close();
    expect(await codeOf(() => store.load(KEY))).toBe("ERR_STATE_UNAVAILABLE");
    expect(await redis.ping()).toBe("PONG");
  });
});

describe("RedisStateStore, in a cluster", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    const nodes = await RedisServer.startCluster();
    // Reads go to replicas where a program asks for that; those of the store must not.
    cluster = new Cluster(
      nodes.map(({ port }) => ({ host: "127.0.0.1", port })),
      { scaleReads: "slave" },
    );
  });
  afterAll(() => cluster?.disconnect());
  beforeEach(async () => {
    await Promise.all(cluster.nodes("master").map((node) => node.flushall()));
  });

  const open = async (): Promise<RedisStateStore> => new RedisStateStore({ client: cluster });
  test.each(storeTests)("$title", ({ run }) => run({ open, reopen: open }));
  test.each(managedStoreTests)("$title", ({ run }) => run({ open, reopen: open }));

  test("records are spread over its nodes", async () => {
    const store = await open();
    const keys = Array.from({ length: 20 }, (_, index) => `log:${index}`);
    for (const key of keys) expect(await store.compareAndSwap(key, undefined, key)).toBe(true);
    for (const key of keys) expect(await store.load(key)).toBe(key);
    const counts = await Promise.all(cluster.nodes("master").map((node) => node.dbsize()));
    expect(counts.length).toBe(2);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });
});

describe("where records are kept", () => {
  test("one key each, with a prefix that can be chosen", async () => {
    await open().compareAndSwap(KEY, undefined, "1");
    await open({ prefix: "other:" }).compareAndSwap(KEY, undefined, "2");
    await open({ prefix: "{slot}." }).compareAndSwap("scope:b", undefined, "3");
    expect((await redis.keys("*")).sort()).toEqual([`inkan:${KEY}`, `other:${KEY}`, "{slot}.scope:b"].sort());
    expect(await open().load(KEY)).toBe("1");
  });

  test("an expiry that somebody set is undone", async () => {
    const store = open();
    await store.compareAndSwap(KEY, undefined, "1");
    await redis.expire(`inkan:${KEY}`, 100);
    await store.load(KEY);
    expect(await redis.ttl(`inkan:${KEY}`)).toBe(-1);
    await redis.expire(`inkan:${KEY}`, 100);
    await store.compareAndSwap(KEY, "1", "2");
    expect(await redis.ttl(`inkan:${KEY}`)).toBe(-1);
  });
});

describe("the second barrier: a log's tree never gets smaller", () => {
  const sizes = [
    ["9007199254740993", "9007199254740992"],
    ["9007199254740992", "9007199254740991"],
    ["18446744073709551615", "18446744073709551614"],
    ["18446744073709551615", "9007199254740993"],
    ["10", "9"],
    ["100", "99"],
    ["1", "0"],
  ] as const;
  test.each(sizes)("%s is not followed by %s", async (larger, smaller) => {
    const store = open();
    await store.compareAndSwap(KEY, undefined, logMark(larger));
    const refusal = await refusalOf(() => store.compareAndSwap(KEY, logMark(larger), logMark(smaller)));
    expect([refusal.code, refusal.name]).toEqual(["ERR_LOG_ROLLBACK", "FreshnessError"]);
    expect(await store.load(KEY)).toBe(logMark(larger));
  });

  test.each(sizes)("%s follows %s", async (larger, smaller) => {
    const store = open();
    await store.compareAndSwap(KEY, undefined, logMark(smaller));
    expect(await store.compareAndSwap(KEY, logMark(smaller), logMark(larger))).toBe(true);
    expect(await store.load(KEY)).toBe(logMark(larger));
  });

  test("a record of the same log without a size does not follow", async () => {
    const store = open();
    await store.compareAndSwap(KEY, undefined, logMark("10"));
    const without = logMark("10").replace(/"treeSize":"\d+",/, "");
    expect(await codeOf(() => store.compareAndSwap(KEY, logMark("10"), without))).toBe("ERR_LOG_ROLLBACK");
  });

  test("a scope may go on in another log, whose tree is smaller", async () => {
    const store = open();
    await store.compareAndSwap("scope:a", undefined, logMark("10"));
    expect(await store.compareAndSwap("scope:a", logMark("10"), logMark("5", "cd".repeat(32)))).toBe(true);
    // The shards of a Rekor v1 log have one key.
    const shard = logMark("3", "cd".repeat(32)).replace('"origin":"rekor.test"', '"origin":"rekor.test - 2"');
    expect(await store.compareAndSwap("scope:a", logMark("5", "cd".repeat(32)), shard)).toBe(true);
    expect(await codeOf(() => store.compareAndSwap("scope:a", shard, shard.replace('"3"', '"2"')))).toBe(
      "ERR_LOG_ROLLBACK",
    );
  });
});

describe("the rule over it", () => {
  const raise = (size: bigint | number, store = open()): Promise<void> => storeRecords(new Presented(size), store);

  test("10, then 5 refused, then 12", async () => {
    await raise(10);
    expect(await codeOf(() => raise(5))).toBe("ERR_LOG_ROLLBACK");
    expect(await redis.get(`inkan:${KEY}`)).toBe(logMark(10n));
    await raise(12);
    expect(await redis.get(`inkan:${KEY}`)).toBe(logMark(12n));
  });

  test("2^53 and 2^53 + 1 are two sizes", async () => {
    await raise(2n ** 53n + 1n);
    expect(await codeOf(() => raise(2n ** 53n))).toBe("ERR_LOG_ROLLBACK");
    await raise(2n ** 64n - 1n);
    expect(await codeOf(() => raise(2n ** 64n - 2n))).toBe("ERR_LOG_ROLLBACK");
  });

  test("eight clients that raise at once only ever raise, and end at the largest", async () => {
    const PER_CLIENT = 40;
    const seen: bigint[] = [];
    let watching = true;
    const watch = (async () => {
      while (watching) seen.push(BigInt(JSON.parse((await redis.get(`inkan:${KEY}`)) ?? '{"treeSize":"0"}').treeSize));
    })();
    const clients = Array.from({ length: 8 }, () => open());
    const from = 2n ** 53n;
    await Promise.all(
      clients.map(async (store, client) => {
        for (let step = 0; step < PER_CLIENT; step += 1) {
          await raise(from + BigInt(step * clients.length + client), store).catch((error) => {
            if (error.code !== "ERR_LOG_ROLLBACK") throw error;
          });
        }
      }),
    );
    watching = false;
    await watch;
    expect(seen.every((size, index) => index === 0 || size >= (seen[index - 1] ?? 0n))).toBe(true);
    expect(await redis.get(`inkan:${KEY}`)).toBe(logMark(from + BigInt(8 * PER_CLIENT - 1)));
  });
});

describe("options", () => {
  test.each<[what: string, options: unknown, code: string]>([
    ["neither client nor url", {}, "ERR_OPTION_INVALID"],
    ["both", { client: new Redis({ lazyConnect: true }), url: "redis://127.0.0.1" }, "ERR_OPTION_INVALID"],
    ["no options", undefined, "ERR_OPTION_INVALID"],
    ["an unknown option", { url: "redis://127.0.0.1", ttl: 5 }, "ERR_OPTION_UNKNOWN"],
    ["a misspelt option", { url: "redis://127.0.0.1", timeout: 5 }, "ERR_OPTION_UNKNOWN"],
    ["a client that is none", { client: {} }, "ERR_OPTION_INVALID"],
    ["a URL of something else", { url: "https://127.0.0.1" }, "ERR_OPTION_INVALID"],
    ["a URL without a host", { url: "redis://" }, "ERR_OPTION_INVALID"],
    ["an empty prefix", { url: "redis://127.0.0.1", prefix: "" }, "ERR_OPTION_INVALID"],
    ["a prefix with a line break", { url: "redis://127.0.0.1", prefix: "a\n" }, "ERR_OPTION_INVALID"],
    ["a prefix that is unset", { url: "redis://127.0.0.1", prefix: undefined }, "ERR_OPTION_INVALID"],
    ["no time to answer", { url: "redis://127.0.0.1", timeoutMs: 0 }, "ERR_OPTION_INVALID"],
    ["endless time to answer", { url: "redis://127.0.0.1", timeoutMs: Number.POSITIVE_INFINITY }, "ERR_OPTION_INVALID"],
  ])("%s", async (_, options, code) => {
    expect(await codeOf(() => new RedisStateStore(options as never))).toBe(code);
  });

  test("a password is not repeated", async () => {
    const refusal = await refusalOf(() => new RedisStateStore({ url: "http://user:secret@127.0.0.1" }));
    expect(JSON.stringify(refusal)).not.toContain("secret");
  });
});
