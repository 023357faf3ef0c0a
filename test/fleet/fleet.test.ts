/** Replicas of one agent: one real Redis has their records, one site the catalogue. Each is taken away (docs/fleet.md). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { InMemoryStateStore } from "../../ts/entry/node.js";
import { loadPolicy } from "../../ts/policy_file/index.js";
import { inkanMeanwhile } from "../support/command.js";
import { stopServers } from "../support/redis_server.js";
import { inRoot } from "../support/repository.js";
import { publisherPem, Replica, redisServer, release, SERVER, siteWith, tool } from "./replica.js";

afterAll(stopServers);

const index = tool("index");
const search = tool("search");
const evil = tool("evil", "POISON");
const newIndex = tool("index", "Does index, and more.");
/** What a user of Redis may do who verifies. */
const RIGHTS = ["+eval", "+evalsha", "+get", "+set", "+persist", "+info"];
/** The refreshes of a gate are done only when something unsigned is offered, or the gate is closed. */
const first = release(1, [index]);
const second = release(2, [newIndex, search]);

test("Redis is down at the start: the replica is closed and says why; when Redis is back, it opens by itself", async () => {
  const [site, redis] = [await siteWith(first), await redisServer()];
  await redis.kill();
  const replica = await Replica.start({ site, redis: redis.url });
  expect(replica.closed).toBe("ERR_STATE_UNAVAILABLE");
  expect(await replica.list(index, evil)).toEqual([]);
  expect([await replica.call("index"), await replica.call("evil")]).toEqual(Array(2).fill("ERR_STATE_UNAVAILABLE"));
  expect(replica.events.filter(({ decision }) => decision === "allowed")).toEqual([]);
  expect(replica.events.map(({ code }) => code)).toContain("ERR_STATE_UNAVAILABLE");
  await redis.start();
  await replica.until(async () => (await replica.call("index")) === undefined);
  expect(await replica.list(index, evil)).toEqual(["index"]);
  expect(await replica.call("evil")).toBe("ERR_TOOL_UNSIGNED");
});

test("Redis is down at the start, and there is no refresh: the replica stays closed until it is started again", async () => {
  const [site, redis] = [await siteWith(first), await redisServer()];
  await redis.kill();
  const options = { site, redis: redis.url, policy: { refresh: undefined } };
  const replica = await Replica.start(options);
  await redis.start();
  for (let round = 0; round < 3; round += 1) expect(await replica.call("index")).toBe("ERR_STATE_UNAVAILABLE");
  expect((await Replica.start(options)).closed).toBeUndefined();
});

test("the site is down at the start: the replica is closed and says why; when the site is back, it opens by itself", async () => {
  const [site, redis] = [await siteWith(first), await redisServer()];
  site.isDown = true;
  const replica = await Replica.start({ site, redis: redis.url });
  expect(replica.closed).toBe("ERR_POLICY_SOURCE");
  expect(await replica.list(index, evil)).toEqual([]);
  expect(await replica.call("index")).toBe("ERR_POLICY_SOURCE");
  site.isDown = false;
  await replica.until(async () => (await replica.call("index")) === undefined);
  expect(await replica.call("evil")).toBe("ERR_TOOL_UNSIGNED");
});

test.each([
  ["Redis", "ERR_STATE_UNAVAILABLE"],
  ["the site", "ERR_POLICY_SOURCE"],
])(
  "%s goes down in a running fleet: what was verified stays until it expires, nothing else gets in",
  async (what, code) => {
    let time = Date.parse("2030-01-01T00:00:00Z");
    const expires = "2030-01-02T00:00:00Z";
    const [site, redis] = [await siteWith(release(1, [index], { expires })), await redisServer()];
    const fleet = [];
    for (let count = 0; count < 3; count += 1) {
      fleet.push(await Replica.start({ site, redis: redis.url, now: () => time }));
    }
    const isRedis = what === "Redis";
    if (isRedis) await redis.kill();
    else site.isDown = true;
    if (isRedis) site.now = release(2, [index, evil]);

    for (const replica of fleet) {
      expect(await replica.list(index, evil)).toEqual(["index"]);
      await replica.until(() => replica.failures.includes(code));
      expect([await replica.call("index"), await replica.call("evil")]).toEqual([undefined, "ERR_TOOL_UNSIGNED"]);
    }
    time = Date.parse("2030-01-02T00:00:00.001Z");
    for (const replica of fleet) {
      expect(await replica.list(index, evil)).toEqual([]);
      expect(await replica.call("index")).toBe("ERR_CATALOGUE_EXPIRED");
      expect(replica.events.map(({ code: told }) => told)).toContain("ERR_CATALOGUE_EXPIRED");
    }
    site.now = release(2, [index, search]);
    if (isRedis) await redis.start();
    else site.isDown = false;
    for (const replica of fleet) {
      await replica.until(async () => (await replica.call("index")) === undefined);
      expect(await replica.list(index, search, evil)).toEqual(["index", "search"]);
    }
  },
  60_000,
);

test("a new catalogue rolls out: with an overlap both releases of the server work, until it ends", async () => {
  let time = Date.parse("2030-01-01T00:00:00Z");
  const [site, redis] = [await siteWith(first), await redisServer()];
  const start = (overlapSeconds: number) =>
    Replica.start({ site, redis: redis.url, policy: { overlapSeconds }, now: () => time });
  const overlapping = await start(600);
  const strict = await start(0);
  expect(await overlapping.list(index)).toEqual(["index"]);
  site.now = second;
  for (const replica of [overlapping, strict]) {
    // A server of the new release is the reason to look for a catalogue.
    await replica.list(newIndex, search);
    await replica.until(async () => (await replica.list(newIndex, search)).length === 2);
  }
  expect([await overlapping.list(index), await strict.list(index)]).toEqual([["index"], []]);
  time += 601_000;
  expect([await overlapping.list(index), await overlapping.list(newIndex)]).toEqual([[], ["index"]]);
});

test("a replica that starts during a rollout knows the new catalogue alone, unless that signs the old definitions too", async () => {
  const redis = await redisServer();
  const site = await siteWith(second);
  const plain = await Replica.start({ site, redis: redis.url, policy: { overlapSeconds: 600 } });
  expect([await plain.list(index), await plain.list(newIndex)]).toEqual([[], ["index"]]);
  site.now = release(3, [newIndex, search], { alternatives: { tools: [index] } });
  const both = await Replica.start({ site, redis: redis.url });
  expect([await both.list(index), await both.list(newIndex)]).toEqual([["index"], ["index"]]);
});

test("a replica that lags, or a cache that does, cannot bring back the older catalogue", async () => {
  const redis = await redisServer();
  const [site, edge] = [await siteWith(first), await siteWith(first)];
  const lagging = await Replica.start({ site: edge, redis: redis.url });
  const ahead = await Replica.start({ site, redis: redis.url });
  site.now = second;
  await ahead.until(async () => (await ahead.list(newIndex, search)).length === 2);

  // The edge still has version 1. It answers 304, and the kept bytes are judged by the record of the fleet.
  expect(await lagging.list(index, newIndex)).toEqual([]);
  await lagging.until(() => lagging.failures.includes("ERR_CATALOGUE_ROLLBACK"));
  expect(edge.answered).toContain(304);
  // It goes on with what it had verified.
  expect(await lagging.list(index)).toEqual(["index"]);
  expect(await lagging.call("search")).toBe("ERR_TOOL_UNSIGNED");
  // One that starts with version 1 does not open.
  const late = await Replica.start({ site: edge, redis: redis.url });
  expect([late.closed, await late.call("index")]).toEqual(["ERR_CATALOGUE_ROLLBACK", "ERR_CATALOGUE_ROLLBACK"]);
  edge.now = second;
  await late.until(async () => (await late.call("index")) === undefined);
  expect(await late.list(newIndex, search)).toEqual(["index", "search"]);
});

test("Redis comes back empty: a running replica keeps its floor and puts the record back; a new one needs firstUse deny", async () => {
  const redis = await redisServer();
  const [site, edge] = [await siteWith(second), await siteWith(first)];
  const running = await Replica.start({ site, redis: redis.url });
  await redis.kill();
  await redis.start();
  const admin = redis.client();
  expect(await admin.dbsize()).toBe(0);

  const denying = { site: edge, redis: redis.url, policy: { firstUse: "deny" } };
  const careful = await Replica.start(denying);
  expect([careful.closed, await careful.call("index")]).toEqual(["ERR_STATE_FIRST_USE", "ERR_STATE_FIRST_USE"]);
  expect(await admin.dbsize()).toBe(0);

  // The running one is offered something unsigned, and looks for a newer catalogue.
  await running.list(evil);
  await running.until(async () => (await admin.dbsize()) > 0);
  admin.disconnect();
  // The record of version 2 stands again: the older catalogue of the edge is a rollback for everybody.
  const trusting = await Replica.start({ ...denying, policy: {} });
  expect(trusting.closed).toBe("ERR_CATALOGUE_ROLLBACK");
  edge.now = second;
  await careful.until(async () => (await careful.call("index")) === undefined);
  expect((await Replica.start(denying)).closed).toBeUndefined();
});

test("Redis comes back empty, and nobody is left who knows: by default the first catalogue that comes is recorded", async () => {
  const redis = await redisServer();
  const site = await siteWith(second);
  await Replica.start({ site, redis: redis.url });
  await redis.kill();
  await redis.start();
  site.now = first;
  // This is what "deny" prevents.
  const trusting = await Replica.start({ site, redis: redis.url });
  expect([trusting.closed, await trusting.list(index, evil)]).toEqual([undefined, ["index"]]);
});

test("a running replica that knows version 2 does not take version 1 after Redis came back empty", async () => {
  const redis = await redisServer();
  const site = await siteWith(second);
  const running = await Replica.start({ site, redis: redis.url });
  await redis.kill();
  await redis.start();
  site.now = first;
  await running.list(evil);
  await running.until(() => running.failures.includes("ERR_CATALOGUE_ROLLBACK"));
  expect(await running.list(newIndex, index)).toEqual([]);
  expect(await running.list(newIndex)).toEqual(["index"]);
});

test("clocks differ: each replica closes by its own, and one without a time is closed", async () => {
  const expires = "2030-01-02T00:00:00Z";
  const [site, redis] = [await siteWith(release(1, [index], { expires })), await redisServer()];
  let time = Date.parse("2030-01-01T23:58:00Z");
  const skewed = (seconds: number) => Replica.start({ site, redis: redis.url, now: () => time + seconds * 1_000 });
  const [behind, exact, ahead, broken] = [
    await skewed(-60),
    await skewed(0),
    await skewed(60),
    await skewed(Number.NaN),
  ];
  const open = async (): Promise<boolean[]> => {
    const codes = [];
    for (const replica of [behind, exact, ahead, broken]) codes.push(await replica.call("index"));
    return codes.map((code) => code === undefined);
  };
  expect(await open()).toEqual([true, true, true, false]);
  time += 61_000;
  expect(await open()).toEqual([true, true, false, false]);
  time += 60_000;
  expect(await open()).toEqual([true, false, false, false]);
  time += 60_000;
  expect(await open()).toEqual([false, false, false, false]);
});

test("who writes to Redis can stop the fleet or undo its memory, and lets nothing unsigned in", async () => {
  const redis = await redisServer();
  const site = await siteWith(first);
  await Replica.start({ site, redis: redis.url });
  const admin = redis.client();
  const keys = await admin.keys("inkan:*");
  expect(keys.length).toBe(1);
  const [key = ""] = keys;
  const record = String(await admin.get(key));
  const outcome = async (stored: string): Promise<unknown[]> => {
    await admin.set(key, stored);
    const replica = await Replica.start({ site, redis: redis.url });
    return [replica.closed, await replica.list(index, evil)];
  };
  expect(await outcome("{}")).toEqual(["ERR_STATE_CORRUPT", []]);
  const raised = record
    .replace(/"version":("?)1\b/, '"version":$1999')
    .replace(/sha256:[0-9a-f]{64}|(?<="digest":")[0-9a-f]{64}/g, (digest) =>
      digest.replace(/[0-9a-f]{64}/, "0".repeat(64)),
    );
  expect(raised).not.toBe(record);
  expect(await outcome(raised)).toEqual(["ERR_CATALOGUE_ROLLBACK", []]);
  expect(await outcome(record)).toEqual([undefined, ["index"]]);
  admin.disconnect();
});

test("a user of Redis with the rights that docs/state.md names can verify, and one that cannot write is refused", async () => {
  const redis = await redisServer();
  const site = await siteWith(first);
  const admin = redis.client();
  await admin.call("ACL", "SETUSER", "fleet", "on", ">secret", "~inkan:*", ...RIGHTS);
  await admin.call(
    "ACL",
    "SETUSER",
    "reader",
    "on",
    ">secret",
    "~inkan:*",
    "+get",
    "+eval",
    "+evalsha",
    "+persist",
    "+info",
  );
  admin.disconnect();
  const as = (user: string) => redis.url.replace("//", `//${user}:secret@`);
  const reader = await Replica.start({ site, redis: as("reader") });
  expect(reader.closed).toBe("ERR_STATE_UNAVAILABLE");
  expect(reader.gate.closedBy?.message).not.toContain("secret");
  expect((await Replica.start({ site, redis: as("fleet") })).closed).toBeUndefined();
});

test("the first record of a fleet with firstUse deny is made by inkan verify", async () => {
  const redis = await redisServer();
  const site = await siteWith(second);
  const denying = { site, redis: redis.url, policy: { firstUse: "deny" } };
  expect((await Replica.start(denying)).closed).toBe("ERR_STATE_FIRST_USE");
  const folder = mkdtempSync(join(tmpdir(), "inkan-fleet-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "catalogue.json"), second.catalogue);
  writeFileSync(join(folder, "catalogue.sig"), second.signature);
  writeFileSync(join(folder, "publisher.pem"), publisherPem);
  const evidence = ["--signature", "catalogue.sig", "--key", "publisher.pem"];
  const place = ["--server", SERVER, "--scope", "field", "--state", redis.url];
  const { status, stderr } = await inkanMeanwhile(["verify", "catalogue.json", ...evidence, ...place], {
    cwd: folder,
  });
  expect([status, stderr]).toEqual([0, expect.not.stringContaining("ERR_")]);
  expect((await Replica.start(denying)).closed).toBeUndefined();
  site.now = first;
  expect((await Replica.start(denying)).closed).toBe("ERR_CATALOGUE_ROLLBACK");
});

test("the policy file and the rights of Redis in docs/fleet.md are what the tests use", async () => {
  const page = readFileSync(inRoot("docs/fleet.md"), "utf8");
  const [text = "", ...others] = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  expect(others).toEqual([]);
  const readFile = async (): Promise<Uint8Array> => new TextEncoder().encode(text);
  const environment = { REDIS_PASSWORD: "s@cr/et#" };
  const opened: string[] = [];
  const openStore = (state: string): InMemoryStateStore => {
    opened.push(state);
    return new InMemoryStateStore();
  };
  const policy = await loadPolicy({ file: "inkan.config.json", readFile, environment, openStore });
  const { gateOptions } = await policy.server("files");
  expect(gateOptions).toMatchObject({ overlapSeconds: 1_800, refresh: { everySeconds: 60 } });
  expect(opened).toEqual(["rediss://verifier:s%40cr%2Fet%23@redis.example.com"]);
  const [, rights = ""] = /^ACL SETUSER verifier on >PASSWORD (.*)$/m.exec(page) ?? [];
  expect(rights.split(" ")).toEqual(["~inkan:*", ...RIGHTS]);
});
