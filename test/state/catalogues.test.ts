/** Catalogues that cosign signed one after the other, judged by the core over each store. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { KeylessVerifier, type StateStore } from "../../ts/entry/node.js";
import { JsonStateStore } from "../../ts/state/json.js";
import { RedisStateStore } from "../../ts/state/redis.js";
import { realCase, SERVER } from "../support/cases.js";
import { RedisServer, stopServers } from "../support/redis_server.js";
import { codeOf } from "../support/refusal.js";

const SERIES = ["series-01", "series-02", "series-04", "series-05", "series-07", "series-08", "series-10", "series-11"];

let folder: string;
let file: string;
let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await RedisServer.start();
  redis = server.client();
});
afterAll(async () => {
  redis?.disconnect();
  await stopServers();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "inkan-catalogues-"));
  file = join(folder, "state.json");
  await redis.flushall();
  return () => rmSync(folder, { recursive: true });
});

/** Verifies a catalogue of the series. */
async function verify(stateStore: StateStore, name: string, options: object = {}): Promise<void> {
  const real = realCase(name);
  const { catalogue, bundle } = real;
  const policy = { trustRoot: real.trustRoot(), identityPolicy: real.identityPolicy(), stateStore, ...options };
  await new KeylessVerifier(policy).verify({ catalogue, server: SERVER, bundle });
}

/** What is stored, and a way to replace it behind the store's back. */
interface Backend {
  readonly name: string;
  /** A store as a process that starts anew has it. */
  readonly open: () => StateStore;
  readonly edit: (change: (text: string) => string) => Promise<void>;
}

const backends: Backend[] = [
  {
    name: "JsonStateStore",
    open: () => new JsonStateStore(file),
    edit: async (change) => {
      const { format, records } = JSON.parse(readFileSync(file, "utf8"));
      for (const key of Object.keys(records)) records[key] = change(records[key]);
      writeFileSync(file, JSON.stringify({ format, records }));
    },
  },
  {
    name: "RedisStateStore",
    open: () => new RedisStateStore({ client: redis }),
    edit: async (change) => {
      for (const key of await redis.keys("inkan:*")) await redis.set(key, change((await redis.get(key)) ?? ""));
    },
  },
];

describe.each(backends)("$name", ({ open, edit }) => {
  test("each newer one is accepted, by processes that come and go", async () => {
    for (const name of SERIES) {
      await verify(open(), name);
      await verify(open(), name);
    }
  });

  test("after the newest every older one is refused", async () => {
    await verify(open(), "series-11");
    for (const name of SERIES.slice(0, -1)) {
      expect(await codeOf(() => verify(open(), name))).toMatch(/^ERR_(LOG|CATALOGUE)_ROLLBACK$/);
    }
    await verify(open(), "series-11", { firstUse: "deny" });
  });

  test("a checkpoint that strangers filled up with signatures is read again, and locks nobody out", async () => {
    const real = realCase("series-01");
    const bundle = JSON.parse(Buffer.from(real.bundle).toString());
    const { checkpoint } = bundle.verificationMaterial.tlogEntries[0].inclusionProof;
    const room = (64 << 10) - Buffer.byteLength(checkpoint.envelope) - Buffer.byteLength("— stranger \n");
    checkpoint.envelope += `— stranger ${"A".repeat(room - (room % 4))}\n`;
    const options = { trustRoot: real.trustRoot(), identityPolicy: real.identityPolicy() };
    const padded = { catalogue: real.catalogue, server: SERVER, bundle: Buffer.from(JSON.stringify(bundle)) };
    await new KeylessVerifier({ ...options, stateStore: open() }).verify(padded);
    await new KeylessVerifier({ ...options, stateStore: open() }).verify(padded);
    await verify(open(), "series-02");
  });

  test("a first use is refused where the policy says so, and records nothing", async () => {
    expect(await codeOf(() => verify(open(), "series-01", { firstUse: "deny" }))).toBe("ERR_STATE_FIRST_USE");
    await verify(open(), "series-01");
    await verify(open(), "series-02", { firstUse: "deny" });
  });

  test.each<[what: string, change: (text: string) => string]>([
    ["emptied", () => ""],
    ["a number", () => "0"],
    ["of another format", (text) => text.replace('"format":1', '"format":2')],
    ["with an unknown field", (text) => text.replace("{", '{"extra":"1",')],
    ["in another spelling", (text) => text.replace(",", ", ")],
    ["with a size that starts with a zero", (text) => text.replace('"treeSize":"', '"treeSize":"0')],
    ["with a size that is a number", (text) => text.replace(/"treeSize":"(\d+)"/, '"treeSize":$1')],
    ["torn", (text) => text.slice(0, -1)],
  ])("a record that is %s is refused, and stays", async (_, change) => {
    await verify(open(), "series-01");
    let left = 0;
    await edit((text) => {
      left += 1;
      return change(text);
    });
    expect(left).toBe(2);
    expect(await codeOf(() => verify(open(), "series-02"))).toBe("ERR_STATE_CORRUPT");
    expect(await codeOf(() => verify(open(), "series-02"))).toBe("ERR_STATE_CORRUPT");
  });
});
