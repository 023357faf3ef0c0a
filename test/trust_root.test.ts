/** Trust roots: JSON, PEM, what is refused, and what they say of themselves. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InMemoryStateStore, KeylessVerifier, type PemTrustRoot, TrustRoot } from "../ts/entry/node.js";
import { realCase, SERVER } from "./support/cases.js";
import { codeOf, refusalOf } from "./support/refusal.js";

const real = realCase("keyless-uri-gha");
const json = readFileSync(real.files.trustRoot, "utf8");
const input = { catalogue: real.catalogue, server: SERVER, bundle: real.bundle };
const verify = (trustRoot: TrustRoot, change: object = {}) =>
  new KeylessVerifier({
    trustRoot,
    identityPolicy: real.identityPolicy(),
    stateStore: new InMemoryStateStore(),
    ...change,
  }).verify(input);

describe("from JSON", () => {
  test("as bytes, buffer and text", async () => {
    for (const source of [Buffer.from(json), new TextEncoder().encode(json).buffer, json]) {
      expect((await verify(TrustRoot.fromJson(source))).tools.length).toBeGreaterThan(0);
    }
  });

  test("is copied", async () => {
    const bytes = Buffer.from(json);
    const root = TrustRoot.fromJson(bytes);
    bytes.fill(0);
    await verify(root);
  });

  const bad: [what: string, source: unknown, code: string][] = [
    ["truncated JSON", json.slice(0, -2), "ERR_JSON_MALFORMED"],
    ["a bundle", real.bundle, "ERR_TRUST_ROOT_MALFORMED"],
    ["a parsed object", JSON.parse(json), "ERR_OPTION_INVALID"],
    ["nothing", undefined, "ERR_OPTION_INVALID"],
  ];
  test.each(bad)("%s is refused at once", async (_, source, code) => {
    expect(await codeOf(() => TrustRoot.fromJson(source as never))).toBe(code);
  });

  const related: [what: string, source: object, says: RegExp][] = [
    [
      "a client's trust configuration",
      { mediaType: "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json" },
      /trustedRoot/,
    ],
    [
      "a signing configuration",
      { mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json" },
      /signing config/,
    ],
    ["a bundle", JSON.parse(Buffer.from(real.bundle).toString()), /bundle/],
    ["metadata of TUF", { signed: { _type: "root" }, signatures: [] }, /TUF/],
  ];
  test.each(related)("%s is told as what it is", async (_, source, says) => {
    const refusal = await refusalOf(() => TrustRoot.fromJson(JSON.stringify(source)));
    expect(refusal.code).toBe("ERR_TRUST_ROOT_MALFORMED");
    expect(refusal.hint).toMatch(says);
  });

  test("says what it holds", async () => {
    const description = JSON.stringify(await TrustRoot.fromJson(json).describe());
    expect(description).toContain("rekor.stack.test");
  });
});

describe("origins that the operator states", () => {
  const address = JSON.parse(json).tlogs[0].baseUrl as string;

  test("are told, and count in place of what the address implies", async () => {
    const origins = { [address]: ["pod-a - 1", "pod-b - 1"] };
    const description = JSON.stringify(await TrustRoot.fromJson(json, { origins }).describe());
    expect(description).toContain('"origins":["pod-a - 1","pod-b - 1"]');
    await verify(TrustRoot.fromJson(json, { origins: {} }));
  });

  const stated = (lines: unknown) => ({ [address]: lines });
  class Origins {}
  const odd: [what: string, options: unknown, code: string][] = [
    ["for an address that no log has", { origins: { "https://other.test": ["o"] } }, "ERR_OPTION_INVALID"],
    ["for an address with a slash too many", { origins: { [`${address}/`]: ["o"] } }, "ERR_OPTION_INVALID"],
    ["as a text", { origins: stated("o") }, "ERR_OPTION_INVALID"],
    ["as an empty list", { origins: stated([]) }, "ERR_OPTION_INVALID"],
    ["that are empty", { origins: stated([""]) }, "ERR_OPTION_INVALID"],
    ["of two lines", { origins: stated(["o\n1"]) }, "ERR_OPTION_INVALID"],
    ["with a gap", { origins: stated(new Array(1)) }, "ERR_OPTION_INVALID"],
    ["as a Map", { origins: new Map([[address, ["o"]]]) }, "ERR_OPTION_INVALID"],
    ["as an instance of a class", { origins: new Origins() }, "ERR_OPTION_INVALID"],
    [
      "by a getter",
      { origins: Object.defineProperty({}, address, { get: () => ["o"], enumerable: true }) },
      "ERR_OPTION_INVALID",
    ],
    ["by a hidden member", { origins: Object.defineProperty({}, address, { value: ["o"] }) }, "ERR_OPTION_INVALID"],
    ["by a symbol", { origins: { [Symbol("o")]: ["o"] } }, "ERR_OPTION_UNKNOWN"],
    ["under another name", { origin: stated(["o"]) }, "ERR_OPTION_UNKNOWN"],
  ];
  test.each(odd)("%s are refused", async (_, options, code) => {
    expect(await codeOf(() => TrustRoot.fromJson(json, options as never))).toBe(code);
  });

  test("under the name of a prototype are a name like others", async () => {
    const origins = JSON.parse('{"__proto__":["o"]}');
    const refusal = await refusalOf(() => TrustRoot.fromJson(json, { origins }));
    expect([refusal.code, refusal.found]).toEqual(["ERR_OPTION_INVALID", "__proto__"]);
  });
});

describe("several roots in one text", () => {
  const text = JSON.stringify(JSON.parse(json));
  const forms: [what: string, text: string][] = [
    ["JSON Lines", `${text}\n${text}\n`],
    ["JSON Lines with carriage returns", `${text}\r\n${text}\r\n`],
    ["one after the other, over many lines", `${json}\n${json}`],
    ["a list", `[${text},${text}]`],
  ];
  test.each(forms)("%s are refused with the way out", async (_, roots) => {
    const refusal = await refusalOf(() => TrustRoot.fromJson(roots));
    expect([refusal.code, refusal.expected]).toEqual(["ERR_TRUST_ROOT_MALFORMED", "one trust root"]);
    expect(refusal.found).toMatch(/^2 trust roots/);
    expect(refusal.hint).toMatch(/1: .*fulcio.*; 2: .*fulcio/);
  });

  test("one line is a root", () => {
    TrustRoot.fromJson(`${text}\n`);
  });

  test("lines of something else are no roots", async () => {
    for (const other of ["{}\n{}\n", `${text}\n{}\n`, `${text}\n${text.slice(0, -1)}`]) {
      const refusal = await refusalOf(() => TrustRoot.fromJson(other));
      expect(refusal.code).toBe("ERR_JSON_MALFORMED");
    }
  });
});

describe("from PEM", () => {
  interface JsonRoot {
    tlogs: { baseUrl: string; publicKey: { rawBytes: string } }[];
    ctlogs: { publicKey: { rawBytes: string } }[];
    certificateAuthorities: Chain[];
    timestampAuthorities: Chain[];
  }
  interface Chain {
    certChain: { certificates: { rawBytes: string }[] };
  }
  const root: JsonRoot = JSON.parse(json);
  const key = (log: { publicKey: { rawBytes: string } }): string =>
    `-----BEGIN PUBLIC KEY-----\n${log.publicKey.rawBytes.replace(/.{1,64}/g, "$&\n")}-----END PUBLIC KEY-----\n`;
  const certificates = (chains: Chain[]): string[] =>
    chains.flatMap(({ certChain }) =>
      certChain.certificates.map(({ rawBytes }) => new X509Certificate(Buffer.from(rawBytes, "base64")).toString()),
    );
  const pem = (): PemTrustRoot => ({
    fulcio: certificates(root.certificateAuthorities).join(""),
    rekor: root.tlogs.map((log) => ({ pem: key(log), origin: new URL(log.baseUrl).host })),
    ctfe: root.ctlogs.map(key),
    tsa: root.timestampAuthorities.map((authority) => certificates([authority]).join("")),
  });

  test("verifies what the JSON form verifies", async () => {
    expect((await verify(TrustRoot.fromPem(pem()))).tools.length).toBeGreaterThan(0);
    const one = { ...pem(), fulcio: certificates(root.certificateAuthorities), ctfe: root.ctlogs.map(key).join("") };
    await verify(TrustRoot.fromPem(one));
  });

  test("without a CT log, only where the policy asks for none", async () => {
    const { ctfe: _, ...rest } = pem();
    await verify(TrustRoot.fromPem(rest), { thresholds: { scts: 0 } });
  });

  test("another origin is another log", async () => {
    const rekor = (pem().rekor ?? []).map((log) => ({ ...log, origin: "rekor.other.test" }));
    expect(await codeOf(() => verify(TrustRoot.fromPem({ ...pem(), rekor })))).toMatch(
      /^ERR_(LOG_UNTRUSTED|CHECKPOINT_ORIGIN)$/,
    );
  });

  const wrong: [what: string, change: object, code: string][] = [
    ["an unknown name", { rekorKeys: [] }, "ERR_OPTION_UNKNOWN"],
    ["a log without origin", { rekor: [{ pem: "x" }] }, "ERR_OPTION_INVALID"],
    ["a log that is a text", { rekor: ["x"] }, "ERR_OPTION_INVALID"],
    ["one log, not in a list", { rekor: { pem: "x", origin: "y" } }, "ERR_OPTION_INVALID"],
    ["a certificate that is none", { fulcio: "hello" }, "ERR_PEM_MALFORMED"],
    ["a key where a certificate belongs", { fulcio: root.ctlogs.map(key)[0] }, "ERR_PEM_MALFORMED"],
    [
      "half a certificate",
      { fulcio: certificates(root.certificateAuthorities)[0]?.slice(0, 200) },
      "ERR_PEM_MALFORMED",
    ],
  ];
  test.each(wrong)("refuses %s", async (_, change, code) => {
    expect(await codeOf(() => TrustRoot.fromPem({ ...pem(), ...change } as never))).toBe(code);
  });

  test.each(["fulcio", "rekor", "ctfe"])("without %s, a keyless verifier is not made", async (name) => {
    const { [name as "fulcio"]: _, ...rest } = pem();
    expect(await codeOf(() => verify(TrustRoot.fromPem(rest)))).toBe("ERR_TRUST_ROOT_INCOMPLETE");
  });

  test("that is empty is none", async () => {
    expect(await codeOf(() => TrustRoot.fromPem({}))).toBe("ERR_OPTION_INVALID");
  });
});

test("a trust root is made by its functions only", () => {
  const Class = TrustRoot as unknown as new (...args: unknown[]) => unknown;
  expect(() => new Class(json)).toThrow("TrustRoot.fromJson");
});
