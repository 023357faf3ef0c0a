/** The keyed verifier: pinned keys, detached signatures, managed-key bundles. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { InMemoryStateStore, KeyedVerifier } from "../ts/entry/node.js";
import { realCase, SERVER } from "./support/cases.js";
import { codeOf, refusalOf } from "./support/refusal.js";

const catalogue = Buffer.from(
  JSON.stringify({ server: "s", tools: [{ name: "a", description: "d", input_schema: { type: "object" } }] }),
);
const pemOf = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
const signature = sign("sha256", catalogue, p256.privateKey);

describe("detached signatures", () => {
  const kinds: [name: string, publicKey: KeyObject, signature: Buffer][] = [
    ["P-256", p256.publicKey, signature],
    ...(["P-384", "P-521"] as const).map((namedCurve): [string, KeyObject, Buffer] => {
      const pair = generateKeyPairSync("ec", { namedCurve });
      return [
        namedCurve,
        pair.publicKey,
        sign(namedCurve === "P-384" ? "sha384" : "sha512", catalogue, pair.privateKey),
      ];
    }),
    ...[2048, 3072, 4096].map((modulusLength): [string, KeyObject, Buffer] => {
      const pair = generateKeyPairSync("rsa", { modulusLength });
      return [`RSA ${modulusLength}`, pair.publicKey, sign("sha256", catalogue, pair.privateKey)];
    }),
    ((pair) => ["Ed25519", pair.publicKey, sign(null, catalogue, pair.privateKey)])(generateKeyPairSync("ed25519")),
  ];

  test.each(kinds)("by %s, raw and base64", async (_, publicKey, bytes) => {
    const verifier = new KeyedVerifier({ keys: pemOf(publicKey) });
    const base64 = bytes.toString("base64");
    for (const signature of [bytes, base64, `${base64}\n`, base64.replace(/.{64}/g, "$&\n"), Buffer.from(base64)]) {
      const verified = await verifier.verify({ catalogue, server: "s", signature });
      expect(verified.tools.map(({ name }) => name)).toEqual(["a"]);
      expect(verified.signer).toMatchObject({ type: "key", fingerprint: expect.stringMatching(/^sha256:/) });
      expect([verified.signedAt, verified.log]).toEqual([[], []]);
    }
    const changed = Buffer.from(catalogue);
    changed[3] = 0x53;
    expect(await codeOf(() => verifier.verify({ catalogue: changed, signature: bytes }))).toBe("ERR_SIGNATURE_INVALID");
  });

  test("by any key of the set, and by no other", async () => {
    const keys = [pemOf(other.publicKey), pemOf(p256.publicKey)];
    await new KeyedVerifier({ keys }).verify({ catalogue, server: "s", signature });
    const alone = new KeyedVerifier({ keys: pemOf(other.publicKey) });
    expect(await codeOf(() => alone.verify({ catalogue, server: "s", signature }))).toBe("ERR_SIGNATURE_INVALID");
  });

  test("the report says that log evidence was not checked", async () => {
    const report = await new KeyedVerifier({ keys: pemOf(p256.publicKey) }).report({
      catalogue,
      server: "s",
      signature,
    });
    const step = report.steps.find(({ id }) => id === "log-entry");
    expect(step).toMatchObject({ status: "not-required", details: [expect.stringContaining("not checked")] });
  });

  test("a valid signature over what is no catalogue releases none", async () => {
    const text = Buffer.from("not JSON");
    const signed = { catalogue: text, signature: sign("sha256", text, p256.privateKey) };
    expect(await codeOf(() => new KeyedVerifier({ keys: pemOf(p256.publicKey) }).verify(signed))).toBe(
      "ERR_JSON_MALFORMED",
    );
  });

  test("either a bundle or a signature", async () => {
    const verifier = new KeyedVerifier({ keys: pemOf(p256.publicKey) });
    expect(await codeOf(() => verifier.verify({ catalogue } as never))).toBe("ERR_OPTION_INVALID");
    expect(await codeOf(() => verifier.verify({ catalogue, server: "s", signature, bundle: "{}" } as never))).toBe(
      "ERR_OPTION_INVALID",
    );
  });

  test.each(["", "!", "AAAA", "A".repeat(5000)])("a signature of %j is malformed", async (text) => {
    const verifier = new KeyedVerifier({ keys: pemOf(p256.publicKey) });
    expect(await codeOf(() => verifier.verify({ catalogue, server: "s", signature: text }))).toBe(
      "ERR_SIGNATURE_MALFORMED",
    );
  });
});

describe("keys", () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const k1 = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
  const bad: [what: string, pem: string, code: string][] = [
    ["no PEM", "hello", "ERR_PEM_MALFORMED"],
    ["half a PEM", pemOf(p256.publicKey).slice(0, 90), "ERR_PEM_MALFORMED"],
    ["a private key", p256.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "ERR_PEM_MALFORMED"],
    ["RSA of 1024 bits", pemOf(weak.publicKey), "ERR_KEY_UNSUPPORTED"],
    ["another curve", pemOf(k1.publicKey), "ERR_KEY_UNSUPPORTED"],
  ];
  test.each(bad)("%s is refused when the verifier is made", async (_, pem, code) => {
    const refusal = await refusalOf(() => new KeyedVerifier({ keys: [pemOf(p256.publicKey), pem] }));
    expect([refusal.code, refusal.subject]).toEqual([code, expect.stringContaining("keys[1]")]);
  });
});

describe("managed keys in bundles", () => {
  const bundled = realCase("key-ecdsa-p256-tlog");
  test("with a trust root, log evidence counts", async () => {
    const verifier = new KeyedVerifier({ keys: bundled.key(), trustRoot: bundled.trustRoot() });
    const verified = await verifier.verify({ catalogue: bundled.catalogue, server: SERVER, bundle: bundled.bundle });
    expect(verified.log).toHaveLength(1);
    expect(verified.signedAt.length).toBeGreaterThan(0);
  });

  test("a keyless bundle is none", async () => {
    const keyless = realCase("keyless-email");
    const verifier = new KeyedVerifier({ keys: bundled.key(), trustRoot: bundled.trustRoot() });
    const { catalogue, bundle } = keyless;
    expect(await codeOf(() => verifier.verify({ catalogue, server: SERVER, bundle }))).toBe("ERR_BUNDLE_KEY_MISSING");
  });
});

describe("state", () => {
  const signed = (version: number) => {
    const catalogue = Buffer.from(JSON.stringify({ version, tools: [] }));
    return { catalogue, signature: sign("sha256", catalogue, p256.privateKey) };
  };

  test("with a store, versions never go back", async () => {
    const verifier = new KeyedVerifier({ keys: pemOf(p256.publicKey), stateStore: new InMemoryStateStore() });
    await verifier.verify(signed(1));
    await verifier.verify(signed(2));
    await verifier.verify(signed(2));
    expect(await codeOf(() => verifier.verify(signed(1)))).toBe("ERR_CATALOGUE_ROLLBACK");
  });

  test("scopes are apart", async () => {
    const verifier = new KeyedVerifier({ keys: pemOf(p256.publicKey), stateStore: new InMemoryStateStore() });
    await verifier.verify({ ...signed(2), scope: "a" });
    await verifier.verify({ ...signed(1), scope: "b" });
    expect(await codeOf(() => verifier.verify({ ...signed(1), scope: "a" }))).toBe("ERR_CATALOGUE_ROLLBACK");
  });

  test("without a store, nothing is remembered", async () => {
    const verifier = new KeyedVerifier({ keys: pemOf(p256.publicKey) });
    await verifier.verify(signed(2));
    await verifier.verify(signed(1));
    const report = await verifier.report(signed(1));
    const step = report.steps.find(({ id }) => id === "freshness");
    expect(step).toMatchObject({ status: "not-required", details: [expect.stringContaining("not compared")] });
  });

  test("without a store, rules about records are refused", async () => {
    const keys = pemOf(p256.publicKey);
    for (const rule of [{ firstUse: "deny" }, { freshness: "log" }] as const) {
      expect(await codeOf(() => new KeyedVerifier({ keys, ...rule }))).toBe("ERR_OPTION_INVALID");
    }
    expect(await codeOf(() => new KeyedVerifier({ keys }).verify({ ...signed(1), scope: "a" }))).toBe(
      "ERR_OPTION_INVALID",
    );
  });
});
