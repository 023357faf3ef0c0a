/** Releases that GitHub attests: what is proven, what options are taken, the order of catalogues, and every change of a bundle. */
import { describe, expect, test } from "vitest";
import {
  type GithubReleaseOptions,
  IdentityPolicy,
  InMemoryStateStore,
  KeylessVerifier,
  type KeylessVerifierOptions,
  TrustRoot,
} from "../ts/entry/node.js";
import { leavesOf, mutationsOf, withValue } from "./support/mutations.js";
import { codeOf, refusalOf } from "./support/refusal.js";
import { bytesOf, proofOf, vectorNamed } from "./support/vectors.js";

const vector = vectorNamed("forged/releases/catalogue.json");
const [catalogue, bundle, root] = [vector.artifact, vector.bundle, vector.trustRoot ?? {}].map(bytesOf);
const server = "https://tools.example.com/mcp";
const REPOSITORY = "acme/mcp-tools";

const verifier = (release: GithubReleaseOptions, policy: Partial<KeylessVerifierOptions> = {}): KeylessVerifier =>
  new KeylessVerifier({
    trustRoot: TrustRoot.fromJson(root as Uint8Array),
    identityPolicy: IdentityPolicy.githubRelease(release),
    stateStore: new InMemoryStateStore(),
    ...policy,
  });
/** `accepted`, or the code of the refusal. */
const outcomeOf = (call: () => unknown): Promise<string> => codeOf(call).catch((error: Error) => error.message);
const input = { catalogue: catalogue as Uint8Array, bundle: bundle as Uint8Array, server };

test("a catalogue says which release it is an asset of, and the report says what was proven", async () => {
  const report = await verifier({ repository: REPOSITORY, tag: "v1.*" }).report(input);
  if (report.verdict !== "verified") throw report.error;
  const { signer, log, signedAt } = report.catalogue;
  expect(signer).toEqual({
    type: "githubRelease",
    repository: REPOSITORY,
    tag: "v1.4.2",
    repositoryId: "987654321",
    ownerId: "4321",
    asset: "catalogue.json",
    certificate: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  });
  expect([log, signedAt]).toEqual([[], ["2026-06-01T12:00:00Z"]]);
  expect(Object.isFrozen(signer)).toBe(true);
  const steps = Object.fromEntries(report.steps.map(({ id, status, details }) => [id, [status, ...details]]));
  expect(steps.identity).toEqual([
    "passed",
    expect.stringContaining("https://dotcom.releases.github.com without an OIDC"),
  ]);
  expect(steps.attestation).toEqual([
    "passed",
    "release v1.4.2 of acme/mcp-tools, repository 987654321, owner 4321",
    "its asset catalogue.json",
  ]);
  for (const id of ["sct", "log-entry", "log-inclusion"]) expect([id, steps[id]?.[0]]).toEqual([id, "not-required"]);
});

test("the statement of an attestation shows the release's own subject", async () => {
  const { subject, predicateType } = await verifier({ repository: REPOSITORY }).verifyAttestation({
    artifact: input.catalogue,
    bundle: input.bundle,
  });
  expect(predicateType).toBe("https://in-toto.io/attestation/release/v0.2");
  expect(subject[0]).toEqual({ name: "", uri: "pkg:github/acme/mcp-tools@v1.4.2", digest: {} });
});

test.each(["under-name-and-issuer", "under-workflow"])("%s: the hint names githubRelease", async (name) => {
  const { hint } = await refusalOf(() => proofOf(vectorNamed(`forged/releases/${name}.json`)));
  expect(hint).toMatch(/IdentityPolicy\.githubRelease\(/);
});

test("a certificate of another name without an issuer gets another hint", async () => {
  const { code, hint } = await refusalOf(() => proofOf(vectorNamed("forged/identity/no-issuer.json")));
  expect(code).toBe("ERR_IDENTITY_ISSUER");
  expect(hint).not.toMatch(/githubRelease/);
});

describe("options", () => {
  test.each<[name: string, value: unknown, hint: RegExp]>([
    ["repository", "mcp-tools", /./],
    ["repository", "acme/*", /./],
    ["repository", "https://github.com/acme/tools.git", /Write "acme\/tools"/],
    ["repository", "git@github.com:acme/tools.git", /Write "acme\/tools"/],
    ["tag", "", /./],
    ["tag", "refs/tags/v1", /without refs\/tags\//],
    ["tag", "v***", /No git ref/],
    ["tag", "v 1", /No git ref/],
    ["repositoryId", 987654321, /Write it as a text: "987654321"/],
    ["repositoryId", 2 ** 60, /gh api repos\/OWNER\/NAME --jq \.id/],
    ["ownerId", 4321n, /--jq \.owner\.id/],
    ["ownerId", "04321", /--jq \.owner\.id/],
    ["ownerId", "acme", /--jq \.owner\.id/],
  ])("%s: %s throws", async (name, value, hint) => {
    const refusal = await refusalOf(() =>
      IdentityPolicy.githubRelease({ repository: REPOSITORY, [name]: value } as never),
    );
    expect([refusal.code, refusal.subject]).toEqual(["ERR_OPTION_INVALID", `IdentityPolicy.githubRelease.${name}`]);
    expect(refusal.hint).toMatch(hint);
  });

  test("no repository throws", async () => {
    const refusal = await refusalOf(() => IdentityPolicy.githubRelease({ tag: "v1" } as never));
    expect([refusal.code, refusal.subject]).toEqual(["ERR_OPTION_INVALID", "IdentityPolicy.githubRelease.repository"]);
    expect(refusal.hint).toMatch(/For example/);
  });

  test("a name that is not known throws, and the right one is suggested", async () => {
    const refusal = await refusalOf(() =>
      IdentityPolicy.githubRelease({ repository: REPOSITORY, tags: "v1" } as never),
    );
    expect([refusal.code, refusal.hint]).toEqual(["ERR_OPTION_UNKNOWN", "Did you mean tag?"]);
  });

  test("no other policy can ask for a release, and this one for nothing less", async () => {
    for (const identity of [
      { githubRelease: { repository: REPOSITORY } },
      { san: "https://dotcom.releases.github.com", githubRelease: { repository: REPOSITORY } },
      { san: "https://dotcom.releases.github.com" },
      { san: "https://dotcom.releases.github.com", issuer: "" },
    ]) {
      expect(await codeOf(() => new IdentityPolicy(identity as never))).toMatch(/^ERR_OPTION_/);
    }
    expect(
      await codeOf(() => verifier({ repository: REPOSITORY }, { thresholds: { timestamps: 0 } }).verify(input)),
    ).toBe("ERR_OPTION_INVALID");
    const named = new IdentityPolicy({ san: "https://dotcom.releases.github.com", issuer: "https://github.com" });
    const under = (policy: Partial<KeylessVerifierOptions>) =>
      codeOf(() => verifier({ repository: REPOSITORY }, { identityPolicy: named, ...policy }).verify(input));
    expect(await under({})).toBe("ERR_TRUST_ROOT_INCOMPLETE");
    expect(await under({ thresholds: { logEntries: 0, timestamps: 1, scts: 0 } })).toBe("ERR_IDENTITY_ISSUER");
  });
});

describe("hints", () => {
  test("letter case", async () => {
    const refusal = await refusalOf(() => verifier({ repository: "Acme/mcp-tools" }).verify(input));
    expect([refusal.code, refusal.subject]).toEqual(["ERR_IDENTITY_RELEASE", "predicate.repository"]);
    expect(refusal.hint).toMatch(/letter case only/);
  });

  test("an id says that another repository may have the name", async () => {
    const refusal = await refusalOf(() => verifier({ repository: REPOSITORY, repositoryId: "1" }).verify(input));
    expect([refusal.expected, refusal.found]).toEqual(["1", "987654321"]);
    expect(refusal.hint).toMatch(/may have this name now/);
  });

  test("a policy of a name and an issuer points to the right one", async () => {
    const identityPolicy = new IdentityPolicy({
      san: "https://dotcom.releases.github.com",
      issuer: "https://x.example",
    });
    const thresholds = { logEntries: 0, timestamps: 1, scts: 0 };
    const refusal = await refusalOf(() =>
      verifier({ repository: REPOSITORY }, { identityPolicy, thresholds }).verify(input),
    );
    expect(refusal.hint).toMatch(/IdentityPolicy\.githubRelease/);
  });

  test("the public instance's root lacks GitHub's attester", async () => {
    const publicRoot = TrustRoot.fromJson(bytesOf({ file: "forged/trusted_root.json" }));
    const refusal = await refusalOf(() =>
      verifier({ repository: REPOSITORY }, { trustRoot: publicRoot }).verify(input),
    );
    expect(refusal.code).toBe("ERR_TIMESTAMP_UNTRUSTED");
  });
});

describe("order", () => {
  const series = vectorNamed("forged/releases/series.json") as unknown as {
    trustRoot: { json: object };
    releases: { catalogue: string; bundle: object }[];
  };
  const [first, second, versioned, newer] = series.releases.map(({ catalogue, bundle }) => ({
    catalogue: Buffer.from(catalogue),
    bundle,
    server,
  }));
  const codes = async (...inputs: (typeof first)[]): Promise<string[]> => {
    const one = verifier(
      { repository: REPOSITORY },
      { trustRoot: TrustRoot.fromJson(Buffer.from(JSON.stringify(series.trustRoot.json))) },
    );
    const found = [];
    for (const input of inputs) found.push(await outcomeOf(() => one.verify(input as never)));
    return found;
  };

  test("without a version only the same bytes follow, though GitHub's certificate begins later", async () => {
    expect(await codes(first, first, second, first)).toEqual([
      "accepted",
      "accepted",
      "ERR_CATALOGUE_ROLLBACK",
      "accepted",
    ]);
  });

  test("a version follows no version, and nothing goes back", async () => {
    expect(await codes(first, versioned, first, second, newer, versioned)).toEqual([
      "accepted",
      "accepted",
      "ERR_CATALOGUE_ROLLBACK",
      "ERR_CATALOGUE_ROLLBACK",
      "accepted",
      "ERR_CATALOGUE_ROLLBACK",
    ]);
  });

  test("a policy for another tag or id of the same repository keeps the record", async () => {
    const stateStore = new InMemoryStateStore();
    const trustRoot = TrustRoot.fromJson(Buffer.from(JSON.stringify(series.trustRoot.json)));
    const under = (release: GithubReleaseOptions) => verifier(release, { stateStore, trustRoot });
    await under({ repository: REPOSITORY, tag: "v4" }).verify(newer as never);
    const old = under({ repository: REPOSITORY, tag: "v3", repositoryId: "987654321" });
    expect(await codeOf(() => old.verify(versioned as never))).toBe("ERR_CATALOGUE_ROLLBACK");
  });

  test("the age is that of issuedAt, which is not there", async () => {
    const aged = verifier({ repository: REPOSITORY }, { maxAgeSeconds: 10 ** 9 });
    const refusal = await refusalOf(() => aged.verify({ ...input, now: "2026-06-02T00:00:00Z" }));
    expect([refusal.code, refusal.expected]).toEqual([
      "ERR_CATALOGUE_EXPIRED",
      expect.stringContaining("a signed issuedAt"),
    ]);
  });
});

describe("every leaf of the bundle", () => {
  const one = verifier({ repository: REPOSITORY });
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bundle));
  /** What no signature covers: a granted timestamp may be "granted with modifications". */
  const UNSIGNED = /\.signedTimestamp$/;

  test.each([...leavesOf(parsed)].map(({ path, value }) => ({ field: path.join("."), path, value })))(
    "$field changed is refused",
    async ({ field, path, value }) => {
      const accepted = [];
      for (const mutation of mutationsOf(value)) {
        const changed = withValue(parsed, path, mutation);
        const code = await outcomeOf(() => one.verify({ ...input, bundle: changed }));
        expect(code).toMatch(/^(ERR_(?!INTERNAL)|accepted$)/);
        if (code === "accepted") accepted.push(mutation);
      }
      expect(accepted.length).toBeLessThanOrEqual(UNSIGNED.test(field) ? 8 : 0);
    },
  );
});
