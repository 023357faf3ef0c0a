/** The document that shows a fork: what proves one under the log's key alone, and all that does not. No bundle raises these codes. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { ensureReady } from "../../ts/core/instance.js";
import { type CoreLogVerifier, logVerifierOfKey, logVerifierOfTrustRoot } from "../../ts/core/log_verifier.js";
import { TrustRoot } from "../../ts/entry/node.js";
import { coreTrustRoot } from "../../ts/trust/trust_root.js";
import { MadeLog } from "../support/log_server.js";
import { consistencyProof } from "../support/merkle.js";
import { codeOf } from "../support/refusal.js";
import { vectorFile } from "../support/repository.js";

beforeAll(ensureReady);

const recorded = (name: string): string => readFileSync(vectorFile("real/catalogues/logs", name), "utf8");
const ours1 = recorded("a/rekor2/checkpoints/000001-keyless-email.txt");
const ours2 = recorded("a/rekor2/checkpoints/000002-keyless-uri-gha.txt");
const theirs1 = recorded("fork/rekor2/checkpoints/000001-fork-keyless-email-1.txt");
const theirs2 = recorded("fork/rekor2/checkpoints/000002-fork-keyless-email-2.txt");

const check = (logVerifier: CoreLogVerifier, document: unknown): object => {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return JSON.parse(logVerifier.use((object) => object.checkFork(Buffer.from(text))));
};
const base64 = (hashes: readonly Uint8Array[]): string[] => hashes.map((hash) => Buffer.from(hash).toString("base64"));

describe("the recorded fork", () => {
  const byKey = () => logVerifierOfKey(recorded("a/rekor2.pub"), undefined);
  const byRoot = () =>
    logVerifierOfTrustRoot(coreTrustRoot("trustRoot", TrustRoot.fromJson(recorded("a/trusted_root.json"))));

  test.each([
    ["the key", byKey],
    ["the key and the origin", () => logVerifierOfKey(recorded("a/rekor2.pub"), "rekor.stack.test")],
    ["the trust root", byRoot],
  ])("of one size is shown by %s", (_, logVerifier) => {
    expect(check(logVerifier(), { notes: [ours1, theirs1] })).toMatchObject({
      older: { origin: "rekor.stack.test", treeSize: "1" },
      newer: { origin: "rekor.stack.test", treeSize: "1" },
    });
  });

  test.each<[what: string, logVerifier: () => CoreLogVerifier, document: unknown, code: string]>([
    ["one tree twice", byKey, { notes: [ours1, ours1] }, "ERR_FORK_UNPROVEN"],
    ["trees of other sizes without a proof", byKey, { notes: [ours1, theirs2] }, "ERR_FORK_UNPROVEN"],
    [
      "the key of another log",
      () => logVerifierOfKey(recorded("a/rekor1.pub"), undefined),
      { notes: [ours1, theirs1] },
      "ERR_CHECKPOINT_UNSIGNED",
    ],
    [
      "another origin",
      () => logVerifierOfKey(recorded("a/rekor2.pub"), "rekor.other.test"),
      { notes: [ours1, theirs1] },
      "ERR_CHECKPOINT_ORIGIN",
    ],
    ["an altered note", byKey, { notes: [ours1, theirs1.replace("\n1\n", "\n2\n")] }, "ERR_CHECKPOINT_SIGNATURE"],
    ["an unsigned note", byKey, { notes: [ours1, theirs1.split("\n\n")[0]] }, "ERR_CHECKPOINT_MALFORMED"],
    ["one note", byKey, { notes: [ours1] }, "ERR_FORK_UNPROVEN"],
    ["three notes", byKey, { notes: [ours1, theirs1, theirs2] }, "ERR_FORK_UNPROVEN"],
    ["an unknown member", byKey, { notes: [ours1, theirs1], size: 1 }, "ERR_FORK_UNPROVEN"],
    ["a hash that is none", byKey, { notes: [ours1, theirs1], proof: ["AAAA"] }, "ERR_FORK_UNPROVEN"],
    ["a proof that is no list", byKey, { notes: [ours1, theirs1], proof: "AAAA" }, "ERR_FORK_UNPROVEN"],
    [
      "too many hashes",
      byKey,
      { notes: [ours1, theirs1], proof: Array(66).fill(base64([new Uint8Array(32)])[0]) },
      "ERR_FORK_UNPROVEN",
    ],
    ["no object", byKey, [], "ERR_FORK_UNPROVEN"],
    ["no JSON", byKey, "{", "ERR_JSON_MALFORMED"],
    ["a name twice", byKey, `{"notes":[],"notes":${JSON.stringify([ours1, theirs1])}}`, "ERR_JSON_DUPLICATE_KEY"],
    ["a large file", byKey, " ".repeat(600_000), "ERR_INPUT_TOO_LARGE"],
  ])("%s shows nothing", async (_, logVerifier, document, code) => {
    expect(await codeOf(() => check(logVerifier(), document))).toBe(code);
  });

  test("checkpoints are opened under the right log only", async () => {
    const open = (note: string) => JSON.parse(byRoot().use((object) => object.open(note)));
    expect(open(ours2)).toMatchObject({ origin: "rekor.stack.test", treeSize: "2" });
    expect(open(JSON.parse(recorded("a/rekor1/log.json")).signedTreeHead)).toMatchObject({ treeSize: "13" });
    expect(await codeOf(() => open(ours2.replaceAll("rekor.stack.test", "rekor.other.test")))).toBe(
      "ERR_CHECKPOINT_ORIGIN",
    );
  });
});

describe("a fork at different sizes", () => {
  const log = MadeLog.ofSize(40);
  const theirs = log.fork(3);
  const logVerifier = () => logVerifierOfKey(log.pem, undefined);
  const proofOf = (size: number, whole: boolean): string[] => base64(consistencyProof(size, theirs.leaves, whole));

  test.each([3, 4, 16, 21, 39])("is shown at size %i by the proof with its first node", async (size) => {
    const notes = [log.checkpoint(size), theirs.checkpoint(40)];
    const shown = size > 3;
    const verdict = async (document: object) => {
      const found = await codeOf(() => check(logVerifier(), document)).catch((error: Error) => error.message);
      return found === "accepted" ? "shown" : found;
    };
    expect(await verdict({ notes, proof: proofOf(size, false) })).toBe(shown ? "shown" : "ERR_FORK_UNPROVEN");
    // Either order.
    expect(await verdict({ notes: [...notes].reverse(), proof: proofOf(size, false) })).toBe(
      shown ? "shown" : "ERR_FORK_UNPROVEN",
    );
    const powerOfTwo = Number.isInteger(Math.log2(size));
    expect(await verdict({ notes, proof: proofOf(size, true) })).toBe(
      shown && !powerOfTwo ? "shown" : "ERR_FORK_UNPROVEN",
    );
    // A proof out of ours leads nowhere, whoever makes it.
    const other = base64(consistencyProof(size, log.leaves, false));
    expect(await verdict({ notes, proof: other })).toBe("ERR_FORK_UNPROVEN");
  });

  test("two origins under one key are two logs", async () => {
    const elsewhere = new MadeLog("elsewhere.test", theirs.leaves, log);
    const notes = [log.checkpoint(5), elsewhere.checkpoint(5)];
    for (const note of notes) logVerifier().use((object) => object.open(note));
    expect(await codeOf(() => check(logVerifier(), { notes }))).toBe("ERR_CHECKPOINT_ORIGIN");
  });
});
