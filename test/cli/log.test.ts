/** `inkan log verify-consistency` and `inkan log check-fork`, spawned, with recorded logs on loopback and logs made here. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { realCase, SERVER } from "../support/cases.js";
import { inkan, inkanMeanwhile } from "../support/command.js";
import { LogServer, MadeLog, recordedLog, type Site } from "../support/log_server.js";
import { consistencyProof } from "../support/merkle.js";
import { vectorFile } from "../support/repository.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-cli-log-"));
const servers: LogServer[] = [];
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all(servers.map((server) => server.stop()));
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function serve(site: Site): Promise<string> {
  const server = await LogServer.start(site);
  servers.push(server);
  return server.url;
}

const recorded = (name: string): string => vectorFile("real/catalogues/logs", name);
const ROOT = ["--trusted-root", recorded("a/trusted_root.json")];
const FOR = ["--server", SERVER];
const KEY = ["--key", recorded("a/rekor2.pub")];
const checkpoint = (name: string): string => recorded(`a/rekor2/checkpoints/${name}.txt`);
const old = checkpoint("000007-keyless-email-001-tools");

let tiles: string;
let rekorV1: string;
beforeAll(async () => {
  tiles = await serve(recordedLog("a"));
  const proofs: Record<string, object> = JSON.parse(readFileSync(recorded("a/rekor1/proofs.json"), "utf8"));
  rekorV1 = await serve((path) => {
    if (path === "/api/v1/log") return readFileSync(recorded("a/rekor1/log.json"));
    return JSON.stringify(proofs[/firstSize=(\d+)&lastSize=13&/.exec(path)?.[1] ?? ""]);
  });
});

describe("verify-consistency", () => {
  test("two checkpoints, by the trust root and by the key, in either order", async () => {
    const newer = checkpoint("000039-series-12");
    for (const log of [ROOT, KEY, [...KEY, "--origin", "rekor.stack.test"]]) {
      const { status, stdout, stderr } = await inkanMeanwhile([
        "log",
        "verify-consistency",
        old,
        newer,
        ...log,
        "--url",
        tiles,
      ]);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(
        /^Consistent: rekor\.stack\.test\n {2}size 7 is the past of size 39\n {2}signed by the key sha256:[0-9a-f]{64}\n$/,
      );
    }
    const { stdout } = await inkanMeanwhile(["log", "verify-consistency", newer, old, ...ROOT, "--url", tiles]);
    expect(stdout).toContain("size 7 is the past of size 39");
  });

  test("the log's newest checkpoint is fetched; a bundle is as good", async () => {
    const bundle = realCase("series-01").files.bundle;
    const args = ["log", "verify-consistency", bundle, ...ROOT, "--url", tiles, "--json"];
    const { status, stdout } = await inkanMeanwhile(args);
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      {
        format: 1,
        verdict: "consistent",
        file: bundle,
        older: { origin: "rekor.stack.test", logKey: expect.any(String), treeSize: "28", rootHash: expect.any(String) },
        newer: { origin: "rekor.stack.test", logKey: expect.any(String), treeSize: "39", rootHash: expect.any(String) },
      },
    ]);
  });

  test("Rekor v1", async () => {
    const { bundle } = realCase("v1-key-ecdsa-p521").files;
    const { status, stdout } = await inkanMeanwhile(["log", "verify-consistency", bundle, ...ROOT, "--url", rekorV1]);
    expect([status, stdout]).toEqual([0, expect.stringContaining("size 7 is the past of size 13")]);
  });

  test("offline, by a proof in a file: Rekor's answer, or a list", () => {
    const { bundle } = realCase("v1-key-ecdsa-p521").files;
    const head = file("head.txt", JSON.parse(readFileSync(recorded("a/rekor1/log.json"), "utf8")).signedTreeHead);
    const proof = JSON.parse(readFileSync(recorded("a/rekor1/proofs.json"), "utf8"))["7"];
    const run = (content: object) =>
      inkan([
        "log",
        "verify-consistency",
        bundle,
        head,
        ...ROOT,
        "--proof",
        file("proof.json", JSON.stringify(content)),
      ]);
    expect(run(proof).status).toBe(0);
    expect(run(proof.hashes.map((hash: string) => Buffer.from(hash, "hex").toString("base64"))).status).toBe(0);
    const { status, stdout } = run(proof.hashes.slice(1));
    expect([status, stdout]).toEqual([1, expect.stringContaining("Refused: ")]);
    expect(stdout).toContain("ERR_CONSISTENCY_PROOF_INVALID");
    expect(run(["xyz"]).status).toBe(2);
    expect(run({}).status).toBe(2);
  });

  test("a tree with itself needs nothing from anybody", () => {
    const { status, stdout } = inkan(["log", "verify-consistency", old, old, ...ROOT, "--url", "http://127.0.0.1:1"]);
    expect([status, stdout]).toEqual([0, expect.stringContaining("size 7 is the past of size 7")]);
  });

  test("a log that does not answer is no verdict", () => {
    const { status, stdout, stderr } = inkan([
      "log",
      "verify-consistency",
      old,
      ...ROOT,
      "--url",
      "http://127.0.0.1:1",
    ]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^inkan: ERR_CONSISTENCY_UNAVAILABLE: .*\n$/);
  });

  test("a checkpoint that the log did not sign is refused", () => {
    const forged = file("forged.txt", readFileSync(old, "utf8").replace("\n7\n", "\n8\n"));
    const { status, stdout } = inkan(["log", "verify-consistency", forged, old, ...ROOT]);
    expect([status, stdout]).toEqual([1, expect.stringContaining("ERR_CHECKPOINT_SIGNATURE")]);
  });
});

describe("inkan verify --consistency", () => {
  const verify = (name: string, state: string, ...more: string[]) => {
    const { files, expected } = realCase(name);
    const who = ["--certificate-identity", expected.identity, "--certificate-oidc-issuer", expected.issuer];
    const store = ["--state", join(folder, state)];
    return inkanMeanwhile([
      "verify",
      files.catalogue,
      "--bundle",
      files.bundle,
      ...ROOT,
      ...who,
      ...FOR,
      ...store,
      ...more,
    ]);
  };

  test("proves the log's trees to be one history, of either generation", async () => {
    const online = (url: string) => ["--consistency", "refuse", "--log-url", url];
    expect((await verify("series-01", "online.json", ...online(tiles))).stdout).toContain("first use of the log");
    const { status, stdout } = await verify("series-05", "online.json", ...online(tiles));
    expect([status, stdout]).toEqual([0, expect.stringContaining("size 28 is proven to be the past of 32")]);
    expect((await verify("v1-keyless-gha-notsa", "v1.json", ...online(rekorV1))).status).toBe(0);
    // The recorded log has proofs to size 13 only.
    const refused = await verify("v1-dsse-keyless-gha-notsa", "v1.json", ...online(rekorV1));
    expect([refused.status, refused.stdout]).toEqual([2, expect.stringContaining("ERR_CONSISTENCY_UNAVAILABLE")]);
  });

  test("without an answer refuses, or says that the offline rule was applied", async () => {
    const nowhere = ["--log-url", "http://127.0.0.1:1"];
    expect((await verify("series-01", "offline.json")).status).toBe(0);
    const refused = await verify("series-05", "offline.json", "--consistency", "refuse", ...nowhere);
    expect([refused.status, refused.stdout]).toEqual([2, expect.stringContaining("ERR_CONSISTENCY_UNAVAILABLE")]);
    const offline = await verify("series-05", "offline.json", "--consistency", "offline", ...nowhere);
    expect([offline.status, offline.stdout]).toEqual([0, expect.stringContaining("the offline rule was applied")]);
  });

  test("is misused without a state, without a word, and with another word", async () => {
    const { files } = realCase("series-01");
    const given = [
      "verify",
      files.catalogue,
      "--bundle",
      files.bundle,
      ...ROOT,
      "--certificate-identity",
      "a",
      "--certificate-oidc-issuer",
      "b",
    ];
    expect(inkan([...given, "--consistency", "refuse"]).stderr).toContain("--consistency is for --state");
    expect(inkan([...given, "--log-url", tiles]).stderr).toContain("--log-url is for --consistency");
    const { status, stderr } = await verify("series-01", "word.json", "--consistency", "maybe");
    expect([status, stderr]).toEqual([2, expect.stringContaining("Where: --consistency.")]);
  });
});

describe("a fork", () => {
  const theirs = recorded("fork/rekor2/checkpoints/000002-fork-keyless-email-2.txt");
  const evidence = join(folder, "fork.json");

  test("between a recorded checkpoint and the log's newest is refused, with evidence that anybody can check", async () => {
    const args = ["log", "verify-consistency", theirs, ...ROOT, "--url", tiles, "--evidence", evidence];
    const { status, stdout } = await inkanMeanwhile(args);
    expect([status, stdout]).toEqual([1, expect.stringContaining("ERR_LOG_FORK")]);
    expect(Object.keys(JSON.parse(readFileSync(evidence, "utf8")))).toEqual(["notes", "proof"]);
    // Evidence is never overwritten.
    const again = await inkanMeanwhile(args);
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining("could not be written")]);

    for (const log of [ROOT, KEY, [...KEY, "--origin", "rekor.stack.test"]]) {
      const checked = inkan(["log", "check-fork", evidence, ...log]);
      expect([checked.status, checked.stderr]).toEqual([0, ""]);
      expect(checked.stdout).toMatch(
        /^Forked: rekor\.stack\.test\n {2}the log signed two trees of sizes 2 and 39 that cannot/,
      );
    }
    const { stdout: json } = inkan(["log", "check-fork", evidence, ...KEY, "--json"]);
    expect(JSON.parse(json)).toMatchObject({
      format: 1,
      verdict: "forked",
      file: evidence,
      older: { treeSize: "2" },
      newer: { treeSize: "39" },
    });
  });

  test("that the verifier met is evidence as it is printed", () => {
    const state = ["--state", join(folder, "state.json")];
    const verify = (name: string) => {
      const { files, expected } = realCase(name);
      const who = ["--certificate-identity", expected.identity, "--certificate-oidc-issuer", expected.issuer];
      const given = ["--bundle", files.bundle, ...ROOT];
      return inkan(["verify", files.catalogue, ...given, ...who, ...FOR, ...state, "--json"]);
    };
    expect(verify("keyless-email").status).toBe(0);
    const { error } = JSON.parse(verify("fork-keyless-email-1").stdout);
    expect(error.code).toBe("ERR_LOG_FORK");
    const { status, stdout } = inkan(["log", "check-fork", file("same-size.json", error.evidenceDocument), ...KEY]);
    expect([status, stdout]).toEqual([0, expect.stringContaining("two trees of size 1 that cannot be of one history")]);
  });

  test.each<[what: string, change: (text: string) => string, code: string]>([
    [
      "one note twice",
      (text) => JSON.stringify({ notes: [JSON.parse(text).notes[1], JSON.parse(text).notes[1]] }),
      "ERR_FORK_UNPROVEN",
    ],
    ["no proof", (text) => JSON.stringify({ notes: JSON.parse(text).notes }), "ERR_FORK_UNPROVEN"],
    ["an altered note", (text) => text.replace("\\n2\\n", "\\n3\\n"), "ERR_CHECKPOINT_SIGNATURE"],
    ["no JSON", () => "fork", "ERR_JSON_MALFORMED"],
  ])("%s shows nothing: exit 1", (_, change, code) => {
    const { status, stdout } = inkan([
      "log",
      "check-fork",
      file("changed.json", change(readFileSync(evidence, "utf8"))),
      ...KEY,
    ]);
    expect([status, stdout]).toEqual([1, expect.stringContaining(code)]);
  });

  test("of another log's key shows nothing", () => {
    const other = MadeLog.ofSize(3);
    const { status, stdout } = inkan(["log", "check-fork", evidence, "--key", file("other.pem", other.pem), "--json"]);
    expect([status, JSON.parse(stdout)]).toMatchObject([
      1,
      { verdict: "refused", error: { code: "ERR_CHECKPOINT_UNSIGNED" } },
    ]);
  });

  test("of a log made here, at a power of two, by its tiles", async () => {
    const ours = MadeLog.ofSize(600);
    const forked = ours.fork(100);
    const url = await serve(forked.tiles(600));
    const where = join(folder, "made.json");
    const key = ["--key", file("made.pem", ours.pem)];
    const run = (size: number) =>
      inkanMeanwhile([
        "log",
        "verify-consistency",
        file(`made-${size}.txt`, ours.checkpoint(size)),
        ...key,
        "--url",
        url,
        "--evidence",
        where,
      ]);
    expect([(await run(64)).status, existsSync(where)]).toEqual([0, false]);
    expect((await run(256)).stdout).toContain("ERR_LOG_FORK");
    expect(inkan(["log", "check-fork", where, ...key]).status).toBe(0);
    // The same notes with a proof out of the honest history lead nowhere.
    const { notes } = JSON.parse(readFileSync(where, "utf8"));
    const proof = consistencyProof(256, ours.leaves, false).map((hash) => Buffer.from(hash).toString("base64"));
    expect(inkan(["log", "check-fork", file("nowhere.json", JSON.stringify({ notes, proof })), ...key]).status).toBe(1);
  });
});

describe("misuse: exit 2, one line on standard error, nothing on standard output", () => {
  test.each<[what: string, args: string[], says: string]>([
    ["no action", [], "verify-consistency, check-fork"],
    ["an unknown action", ["fork"], "verify-consistency, check-fork"],
    ["no checkpoint", ["verify-consistency", ...ROOT], "one or two checkpoints"],
    ["three checkpoints", ["verify-consistency", old, old, old, ...ROOT], "one or two checkpoints"],
    ["no log", ["verify-consistency", old, old], "--key or --trusted-root"],
    ["both kinds of log", ["check-fork", old, ...ROOT, ...KEY], "--key or --trusted-root"],
    ["an origin with a trust root", ["check-fork", old, ...ROOT, "--origin", "x"], "--origin"],
    ["a proof for one checkpoint", ["verify-consistency", old, ...ROOT, "--proof", old], "--proof needs both"],
    [
      "a proof and a URL",
      ["verify-consistency", old, old, ...ROOT, "--proof", old, "--url", "http://127.0.0.1:1"],
      "exclude each other",
    ],
    ["a proof that is none", ["verify-consistency", old, old, ...ROOT, "--proof", old], "--proof takes JSON"],
    ["a URL that is none", ["verify-consistency", old, old, ...ROOT, "--url", "rekor"], "ERR_OPTION_INVALID"],
    ["a key that is none", ["check-fork", old, "--key", old], "ERR_PEM_MALFORMED"],
    ["a missing file", ["check-fork", join(folder, "absent.json"), ...ROOT], "no such file"],
    ["no document", ["check-fork", ...ROOT], "one document"],
  ])("%s", (_, args, says) => {
    const { status, stdout, stderr } = inkan(["log", ...args]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^inkan: .*\n$/);
    expect(stderr).toContain(says);
  });

  test("a file that is neither a checkpoint nor a bundle is refused", () => {
    const { status, stdout } = inkan(["log", "verify-consistency", file("neither.txt", "hello"), old, ...ROOT]);
    expect([status, stdout]).toEqual([1, expect.stringContaining("ERR_")]);
  });
});
