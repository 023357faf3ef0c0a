/** The age of a trust root, and the public-good root of this build. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ageWarning } from "../../ts/cli/print/trust_root_age.js";
import { IdentityPolicy, InkanError, InMemoryStateStore, KeylessVerifier } from "../../ts/entry/node.js";
import { loadPolicy } from "../../ts/policy_file/index.js";
import { PUBLIC_GOOD, publicGood } from "../../ts/trust/public_good.js";
import { daysIfOld, OLD_AFTER_DAYS, recordNameOf, recordOf, recordToText, sha256Of } from "../../ts/trust/record.js";
import { realCase } from "../support/cases.js";
import { vectorFile } from "../support/repository.js";

const bytes = new TextEncoder().encode("{}");
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const GIVEN = { repository: "public-good", givenAt: "2026-01-01T00:00:00Z", sha256: "" };
const after = (days: number): Date => new Date(Date.parse(GIVEN.givenAt) + days * 86_400_000);

test("a record is of the bytes beside it, or says nothing", async () => {
  const record = { ...GIVEN, sha256: await sha256Of(bytes) };
  expect(await recordOf(bytes, encode(recordToText(record)))).toEqual(record);
  expect(await recordOf(encode("{} "), encode(recordToText(record)))).toBeUndefined();
  for (const text of ["", "null", "[]", '"x"', "{}", recordToText({ ...record, givenAt: "soon" }), "\xff"]) {
    expect(await recordOf(bytes, encode(text)), text).toBeUndefined();
  }
  expect(recordNameOf("a/trusted_root.json")).toBe("a/trusted_root.tuf.json");
  expect(recordNameOf("root")).toBe("root.tuf.json");
});

test("a root is old after its days, and from the future if the clock is wrong", () => {
  expect(daysIfOld(GIVEN, after(OLD_AFTER_DAYS))).toBeUndefined();
  expect(daysIfOld(GIVEN, after(OLD_AFTER_DAYS + 1))).toBe(OLD_AFTER_DAYS + 1);
  expect(daysIfOld(GIVEN, after(-1))).toBeUndefined();
  expect(daysIfOld(GIVEN, after(-2))).toBe(-2);
  const now = after(200);
  expect(ageWarning("public-good", GIVEN, now)).toMatch(
    /this build of inkan is 200 days old .* fetch --output trusted_root\.json, and name/,
  );
  expect(ageWarning("my root.json", GIVEN, now)).toMatch(/fetch --output 'my root\.json'$/);
  expect(ageWarning("x.json", undefined, now)).toBeUndefined();
});

test("the public-good root of this build is what its record says, and verifies a public-good bundle", async () => {
  const { TRUSTED_ROOT } = await import("../../ts/generated/public_good.js");
  expect(await sha256Of(encode(TRUSTED_ROOT))).toBe(PUBLIC_GOOD.sha256);
  expect(Date.parse(PUBLIC_GOOD.givenAt)).toBeGreaterThan(Date.parse("2026-01-01"));
  const identityPolicy = new IdentityPolicy({
    san: "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main",
    issuer: "https://token.actions.githubusercontent.com",
  });
  const verifier = new KeylessVerifier({
    trustRoot: publicGood(),
    identityPolicy,
    stateStore: new InMemoryStateStore(),
  });
  const folder = "real/conformance/bundle-verify";
  const report = await verifier.reportArtifact({
    artifact: readFileSync(vectorFile(folder, "a.txt")),
    bundle: readFileSync(vectorFile(folder, "happy-path-v0.3/bundle.sigstore.json")),
  });
  expect(report.verdict).toBe("verified");
  expect(() => publicGood({ origins: { "https://none.example": ["x"] } })).toThrow(InkanError);
});

test('a policy file with "trustRoot": "public-good"', async () => {
  const folder = "real/conformance/bundle-verify";
  const server = {
    command: "node",
    server: "npm:x",
    catalogue: "a.txt",
    bundle: "bundle",
    githubActions: {
      repository: "sigstore-conformance/extremely-dangerous-public-oidc-beacon",
      workflow: "extremely-dangerous-oidc-beacon.yml",
      ref: "refs/heads/main",
    },
    trustRoot: "public-good",
    state: "none",
  };
  const policy = await loadPolicy({
    file: "inkan.config.json",
    readFile: async (path) =>
      path === "inkan.config.json"
        ? encode(JSON.stringify({ servers: { x: server } }))
        : new Uint8Array(
            readFileSync(vectorFile(folder, path === "a.txt" ? path : "happy-path-v0.3/bundle.sigstore.json")),
          ),
  });
  const read = await policy.server("x");
  expect(read.trustRoot).toEqual({ path: "public-good", record: PUBLIC_GOOD });
  // Everything is proven, up to the content: what the conformance suite signs is no catalogue.
  const report = await read.report();
  const failed = report.steps.filter(({ status }) => status === "failed").map(({ id }) => id);
  expect([report.verdict, failed]).toEqual(["refused", ["catalogue"]]);
  // A file of another instance proves nothing of it.
  const local = realCase("keyless-uri-gha").files.trustRoot;
  expect(readFileSync(local, "utf8")).not.toContain("rekor.sigstore.dev");
});
