/** `inkan keygen` and `inkan sign`, spawned; what they make is verified by inkan and by OpenSSL. */
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ALGORITHMS } from "../../ts/publish/key.js";
import { inkan } from "../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-sign-"));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const text = (name: string): string => readFileSync(at(name), "utf8");
const CATALOGUE = JSON.stringify({ server: "npm:@acme/files", version: 1, tools: [{ name: "a", inputSchema: {} }] });
writeFileSync(at("tools.json"), CATALOGUE);
const run = (...args: string[]) => inkan(args, { cwd: folder });
const env = (passphrase: string) => ({ cwd: folder, env: { INKAN_KEY_PASSPHRASE: passphrase } });
const checked = (bundle: string, key: string) =>
  run("verify", "tools.json", "--bundle", bundle, "--key", key, "--server", "npm:@acme/files");

describe.each(ALGORITHMS)("a key of %s", (algorithm) => {
  test("signs what inkan and OpenSSL verify", () => {
    const made = run("keygen", "--output", algorithm, "--algorithm", algorithm, "--no-passphrase");
    expect([made.status, made.stderr]).toEqual([0, ""]);
    expect(statSync(at(`${algorithm}.key`)).mode & 0o777).toBe(0o600);
    const bundle = `${algorithm}.sigstore.json`;
    const signature = `${algorithm}.sig`;
    const signed = run("sign", "tools.json", "--key", `${algorithm}.key`, "--output", bundle, "--signature", signature);
    expect([signed.status, signed.stderr]).toEqual([0, ""]);
    expect(checked(bundle, `${algorithm}.pub`).status).toBe(0);
    const detached = ["--signature", signature, "--key", `${algorithm}.pub`, "--server", "npm:@acme/files"];
    expect(run("verify", "tools.json", ...detached).status).toBe(0);

    const key = createPublicKey(text(`${algorithm}.pub`));
    const hash = { p256: "sha256", p384: "sha384", ed25519: null }[algorithm];
    expect(verify(hash, Buffer.from(CATALOGUE), key, Buffer.from(text(signature), "base64"))).toBe(true);
    const { verificationMaterial, messageSignature, mediaType } = JSON.parse(text(bundle));
    expect(mediaType).toBe("application/vnd.dev.sigstore.bundle.v0.3+json");
    expect(Object.keys(verificationMaterial)).toEqual(["publicKey"]);
    expect(messageSignature.signature).toBe(text(signature));
  });

  test("is encrypted with the passphrase that is given", () => {
    expect(inkan(["keygen", "--output", `${algorithm}-e`, "--algorithm", algorithm], env("open sesame")).status).toBe(
      0,
    );
    expect(text(`${algorithm}-e.key`)).toContain("BEGIN ENCRYPTED PRIVATE KEY");
    const sign = ["sign", "tools.json", "--key", `${algorithm}-e.key`, "--output", `${algorithm}-e.sigstore.json`];
    const wrong = inkan(sign, env("open, barley"));
    expect([wrong.status, existsSync(at(`${algorithm}-e.sigstore.json`))]).toEqual([2, false]);
    expect(wrong.stderr).not.toContain("barley");
    expect(run(...sign).status).toBe(2);
    writeFileSync(at("passphrase"), "open sesame\n");
    expect(run(...sign, "--passphrase-file", "passphrase").status).toBe(0);
    expect(checked(`${algorithm}-e.sigstore.json`, `${algorithm}-e.pub`).status).toBe(0);
  });
});

describe("keygen", () => {
  test("without a terminal and a passphrase warns, and makes a key all the same", () => {
    const made = run("keygen");
    expect(made.status).toBe(0);
    expect(made.stderr).toContain("not encrypted");
    expect(statSync(at("inkan.key")).mode & 0o777).toBe(0o600);
    expect(text("inkan.pub")).toContain("BEGIN PUBLIC KEY");
  });

  test("replaces no file, and leaves no half of a pair", () => {
    run("keygen", "--output", "mine", "--no-passphrase");
    const before = text("mine.key");
    expect(run("keygen", "--output", "mine", "--no-passphrase").status).toBe(2);
    expect(text("mine.key")).toBe(before);
    rmSync(at("mine.key"));
    expect(run("keygen", "--output", "mine", "--no-passphrase").status).toBe(2);
    expect(existsSync(at("mine.key"))).toBe(false);
  });

  test("refuses other algorithms and an empty passphrase", () => {
    expect(run("keygen", "--output", "x", "--algorithm", "rsa").status).toBe(2);
    expect(inkan(["keygen", "--output", "x"], env("")).status).toBe(2);
    expect(existsSync(at("x.key"))).toBe(false);
  });
});

describe("sign", () => {
  const KEY = ["--key", "s.key"];
  run("keygen", "--output", "s", "--no-passphrase");

  test("writes beside the catalogue by default", () => {
    expect(run("sign", "tools.json", ...KEY).status).toBe(0);
    expect(checked("tools.sigstore.json", "s.pub").status).toBe(0);
    // A second time: the bundle is replaced, and nothing else is left.
    expect(run("sign", "tools.json", ...KEY).status).toBe(0);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test.each([
    ["no JSON", "{", "ERR_JSON_MALFORMED"],
    ["a key twice", '{"tools":[],"tools":[]}', "ERR_JSON_DUPLICATE_KEY"],
    ["no catalogue", '{"servers":[]}', "ERR_CATALOGUE_MALFORMED"],
  ])("refuses %s, and writes nothing", (_, content, code) => {
    writeFileSync(at("bad.json"), content);
    const { status, stderr } = run("sign", "bad.json", ...KEY);
    expect([status, existsSync(at("bad.sigstore.json"))]).toEqual([1, false]);
    expect(stderr).toContain(code);
  });

  test("any file as an artifact", () => {
    writeFileSync(at("notes.txt"), "notes");
    expect(run("sign", "notes.txt", "--artifact", ...KEY).status).toBe(0);
    const { status } = run(
      "verify",
      "notes.txt",
      "--artifact",
      "--bundle",
      "notes.txt.sigstore.json",
      "--key",
      "s.pub",
    );
    expect(status).toBe(0);
  });

  test("never replaces a key, nor its own input", () => {
    const before = text("s.key");
    for (const place of ["s.key", "tools.json", "s.pub"]) {
      expect(run("sign", "tools.json", ...KEY, "--output", place).status).toBe(2);
    }
    run("keygen", "--output", "other", "--no-passphrase");
    expect(run("sign", "tools.json", ...KEY, "--output", "other.key").status).toBe(2);
    expect(run("sign", "tools.json", ...KEY, "--signature", "other.key").status).toBe(2);
    expect(text("s.key")).toBe(before);
    expect(text("other.key")).toContain("BEGIN PRIVATE KEY");
  });

  test("leaves nothing where it cannot write", () => {
    expect(run("sign", "tools.json", ...KEY, "--output", "nowhere/b.json").status).toBe(2);
    expect(run("sign", "tools.json", ...KEY, "--output", ".").status).toBe(2);
  });

  test.each([
    ["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" })],
    [
      "P-521",
      generateKeyPairSync("ec", { namedCurve: "secp521r1" }).privateKey.export({ type: "pkcs8", format: "pem" }),
    ],
    [
      "SEC 1",
      generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey.export({ type: "sec1", format: "pem" }),
    ],
    [
      "cosign's",
      "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
    ],
    ["nothing", ""],
    ["torn", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
  ])("says what is wrong with a key: %s", (_, pem) => {
    writeFileSync(at("wrong.key"), pem);
    chmodSync(at("wrong.key"), 0o600);
    const { status, stderr } = run("sign", "tools.json", "--key", "wrong.key", "--output", "never.json");
    expect([status, existsSync(at("never.json"))]).toEqual([2, false]);
    expect(stderr).toContain("ERR_OPTION_INVALID");
    expect(stderr).not.toContain("AAAA");
  });

  test("misuse is told", () => {
    for (const args of [["sign"], ["sign", "tools.json"], ["sign", "a", "b", ...KEY], ["sign", "-", ...KEY]]) {
      expect(run(...args).status).toBe(2);
    }
  });
});
