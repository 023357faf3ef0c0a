/** Who may sign: workflows of GitHub Actions, globs, and what a refusal says of a pin that is nearly right. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type GithubActionsOptions,
  IdentityPolicy,
  InMemoryStateStore,
  KeylessVerifier,
  type VerificationReport,
} from "../ts/entry/node.js";
import { FULCIO_EXTENSIONS, STEP_IDS } from "../ts/generated/names.js";
import { codeOf, refusalOf } from "./support/refusal.js";
import { inRoot } from "./support/repository.js";
import { allVectors, bytesOf, trustRootOf, type Vector } from "./support/vectors.js";

const issuer = "https://token.actions.githubusercontent.com";
const vectors = new Map(allVectors().map((vector) => [vector.name, vector]));

function vectorOf(name: string): Vector {
  const vector = vectors.get(`forged/${name}.json`);
  if (vector === undefined) throw new Error(`no vector ${name}`);
  return vector;
}

/** Verifies the bundle of a vector under another identity than the vector's. */
async function verify(name: string, identityPolicy: IdentityPolicy): Promise<unknown> {
  const vector = vectorOf(name);
  const options = { ...trustRootOf(vector), identityPolicy, stateStore: new InMemoryStateStore() };
  const verifier = new KeylessVerifier(options as never);
  return verifier.verifyArtifact({ artifact: bytesOf(vector.artifact), bundle: bytesOf(vector.bundle) });
}

describe("a workflow of GitHub Actions", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const shared: GithubActionsOptions = {
    repository: "acme/tools",
    workflow: "sign.yml",
    ref: "refs/heads/main",
    workflowRepository: "acme/shared",
    workflowRef: commit,
  };
  const under = (bundle: string, change: Partial<GithubActionsOptions>) =>
    verify(bundle, IdentityPolicy.githubActions({ ...shared, ...change }));

  const accepted: [what: string, bundle: string, change: Partial<GithubActionsOptions>][] = [
    ["at a commit", "identity/reusable-commit", {}],
    ["at a branch", "identity/reusable-branch", { workflowRef: "refs/heads/main" }],
    ["at any branch", "identity/reusable-branch", { workflowRef: "refs/heads/*" }],
    ["at any ref", "identity/reusable-commit", { workflowRef: "**" }],
    ["built from any branch", "identity/reusable-commit-other-caller", { ref: "refs/heads/*" }],
    ["built from any ref", "identity/reusable-commit-other-caller", { ref: "**" }],
  ];
  test.each(accepted)("that is reused, %s", async (_, bundle, change) => {
    await under(bundle, change);
  });

  const refused: [what: string, bundle: string, change: Partial<GithubActionsOptions>, code: string][] = [
    ["a build from another branch", "identity/reusable-commit-other-caller", {}, "ERR_IDENTITY_EXTENSION"],
    ["a build from no tag", "identity/reusable-commit", { ref: "refs/tags/*" }, "ERR_IDENTITY_EXTENSION"],
    [
      "a build from another branch, where the workflow stands at the pinned one",
      "identity/reusable-branch-other-caller",
      { workflowRef: "refs/heads/main" },
      "ERR_IDENTITY_EXTENSION",
    ],
    ["another commit", "identity/reusable-other-commit", {}, "ERR_IDENTITY_SAN"],
    ["another workflow repository", "identity/reusable-commit", { workflowRepository: "acme/x" }, "ERR_IDENTITY_SAN"],
    ["another repository", "identity/reusable-commit", { repository: "acme/x" }, "ERR_IDENTITY_EXTENSION"],
    [
      "a further extension",
      "identity/reusable-commit",
      { extensions: { buildTrigger: "push" } },
      "ERR_IDENTITY_EXTENSION",
    ],
  ];
  test.each(refused)("refuses %s", async (_, bundle, change, code) => {
    expect(await codeOf(() => under(bundle, change))).toBe(code);
  });

  test("requires the ref at which a reusable workflow stands", async () => {
    const { workflowRef: _, ...rest } = shared;
    const refusal = await refusalOf(() => IdentityPolicy.githubActions(rest));
    expect([refusal.code, refusal.subject]).toEqual(["ERR_OPTION_INVALID", "IdentityPolicy.githubActions.workflowRef"]);
    expect(refusal.hint).toContain("ref is the ref of the repository that was built");
  });

  const own: GithubActionsOptions = { repository: "acme/mcp-tools", workflow: "release.yml", ref: "refs/tags/v1.4.2" };
  test("takes further extensions, exactly and by globs", async () => {
    const policy = (extensions: object, extensionPatterns: object) =>
      IdentityPolicy.githubActions({ ...own, extensions, extensionPatterns });
    const digest = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    await verify("honest/keyless-v2", policy({ sourceRepositoryDigest: digest }, { runnerEnvironment: "github-*" }));
    const code = (extensions: object, globs: object) =>
      codeOf(() => verify("honest/keyless-v2", policy(extensions, globs)));
    expect(await code({ sourceRepositoryDigest: "b" }, {})).toBe("ERR_IDENTITY_EXTENSION");
    expect(await code({}, { runnerEnvironment: "self-*" })).toBe("ERR_IDENTITY_EXTENSION");
  });

  test("of which a ref may hold @", () => {
    for (const ref of ["refs/tags/@acme/tools@1.2.3", "refs/heads/user@work", "refs/tags/tools@*", "refs/heads/@"])
      IdentityPolicy.githubActions({ ...own, ref });
  });
});

describe("a near miss says what differs", () => {
  const name = "https://github.com/acme/mcp-tools/.github/workflows/release.yml@refs/tags/v1.4.2";
  const hintUnder = async (identity: object): Promise<string> => {
    const policy = new IdentityPolicy({ issuer, ...identity } as never);
    return (await refusalOf(() => verify("honest/keyless-v2", policy))).hint;
  };

  const near: [what: string, identity: object, says: RegExp][] = [
    ["letter case", { san: name.replace("acme", "Acme") }, /letter case/],
    ["a slash at the end", { san: `${name}/` }, /slash/],
    ["a line end", { san: `${name}\n` }, /line end/],
    ["no ref", { san: name.split("@")[0] }, /lacks what follows the @.*has @refs\/tags\/v1\.4\.2/],
    ["another ref", { san: name.replace("v1.4.2", "v1.4.3") }, /refs differ.*v1\.4\.3.*v1\.4\.2/],
    ["a short ref", { san: name.replace("refs/tags/", "") }, /ref in full/],
    ["a glob as the exact name", { san: name.replace("v1.4.2", "*") }, /sanPattern/],
    ["a regular expression", { san: "^https://github.com/acme/.*" }, /regular expression/],
    ["a regular expression without a type", { san: "https:\\/\\/github\\.com\\/acme" }, /regular expression/],
    ["a regular expression as a glob", { sanPattern: "^https://github.com/acme/**" }, /regular expression/],
    ["one character", { san: name.replace("release", "releaze") }, /character 58: the policy has z, the certificate s/],
    ["no scheme", { san: name.replace("https://", "") }, /starts with https:\/\//],
    ["a repository", { san: "https://github.com/acme/mcp-tools" }, /only the beginning/],
    ["the subject of a token", { san: "repo:acme/mcp-tools:ref:refs/tags/v1.4.2" }, /subject of an OIDC token/],
    ["another type", { san: name, sanType: "email" }, /has it as uri, the policy pins email/],
    ["a glob in another case", { sanPattern: "https://github.com/ACME/**@refs/tags/*" }, /letter case/],
    ["a glob without a ref", { sanPattern: "https://github.com/acme/**" }, /lacks what follows the @/],
    ["a glob that is too shallow", { sanPattern: "https://github.com/acme/*@refs/tags/*" }, /does not cross \//],
    ["a glob over other refs", { sanPattern: "https://github.com/acme/**@refs/heads/*" }, /refs differ/],
    ["an issuer with a slash", { san: name, issuer: `${issuer}/` }, /slash/],
    ["an issuer in another case", { san: name, issuer: issuer.replace("token", "Token") }, /letter case/],
    ["an issuer without its scheme", { san: name, issuer: issuer.replace("https://", "") }, /starts with https/],
    ["a short ref in an extension", { san: name, extensions: { sourceRepositoryRef: "v1.4.2" } }, /refs\/tags\//],
    ["a glob in an extension", { san: name, extensions: { sourceRepositoryRef: "refs/tags/*" } }, /extensionPatterns/],
    ["no such extension", { san: name, extensions: { deploymentEnvironment: "x" } }, /no such extension/],
  ];
  test.each(near)("%s", async (_, identity, says) => {
    const hint = await hintUnder(identity);
    expect(hint).toMatch(says);
    expect(hint).not.toMatch(/somebody else signed/i);
  });

  test("and a stranger is one", async () => {
    for (const identity of [
      { san: "https://github.com/evil/other/.github/workflows/x.yml@refs/heads/main" },
      { sanPattern: "https://github.com/evil/**@refs/tags/*" },
      { san: name, issuer: "https://accounts.example.com" },
    ]) {
      expect(await hintUnder(identity)).toMatch(/somebody else signed/i);
    }
  });

  test("that the certificate names no issuer", async () => {
    const refusal = await refusalOf(() => verify("identity/no-issuer", new IdentityPolicy({ san: name, issuer })));
    expect(refusal.code).toBe("ERR_IDENTITY_ISSUER");
    expect(refusal.hint).toContain("states no OIDC issuer");
  });

  test("that the trust root is another instance's, not the threshold", async () => {
    const vector = vectorOf("log-identity/no-log-no-timestamp");
    const { thresholds } = vector.policy;
    const identityPolicy = new IdentityPolicy({ san: name, issuer });
    const options = { ...trustRootOf(vector), thresholds, identityPolicy, stateStore: new InMemoryStateStore() };
    const refusal = await refusalOf(() =>
      new KeylessVerifier(options as never).verifyArtifact({
        artifact: bytesOf(vector.artifact),
        bundle: bytesOf(vector.bundle),
      }),
    );
    expect(refusal.hint).toMatch(/trust root is the one of the instance that signed/);
  });
});

describe("the page about identities", () => {
  const page = readFileSync(inRoot("docs/identity.md"), "utf8");

  test("shows five globs, each as a vector judges it", () => {
    const [, table = ""] = /^\| Pattern \| Name \| Matches \|$(.*?)\n\n/ms.exec(page) ?? [];
    const rows = [...table.matchAll(/^\| `(\S+)` \| `(\S+)` \| (yes|no)/gm)];
    expect(rows.length).toBe(5);
    const workflows = "https://github.com/acme/tools/.github/workflows/";
    for (const [, pattern, name, matches] of rows) {
      const title = `${workflows}${pattern} and ${workflows}${name}`;
      const vector = [...vectors.values()].find((one) => one.title === title);
      expect([title, vector?.expect]).toEqual([title, matches === "yes" ? "accept" : "ERR_IDENTITY_SAN"]);
    }
  });

  test("lists every extension", () => {
    const [, list = ""] = /<!-- extensions:begin -->(.*)<!-- extensions:end -->/s.exec(page) ?? [];
    expect([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual([...FULCIO_EXTENSIONS]);
  });
});

describe("generated names", () => {
  test("hold every extension that the core pins", async () => {
    const san = "https://github.com/acme/mcp-tools/.github/workflows/release.yml@refs/tags/v1.4.2";
    for (const name of FULCIO_EXTENSIONS) {
      const policy = new IdentityPolicy({ san, issuer, extensions: { [name]: "another" } });
      const refusal = await refusalOf(() => verify("honest/keyless-v2", policy));
      expect([refusal.code, refusal.subject]).toEqual(["ERR_IDENTITY_EXTENSION", name]);
    }
    expect(FULCIO_EXTENSIONS.length).toBeGreaterThan(20);
  });

  test("hold every step of a report, in order", async () => {
    const vector = vectorOf("honest/keyless-v2");
    const identityPolicy = new IdentityPolicy(vector.policy.identity as never);
    const options = { ...trustRootOf(vector), identityPolicy, stateStore: new InMemoryStateStore() };
    const report: VerificationReport = await new KeylessVerifier(options as never).reportArtifact({
      artifact: bytesOf(vector.artifact),
      bundle: bytesOf(vector.bundle),
    });
    expect(report.steps.map(({ id }) => id)).toEqual(STEP_IDS);
  });
});
