/** The keyless verifier over catalogues that cosign signed. */
import { describe, expect, test } from "vitest";
import {
  IdentityPolicy,
  InkanError,
  InMemoryStateStore,
  KeylessBundle,
  KeylessVerifier,
  type KeylessVerifierOptions,
} from "../ts/entry/node.js";
import { realCase, SERVER } from "./support/cases.js";
import { binaryBundle } from "./support/protobuf.js";
import { codeOf, refusalOf } from "./support/refusal.js";

const real = realCase("keyless-uri-gha");

const verifierOf = (change: Partial<KeylessVerifierOptions> = {}): KeylessVerifier =>
  new KeylessVerifier({
    trustRoot: real.trustRoot(),
    identityPolicy: real.identityPolicy(),
    stateStore: new InMemoryStateStore(),
    ...change,
  });
const input = () => ({ catalogue: real.catalogue.slice(), server: SERVER, bundle: real.bundle.slice() });

function flip(bytes: Uint8Array, index: number): Uint8Array {
  const changed = bytes.slice();
  changed[index] = (changed[index] ?? 0) ^ 1;
  return changed;
}

describe("verify", () => {
  test("gives the catalogue and what was proven", async () => {
    const catalogue = await verifierOf().verify({ ...input(), server: SERVER });
    expect(catalogue.server).toBe(SERVER);
    expect(catalogue.tools.length).toBeGreaterThan(0);
    expect(catalogue.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(catalogue.signedAt[0]).toMatch(/^2026-11-22T/);
    expect(catalogue.log).toEqual([
      {
        origin: "rekor.stack.test",
        logIndex: expect.any(String),
        treeSize: expect.any(String),
        rootHash: expect.any(String),
      },
    ]);
    expect(catalogue.signer).toMatchObject({
      type: "keyless",
      san: { type: "uri", value: real.expected.identity },
      issuer: real.expected.issuer,
      extensions: { sourceRepositoryURI: "https://github.com/acme/mcp-tools" },
    });
  });

  test("takes a bundle as bytes, text, object and KeylessBundle", async () => {
    const text = new TextDecoder().decode(real.bundle);
    const buffer = real.bundle.slice().buffer;
    for (const bundle of [real.bundle, buffer, text, JSON.parse(text), KeylessBundle.fromProtobufBundle(text)]) {
      expect((await verifierOf().verify({ ...input(), bundle })).tools.length).toBeGreaterThan(0);
    }
  });

  test.each(["keyless-uri-gha", "v1-keyless-gha-notsa", "keyless-email-120-tools"])(
    "takes %s in binary",
    async (name) => {
      const { catalogue, bundle, ...one } = realCase(name);
      const verifier = verifierOf({ trustRoot: one.trustRoot(), identityPolicy: one.identityPolicy() });
      const binary = binaryBundle(JSON.parse(new TextDecoder().decode(bundle)));
      expect(await verifier.verify({ catalogue, server: SERVER, bundle: binary })).toEqual(
        await verifier.verify({ catalogue, server: SERVER, bundle }),
      );
      expect(await codeOf(() => verifier.verify({ catalogue, server: SERVER, bundle: binary.slice(0, -1) }))).toBe(
        "ERR_BUNDLE_PROTOBUF",
      );
    },
  );

  test("sees the part of the memory that a view shows", async () => {
    const padded = new Uint8Array(real.catalogue.length + 20).fill(7);
    padded.set(real.catalogue, 10);
    const catalogue = padded.subarray(10, 10 + real.catalogue.length);
    expect((await verifierOf().verify({ ...input(), catalogue })).server).toBe(SERVER);
  });

  test("judges the bytes as they were when it was called", async () => {
    const { catalogue, bundle } = input();
    const good = verifierOf().verify({ catalogue, server: SERVER, bundle });
    catalogue.fill(0x20);
    bundle.fill(0x20);
    expect((await good).server).toBe(SERVER);

    const bad = input();
    const original = bad.catalogue.slice();
    bad.catalogue.fill(0x20);
    const refused = verifierOf().verify(bad);
    bad.catalogue.set(original);
    expect(await codeOf(() => refused)).toBe("ERR_DIGEST_MISMATCH");
  });

  test("a bundle is copied when it is read", async () => {
    const bytes = real.bundle.slice();
    const bundle = KeylessBundle.fromProtobufBundle(bytes);
    bytes.fill(0);
    expect((await verifierOf().verify({ ...input(), bundle })).server).toBe(SERVER);
  });

  test.each([0, 100, -1])("refuses one changed bit at %i", async (at) => {
    const catalogue = flip(real.catalogue, at < 0 ? real.catalogue.length + at : at);
    const refusal = await refusalOf(() => verifierOf().verify({ ...input(), catalogue }));
    expect([refusal.code, refusal.name]).toEqual(["ERR_DIGEST_MISMATCH", "VerificationError"]);
    expect(refusal.message).toContain(refusal.hint);
  });

  test("refuses the catalogue of another server", async () => {
    const refusal = await refusalOf(() => verifierOf().verify({ ...input(), server: "https://evil.example/mcp" }));
    expect([refusal.code, refusal.expected, refusal.found]).toEqual([
      "ERR_CATALOGUE_SERVER",
      "https://evil.example/mcp",
      SERVER,
    ]);
  });

  test("refuses evidence from after the caller's now", async () => {
    const code = (now: Date | string) => codeOf(() => verifierOf().verify({ ...input(), now }));
    expect(await code("2026-11-01T00:00:00Z")).toBe("ERR_TIME_IN_FUTURE");
    expect(await code(new Date("2026-11-01T00:00:00Z"))).toBe("ERR_TIME_IN_FUTURE");
    expect(await code("yesterday")).toBe("ERR_OPTION_INVALID");
    await verifierOf().verify({ ...input(), now: "2027-01-01T00:00:00Z" });
  });

  test("refuses what is older than the policy's maximum age", async () => {
    const verifier = verifierOf({ maxAgeSeconds: 3600 });
    await verifier.verify({ ...input(), now: "2026-11-22T23:20:00Z" });
    expect(await codeOf(() => verifier.verify({ ...input(), now: "2026-11-24T00:00:00Z" }))).toBe(
      "ERR_CATALOGUE_EXPIRED",
    );
  });

  test("refuses first uses where the policy does", async () => {
    const refusal = await refusalOf(() => verifierOf({ firstUse: "deny" }).verify(input()));
    expect([refusal.code, refusal.name]).toEqual(["ERR_STATE_FIRST_USE", "FreshnessError"]);
  });

  test("is one object for many calls at once", async () => {
    const verifier = verifierOf();
    const all = await Promise.all(Array.from({ length: 16 }, () => verifier.verify(input())));
    expect(new Set(all.map(({ digest }) => digest)).size).toBe(1);
  });
});

describe("identity", () => {
  const code = (identityPolicy: IdentityPolicy) => codeOf(() => verifierOf({ identityPolicy }).verify(input()));
  const { identity: san, issuer } = real.expected;
  const gha = { repository: "acme/mcp-tools", workflow: "release.yml", ref: "refs/tags/v1.4.2", issuer };

  test("is exact, to the letter", async () => {
    expect(await code(new IdentityPolicy({ san: san.slice(0, -1), issuer }))).toBe("ERR_IDENTITY_SAN");
    expect(await code(new IdentityPolicy({ san: `${san}0`, issuer }))).toBe("ERR_IDENTITY_SAN");
    expect(await code(new IdentityPolicy({ san: san.toUpperCase(), issuer }))).toBe("ERR_IDENTITY_SAN");
    expect(await code(new IdentityPolicy({ san: san.replace(/\./g, "x"), issuer }))).toBe("ERR_IDENTITY_SAN");
    expect(await code(new IdentityPolicy({ san, issuer: `${issuer}/` }))).toBe("ERR_IDENTITY_ISSUER");
  });

  test("names all there is to see in the error", async () => {
    const policy = new IdentityPolicy({ san: "https://github.com/acme/other", issuer });
    const refusal = await refusalOf(() => verifierOf({ identityPolicy: policy }).verify(input()));
    expect([refusal.expected, refusal.found]).toEqual(["https://github.com/acme/other", expect.stringContaining(san)]);
  });

  test("of another type is another identity", async () => {
    expect(await code(new IdentityPolicy({ san, issuer, sanType: "dns" }))).toBe("ERR_IDENTITY_SAN_TYPE");
  });

  test("by a pattern", async () => {
    const pattern = (sanPattern: string) => IdentityPolicy.pattern({ sanPattern, issuer });
    const workflows = "https://github.com/acme/mcp-tools/.github/workflows";
    await verifierOf({ identityPolicy: pattern(`${workflows}/*@refs/tags/v*`) }).verify(input());
    expect(await code(pattern(`${workflows}/*@refs/heads/*`))).toBe("ERR_IDENTITY_SAN");
    expect(await code(pattern("https://github.com/acme/*@refs/tags/v*"))).toBe("ERR_IDENTITY_SAN");
  });

  test("a pattern with a wildcard in the host is no policy", async () => {
    const identityPolicy = IdentityPolicy.pattern({ sanPattern: "https://*/acme", issuer });
    expect(await codeOf(() => verifierOf({ identityPolicy }))).toBe("ERR_OPTION_INVALID");
  });

  test("of a GitHub Actions workflow", async () => {
    await verifierOf({ identityPolicy: IdentityPolicy.githubActions(gha) }).verify(input());
    await verifierOf({ identityPolicy: IdentityPolicy.githubActions({ ...gha, ref: "refs/tags/v*" }) }).verify(input());
    await verifierOf({
      identityPolicy: IdentityPolicy.githubActions({ ...gha, runnerEnvironment: "github-hosted", trigger: "push" }),
    }).verify(input());
    expect(await code(IdentityPolicy.githubActions({ ...gha, ref: "refs/heads/main" }))).toBe("ERR_IDENTITY_SAN");
    expect(await code(IdentityPolicy.githubActions({ ...gha, runnerEnvironment: "self-hosted" }))).toBe(
      "ERR_IDENTITY_EXTENSION",
    );
    const reused = { ...gha, repository: "acme/other", workflowRepository: "acme/mcp-tools", workflowRef: gha.ref };
    expect(await code(IdentityPolicy.githubActions(reused))).toBe("ERR_IDENTITY_EXTENSION");
  });

  test("pins extensions by known names only", async () => {
    const policy = (extensions: object) => new IdentityPolicy({ san, issuer, extensions });
    await verifierOf({ identityPolicy: policy({ sourceRepositoryRef: "refs/tags/v1.4.2" }) }).verify(input());
    expect(await code(policy({ sourceRepositoryRef: "refs/tags/v1" }))).toBe("ERR_IDENTITY_EXTENSION");
    expect(await codeOf(() => verifierOf({ identityPolicy: policy({ sourceRepo: "x" }) }))).toBe("ERR_OPTION_UNKNOWN");
  });
});

describe("artifacts", () => {
  test("are verified by their bytes and by their digest", async () => {
    const { digest } = await verifierOf().verify(input());
    const byBytes = await verifierOf().verifyArtifact({ artifact: real.catalogue, bundle: real.bundle });
    const byDigest = await verifierOf().verifyArtifact({ digest, bundle: real.bundle });
    expect(byBytes).toEqual(byDigest);
    expect(byBytes.digest).toBe(digest);
    expect(Object.isFrozen(byBytes) && Object.isFrozen(byBytes.signer)).toBe(true);
  });

  test("beyond WebAssembly's memory are given by digest", async () => {
    const artifact = new Uint8Array(2 ** 30 + 1);
    const refusal = await refusalOf(() => verifierOf().verifyArtifact({ artifact, bundle: real.bundle }));
    expect([refusal.code, refusal.hint]).toEqual(["ERR_INPUT_TOO_LARGE", expect.stringContaining("digest")]);
  });

  test("of another digest are refused", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    expect(await codeOf(() => verifierOf().verifyArtifact({ digest, bundle: real.bundle }))).toBe(
      "ERR_DIGEST_MISMATCH",
    );
  });

  test.each(["sha1:00", "0".repeat(64), "sha256:00", `sha256:${"g".repeat(64)}`])(
    "are not named %s",
    async (digest) => {
      expect(await codeOf(() => verifierOf().verifyArtifact({ digest, bundle: real.bundle }))).toBe(
        "ERR_OPTION_INVALID",
      );
    },
  );
});

describe("report", () => {
  test("of what holds has the catalogue", async () => {
    const report = await verifierOf().report(input());
    if (report.verdict !== "verified") throw report.error;
    expect(report.catalogue.server).toBe(SERVER);
    expect(report.steps.map(({ status }) => status)).not.toContain("failed");
    expect(report.steps.find(({ id }) => id === "freshness")?.status).toBe("passed");
  });

  test("of a refusal has every step, and no catalogue", async () => {
    const report = await verifierOf().report({ ...input(), catalogue: flip(real.catalogue, 5) });
    if (report.verdict !== "refused") throw new Error("accepted");
    expect(report).not.toHaveProperty("catalogue");
    expect(report.error).toBeInstanceOf(InkanError);
    expect(report.error.report?.steps).toEqual(report.steps);
    const failed = report.steps.findIndex(({ status }) => status === "failed");
    expect(report.steps[failed]).toMatchObject({ id: "signature", code: report.error.code, hint: report.error.hint });
    const statuses = report.steps.map(({ status }) => status);
    expect(new Set(statuses.slice(0, failed))).toEqual(new Set(["passed"]));
    expect(new Set(statuses.slice(failed + 1))).toEqual(new Set(["not-reached"]));
  });

  test("of a malformed bundle is a refusal too", async () => {
    const report = await verifierOf().report({ ...input(), bundle: "{" });
    if (report.verdict !== "refused") throw new Error("accepted");
    expect([report.error.code, report.steps[0]?.status]).toEqual(["ERR_JSON_MALFORMED", "failed"]);
  });

  test("settles state as verify does", async () => {
    const stateStore = new InMemoryStateStore();
    const older = realCase("series-01");
    const newer = realCase("series-02");
    const verifier = verifierOf({ trustRoot: newer.trustRoot(), identityPolicy: newer.identityPolicy(), stateStore });
    expect((await verifier.report({ catalogue: newer.catalogue, server: SERVER, bundle: newer.bundle })).verdict).toBe(
      "verified",
    );
    const report = await verifier.report({ catalogue: older.catalogue, server: SERVER, bundle: older.bundle });
    if (report.verdict !== "refused") throw new Error("accepted");
    expect(report.error.name).toBe("FreshnessError");
    expect(report.steps.find(({ id }) => id === "freshness")).toMatchObject({
      status: "failed",
      code: report.error.code,
    });
  });

  test("still throws for misuse", async () => {
    await expect(verifierOf().report({ ...input(), sever: SERVER } as never)).rejects.toMatchObject({
      code: "ERR_OPTION_UNKNOWN",
    });
    await expect(verifierOf().report({ ...input(), now: "yesterday" })).rejects.toMatchObject({
      code: "ERR_OPTION_INVALID",
    });
  });

  test("is deeply frozen", async () => {
    const report = await verifierOf().report(input());
    for (const part of [report, report.steps, report.steps[0], report.steps[0]?.details]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});
