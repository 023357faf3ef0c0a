/** Malformed input of every kind, through the public API: each ends in its own code, and says what to do. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InMemoryStateStore, KeyedVerifier, KeylessVerifier, TrustRoot } from "../ts/entry/node.js";
import { realCase, SERVER } from "./support/cases.js";
import { binaryBundle } from "./support/protobuf.js";
import { codeOf, refusalOf } from "./support/refusal.js";
import { vectorFile } from "./support/repository.js";

const real = realCase("keyless-uri-gha");
const verifier = new KeylessVerifier({
  trustRoot: real.trustRoot(),
  identityPolicy: real.identityPolicy(),
  stateStore: new InMemoryStateStore(),
});
const text = new TextDecoder().decode(real.bundle);
const parsed = () => JSON.parse(text);
const verifyBundle = (bundle: object | string) =>
  verifier.verify({ catalogue: real.catalogue, server: SERVER, bundle });

describe("a bundle", () => {
  const wrong: [what: string, bundle: object | string, code: string][] = [
    ["that is empty", "", "ERR_BUNDLE_MALFORMED"],
    ["that is truncated", text.slice(0, -5), "ERR_JSON_MALFORMED"],
    ["with something after it", `${text} {}`, "ERR_JSON_MALFORMED"],
    ["with a byte order mark", `\ufeff${text}`, "ERR_JSON_ENCODING"],
    ["with invalid UTF-8", Buffer.from(text.replace("rekor", "rek\u00ffr"), "latin1"), "ERR_JSON_ENCODING"],
    ["with a lone surrogate", text.replace("hashedrekord", "\\ud800"), "ERR_JSON_ENCODING"],
    ["with a key twice", text.replace("{", '{"mediaType":"x",'), "ERR_JSON_DUPLICATE_KEY"],
    ["with a key twice, once escaped", text.replace("{", '{"media\\u0054ype":"x",'), "ERR_JSON_DUPLICATE_KEY"],
    ["that is nested deeply", "[".repeat(100_000), "ERR_JSON_TOO_DEEP"],
    ["with a number beyond 2^53", text.replace(/"logIndex":"\d+"/, '"logIndex":9007199254740993'), "ERR_JSON_NUMBER"],
    ["with a number beyond all", text.replace(/"logIndex":"\d+"/, '"logIndex":1e400'), "ERR_JSON_NUMBER"],
    ["that is a list", [parsed()], "ERR_BUNDLE_MALFORMED"],
    [
      "of an unknown version",
      { ...parsed(), mediaType: "application/vnd.dev.sigstore.bundle.v0.9+json" },
      "ERR_BUNDLE_MEDIA_TYPE",
    ],
    ["of another kind", { ...parsed(), mediaType: "application/json" }, "ERR_BUNDLE_MEDIA_TYPE"],
    ["without media type", { ...parsed(), mediaType: undefined }, "ERR_BUNDLE_MEDIA_TYPE"],
    ["that is binary and torn", binaryBundle(parsed()).slice(0, 200), "ERR_BUNDLE_PROTOBUF"],
    ["of cosign 2", { base64Signature: "MEUCIQ==", cert: "LS0t", rekorBundle: {} }, "ERR_BUNDLE_LEGACY"],
    ["with a thousand entries", manyEntries(1000), "ERR_INPUT_TOO_LARGE"],
  ];
  test.each(wrong)("%s", async (_, bundle, code) => {
    const refusal = await refusalOf(() => verifyBundle(bundle));
    expect(refusal.code).toBe(code);
    expect(refusal.hint).not.toBe("");
    const report = await verifier.report({ catalogue: real.catalogue, server: SERVER, bundle });
    expect(report.steps[0]?.status).toBe("failed");
  });

  test("whose own code takes the artifact's memory away: misuse, and others go on", async () => {
    const catalogue = real.catalogue.slice();
    const toJSON = () => {
      structuredClone(catalogue.buffer, { transfer: [catalogue.buffer] });
      return parsed();
    };
    const stateStore = new InMemoryStateStore();
    const other = new KeylessVerifier({
      trustRoot: real.trustRoot(),
      identityPolicy: real.identityPolicy(),
      stateStore: {
        load: async (key) => {
          const text = await stateStore.load(key);
          expect(await codeOf(() => verifier.verify({ catalogue, server: SERVER, bundle: { toJSON } }))).toBe(
            "ERR_OPTION_INVALID",
          );
          return text;
        },
        compareAndSwap: (...swap) => stateStore.compareAndSwap(...swap),
      },
    });
    await other.verify({ catalogue: real.catalogue, server: SERVER, bundle: text });
  });

  test("with truncated base64", async () => {
    const { verificationMaterial: material } = parsed();
    const cut = text.replace(material.certificate.rawBytes, material.certificate.rawBytes.slice(0, 41));
    expect(await codeOf(() => verifyBundle(cut))).toMatch(/^ERR_(BASE64|BUNDLE)_MALFORMED$/);
  });

  test("with an unknown field at any level", async () => {
    const levels = objectsOf(parsed());
    expect(levels.length).toBeGreaterThan(8);
    for (const path of levels) {
      const bundle = parsed();
      const target = path.reduce((node, key) => Reflect.get(node, key), bundle);
      Reflect.set(target, "surprise", 1);
      const refusal = await refusalOf(() => verifyBundle(bundle));
      expect([refusal.code, refusal.message]).toEqual([
        "ERR_BUNDLE_UNKNOWN_FIELD",
        expect.stringContaining("surprise"),
      ]);
    }
  });

  test("of cosign 2 says how to make a new one", async () => {
    const legacy = { base64Signature: "MEUCIQ==", cert: "LS0t", rekorBundle: {} };
    expect((await refusalOf(() => verifyBundle(legacy))).hint).toContain("--new-bundle-format");
  });

  test("of another instance says so", async () => {
    const production = TrustRoot.fromJson(
      readFileSync(vectorFile("real/conformance/roots/production.trusted_root.json")),
    );
    const other = new KeylessVerifier({
      trustRoot: production,
      identityPolicy: real.identityPolicy(),
      stateStore: new InMemoryStateStore(),
    });
    const refusal = await refusalOf(() =>
      other.verify({ catalogue: real.catalogue, server: SERVER, bundle: real.bundle }),
    );
    expect(refusal.hint).toContain("instance that signed");
  });
});

/** The path of every object in a document. */
function objectsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, item]) => objectsOf(item, [...path, key]));
  return Array.isArray(value) ? inner : [path, ...inner];
}

function manyEntries(count: number): object {
  const bundle = parsed();
  const { tlogEntries } = bundle.verificationMaterial;
  bundle.verificationMaterial.tlogEntries = Array.from({ length: count }, () => tlogEntries[0]);
  return bundle;
}

describe("a trust root", () => {
  const root = readFileSync(real.files.trustRoot, "utf8");
  const edited = (edit: (root: Record<string, unknown>) => void): string => {
    const copy = JSON.parse(root);
    edit(copy);
    return JSON.stringify(copy);
  };

  test("with unknown fields is tolerated", async () => {
    const trustRoot = TrustRoot.fromJson(
      edited((copy) => {
        copy.newField = { deep: true };
        Object.assign((copy.tlogs as object[])[0] ?? {}, { witness: 1 });
      }),
    );
    const tolerant = new KeylessVerifier({
      trustRoot,
      identityPolicy: real.identityPolicy(),
      stateStore: new InMemoryStateStore(),
    });
    await tolerant.verify({ catalogue: real.catalogue, server: SERVER, bundle: real.bundle });
  });

  const wrong: [what: string, text: string, code: string][] = [
    ["that is truncated", root.slice(0, 100), "ERR_JSON_MALFORMED"],
    ["with a key twice", root.replace("{", '{"tlogs":[],'), "ERR_JSON_DUPLICATE_KEY"],
    [
      "of another media type",
      edited((copy) => {
        copy.mediaType = "application/json";
      }),
      "ERR_TRUST_ROOT_MALFORMED",
    ],
    [
      "with an object for a list",
      edited((copy) => {
        copy.tlogs = {};
      }),
      "ERR_TRUST_ROOT_MALFORMED",
    ],
    ["of more than 4 MiB", root + " ".repeat(5 << 20), "ERR_INPUT_TOO_LARGE"],
  ];
  test.each(wrong)("%s", async (_, source, code) => {
    expect(await codeOf(() => TrustRoot.fromJson(source))).toBe(code);
  });

  test.each(["tlogs", "ctlogs", "certificateAuthorities"])("without %s does for no keyless verifier", async (name) => {
    const trustRoot = TrustRoot.fromJson(
      edited((copy) => {
        copy[name] = [];
      }),
    );
    const options = { trustRoot, identityPolicy: real.identityPolicy(), stateStore: new InMemoryStateStore() };
    expect(await codeOf(() => new KeylessVerifier(options))).toBe("ERR_TRUST_ROOT_INCOMPLETE");
  });
});

describe("a key", () => {
  const pem = (der: string): string => `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n`;
  const wrong: [what: string, key: string, code: string][] = [
    ["that is no DER", pem("AAAA"), "ERR_KEY_MALFORMED"],
    ["that is empty", pem(""), "ERR_PEM_MALFORMED"],
    ["with bad base64", pem("MFkw!"), "ERR_PEM_MALFORMED"],
  ];
  test.each(wrong)("%s", async (_, key, code) => {
    expect(await codeOf(() => new KeyedVerifier({ keys: key }))).toBe(code);
  });
});
