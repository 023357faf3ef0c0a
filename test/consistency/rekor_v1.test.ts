/** Proofs that a Rekor v1 computes, recorded and made here. */
import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { ensureReady } from "../../ts/core/instance.js";
import { logVerifierOfKey } from "../../ts/core/log_verifier.js";
import { ConsistencyByOrigin, RekorV1Consistency } from "../../ts/entry/node.js";
import { LogServer, MadeLog, type Site, stopLogServers } from "../support/log_server.js";
import { codeOf } from "../support/refusal.js";
import { vectorFile } from "../support/repository.js";

beforeAll(ensureReady);

afterEach(stopLogServers);

async function serve(site: Site): Promise<{ server: LogServer; source: RekorV1Consistency }> {
  const server = await LogServer.start(site);
  return { server, source: new RekorV1Consistency({ url: server.url }) };
}

const file = (name: string): string => readFileSync(vectorFile("real/catalogues/logs/a/rekor1", name), "utf8");

describe("the recorded log", () => {
  const log: { treeID: string; signedTreeHead: string } = JSON.parse(file("log.json"));
  const proofs: Record<string, object> = JSON.parse(file("proofs.json"));
  const origin = `rekor1.stack.test - ${log.treeID}`;
  /** Checkpoints of smaller trees stand in the bundles. */
  const checkpointOf = (name: string): string =>
    JSON.parse(readFileSync(vectorFile("real/catalogues/cases", name, "bundle.sigstore.json"), "utf8"))
      .verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope;
  const site: Site = (path) => {
    if (path === "/api/v1/log") return file("log.json");
    const [, older = ""] =
      new RegExp(`^/api/v1/log/proof\\?firstSize=(\\d+)&lastSize=13&treeID=${log.treeID}$`).exec(path) ?? [];
    return JSON.stringify(proofs[older]);
  };
  const treeOf = (note: string) => {
    const [, treeSize = "", rootHash = ""] = note.split("\n");
    return { treeSize, rootHash };
  };

  test.each([
    ["v1-keyless-gha-notsa", 2],
    ["v1-dsse-keyless-email", 3],
    ["v1-dsse-keyless-gha-notsa", 4],
    ["v1-key-ecdsa-p384", 6],
    ["v1-key-ecdsa-p521", 7],
    ["v1-key-rsa-3072", 10],
    ["v1-key-rsa-4096", 11],
  ])("%s: size %i is the past of what is served", async (name, size) => {
    const { source } = await serve(site);
    const older = checkpointOf(name);
    const newer = await source.checkpoint(origin);
    expect([treeOf(older).treeSize, newer]).toEqual([`${size}`, log.signedTreeHead]);
    const hashes = await source.prove({ origin, logKey: "", older: treeOf(older), newer: treeOf(newer) });
    const logVerifier = logVerifierOfKey(readFileSync(vectorFile("real/catalogues/logs/a/rekor1.pub"), "utf8"), origin);
    const proven = JSON.parse(
      logVerifier.use((object) => object.verifyConsistency(older, newer, Buffer.concat(hashes))),
    );
    expect(proven).toMatchObject({ older: { origin, treeSize: `${size}` }, newer: { treeSize: "13" } });
    const [first, ...others] = hashes;
    expect(first).toBeDefined();
    const changed = Buffer.concat([Buffer.alloc(32), ...others]);
    expect(await codeOf(() => logVerifier.use((object) => object.verifyConsistency(older, newer, changed)))).toBe(
      "ERR_CONSISTENCY_PROOF_INVALID",
    );
  });

  test("a tree that the log does not have", async () => {
    const { source } = await serve(site);
    await expect(source.checkpoint("rekor1.stack.test - 17")).rejects.toThrow("no tree 17");
    await expect(source.checkpoint("rekor1.stack.test")).rejects.toThrow("names no tree");
  });
});

test("an inactive shard's checkpoint", async () => {
  const shard = { treeID: "5", treeSize: 3, rootHash: "", signedTreeHead: "rekor.test - 5\n…" };
  const active = { treeID: "6", signedTreeHead: "rekor.test - 6\n…", inactiveShards: [shard] };
  const { source } = await serve(() => JSON.stringify(active));
  expect(await source.checkpoint("rekor.test - 5")).toBe(shard.signedTreeHead);
  expect(await source.checkpoint("rekor.test - 6")).toBe(active.signedTreeHead);
});

describe("a fork", () => {
  const log = MadeLog.ofSize(50, "leaf", "rekor.test - 17");
  const theirs = log.fork(5);

  test.each([
    [21, "ERR_LOG_FORK"],
    // The API leaves out the node that would show it.
    [16, "ERR_CONSISTENCY_PROOF_INVALID"],
  ])("at size %i: %s", async (size, code) => {
    const { source } = await serve(theirs.rekorV1(50));
    const hashes = await source.prove({ ...theirs.pair(size, 50), older: log.tree(size) });
    const logVerifier = logVerifierOfKey(log.pem, undefined);
    const verify = () =>
      logVerifier.use((object) =>
        object.verifyConsistency(log.checkpoint(size), theirs.checkpoint(50), Buffer.concat(hashes)),
      );
    expect(await codeOf(verify)).toBe(code);
  });
});

describe("an answer of another form gives no proof", () => {
  const hash = "ab".repeat(32);
  test.each([
    ["no JSON", "{"],
    ["no UTF-8", Uint8Array.of(0xff)],
    ["no object", "[]"],
    ["null", "null"],
    ["no hashes", JSON.stringify({ rootHash: hash })],
    ["hashes that are no list", JSON.stringify({ hashes: hash })],
    ["a hash that is too short", JSON.stringify({ hashes: [hash.slice(1)] })],
    ["a hash in base64", JSON.stringify({ hashes: [Buffer.alloc(32).toString("base64")] })],
    ["a number", JSON.stringify({ hashes: [7] })],
    ["an error", JSON.stringify({ code: 400, message: "bad" })],
  ])("%s", async (_, text) => {
    const { source } = await serve(() => text);
    await expect(source.prove(MadeLog.ofSize(9, "leaf", "rekor.test - 1").pair(3, 9))).rejects.toThrow(/^the proof /);
  });
});

test("sources of several logs: by the whole origin first, then by the host", async () => {
  const named = (name: string) => ({ prove: async () => [new TextEncoder().encode(name)] });
  const source = new ConsistencyByOrigin({
    "a.test": named("host"),
    "a.test - 2": named("tree"),
    "b.test": named("b"),
  });
  const ask = async (origin: string): Promise<string> => {
    const pair = { ...MadeLog.ofSize(3).pair(1, 3), origin };
    return new TextDecoder().decode((await source.prove(pair))[0]);
  };
  expect([await ask("a.test - 1"), await ask("a.test - 2"), await ask("b.test")]).toEqual(["host", "tree", "b"]);
  await expect(ask("c.test")).rejects.toThrow("no source for the log c.test");
  await expect(ask("__proto__")).rejects.toThrow("no source");
  expect(() => new ConsistencyByOrigin({ a: {} as never })).toThrow("ConsistencySource");
});
