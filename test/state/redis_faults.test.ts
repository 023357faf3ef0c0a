/** A real server that fails, lies, or is gone: nothing is released, and no record goes back. */
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RedisStateStore } from "../../ts/state/redis.js";
import { storeRecords } from "../../ts/state/store_records.js";
import { logMark, Presented } from "../support/marks.js";
import { RedisServer, stopServers, Wire } from "../support/redis_server.js";
import { codeOf, refusalOf } from "../support/refusal.js";

const KEY = "log:a";
let server: RedisServer;
let redis: Redis;
let wire: Wire;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  server = await RedisServer.start();
  redis = server.client();
});
afterAll(async () => {
  redis?.disconnect();
  await stopServers();
});
beforeEach(async () => {
  await redis.flushall();
  wire = await Wire.to(server.port);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await wire.close();
});

function open(url: string, timeoutMs = 5000): RedisStateStore {
  const store = new RedisStateStore({ url, timeoutMs });
  closing.push(() => store.close());
  return store;
}

async function started(...options: string[]): Promise<RedisServer> {
  const other = await RedisServer.start(...options);
  closing.push(() => other.remove());
  return other;
}

const raise = (store: RedisStateStore, size: number): Promise<void> => storeRecords(new Presented(size), store);
const isScript = (bytes: Buffer): boolean => /EVAL/i.test(bytes.toString("latin1"));

/** Whether a call is refused as unavailable, by either method. */
async function expectUnavailable(store: RedisStateStore): Promise<void> {
  const refusal = await refusalOf(() => store.load(KEY));
  expect([refusal.code, refusal.name]).toEqual(["ERR_STATE_UNAVAILABLE", "StateError"]);
  expect(await codeOf(() => store.compareAndSwap(KEY, undefined, "1"))).toBe("ERR_STATE_UNAVAILABLE");
}

describe("what is stored", () => {
  const foreign: [what: string, put: () => Promise<unknown>][] = [
    ["a list", () => redis.rpush(`inkan:${KEY}`, "1")],
    ["a hash", () => redis.hset(`inkan:${KEY}`, "treeSize", "1")],
    ["a set", () => redis.sadd(`inkan:${KEY}`, "1")],
    ["a stream", () => redis.xadd(`inkan:${KEY}`, "*", "treeSize", "1")],
  ];
  test.each(foreign)("%s at the key is refused", async (_, put) => {
    await put();
    const store = open(server.url);
    const refusal = await refusalOf(() => store.load(KEY));
    expect([refusal.code, refusal.name]).toEqual(["ERR_STATE_CORRUPT", "StateError"]);
    expect(await codeOf(() => store.compareAndSwap(KEY, undefined, "1"))).toBe("ERR_STATE_CORRUPT");
    expect(await codeOf(() => raise(store, 5))).toBe("ERR_STATE_CORRUPT");
    expect(await redis.type(`inkan:${KEY}`)).not.toBe("string");
  });

  test("bytes that are no UTF-8 are refused, and so never equal a text", async () => {
    await redis.set(`inkan:${KEY}`, Buffer.from([0x7b, 0xff, 0x7d]));
    const store = open(server.url);
    expect(await codeOf(() => store.load(KEY))).toBe("ERR_STATE_CORRUPT");
    expect(await store.compareAndSwap(KEY, "{\ufffd}", "1")).toBe(false);
  });

  test("any other text is given as it is: the core refuses what is no canonical record", async () => {
    const store = open(server.url);
    for (const text of ["", "0", "\ufeff{}", "(nil)", "null", "9007199254740993"]) {
      await redis.set(`inkan:${KEY}`, text);
      expect(await store.load(KEY)).toBe(text);
    }
  });
});

describe("the server", () => {
  test("forgets its scripts: they are sent again", async () => {
    const store = open(server.url);
    await raise(store, 5);
    await redis.script("FLUSH");
    await raise(store, 7);
    await redis.script("FLUSH");
    expect(await codeOf(() => raise(store, 6))).toBe("ERR_LOG_ROLLBACK");
    expect(await redis.get(`inkan:${KEY}`)).toBe(logMark(7n));
  });

  test("crashes and comes back with what was acknowledged (appendfsync always)", async () => {
    const durable = await started("--appendonly", "yes", "--appendfsync", "always");
    const store = open(durable.url);
    await raise(store, 10);
    await durable.kill();
    await expectUnavailable(store);
    await durable.start();
    const fresh = open(durable.url);
    expect(await codeOf(() => raise(fresh, 5))).toBe("ERR_LOG_ROLLBACK");
    await raise(fresh, 12);
    expect(await codeOf(() => raise(store, 11))).toBe("ERR_LOG_ROLLBACK");
  });

  test("comes back empty: the running process keeps its floor, and puts it back", async () => {
    const forgetful = await started();
    const store = open(forgetful.url);
    await raise(store, 10);
    await forgetful.kill();
    await forgetful.start();
    const look = forgetful.client();
    closing.push(() => look.disconnect());
    expect(await codeOf(() => raise(store, 7))).toBe("ERR_LOG_ROLLBACK");
    expect(await look.get(`inkan:${KEY}`)).toBeNull();
    await raise(store, 10);
    expect(await look.get(`inkan:${KEY}`)).toBe(logMark(10n));
  });

  test("is not there", async () => {
    const gone = await started();
    await gone.kill();
    await expectUnavailable(open(gone.url, 2000));
  });

  test("is out of reach: the message has host, port and cause", async () => {
    const gone = await started();
    await gone.remove();
    const refusal = await refusalOf(() => open(gone.url, 2000).load(KEY));
    expect(refusal.code).toBe("ERR_STATE_UNAVAILABLE");
    expect(refusal.expected).toContain(`127.0.0.1:${gone.port}`);
    expect(refusal.found).toMatch(/ECONNREFUSED/);
    const given = new Redis(gone.port, "127.0.0.1", { maxRetriesPerRequest: 0, retryStrategy: () => null });
    given.on("error", () => {});
    closing.push(() => given.disconnect());
    const byClient = await refusalOf(() => new RedisStateStore({ client: given }).load(KEY));
    expect(byClient.expected).toContain(`127.0.0.1:${gone.port}`);
    const nameless = await refusalOf(() => open("redis://user:pass@no-such-host.invalid:6390", 4000).load(KEY));
    expect(nameless.expected).toContain("no-such-host.invalid:6390");
    expect(nameless.found).toMatch(/no-such-host\.invalid/);
    expect(JSON.stringify([nameless, nameless.message])).not.toContain("pass@");
  });

  test("does not answer in time", async () => {
    const frozen = await started();
    const store = open(frozen.url, 300);
    await raise(store, 5);
    frozen.freeze();
    const refusal = await refusalOf(() => store.load(KEY));
    expect(refusal).toMatchObject({ code: "ERR_STATE_UNAVAILABLE", found: "no answer within 300 ms" });
    expect(await codeOf(() => raise(store, 9))).toBe("ERR_STATE_UNAVAILABLE");
    frozen.thaw();
    await raise(store, 10);
    expect(await store.load(KEY)).toBe(logMark(10n));
  });

  test("has no memory left", async () => {
    const full = await started("--maxmemory", "1mb", "--maxmemory-policy", "noeviction");
    const store = open(full.url);
    const refusal = await refusalOf(async () => {
      for (let index = 0; index < 100; index += 1) {
        await store.compareAndSwap(`log:${index}`, undefined, "x".repeat(64 << 10));
      }
    });
    expect(refusal.code).toBe("ERR_STATE_UNAVAILABLE");
    expect(refusal.found).toMatch(/OOM/);
  });

  test("asks for a password, or forbids a command", async () => {
    const guarded = await started("--requirepass", "secret");
    await expectUnavailable(open(guarded.url));
    const admin = new Redis(guarded.port, "127.0.0.1", { password: "secret" });
    closing.push(() => admin.disconnect());
    const allow = (user: string, ...commands: string[]): Promise<unknown> =>
      admin.call("ACL", "SETUSER", user, "on", ">pass", "~inkan:*", "+@connection", "+info", ...commands);
    await allow("verifier", "+evalsha", "+eval", "+get", "+set", "+persist");
    await allow("reader", "+evalsha", "+eval", "+get");
    const as = (user: string): string => `redis://${user}:pass@127.0.0.1:${guarded.port}`;
    await raise(open(as("verifier")), 5);
    const reader = open(as("reader"));
    expect(await codeOf(() => reader.load(KEY))).toBe("ERR_STATE_UNAVAILABLE");
    expect(await codeOf(() => reader.compareAndSwap(KEY, logMark(5n), logMark(6n)))).toBe("ERR_STATE_UNAVAILABLE");
  });
});

describe("a replica", () => {
  async function replicaOf(primary: RedisServer): Promise<{ replica: RedisServer; admin: Redis }> {
    const replica = await started("--replicaof", "127.0.0.1", String(primary.port));
    const admin = replica.client();
    closing.push(() => admin.disconnect());
    return { replica, admin };
  }

  /** Waits until the replica has the record of this size. */
  async function caughtUp(admin: Redis, size: bigint): Promise<void> {
    while ((await admin.get(`inkan:${KEY}`)) !== logMark(size)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  test("is refused, for reading too: it may be behind", async () => {
    await raise(open(server.url), 10);
    const { replica, admin } = await replicaOf(server);
    await caughtUp(admin, 10n);
    const store = open(replica.url);
    const refusal = await refusalOf(() => store.load(KEY));
    expect(refusal.code).toBe("ERR_STATE_UNAVAILABLE");
    expect(refusal.found).toMatch(/READONLY|read only replica/i);
    expect(await codeOf(() => raise(store, 10))).toBe("ERR_STATE_UNAVAILABLE");
    expect(await codeOf(() => raise(store, 12))).toBe("ERR_STATE_UNAVAILABLE");
  });

  test("that was behind takes over: the running process keeps its floor, and puts it back", async () => {
    const primary = await started();
    wire.target = primary.port;
    const store = open(wire.url);
    await raise(store, 5);
    const { replica, admin } = await replicaOf(primary);
    await caughtUp(admin, 5n);
    await admin.replicaof("NO", "ONE");
    await raise(store, 10);

    wire.target = replica.port;
    wire.cut();
    await primary.kill();
    expect(await codeOf(() => raise(store, 7))).toBe("ERR_LOG_ROLLBACK");
    expect(await admin.get(`inkan:${KEY}`)).toBe(logMark(5n));
    await raise(store, 10);
    expect(await admin.get(`inkan:${KEY}`)).toBe(logMark(10n));
  });
});

describe("the connection is lost", () => {
  test("before the call: it is made anew", async () => {
    const store = open(wire.url);
    await raise(store, 5);
    wire.cut();
    await raise(store, 7);
    expect(await redis.get(`inkan:${KEY}`)).toBe(logMark(7n));
  });

  test("before the call, and stays so", async () => {
    const store = open(wire.url, 1000);
    await raise(store, 5);
    wire.onRequest = (_, { cut }) => cut.call(wire) as undefined;
    wire.cut();
    expect(await codeOf(() => raise(store, 5))).toBe("ERR_STATE_UNAVAILABLE");
    expect(await codeOf(() => raise(store, 7))).toBe("ERR_STATE_UNAVAILABLE");
    expect(await redis.get(`inkan:${KEY}`)).toBe(logMark(5n));
  });

  test("during the call, before the server has it", async () => {
    const store = open(wire.url);
    await raise(store, 5);
    let cuts = 0;
    wire.onRequest = (bytes, { cut }) => (isScript(bytes) && cuts++ === 0 ? (cut.call(wire) as undefined) : bytes);
    await raise(store, 7);
    expect(cuts).toBeGreaterThan(0);
    expect(await redis.get(`inkan:${KEY}`)).toBe(logMark(7n));
  });

  test("after the server has swapped, before it says so: the outcome is found out, or refused", async () => {
    const store = open(wire.url, 1000);
    await raise(store, 5);
    let cuts = 0;
    wire.onReply = (bytes, { cut }) =>
      bytes.includes("swapped") && cuts++ === 0 ? (cut.call(wire) as undefined) : bytes;
    await raise(store, 7);
    expect(cuts).toBeGreaterThan(0);
    expect(await redis.get(`inkan:${KEY}`)).toBe(logMark(7n));

    wire.onReply = (bytes, { cut }) => (bytes.includes("swapped") ? (cut.call(wire) as undefined) : bytes);
    await raise(store, 9).catch((error) => expect(error.code).toBe("ERR_STATE_UNAVAILABLE"));
    expect(await redis.get(`inkan:${KEY}`)).toBe(logMark(9n));
    wire.onReply = (bytes) => bytes;
    expect(await codeOf(() => raise(store, 8))).toBe("ERR_LOG_ROLLBACK");
  });

  test("the answer is lost, the connection is not", async () => {
    const store = open(wire.url, 300);
    await raise(store, 5);
    wire.onReply = () => undefined;
    expect(await codeOf(() => raise(store, 7))).toBe("ERR_STATE_UNAVAILABLE");
  });

  test("the answer is something else", async () => {
    const store = open(wire.url, 1000);
    await raise(store, 5);
    for (const [reply, code] of [
      [":1\r\n", "ERR_STATE_CORRUPT"],
      ["+OK\r\n", "ERR_STATE_UNAVAILABLE"],
      ["-LOADING Redis is loading the dataset in memory\r\n", "ERR_STATE_UNAVAILABLE"],
    ] as const) {
      wire.onReply = () => Buffer.from(reply);
      const call = code === "ERR_STATE_CORRUPT" ? () => store.load(KEY) : () => store.compareAndSwap(KEY, "1", "2");
      expect(await codeOf(call)).toBe(code);
    }
  });

  test("while a caller's own client waits for ever: the store does not", async () => {
    const client = new Redis(wire.port, "127.0.0.1", { maxRetriesPerRequest: null });
    client.on("error", () => {});
    closing.push(() => client.disconnect());
    const store = new RedisStateStore({ client, timeoutMs: 300 });
    await store.compareAndSwap(KEY, undefined, "1");
    wire.onRequest = () => undefined;
    wire.cut();
    await expectUnavailable(store);
  });

  test("by close(): what waits is refused, and so is what comes after", async () => {
    const store = open(wire.url);
    await raise(store, 5);
    wire.onRequest = () => undefined;
    const waiting = codeOf(() => store.load(KEY));
    await store.close();
    expect(await waiting).toBe("ERR_STATE_UNAVAILABLE");
    await expectUnavailable(store);
  });
});
