/** What an input may cost in memory: limits are judged first, and what a large input took is given back. */
import { spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { describeRecord } from "../ts/core/inspect.js";
import { memoryPages } from "../ts/core/instance.js";
import {
  digestOf,
  IdentityPolicy,
  InMemoryStateStore,
  inspect,
  KeyedVerifier,
  KeylessBundle,
  KeylessVerifier,
  seedLog,
  TrustRoot,
} from "../ts/entry/node.js";
import { LIMITS } from "../ts/generated/limits.js";
import { realCase, SERVER } from "./support/cases.js";
import { COMMAND, inkan } from "./support/command.js";
import { codeOf } from "./support/refusal.js";
import { inRoot } from "./support/repository.js";

const MIB = 2 ** 20;
const real = realCase("keyless-uri-gha");
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keys = publicKey.export({ type: "spki", format: "pem" }).toString();
const keyed = new KeyedVerifier({ keys });
const options = () => ({
  trustRoot: real.trustRoot(),
  identityPolicy: real.identityPolicy(),
  stateStore: new InMemoryStateStore(),
});
const verifier = new KeylessVerifier(options());
const good = { catalogue: real.catalogue, server: SERVER, bundle: real.bundle };
/** More than any limit, but for artifacts: nothing of it is in memory until it is read. */
const large = new Uint8Array(128 * MIB);
const longText = " ".repeat(34 * MIB);
const folder = mkdtempSync(join(tmpdir(), "inkan-resources-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("what exceeds its limit is refused before it is copied into the core", () => {
  const inputs: [what: string, give: () => unknown][] = [
    ["a bundle of bytes", () => verifier.verify({ catalogue: real.catalogue, bundle: large })],
    ["a bundle of text", () => verifier.verify({ catalogue: real.catalogue, bundle: longText })],
    ["a bundle as an object", () => verifier.verify({ catalogue: real.catalogue, bundle: { longText } })],
    ["a bundle, reported", () => verifier.report({ catalogue: real.catalogue, bundle: large })],
    ["a bundle, made before", () => KeylessBundle.fromProtobufBundle(large)],
    ["a bundle to inspect", () => inspect(large)],
    ["a catalogue", () => verifier.verify({ catalogue: large, bundle: real.bundle })],
    ["a signature", () => keyed.verify({ catalogue: real.catalogue, signature: large })],
    ["a signature as text", () => keyed.verify({ catalogue: real.catalogue, signature: longText })],
    ["an artifact", () => verifier.verifyArtifact({ artifact: new Uint8Array(1025 * MIB), bundle: real.bundle })],
    ["a trust root", () => TrustRoot.fromJson(large)],
    ["a trust root as text", () => TrustRoot.fromJson(longText)],
    ["a trust root of PEM", () => TrustRoot.fromPem({ fulcio: longText })],
    ["a key", () => new KeyedVerifier({ keys: longText })],
    ["many keys", () => new KeyedVerifier({ keys: Array.from({ length: 5000 }, () => keys + " ".repeat(1000)) })],
    ["a policy of witnesses", () => new KeyedVerifier({ keys, witnesses: { policy: longText, mode: "report" } })],
    [
      "an identity",
      () =>
        new KeylessVerifier({
          ...options(),
          identityPolicy: new IdentityPolicy({ san: `https://${longText}`, issuer: "https://x.example" }),
        }),
    ],
    ["a name of a scope", () => verifier.verify({ ...good, scope: longText })],
    [
      "a checkpoint",
      () => seedLog({ trustRoot: real.trustRoot(), stateStore: new InMemoryStateStore(), checkpoint: longText }),
    ],
    ["a record", () => describeRecord(longText)],
    [
      "a record of a store",
      () => {
        const stateStore = { load: async () => longText, compareAndSwap: async () => true };
        return new KeylessVerifier({ ...options(), stateStore }).verify(good);
      },
    ],
  ];
  test.each(inputs)("%s", async (_, give) => {
    await verifier.verify(good);
    const before = memoryPages();
    expect(await codeOf(give)).toBe("ERR_INPUT_TOO_LARGE");
    expect(memoryPages()).toBeLessThan(before + 32);
    await verifier.verify(good);
  });

  test("an offered tool", async () => {
    const catalogue = await verifier.verify(good);
    const before = memoryPages();
    const tool = { name: "t", inputSchema: {}, description: longText };
    expect(await codeOf(() => catalogue.require(tool))).toBe("ERR_TOOL_UNSIGNED");
    const signed = { ...tool, name: catalogue.tools[0]?.name };
    expect(await codeOf(() => catalogue.require(signed))).toBe("ERR_TOOL_CHANGED");
    expect(catalogue.has(signed)).toBe(false);
    expect(memoryPages()).toBe(before);
  });

  test("and what is as large as may be is judged by what it says", async () => {
    const blanks = (bytes: number) => new Uint8Array(bytes).fill(0x20);
    expect(await codeOf(() => TrustRoot.fromJson(blanks(LIMITS.trustRoot)))).toBe("ERR_JSON_MALFORMED");
    const bundle = blanks(LIMITS.bundle);
    expect(await codeOf(() => verifier.verify({ catalogue: real.catalogue, bundle }))).toBe("ERR_BUNDLE_MALFORMED");
    const catalogue = blanks(LIMITS.catalogue);
    const signature = sign("sha256", catalogue, privateKey);
    expect(await codeOf(() => keyed.verify({ catalogue, anyServer: true, signature }))).toBe("ERR_JSON_MALFORMED");
  });
});

describe("memory is given back", () => {
  /** Pages of 64 KiB: 64 MiB. */
  const MOST = 64 * 16;
  const values = (bytes: number) => Buffer.from(`{"tools":[],"x":[${"0,".repeat(bytes / 2)}0]}`);
  const refused = (catalogue: Uint8Array) =>
    codeOf(() => keyed.verify({ catalogue, anyServer: true, signature: sign("sha256", catalogue, privateKey) }));

  test("after a large catalogue", async () => {
    expect(await refused(values(4 * MIB))).toBe("ERR_INPUT_TOO_LARGE");
    expect(memoryPages()).toBeLessThan(MOST);
    await verifier.verify(good);
  });

  test("after a large artifact", async () => {
    const artifact = new Uint8Array(100 * MIB);
    const verified = await keyed.verifyArtifact({ artifact, signature: sign("sha256", artifact, privateKey) });
    expect(verified.digest).toBe(`sha256:${createHash("sha256").update(artifact).digest("hex")}`);
    expect(memoryPages()).toBeLessThan(MOST);
  });

  test("a file is hashed with little memory, however large its pieces are", async () => {
    const before = memoryPages();
    expect(await digestOf([large])).toBe(`sha256:${createHash("sha256").update(large).digest("hex")}`);
    expect(memoryPages()).toBeLessThan(before + 64);
  });

  test("but not while a verification is under way, which ends with its own verdict", async () => {
    let proceed = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    const memory = new InMemoryStateStore();
    const stateStore = {
      load: (key: string) => waiting.then(() => memory.load(key)),
      compareAndSwap: memory.compareAndSwap.bind(memory),
    };
    const underWay = new KeylessVerifier({ ...options(), stateStore }).verify(good);
    const forged = codeOf(() =>
      new KeylessVerifier({ ...options(), stateStore }).verify({ ...good, catalogue: values(4 * MIB) }),
    );
    expect(await refused(values(4 * MIB))).toBe("ERR_INPUT_TOO_LARGE");
    expect(memoryPages()).toBeGreaterThan(MOST);
    expect(await codeOf(() => verifier.verify({ ...good, bundle: large }))).toBe("ERR_INPUT_TOO_LARGE");
    await verifier.verify(good);
    proceed();
    expect((await underWay).tools.length).toBeGreaterThan(0);
    expect(await forged).toBe("ERR_DIGEST_MISMATCH");
    expect(memoryPages()).toBeLessThan(MOST);
    await verifier.verify(good);
  });
});

describe("the command reads no more than a limit", () => {
  const file = (name: string): string => join(folder, name);
  writeFileSync(file("sparse"), "");
  truncateSync(file("sparse"), 2 ** 31);
  const { files, expected } = real;
  const identity = ["--certificate-identity", expected.identity, "--certificate-oidc-issuer", expected.issuer];
  const common = [...identity, "--trusted-root", files.trustRoot];
  const sources: [what: string, source: string][] = [
    ["a device without end", "/dev/zero"],
    ["a sparse file", file("sparse")],
  ];
  const places: [what: string, args: (source: string) => string[]][] = [
    ["--bundle", (source) => ["verify", files.catalogue, "--bundle", source, ...common]],
    ["the catalogue", (source) => ["verify", source, "--bundle", files.bundle, ...common]],
    [
      "--trusted-root",
      (source) => ["verify", files.catalogue, "--bundle", files.bundle, ...identity, "--trusted-root", source],
    ],
    ["--key", (source) => ["verify", files.catalogue, "--bundle", files.bundle, "--key", source]],
    ["--signature", (source) => ["verify", files.catalogue, "--signature", source, "--key", files.key]],
    ["inspect", (source) => ["inspect", source]],
    ["check-fork", (source) => ["log", "check-fork", source, "--trusted-root", files.trustRoot]],
  ];
  describe.each(sources)("from %s", (_, source) => {
    test.each(places)("as %s", (_, args) => {
      const { status, stdout, stderr } = inkan(args(source));
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^inkan: ERR_INPUT_TOO_LARGE: .*\n$/);
    });
  });

  test("from a pipe without end", () => {
    const command = `yes | "${process.execPath}" "${COMMAND}" inspect -`;
    const { status, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
    expect([status, stderr]).toEqual([2, expect.stringContaining("ERR_INPUT_TOO_LARGE")]);
  });

  test("and a pipe that ends is read whole", () => {
    const { status, stdout } = inkan(["inspect", "-"], { input: real.bundle });
    expect([status, stdout.length > 100]).toEqual([0, true]);
  });
});

test("docs/errors.md lists the limits", () => {
  const page = readFileSync(inRoot("docs/errors.md"), "utf8");
  const listed = [...(page.split("## Limits")[1]?.matchAll(/\| (\d+) \|$/gm) ?? [])].map(([, bytes]) => Number(bytes));
  expect(new Set(listed)).toEqual(new Set(Object.values(LIMITS)));
});
