/** Witnesses: what is proven of them, told in the report, and asked for on the command line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { IdentityPolicy, InMemoryStateStore, KeylessVerifier, TrustRoot } from "../ts/entry/node.js";
import { inkan } from "./support/command.js";
import { refusalOf } from "./support/refusal.js";
import { inRoot, readVectorFile, vectorFile } from "./support/repository.js";
import { proofOf, type Vector, verdictOf } from "./support/vectors.js";

interface CosignedBundle {
  verificationMaterial: { tlogEntries: { inclusionProof: { checkpoint: { envelope: string } } }[] };
}

const FOLDER = "real/conformance/bundle-verify";
const COSIGNED = `${FOLDER}/rekor2-dsse-happy-path`;
const UNSEEN = `${FOLDER}/rekor2-checkpoint-cosigned`;
const SAN =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";
const ORIGIN = "log2025-alpha3.rekor.sigstage.dev";

// The policy that docs/witnesses.md shows.
const [, POLICY = ""] =
  /^```text\n(# .*?^quorum .*?)^```$/ms.exec(readFileSync(inRoot("docs/witnesses.md"), "utf8")) ?? [];

const verifier = (folder: string, witnesses?: object): KeylessVerifier =>
  new KeylessVerifier({
    trustRoot: TrustRoot.fromJson(readVectorFile(`${folder}/trusted_root.json`)),
    identityPolicy: new IdentityPolicy({ san: SAN, issuer: ISSUER }),
    stateStore: new InMemoryStateStore(),
    ...(witnesses === undefined ? {} : { witnesses: witnesses as never }),
  });
const input = (folder: string) => ({
  artifact: readVectorFile(`${FOLDER}/a.txt`),
  bundle: readVectorFile(`${folder}/bundle.sigstore.json`),
});
const stepOf = async (folder: string, witnesses?: object) => {
  const report = await verifier(folder, witnesses).reportArtifact(input(folder));
  return { ...report, step: report.steps.find(({ id }) => id === "witnesses") };
};

describe("a checkpoint that real witnesses cosigned", () => {
  test("has the quorum of the policy in docs/witnesses.md", async () => {
    const { log } = await verifier(COSIGNED, { policy: POLICY, mode: "require" }).verifyArtifact(input(COSIGNED));
    expect(log).toMatchObject([
      {
        origin: ORIGIN,
        witnessQuorum: true,
        witnesses: [
          { name: "geomys", key: "witness.navigli.sunlight.geomys.org+a3e00fe2" },
          { name: "stagemole", key: "witness.stagemole.eu+67f7aea0" },
          { name: "google", key: "staging.witness.transparency.goog/ring-any-bells+2e1a8dc9" },
        ],
      },
    ]);
    const times = log.flatMap(({ witnesses = [] }) => witnesses.map(({ cosignedAt }) => Date.parse(cosignedAt)));
    const [signed = 0] = (await verifier(COSIGNED).verifyArtifact(input(COSIGNED))).signedAt.map(Date.parse);
    expect(times.every((time) => Math.abs(time - signed) < 60_000)).toBe(true);
  });

  test("is reported with names, keys and times, as text and in seconds", async () => {
    const { step } = await stepOf(COSIGNED, { policy: POLICY, mode: "require" });
    expect(step?.status).toBe("passed");
    const [tree, first = ""] = step?.details ?? [];
    expect(tree).toMatch(/^the tree of \d+ leaves of log2025-alpha3\.rekor\.sigstage\.dev has the quorum: /);
    const line = /^cosigned by geomys \(witness\.navigli\S+\+a3e00fe2\) at (\S+Z) \((\d+) seconds since 1970\)$/.exec(
      first,
    );
    expect(Date.parse(line?.[1] ?? "")).toBe(Number(line?.[2]) * 1000);
  });

  test("without a policy nothing is said of witnesses", async () => {
    const { step, ...report } = await stepOf(COSIGNED);
    expect(step).toMatchObject({ status: "not-required", details: ["no witness policy is given"] });
    expect(report.verdict === "verified" && Object.keys(report.artifact.log[0] ?? {})).toEqual([
      "origin",
      "logIndex",
      "treeSize",
      "rootHash",
    ]);
  });
});

describe("a checkpoint that the policy's witnesses did not cosign", () => {
  test("is refused where the quorum is required", async () => {
    const refusal = await refusalOf(() =>
      verifier(UNSEEN, { policy: POLICY, mode: "require" }).verifyArtifact(input(UNSEEN)),
    );
    expect(refusal).toMatchObject({ code: "ERR_WITNESS_QUORUM", name: "VerificationError" });
    expect(refusal.expected).toMatch(/^cosignatures by two-of-three \(2 of geomys, stagemole, google\)$/);
    expect(refusal.found).toBe("nobody cosigned; not by geomys, stagemole, google");
    const { step } = await stepOf(UNSEEN, { policy: POLICY, mode: "require" });
    expect(step).toMatchObject({ status: "failed", code: "ERR_WITNESS_QUORUM" });
  });

  test("is accepted where it is reported, and said to lack it", async () => {
    const { step, ...report } = await stepOf(UNSEEN, { policy: POLICY, mode: "report" });
    expect(report.verdict).toBe("verified");
    expect(report).toMatchObject({ artifact: { log: [{ witnesses: [], witnessQuorum: false }] } });
    expect(step?.status).toBe("not-required");
    expect(step?.details).toEqual([
      expect.stringMatching(/ lacks the quorum: two-of-three \(2 of geomys, stagemole, google\)$/),
      "not cosigned by geomys, stagemole, google",
      "not counted: witness.example+3bc3c7e4, who is not in the witness policy",
      "the quorum is reported, and not required",
    ]);
  });
});

describe("lines on a checkpoint", () => {
  const vector = (name: string): Vector =>
    JSON.parse(readFileSync(vectorFile(`forged/witnesses/${name}.json`), "utf8"));
  const cosigners = async (name: string) => {
    const { log } = await proofOf(vector(name));
    return log.flatMap(({ witnesses = [] }) => witnesses.map(({ name, cosignedAt }) => `${name} ${cosignedAt}`));
  };

  test("are listed as the policy orders the witnesses", async () => {
    const time = "2026-06-01T12:01:00Z";
    expect(await cosigners("all-three")).toEqual([`a ${time}`, `b ${time}`, `c ${time}`]);
  });

  test("by one witness are one, the latest", async () => {
    expect(await cosigners("one-twice-beside-another")).toEqual(["a 2026-06-01T12:01:09Z", "b 2026-06-01T12:01:00Z"]);
  });

  test("are all needed for a quorum of all who cosigned: no character of the note may change", async () => {
    const good = vector("v2-quorum");
    const json: CosignedBundle = JSON.parse(Buffer.from(readVectorFile(good.bundle.file ?? "")).toString("utf8"));
    const checkpoint = json.verificationMaterial.tlogEntries[0]?.inclusionProof.checkpoint ?? { envelope: "" };
    const note = checkpoint.envelope;
    const verdictWith = (text: string) => {
      checkpoint.envelope = text;
      return verdictOf({ ...good, bundle: { json } });
    };
    expect(await verdictWith(note)).toBe("accept");
    const accepted: number[] = [];
    for (let at = 0; at < note.length; at += 1) {
      const other = note[at] === "A" ? "B" : "A";
      if ((await verdictWith(note.slice(0, at) + other + note.slice(at + 1))) === "accept") accepted.push(at);
    }
    expect(accepted).toEqual([]);
  });

  test("of ML-DSA-44 are told apart from missing ones", async () => {
    const refusal = await refusalOf(() => proofOf(vector("ml-dsa-counts-not")));
    expect(refusal.found).toBe("nobody cosigned; not by a, b, c; by p with ML-DSA-44, which is not verified here");
    const { details = [] } = refusal.report?.steps.find(({ id }) => id === "witnesses") ?? {};
    expect(details.slice(1)).toEqual([
      expect.stringMatching(
        /^not counted: a cosignature by p \(p\.witness\.test\+[0-9a-f]{8}\) with ML-DSA-44, which /,
      ),
      "not cosigned by a, b, c",
    ]);
    const needed = await refusalOf(() => proofOf(vector("ml-dsa-needed")));
    expect(needed.found).toBe("witnesses with ML-DSA-44 keys, which are not verified here: p");
  });
});

describe("the option", () => {
  const wrong: [what: string, witnesses: unknown, code: string, subject: string][] = [
    ["no object", POLICY, "ERR_OPTION_INVALID", "witnesses"],
    ["null", null, "ERR_OPTION_INVALID", "witnesses"],
    ["no mode", { policy: POLICY }, "ERR_OPTION_INVALID", "witnesses.mode"],
    ["an undefined mode", { policy: POLICY, mode: undefined }, "ERR_OPTION_INVALID", "witnesses.mode"],
    ["another mode", { policy: POLICY, mode: "off" }, "ERR_OPTION_INVALID", "witnesses.mode"],
    ["no policy", { mode: "require" }, "ERR_OPTION_INVALID", "witnesses.policy"],
    ["bytes", { policy: Buffer.from(POLICY), mode: "require" }, "ERR_OPTION_INVALID", "witnesses.policy"],
    ["a misspelt name", { policies: POLICY, mode: "require" }, "ERR_OPTION_UNKNOWN", "witnesses.policies"],
  ];
  test.each(wrong)("refuses %s", async (_, witnesses, code, subject) => {
    const refusal = await refusalOf(() => verifier(COSIGNED, witnesses as object));
    expect([refusal.code, refusal.subject]).toEqual([code, `KeylessVerifier.${subject}`]);
  });

  test("a malformed policy throws at once, with the line", async () => {
    const policy = POLICY.replace("quorum two", "quorum 2");
    const refusal = await refusalOf(() => verifier(COSIGNED, { policy, mode: "report" }));
    expect(refusal).toMatchObject({ code: "ERR_WITNESS_POLICY", name: "InputError", found: "2-of-three" });
    expect(refusal.subject).toBe(`policy.witnesses.policy, line ${policy.split("\n").length - 1}`);
  });
});

describe("inkan verify", () => {
  const folder = mkdtempSync(join(tmpdir(), "inkan-witnesses-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "witness.policy");
  writeFileSync(file, POLICY);
  const verify = (bundle: string, ...more: string[]) =>
    inkan([
      ...["verify", "--artifact", vectorFile(FOLDER, "a.txt"), "--bundle", vectorFile(bundle, "bundle.sigstore.json")],
      ...["--trusted-root", vectorFile(bundle, "trusted_root.json")],
      ...["--certificate-identity", SAN, "--certificate-oidc-issuer", ISSUER, ...more],
    ]);

  test("requires or reports the quorum", () => {
    const good = verify(COSIGNED, "--witness-policy", file, "--witnesses", "require");
    expect([good.status, good.stderr]).toEqual([0, ""]);
    expect(good.stdout).toMatch(/^✓ passed .* Witnesses cosigned the log$/m);
    expect(good.stdout).toContain(`  in the log ${ORIGIN}, cosigned by geomys, stagemole, google\n`);
    const bad = verify(UNSEEN, "--witness-policy", file, "--witnesses", "require");
    expect([bad.status, bad.stdout.includes("(ERR_WITNESS_QUORUM)")]).toEqual([1, true]);
    const reported = verify(UNSEEN, "--witness-policy", file, "--witnesses", "report");
    expect(reported.status).toBe(0);
    expect(reported.stdout).toContain("cosigned by no witness, which is not the quorum");
  });

  test("takes both options or neither", () => {
    const misused: [args: string[], message: string][] = [
      [["--witness-policy", file], "--witness-policy needs --witnesses report or require"],
      [["--witness-policy", file, "--witnesses", "off"], "--witness-policy needs --witnesses report or require"],
      [["--witnesses", "require"], "--witnesses needs --witness-policy FILE"],
      [["--witness-policy", join(folder, "none"), "--witnesses", "require"], "there is no such file"],
    ];
    for (const [args, message] of misused) {
      const { status, stderr } = verify(COSIGNED, ...args);
      expect([status, stderr.includes(message)], stderr).toEqual([2, true]);
    }
  });
});
