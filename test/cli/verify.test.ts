/** `inkan verify`, spawned. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { realCase, SERVER } from "../support/cases.js";
import { inkan } from "../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const real = realCase("keyless-uri-gha");
const WHO = ["--certificate-identity", real.expected.identity, "--certificate-oidc-issuer", real.expected.issuer];
const EVIDENCE = ["--bundle", real.files.bundle, "--trusted-root", real.files.trustRoot];
const GOOD = [real.files.catalogue, ...EVIDENCE, ...WHO];
const FOR = ["--server", SERVER];
const changed = real.catalogue.slice();
changed[20] = (changed[20] ?? 0) ^ 1;
const CHANGED = [file("changed.json", changed), ...EVIDENCE, ...WHO];

test("a large file is read piece by piece, by the digest that its bundle states", () => {
  const large = file("large.bin", "");
  truncateSync(large, 65 * 2 ** 20);
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const key = file("large.pem", publicKey.export({ type: "spki", format: "pem" }).toString());
  const content = readFileSync(large);
  const bundle = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: "" }, tlogEntries: [] },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_384", digest: createHash("sha384").update(content).digest("base64") },
      signature: sign("sha384", content, privateKey).toString("base64"),
    },
  };
  const args = ["--artifact", "--key", key, "--bundle", file("large.json", JSON.stringify(bundle))];
  const { status, stdout } = inkan(["verify", large, ...args]);
  expect(stdout).toContain("Verified");
  expect(status).toBe(0);
  appendFileSync(large, "x");
  expect(inkan(["verify", large, ...args]).stdout).toContain("ERR_DIGEST_MISMATCH");
});

describe("a catalogue", () => {
  test("that verifies: exit 0, every step, who and what", () => {
    const { status, stdout, stderr } = inkan(["verify", ...GOOD, ...FOR]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("✓ passed");
    expect(stdout).not.toMatch(/✗|failed|not reached/);
    expect(stdout).toContain(`Verified: ${real.files.catalogue}`);
    expect(stdout).toContain(`signed by ${real.expected.identity}`);
    expect(stdout).toContain("https://tools.example.com/mcp");
    expect(stdout).toContain("no --state is given");
  });

  test("that does not: exit 1, the failed step, expected, found, and what to do", () => {
    const { status, stdout, stderr } = inkan(["verify", ...CHANGED]);
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(/^✗ failed .*\n( +.*\n)* +expected: .*\n +found: {4}/m);
    expect(stdout).toContain("· not reached");
    expect(stdout).toMatch(/^Refused: .*changed\.json \(ERR_DIGEST_MISMATCH\)$/m);
  });

  test("piped output is plain; a terminal's is not asked for here", () => {
    const { stdout } = inkan(["verify", ...GOOD, ...FOR]);
    expect(stdout).not.toContain("\u001b");
    expect(stdout.endsWith("\n")).toBe(true);
    expect(stdout.split("\n").filter((line) => line !== line.trimEnd())).toEqual([]);
  });

  test("from standard input", () => {
    const args = [...EVIDENCE, ...WHO, ...FOR];
    expect(inkan(["verify", "-", ...args], { input: real.catalogue }).status).toBe(0);
    expect(inkan(["verify", ...args], { input: real.catalogue }).stdout).toContain("Verified: standard input");
    expect(inkan(["verify", ...args], { input: changed }).status).toBe(1);
  });

  test("for a server", () => {
    expect(inkan(["verify", ...GOOD, "--server", "https://tools.example.com/mcp"]).status).toBe(0);
    const { status, stdout } = inkan(["verify", ...GOOD, "--server", "https://evil.example"]);
    expect([status, stdout.includes("ERR_CATALOGUE_SERVER")]).toEqual([1, true]);
    expect(inkan(["verify", ...GOOD, "--any-server"]).status).toBe(0);
    const unnamed = inkan(["verify", ...GOOD]);
    expect([unnamed.status, unnamed.stdout.includes("any server would do")]).toEqual([0, true]);
  });

  test("by a pattern, an extension and thresholds", () => {
    const pattern = "https://github.com/acme/mcp-tools/.github/workflows/release.yml@refs/tags/v*";
    const issuer = ["--certificate-oidc-issuer", real.expected.issuer];
    const who = ["--certificate-identity-pattern", pattern, ...issuer];
    const run = (...more: string[]) =>
      inkan(["verify", real.files.catalogue, ...EVIDENCE, ...who, ...FOR, ...more]).status;
    expect(run("--certificate-extension", "runnerEnvironment=github-hosted", "--timestamp-threshold", "1")).toBe(0);
    expect(run("--certificate-extension", "runnerEnvironment=self-hosted")).toBe(1);
    expect(run("--tlog-threshold", "2")).toBe(1);
    expect(run("--certificate-extension", "runner=x")).toBe(2);
  });

  test("--quiet prints the verdict alone", () => {
    const { stdout } = inkan(["verify", ...CHANGED, "--quiet"]);
    expect(stdout.split("\n")[0]).toMatch(/^Refused: /);
  });
});

describe("any file", () => {
  test("by its bytes and by its digest", () => {
    expect(inkan(["verify", "--artifact", ...GOOD]).stdout).toContain("Verified: ");
    const digest: string = JSON.parse(inkan(["verify", "--artifact", "--json", ...GOOD]).stdout).digest;
    expect(inkan(["verify", "--artifact", digest, ...EVIDENCE, ...WHO]).status).toBe(0);
    expect(inkan(["verify", "--artifact", `sha256:${"0".repeat(64)}`, ...EVIDENCE, ...WHO]).status).toBe(1);
  });

  test("by an attestation about it", () => {
    const attested = realCase("dsse-keyless-email");
    const who = [
      "--certificate-identity",
      attested.expected.identity,
      "--certificate-oidc-issuer",
      attested.expected.issuer,
    ];
    const evidence = ["--bundle", attested.files.bundle, "--trusted-root", attested.files.trustRoot, ...who];
    const { status, stdout } = inkan(["verify", "--attestation", attested.files.catalogue, ...evidence]);
    expect([status, stdout]).toEqual([0, expect.stringContaining("predicate https://mcp.example.com/catalogue/v1")]);
    const { attestation } = JSON.parse(
      inkan(["verify", "--json", attested.files.catalogue, ...evidence, ...FOR]).stdout,
    );
    expect(attestation.predicate.publisher).toBe("acme");
    expect(inkan(["verify", "--attestation", ...GOOD]).stdout).toContain("ERR_BUNDLE_CONTENT");
  });

  test("a catalogue by its digest is misuse: its tools could not be read", () => {
    expect(inkan(["verify", `sha256:${"0".repeat(64)}`, ...EVIDENCE, ...WHO]).status).toBe(2);
  });
});

describe("by key", () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const text = Buffer.from('{"tools":[]}');
  const key = file("key.pem", pair.publicKey.export({ type: "spki", format: "pem" }).toString());
  const other = file(
    "other.pem",
    generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString(),
  );
  const signature = file("catalogue.sig", `${sign("sha256", text, pair.privateKey).toString("base64")}\n`);
  const catalogue = file("keyed.json", text);

  test("a detached signature, by any of the keys", () => {
    const { status, stdout } = inkan(["verify", catalogue, "--signature", signature, "--key", other, "--key", key]);
    expect([status, stdout]).toEqual([0, expect.stringContaining("signed by the pinned key sha256:")]);
    expect(stdout).toContain("log evidence was not checked");
    expect(inkan(["verify", catalogue, "--signature", signature, "--key", other]).status).toBe(1);
  });
});

describe("--json", () => {
  test("of what holds", () => {
    const { status, stdout } = inkan(["verify", ...GOOD, ...FOR, "--json"]);
    const document = JSON.parse(stdout);
    expect([status, document.format, document.verdict, document.kind, document.file]).toEqual([
      0,
      1,
      "verified",
      "catalogue",
      real.files.catalogue,
    ]);
    expect(Object.keys(document)).toEqual([
      "format",
      "verdict",
      "kind",
      "file",
      "digest",
      "signer",
      "signedAt",
      "log",
      "catalogue",
      "steps",
    ]);
    expect(document.catalogue.tools[0]).toEqual({
      name: expect.any(String),
      digest: expect.stringMatching(/^sha256:/),
    });
  });

  test("of a refusal", () => {
    const { status, stdout } = inkan(["verify", ...CHANGED, "--json"]);
    const document = JSON.parse(stdout);
    expect([status, document.verdict]).toEqual([1, "refused"]);
    expect(Object.keys(document)).toEqual(["format", "verdict", "kind", "file", "error", "steps"]);
    expect(document.error).toMatchObject({
      code: "ERR_DIGEST_MISMATCH",
      class: "VerificationError",
      expected: expect.any(String),
      found: expect.any(String),
      hint: expect.any(String),
    });
    expect(document.steps.map(({ id }: { id: string }) => id)).toContain("freshness");
  });
});

describe("misuse: exit 2, one line on standard error and at most an example, nothing on standard output", () => {
  const key = file("a.pem", "no PEM");
  const [catalogue = ""] = GOOD;
  const wrong: [what: string, args: string[], says: string][] = [
    ["no command", [], "a command is missing"],
    ["an unknown command", ["verifi"], "no command"],
    ["an unknown option", ["verify", ...GOOD, "--serve", "x"], "--serve"],
    ["an option without its value", ["verify", ...GOOD, "--server"], "--server"],
    ["an option twice", ["verify", ...GOOD, "--server", "a", "--server", "b"], "--server is given twice"],
    ["a server and any", ["verify", ...GOOD, ...FOR, "--any-server"], "exclude each other"],
    ["any server of a file", ["verify", "--artifact", ...GOOD, "--any-server"], "are for catalogues"],
    ["two files", ["verify", catalogue, ...GOOD], "one file"],
    ["no bundle", ["verify", catalogue, "--trusted-root", real.files.trustRoot, ...WHO], "--bundle"],
    ["no trust root", ["verify", catalogue, "--bundle", real.files.bundle, ...WHO], "--trusted-root"],
    ["nobody who may sign", ["verify", catalogue, ...EVIDENCE], "who may sign"],
    [
      "no issuer",
      ["verify", catalogue, ...EVIDENCE, "--certificate-identity", "a@b.test"],
      "--certificate-oidc-issuer",
    ],
    ["a key and an identity", ["verify", ...GOOD, "--key", key], "exclude each other"],
    ["a malformed key", ["verify", catalogue, "--bundle", real.files.bundle, "--key", key], "ERR_PEM_MALFORMED"],
    [
      "a malformed trust root",
      ["verify", catalogue, "--bundle", real.files.bundle, "--trusted-root", key, ...WHO],
      "ERR_JSON_MALFORMED",
    ],
    ["a missing file", ["verify", join(folder, "absent.json"), ...EVIDENCE, ...WHO], "no such file"],
    ["a folder", ["verify", folder, ...EVIDENCE, ...WHO], "it is a folder"],
    ["a threshold that is no number", ["verify", ...GOOD, "--sct-threshold", "-1"], "--sct-threshold"],
    ["a time that is none", ["verify", ...GOOD, "--now", "yesterday"], "ERR_OPTION_INVALID"],
    ["both kinds", ["verify", ...GOOD, "--artifact", "--attestation"], "exclude each other"],
    ["a server for an artifact", ["verify", ...GOOD, "--artifact", "--server", "x"], "--server"],
    ["an unknown action", ["trust-root", "list"], "show"],
  ];
  test.each(wrong)("%s", (_, args, says) => {
    const { status, stdout, stderr } = inkan(args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^inkan: .*\n( {2}For example:\n( {4}.*\n)+)?$/);
    expect(stderr).toContain(says);
  });
});
