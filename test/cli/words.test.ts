/** Refusals speak to their reader: options on the command line, members in a policy file, never names of the library. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { log } from "../../ts/cli/commands/log.js";
import { verify } from "../../ts/cli/commands/verify.js";
import { Stop } from "../../ts/cli/exit.js";
import { signerOf, signerText } from "../../ts/cli/input/signer.js";
import { InMemoryStateStore, inspect, KeyedVerifier, KeylessVerifier } from "../../ts/cli/library.js";
import type { Verb } from "../../ts/cli/verb.js";
import { hintText, withFingerprint, withReadableKeys } from "../../ts/cli/words/fingerprint.js";
import { hintInFlags } from "../../ts/cli/words/hints.js";
import { inFlags } from "../../ts/cli/words/refusal.js";
import { errorOf } from "../../ts/errors.js";
import { hintInMembers } from "../../ts/policy_file/words.js";
import { realCase } from "../support/cases.js";
import { inRoot } from "../support/repository.js";

/** Names that only a program can write. */
const LIBRARY =
  /KeyedVerifier|KeylessVerifier|IdentityPolicy|TrustRoot\.|stateStore|identityPolicy|maxAgeSeconds|verifyArtifact|verifyAttestation|createGate|gate\.replace|anyServer|unreachable:|StateStore\b|\bsanType\b(?!")|\bsanPattern\b|logEntries: 0 in|as the option server|thresholds \{|extensionPatterns(?! takes| for|\.)/;
/** Members that a policy file has under the same name. */
const MEMBERS = /sanType|sanPattern|extensionPatterns/g;

/** Every sentence of the core and of what the command and a policy file reach that may be a hint: a text with a full stop. */
function hints(): string[] {
  const files = [
    ...["crates/core/src"].flatMap((folder) => under(folder, ".rs").filter((file) => !/tests/.test(file))),
    ...["ts/verify", "ts/identity", "ts/trust", "ts/state", "ts/generated"].flatMap((folder) => under(folder, ".ts")),
  ];
  const texts = files.flatMap((file) => {
    const source = readFileSync(file, "utf8")
      .replace(/#\[cfg\(test\)\][\s\S]*$/, "")
      .replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
    return [...source.matchAll(/"((?:[^"\\\n]|\\.|\\\n\s*)*)"|`([^`]*)`/g)].map(([, quoted, template]) =>
      (quoted ?? template ?? "")
        .replace(/\\\n\s*/g, "")
        .replaceAll('\\"', '"')
        .replaceAll("{{", "{")
        .replaceAll("}}", "}"),
    );
  });
  return [...new Set(texts)].filter((text) => / .*\.$/.test(text));
}

const under = (folder: string, ending: string): string[] =>
  readdirSync(inRoot(folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(inRoot(folder), name));

/** Hints about options that only a program has. */
const FOR_PROGRAMS =
  /Make one with|VerifiedCatalogue|digestOf|held whole is given as|StateStore is|Durable|compareAndSwap|load\(\)/;

describe("hints", () => {
  const spoken = hints().filter((text) => LIBRARY.test(text) && !FOR_PROGRAMS.test(text));

  test("of the library name its options, so that there is something to translate", () => {
    expect(spoken.length).toBeGreaterThan(15);
  });

  test("name options on the command line", () => {
    expect(spoken.map(hintInFlags).filter((text) => LIBRARY.test(text))).toEqual([]);
  });

  test("name members in a policy file", () => {
    expect(spoken.map((text) => hintInMembers(text).replace(MEMBERS, "")).filter((text) => LIBRARY.test(text))).toEqual(
      [],
    );
  });
});

const real = realCase("keyless-uri-gha");
const keyed = realCase("key-ecdsa-p256-bare").files;
const WHO = ["--certificate-identity", real.expected.identity, "--certificate-oidc-issuer", real.expected.issuer];
const KEYLESS = [real.files.catalogue, "--bundle", real.files.bundle, "--trusted-root", real.files.trustRoot];
const KEYED = [keyed.catalogue, "--bundle", keyed.bundle, "--key", keyed.key];

const saidBy = (verb: Verb, args: readonly string[]): Promise<string> =>
  verb.run(args).then(
    () => expect.fail("nothing was refused"),
    (error) => Stop.from(error).message,
  );

describe("a wrong option is named as it is typed", () => {
  test.each<[option: string, verb: Verb, args: string[]]>([
    [
      `--key ${keyed.bundle}`,
      verify,
      [keyed.catalogue, "--bundle", keyed.bundle, "--key", keyed.key, "--key", keyed.bundle],
    ],
    ["--sct-threshold", verify, [...KEYED, "--sct-threshold", "1"]],
    ["--now", verify, [...KEYED, "--now", "yesterday"]],
    ["--server", verify, [...KEYED, "--server="]],
    [
      "--github-repository",
      verify,
      [...KEYLESS, "--github-repository", "acme", "--github-workflow", "r.yml", "--github-ref", "refs/tags/v1"],
    ],
    [
      "--github-workflow",
      verify,
      [...KEYLESS, "--github-repository", "a/b", "--github-workflow", "r", "--github-ref", "refs/tags/v1"],
    ],
    [
      "--github-ref",
      verify,
      [...KEYLESS, "--github-repository", "a/b", "--github-workflow", "r.yml", "--github-ref", "v1"],
    ],
    [
      "--github-workflow-ref",
      verify,
      [
        ...KEYLESS,
        "--github-repository",
        "a/b",
        "--github-workflow",
        "r.yml",
        "--github-ref",
        "refs/tags/v1",
        "--github-workflow-repository",
        "a/c",
      ],
    ],
    ["--github-release", verify, [...KEYLESS, "--github-release", "acme"]],
    ["--tag", verify, [...KEYLESS, "--github-release", "a/b", "--tag", "refs/tags/v1"]],
    ["--repository-id", verify, [...KEYLESS, "--github-release", "a/b", "--repository-id", "x"]],
    ["--certificate-identity", verify, [...KEYLESS, "--certificate-identity=", "--certificate-oidc-issuer", "x"]],
    ["--certificate-extension foo", verify, [...KEYLESS, ...WHO, "--certificate-extension", "foo=bar"]],
    ["--log-origin", verify, [...KEYLESS, ...WHO, "--log-origin", "x=y"]],
    [
      "--witness-policy, line 1",
      verify,
      [...KEYLESS, ...WHO, "--witness-policy", real.files.catalogue, "--witnesses", "require"],
    ],
  ])("%s", async (option, verb, args) => {
    const said = await saidBy(verb, args);
    expect(said).toContain(`Where: ${option}.`);
    expect(said).not.toMatch(LIBRARY);
  });

  test("a hint writes what to type", async () => {
    const shorthand = ["--certificate-identity", "github-actions://acme/x", "--certificate-oidc-issuer", "x"];
    expect(await saidBy(verify, [...KEYLESS, ...shorthand])).toContain(
      "Write --github-repository acme/x --github-workflow release.yml --github-ref 'refs/tags/v*'.",
    );
  });

  test("a log's key, too", async () => {
    expect(await saidBy(log, ["check-fork", keyed.bundle, "--key", keyed.bundle])).not.toMatch(LIBRARY);
  });
});

test("a refusal keeps its code, its evidence and the operator's own words", () => {
  const error = errorOf({
    code: "ERR_IDENTITY_SAN",
    message: "x",
    subject: "identityPolicy.san",
    expected: "IdentityPolicy.githubActions",
    hint: "y",
    evidence: ["a"],
    evidenceDocument: "b",
  });
  const { code, subject, expected, evidence, evidenceDocument } = inFlags(error);
  expect([code, subject, expected, evidence, evidenceDocument]).toEqual([
    "ERR_IDENTITY_SAN",
    "--certificate-identity",
    "IdentityPolicy.githubActions",
    ["a"],
    "b",
  ]);
});

test("a key's fingerprint has one spelling", async () => {
  expect(hintText(Buffer.alloc(32, 0xab).toString("base64"))).toBe(`sha256:${"ab".repeat(32)}`);
  expect(hintText("our key\u001b")).toBe("our key\\u{1b}");
  const request = { catalogue: readFileSync(keyed.catalogue), bundle: readFileSync(keyed.bundle) };
  const { keyHint } = (await inspect(request.bundle)) as { readonly keyHint: string };
  const fingerprint = `sha256:${Buffer.from(keyHint, "base64").toString("hex")}`;
  const { key: other } = realCase("neg-key-other-key").files;
  const keys = new KeyedVerifier({ keys: readFileSync(other, "utf8") });
  await expect(keys.verify(request)).rejects.toMatchObject({
    code: "ERR_KEY_HINT",
    expected: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    found: fingerprint,
  });
  const identityPolicy = real.identityPolicy();
  const stateStore = new InMemoryStateStore();
  const keyless = new KeylessVerifier({ trustRoot: real.trustRoot(), identityPolicy, stateStore });
  await expect(keyless.verify(request)).rejects.toMatchObject({
    code: "ERR_BUNDLE_CERTIFICATE_MISSING",
    found: `the key ${fingerprint}`,
  });
});

test("inspect and trust-root show spell keys as verify does", async () => {
  const inspected = (await inspect(readFileSync(keyed.bundle))) as { readonly keyHint: string };
  const fingerprint = `sha256:${Buffer.from(inspected.keyHint, "base64").toString("hex")}`;
  expect(withFingerprint(inspected)).toMatchObject({ keyHint: inspected.keyHint, keyFingerprint: fingerprint });
  expect(withReadableKeys(inspected)).toMatchObject({ key: fingerprint });
  expect(withReadableKeys(inspected)).not.toHaveProperty("keyHint");
  const logged = (await inspect(real.bundle)) as { readonly logEntries: readonly { readonly logId: string }[] };
  const id = Buffer.from(logged.logEntries[0]?.logId ?? "", "base64").toString("hex");
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(withReadableKeys(logged)).toMatchObject({ logEntries: [{ logId: id }] });
  // A hint that is no fingerprint is any text, and stays.
  expect(withReadableKeys({ keyHint: "release key", logEntries: [] })).toEqual({
    keyHint: "release key",
    logEntries: [],
  });
});

describe("a bundle beside a catalogue", () => {
  const content = readFileSync(keyed.catalogue);
  test("of another file is told as one, without any key or trust root", async () => {
    const one = await signerOf("new.json", Buffer.from("{}"), keyed.bundle, undefined);
    expect(one).toMatchObject({ status: "refused", code: "ERR_DIGEST_MISMATCH" });
    expect(signerText("new", "new.json", one)).toContain(
      `${keyed.bundle} is the bundle of another file (ERR_DIGEST_MISMATCH), or new.json was changed after signing`,
    );
    const keyless = await signerOf("new.json", Buffer.from("{}"), real.files.bundle, undefined);
    expect(keyless).toMatchObject({ status: "refused", code: "ERR_DIGEST_MISMATCH", signer: real.expected.identity });
  });

  test("of this file names its key as all commands do", async () => {
    const one = await signerOf("new.json", content, keyed.bundle, undefined);
    expect(one?.status).toBe("unverified");
    expect(one?.signer).toMatch(/^the key sha256:[0-9a-f]{64}$/);
  });
});
