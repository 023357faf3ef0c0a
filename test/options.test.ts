/** What is refused before the core is asked: names, types and combinations of options. */
import { describe, expect, test } from "vitest";
import {
  IdentityPolicy,
  InMemoryStateStore,
  KeyedVerifier,
  KeylessBundle,
  KeylessVerifier,
  TrustRoot,
} from "../ts/entry/node.js";
import { realCase, SERVER } from "./support/cases.js";
import { refusalOf } from "./support/refusal.js";

const real = realCase("series-01");
const good = () => ({
  trustRoot: real.trustRoot(),
  identityPolicy: real.identityPolicy(),
  stateStore: new InMemoryStateStore(),
});
const pem = realCase("dsse-key-ed25519").key();
const input = { catalogue: real.catalogue, server: SERVER, bundle: real.bundle };
// Callers without types reach everything below.
const keyless = (options: object) => new KeylessVerifier(options as never);
const keyed = (options: object) => new KeyedVerifier(options as never);
const identity = (options: object) => new IdentityPolicy(options as never);

describe("a keyless verifier", () => {
  test.each(["trustRoot", "identityPolicy", "stateStore"])("is not made without %s", async (name) => {
    const { [name as "trustRoot"]: _, ...rest } = good();
    const refusal = await refusalOf(() => keyless(rest));
    expect([refusal.code, refusal.name, refusal.subject]).toEqual([
      "ERR_OPTION_INVALID",
      "InputError",
      `KeylessVerifier.${name}`,
    ]);
  });

  const wrong: [what: string, change: object, code: string, subject: string][] = [
    ["an unknown option", { identity: {} }, "ERR_OPTION_UNKNOWN", "KeylessVerifier.identity"],
    ["a misspelt option", { treshold: {} }, "ERR_OPTION_UNKNOWN", "KeylessVerifier.treshold"],
    ["a symbol", { [Symbol("x")]: 1 }, "ERR_OPTION_UNKNOWN", "KeylessVerifier.Symbol(x)"],
    ["an option that is undefined", { freshness: undefined }, "ERR_OPTION_INVALID", "KeylessVerifier.freshness"],
    ["an unknown threshold", { thresholds: { tlog: 1 } }, "ERR_OPTION_UNKNOWN", "KeylessVerifier.thresholds.tlog"],
    ["a negative threshold", { thresholds: { scts: -1 } }, "ERR_OPTION_INVALID", "KeylessVerifier.thresholds.scts"],
    ["a threshold as text", { thresholds: { scts: "1" } }, "ERR_OPTION_INVALID", "KeylessVerifier.thresholds.scts"],
    ["half a threshold", { thresholds: { scts: 0.5 } }, "ERR_OPTION_INVALID", "KeylessVerifier.thresholds.scts"],
    ["an unknown freshness", { freshness: "none" }, "ERR_OPTION_INVALID", "KeylessVerifier.freshness"],
    ["an unknown firstUse", { firstUse: true }, "ERR_OPTION_INVALID", "KeylessVerifier.firstUse"],
    ["a trust root as JSON", { trustRoot: {} }, "ERR_OPTION_INVALID", "KeylessVerifier.trustRoot"],
    [
      "a forged trust root",
      { trustRoot: Object.create(TrustRoot.prototype) },
      "ERR_OPTION_INVALID",
      "KeylessVerifier.trustRoot",
    ],
    ["an identity as text", { identityPolicy: "a@b" }, "ERR_OPTION_INVALID", "KeylessVerifier.identityPolicy"],
    ["a store without swap", { stateStore: new Map() }, "ERR_OPTION_INVALID", "KeylessVerifier.stateStore"],
  ];
  test.each(wrong)("refuses %s", async (_, change, code, subject) => {
    const refusal = await refusalOf(() => keyless({ ...good(), ...change }));
    expect([refusal.code, refusal.subject]).toEqual([code, subject]);
  });

  const spelt: [written: string, meant: string | undefined, call: (options: object) => unknown][] = [
    ["state_store", "stateStore", keyless],
    ["stateStroe", "stateStore", keyless],
    ["store", "stateStore", keyless],
    ["trustedRoot", "trustRoot", keyless],
    ["trusted_root", "trustRoot", keyless],
    ["identity", "identityPolicy", keyless],
    ["treshold", "thresholds", keyless],
    ["publicKey", "keys", keyed],
    ["public_key", "keys", keyed],
    ["key", "keys", keyed],
    ["catalog", "catalogue", (options) => keyless(good()).verify(options as never)],
    ["time", "now", (options) => keyless(good()).verify(options as never)],
    ["sig", "signature", (options) => keyed({ keys: pem }).verify(options as never)],
    ["file", "artifact", (options) => keyless(good()).verifyArtifact(options as never)],
    ["sha256", "digest", (options) => keyless(good()).verifyArtifact(options as never)],
    ["subject", "san", identity],
    ["sanRegex", "sanPattern", identity],
    ["oidcIssuer", "issuer", identity],
    ["tlog", "logEntries", (thresholds) => keyless({ ...good(), thresholds })],
    ["branch", "ref", (options) => IdentityPolicy.githubActions(options as never)],
    ["repo", "repository", (options) => IdentityPolicy.githubActions(options as never)],
    ["logs", "rekor", (options) => TrustRoot.fromPem(options as never)],
    ["constructor", undefined, keyless],
    ["x".repeat(1000), undefined, keyless],
    ["a", undefined, identity],
  ];
  test.each(spelt)("asks after %s whether %s is meant", async (written, meant, call) => {
    const refusal = await refusalOf(() => call({ [written]: 1 }));
    expect(refusal.code).toBe("ERR_OPTION_UNKNOWN");
    expect(refusal.hint).toBe(
      meant === undefined
        ? "Correct the spelling, or update inkan if the option is newer than this build."
        : `Did you mean ${meant}?`,
    );
  });
});

describe("an identity policy", () => {
  const issuer = "https://issuer.test";
  const wrong: [what: string, options: object, code: string][] = [
    ["no name", { issuer }, "ERR_OPTION_INVALID"],
    ["two names", { san: "a@b.test", sanPattern: "*@b.test", issuer }, "ERR_OPTION_INVALID"],
    ["no issuer", { san: "a@b.test" }, "ERR_OPTION_INVALID"],
    ["an empty name", { san: "", issuer }, "ERR_OPTION_INVALID"],
    ["a list of names", { san: ["a@b.test"], issuer }, "ERR_OPTION_INVALID"],
    ["an unknown type", { san: "a@b.test", issuer, sanType: "mail" }, "ERR_OPTION_INVALID"],
    ["a regular expression by the usual constructor", { sanRegex: ".*", issuer }, "ERR_OPTION_UNKNOWN"],
    ["a name that is misspelt", { subject: "a@b.test", issuer }, "ERR_OPTION_UNKNOWN"],
    [
      "an extension that is no text",
      { san: "a@b.test", issuer, extensions: { buildTrigger: 1 } },
      "ERR_OPTION_INVALID",
    ],
  ];
  test.each(wrong)("refuses %s", async (_, options, code) => {
    expect((await refusalOf(() => identity(options))).code).toBe(code);
  });

  test("says how github-actions:// is spelt", async () => {
    const refusal = await refusalOf(() => identity({ san: "github-actions://acme/tools", issuer }));
    expect(refusal.code).toBe("ERR_OPTION_INVALID");
    expect(refusal.hint).toContain('IdentityPolicy.githubActions({ repository: "acme/tools"');
  });

  const gha = { repository: "acme/tools", workflow: "release.yml", ref: "refs/tags/v1" };
  const wrongGha: [what: string, change: object][] = [
    ["a repository without owner", { repository: "tools" }],
    ["a repository with a wildcard", { repository: "acme/*" }],
    ["a repository that leaves its place", { repository: "acme/../evil/x" }],
    ["a workflow that is a path", { workflow: ".github/workflows/release.yml" }],
    ["a workflow with a ref", { workflow: "release.yml@refs/heads/x" }],
    ["a short ref", { ref: "main" }],
    ["a commit as the ref that was built", { ref: "0123456789abcdef0123456789abcdef01234567" }],
    ["a ref with two dots", { ref: "refs/heads/a..b" }],
    ["a ref with a blank", { ref: "refs/heads/a b" }],
    ["a ref with @{", { ref: "refs/heads/a@{1}" }],
    ["a ref that ends with a slash", { ref: "refs/heads/" }],
    ["a ref with a part that begins with a dot", { ref: "refs/heads/.a" }],
    ["a ref that ends with .lock", { ref: "refs/heads/a.lock" }],
    ["a ref with three asterisks", { ref: "refs/heads/***" }],
    ["a reusable workflow without its ref", { workflowRepository: "acme/shared" }],
    ["half a commit", { workflowRef: "0123456" }],
    ["a commit in capitals", { workflowRef: "0123456789ABCDEF0123456789ABCDEF01234567" }],
    ["an extension that ref pins", { extensions: { sourceRepositoryRef: "refs/heads/main" } }],
    ["a glob of an extension that ref pins", { extensionPatterns: { sourceRepositoryRef: "refs/heads/*" } }],
    [
      "an extension exactly and by a glob",
      { extensions: { buildTrigger: "a" }, extensionPatterns: { buildTrigger: "*" } },
    ],
    ["an extension that repository pins", { extensions: { sourceRepositoryURI: "https://github.com/acme/tools" } }],
    ["extensions as a list", { extensions: ["buildTrigger"] }],
    ["a server over http", { server: "http://github.com" }],
    ["an unknown runner", { runnerEnvironment: "mine" }],
  ];
  test.each(wrongGha)("for GitHub Actions refuses %s", async (_, change) => {
    const refusal = await refusalOf(() => IdentityPolicy.githubActions({ ...gha, ...change } as never));
    expect(refusal.code).toBe("ERR_OPTION_INVALID");
  });

  test("for GitHub Actions refuses an extension that nobody knows", async () => {
    const extensions = { sourceRepositoryReff: "x" };
    const refusal = await refusalOf(() => IdentityPolicy.githubActions({ ...gha, extensions } as never));
    expect([refusal.code, refusal.subject]).toEqual([
      "ERR_OPTION_UNKNOWN",
      "IdentityPolicy.githubActions.extensions.sourceRepositoryReff",
    ]);
    expect(refusal.hint).toContain("sourceRepositoryRef");
  });

  test.each(["repository", "workflow", "ref"])("for GitHub Actions requires %s", async (name) => {
    const { [name as "ref"]: _, ...rest } = gha;
    const refusal = await refusalOf(() => IdentityPolicy.githubActions(rest as never));
    expect(refusal.subject).toBe(`IdentityPolicy.githubActions.${name}`);
  });
});

describe("a keyed verifier", () => {
  test("is not made without keys", async () => {
    expect((await refusalOf(() => keyed({}))).subject).toBe("KeyedVerifier.keys");
    expect((await refusalOf(() => keyed({ keys: [] }))).code).toBe("ERR_OPTION_INVALID");
    expect((await refusalOf(() => keyed({ keys: [7] }))).code).toBe("ERR_OPTION_INVALID");
  });
});

describe("a call", () => {
  const verify = (change: object) => keyless(good()).verify({ ...input, ...change } as never);
  const wrong: [what: string, change: object, code: string][] = [
    ["an unknown option", { servers: "x" }, "ERR_OPTION_UNKNOWN"],
    ["a server that is undefined", { server: undefined }, "ERR_OPTION_INVALID"],
    ["an empty server", { server: "" }, "ERR_OPTION_INVALID"],
    ["a catalogue as text", { catalogue: "{}" }, "ERR_OPTION_INVALID"],
    ["a detached signature", { signature: "x" }, "ERR_OPTION_UNKNOWN"],
    ["an invalid date", { now: new Date(Number.NaN) }, "ERR_OPTION_INVALID"],
    ["a date as number", { now: 1_700_000_000 }, "ERR_OPTION_INVALID"],
    ["a bundle that is a number", { bundle: 7 }, "ERR_OPTION_INVALID"],
    ["a forged bundle", { bundle: Object.create(KeylessBundle.prototype) }, "ERR_OPTION_INVALID"],
  ];
  test.each(wrong)("refuses %s", async (_, change, code) => {
    expect((await refusalOf(() => verify(change))).code).toBe(code);
  });

  test("rejects, and never throws at once", async () => {
    const promise = keyless(good()).verify({ bogus: 1 } as never);
    await expect(promise).rejects.toMatchObject({ code: "ERR_OPTION_UNKNOWN" });
  });

  test("takes either an artifact or a digest", async () => {
    const verifier = keyless(good());
    const digest = `sha256:${"0".repeat(64)}`;
    for (const both of [{}, { artifact: real.catalogue, digest }]) {
      const refusal = await refusalOf(() => verifier.verifyArtifact({ ...both, bundle: real.bundle } as never));
      expect(refusal.code).toBe("ERR_OPTION_INVALID");
    }
  });

  test("a getter is not run", async () => {
    let reads = 0;
    const options = Object.defineProperty({ ...good() }, "freshness", { enumerable: true, get: () => ++reads });
    const refusal = await refusalOf(() => keyless(options));
    expect([refusal.code, refusal.subject, reads]).toEqual(["ERR_OPTION_INVALID", "KeylessVerifier.freshness", 0]);
  });

  test("each member is read once", () => {
    const reads: PropertyKey[] = [];
    const options = new Proxy(good(), {
      getOwnPropertyDescriptor: (target, name) => {
        reads.push(name);
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
    });
    keyless(options);
    expect(reads).toEqual(["trustRoot", "identityPolicy", "stateStore"]);
  });
});
