/** Proofs out of tiles: of the recorded log, of large trees made here, and of servers that lie. Nothing is believed. */
import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { ensureReady } from "../../ts/core/instance.js";
import { type CoreLogVerifier, logVerifierOfKey } from "../../ts/core/log_verifier.js";
import { TileConsistency } from "../../ts/entry/node.js";
import { LogServer, MadeLog, recordedLog, type Site, stopLogServers } from "../support/log_server.js";
import { codeOf } from "../support/refusal.js";
import { vectorFile } from "../support/repository.js";

beforeAll(ensureReady);

afterEach(stopLogServers);

async function serve(site: Site): Promise<{ server: LogServer; source: TileConsistency }> {
  const server = await LogServer.start(site);
  return { server, source: new TileConsistency({ url: server.url }) };
}

interface Recorded {
  checkpoints: { size: number; root: string; note: string }[];
}
const recorded: Recorded = JSON.parse(
  readFileSync(vectorFile("real/catalogues/logs/a/rekor2/consistency.json"), "utf8"),
);
const recordedKey = readFileSync(vectorFile("real/catalogues/logs/a/rekor2.pub"), "utf8");

/** Verifies a proof in the core; its code, or what it proves. */
function judge(
  logVerifier: CoreLogVerifier,
  older: string,
  newer: string,
  hashes: readonly Uint8Array[],
): Promise<string> {
  return codeOf(() => {
    logVerifier.use((object) => object.verifyConsistency(older, newer, Buffer.concat(hashes)));
    throw new Error("proven");
  }).catch((error: Error) => error.message);
}

test("every pair of recorded checkpoints, from the recorded tiles, one request each", async () => {
  const { server, source } = await serve(recordedLog("a"));
  const logVerifier = logVerifierOfKey(recordedKey, "rekor.stack.test");
  const tree = ({ size, root }: Recorded["checkpoints"][number]) => ({ treeSize: `${size}`, rootHash: root });
  let pairs = 0;
  for (const [index, newer] of recorded.checkpoints.entries()) {
    for (const older of recorded.checkpoints.slice(0, index)) {
      const pair = { origin: "rekor.stack.test", logKey: "", older: tree(older), newer: tree(newer) };
      expect(await judge(logVerifier, older.note, newer.note, await source.prove(pair))).toBe("proven");
      pairs += 1;
    }
  }
  expect(pairs).toBe(741);
  // A tile that led to the signed root is not fetched again.
  expect(server.requests.length).toBe(38);
});

describe("large trees", () => {
  const log = MadeLog.ofSize(66_000);
  const logVerifier = () => logVerifierOfKey(log.pem, undefined);

  test.each([
    [255, 257],
    [256, 300],
    [300, 700],
    [1, 65_536],
    [255, 65_537],
    [40_000, 66_000],
    [65_536, 66_000],
    [65_999, 66_000],
  ])("%i leaves are the past of %i, by few requests", async (older, newer) => {
    const { server, source } = await serve(log.tiles(newer));
    const hashes = await source.prove(log.pair(older, newer));
    expect(await judge(logVerifier(), log.checkpoint(older), log.checkpoint(newer), hashes)).toBe("proven");
    expect(server.requests.length).toBeLessThanOrEqual(5);
    expect(new Set(server.requests).size).toBe(server.requests.length);
  });

  test("a tile of a thousand or more is named in groups of three digits", async () => {
    const asked: string[] = [];
    const source = new TileConsistency({
      url: "https://log.test/",
      fetch: async (url) => {
        asked.push(String(url));
        return new Response(null, { status: 404 });
      },
    });
    const tree = (treeSize: string) => ({ treeSize, rootHash: Buffer.alloc(32).toString("base64") });
    const pair = { origin: "log.test", logKey: "", older: tree("316000001"), newer: tree("316000100") };
    await expect(source.prove(pair)).rejects.toThrow("tile/0/");
    expect(asked).toContain("https://log.test/api/v2/tile/0/x001/x234/375.p/100");
  });

  test("where partial tiles are gone, full ones serve", async () => {
    // Both are made before they are asked for: that takes long on a busy machine.
    const [all, full] = [log.tiles(66_000), log.tiles(66_000, { partial: false })];
    const { server, source } = await serve((path) => (path.includes("/2/") ? all : full)(path));
    const hashes = await source.prove(log.pair(300, 65_700));
    expect(await judge(logVerifier(), log.checkpoint(300), log.checkpoint(65_700), hashes)).toBe("proven");
    const asked = server.requests.map((path) => path.replace("/api/v2/tile/", "")).sort();
    expect(asked).toEqual(["0/001", "0/256", "0/256.p/164", "1/000", "2/000.p/1"]);
  });
});

describe("a server that lies", () => {
  const log = MadeLog.ofSize(700);
  const judged = (hashes: readonly Uint8Array[], newer: number): Promise<string> =>
    judge(logVerifierOfKey(log.pem, undefined), log.checkpoint(300), log.checkpoint(newer), hashes);

  /** The log with one bit changed in each tile whose path matches. */
  const changed =
    (which: RegExp, at: number): Site =>
    (path) => {
      const tile = log.tiles(700)(path);
      if (!(tile instanceof Uint8Array) || !which.test(path)) return tile;
      const copy = Uint8Array.from(tile);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };

  test.each([
    ["in the tile that the older tree cuts", /tile\/0\/001$/, 32 * 60],
    ["in the last tile", /tile\/0\/002/, 32 * 100],
    ["above", /tile\/1\//, 0],
  ])("about a hash %s proves nothing, and is not kept", async (_, which, at) => {
    const { server, source } = await serve(changed(which, at));
    expect(await judged(await source.prove(log.pair(300, 700)), 700)).toBe("ERR_CONSISTENCY_PROOF_INVALID");
    const before = server.requests.length;
    server.site = log.tiles(700);
    expect(await judged(await source.prove(log.pair(300, 700)), 700)).toBe("proven");
    expect(server.requests.length).toBe(2 * before);
  });

  test("about a hash that this proof does not need is not kept either", async () => {
    const { server, source } = await serve(changed(/tile\/1\//, 32));
    expect(await judged(await source.prove(log.pair(300, 700)), 700)).toBe("proven");
    const before = server.requests.length;
    server.site = log.tiles(700);
    await source.prove(log.pair(300, 700));
    expect(server.requests.length).toBe(2 * before);
  });

  test("kept tiles of another history are fetched anew, and both histories are told apart", async () => {
    const theirs = log.fork(500);
    const { server, source } = await serve(log.tiles(700));
    expect(await judged(await source.prove(log.pair(300, 700)), 700)).toBe("proven");
    server.site = theirs.tiles(700);
    const logVerifier = logVerifierOfKey(log.pem, undefined);
    const consistent = await source.prove(theirs.pair(300, 700));
    expect(await judge(logVerifier, log.checkpoint(300), theirs.checkpoint(700), consistent)).toBe("proven");
    const forked = await source.prove({ ...theirs.pair(600, 700), older: log.tree(600) });
    expect(await judge(logVerifier, log.checkpoint(600), theirs.checkpoint(700), forked)).toBe("ERR_LOG_FORK");
  });

  test.each([[512], [256], [3], [699]])("a fork at size %i is shown, powers of two included", async (size) => {
    const theirs = log.fork(0);
    const { source } = await serve(theirs.tiles(700));
    const hashes = await source.prove({ ...theirs.pair(size, 700), older: log.tree(size) });
    const logVerifier = logVerifierOfKey(log.pem, undefined);
    expect(await judge(logVerifier, log.checkpoint(size), theirs.checkpoint(700), hashes)).toBe("ERR_LOG_FORK");
  });

  test.each<[string, Site]>([
    ["has tiles that are too short", () => Buffer.alloc(31)],
    ["has tiles that are too long", () => Buffer.alloc(256 * 32 + 1)],
    ["has no tiles", () => undefined],
  ])("or %s gives no proof", async (_, site) => {
    const { source } = await serve(site);
    await expect(source.prove(log.pair(300, 700))).rejects.toThrow(/tile\/\d\//);
  });
});

test("the log's checkpoint", async () => {
  const { source } = await serve(recordedLog("a"));
  expect(await source.checkpoint()).toContain("rekor.stack.test\n39\n");
});
