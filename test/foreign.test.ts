/** Files given in another's place: refused as before, in words that name them and say what to do. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { KeyedVerifier, TrustRoot } from "../ts/entry/node.js";
import { refusalOf } from "./support/refusal.js";

const pemOf = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();
const bytes = (text: string): Buffer => Buffer.from(text);
const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = pemOf(pair.publicKey);
const catalogue = bytes('{"tools":[{"name":"a","inputSchema":{"type":"object"}}]}\n');
const signature = sign("sha256", catalogue, pair.privateKey);
const trustRoot = readFileSync(new URL("vectors/forged/trusted_root.json", import.meta.url), "utf8");
const bundle = '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{}}';
const privateKey = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const verifier = new KeyedVerifier({ keys: key });

async function refused(call: () => unknown, code: string, ...words: RegExp[]): Promise<void> {
  const refusal = await refusalOf(async () => call());
  expect(refusal.code).toBe(code);
  const told = [refusal.expected, refusal.found, refusal.hint].join(" ");
  for (const word of words) expect(told).toMatch(word);
}

describe("swapped files", () => {
  test.each<[what: string, given: string, code: string, words: RegExp]>([
    ["a catalogue", catalogue.toString(), "ERR_BUNDLE_MEDIA_TYPE", /tool catalogue.*swapped\?/],
    ["a trust root", trustRoot, "ERR_BUNDLE_MEDIA_TYPE", /trust root.*swapped\?/],
    ["a key", key, "ERR_JSON_MALFORMED", /public key.*swapped\?/],
    ["a signature", signature.toString("base64"), "ERR_JSON_MALFORMED", /detached signature.*swapped\?/],
    ["a file name", "catalogue.sigstore.json", "ERR_JSON_MALFORMED", /file name.*read the file first/],
    ["a web page", "<!DOCTYPE html>", "ERR_JSON_MALFORMED", /web page/],
  ])("%s as the bundle", async (_, given, code, words) => {
    await refused(() => verifier.verify({ catalogue, bundle: given }), code, words);
  });

  test.each<[what: string, given: string, words: RegExp]>([
    ["a bundle", bundle, /Sigstore bundle.*swapped\?/],
    ["a key", key, /public key.*swapped\?/],
    ["a file name", "catalogue.json.sig", /file name.*read the file first/],
  ])("%s as the signature", async (_, given, words) => {
    const refusal = await refusalOf(() => verifier.verify({ catalogue, signature: given }));
    expect(refusal.code).toMatch(/^ERR_SIGNATURE_(INVALID|MALFORMED)$/);
    expect(`${refusal.found} ${refusal.hint}`).toMatch(words);
  });

  test("what is no trust root", async () => {
    const code = "ERR_TRUST_ROOT_MALFORMED";
    await refused(() => TrustRoot.fromJson(bundle).describe(), code, /Sigstore bundle.*swapped\?/);
    await refused(() => TrustRoot.fromJson(catalogue).describe(), code, /tool catalogue/);
    await refused(() => TrustRoot.fromJson("trusted_root.json").describe(), "ERR_JSON_MALFORMED", /file name/);
    await refused(() => TrustRoot.fromJson(key).describe(), "ERR_JSON_MALFORMED", /public key/);
    const config = '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}';
    await refused(() => TrustRoot.fromJson(config).describe(), code, /signing config/);
  });
});

describe("keys", () => {
  test.each<[what: string, given: string, words: RegExp]>([
    ["two in one text", key + pemOf(generateKeyPairSync("ed25519").publicKey), /2 keys in one text.*list/],
    ["a private key", privateKey, /private key.*public half/],
    ["a key and its private key", key + privateKey, /PUBLIC KEY, PRIVATE KEY/],
    ["a file name", "cosign.pub", /file name/],
    ["a trust root", trustRoot, /trust root/],
    ["an OpenSSH key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me", /OpenSSH.*ssh-keygen/],
  ])("%s", async (_, given, words) => {
    const call = () => new KeyedVerifier({ keys: given }).verify({ catalogue, signature });
    await refused(call, "ERR_PEM_MALFORMED", words);
  });

  test("another key than the one that is pinned is told by the fingerprint of that", async () => {
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const given = sign("sha256", catalogue, other.privateKey);
    const call = () => verifier.verify({ catalogue, signature: given });
    const pinned = (await verifier.verify({ catalogue, signature })).signer as { fingerprint: string };
    await refused(call, "ERR_SIGNATURE_INVALID", new RegExp(pinned.fingerprint), /well-formed ECDSA/, /another key/);
  });
});

describe("the signed file", () => {
  test("with other line ends is told from another file", async () => {
    const crlf = bytes(catalogue.toString().replace("\n", "\r\n"));
    const others = [
      [crlf, /line ends \(CRLF for LF\)/],
      [catalogue.subarray(0, -1), /the line end at its end/],
      [bytes(`\ufeff${catalogue}`), /byte order mark/],
    ] as const;
    for (const [given, words] of others) {
      await refused(() => verifier.verify({ catalogue: given, signature }), "ERR_SIGNATURE_INVALID", words);
    }
  });

  test.each<[what: string, given: Buffer, words: RegExp]>([
    ["a bundle", bytes(bundle), /Sigstore bundle.*swapped\?/],
    ["a file name", bytes("catalogue.json"), /file name/],
  ])("%s in its place", async (_, given, words) => {
    await refused(() => verifier.verify({ catalogue: given, signature }), "ERR_SIGNATURE_INVALID", words);
  });

  test.each<[what: string, text: string, words: RegExp]>([
    ["a JSON-RPC answer", '{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}', /JSON-RPC.*sign a catalogue/],
    ["one page", '{"tools":[],"nextCursor":"2"}', /one page.*sign a catalogue/],
    ["a bare array", '[{"name":"a","inputSchema":{}}]', /array of 1 tools.*sign a catalogue/],
    ["a bundle", bundle, /Sigstore bundle/],
  ])("%s is no catalogue, though signed", async (_, text, words) => {
    const given = { catalogue: bytes(text), signature: sign("sha256", bytes(text), pair.privateKey) };
    await refused(() => verifier.verify(given), "ERR_CATALOGUE_MALFORMED", words);
  });
});
