/** docs/inkan.config.schema.json says what the reader of policy files says, as far as a schema can. */
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Schema, Validator } from "@cfworker/json-schema";
import { expect, test } from "vitest";
import { InkanError, InMemoryStateStore } from "../../ts/entry/node.js";
import { loadPolicy } from "../../ts/policy_file/index.js";
import { realCase } from "../support/cases.js";
import { inRoot } from "../support/repository.js";

const schema = JSON.parse(readFileSync(inRoot("docs/inkan.config.schema.json"), "utf8"));
const validator = new Validator(schema as Schema, "2020-12");
const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PEM = publicKey.export({ type: "spki", format: "pem" }).toString();
const ROOT = readFileSync(join(realCase("keyless-uri-gha").folder, "trusted_root.json"));

/** How a policy file spells a variable of the environment. */
const env = (name: string): string => `\${env:${name}}`;

/** What the reader, and the verifiers of all servers, refuse. */
async function refusalOf(text: string): Promise<InkanError | undefined> {
  try {
    const policy = await loadPolicy({
      file: "inkan.config.json",
      environment: { SET: "x" },
      openStore: () => new InMemoryStateStore(),
      readFile: async (_path, _longest, kind) =>
        new Uint8Array(kind === "policy" ? Buffer.from(text) : kind === "key" ? Buffer.from(PEM) : ROOT),
    });
    for (const name of policy.servers) await policy.server(name);
    return undefined;
  } catch (error) {
    if (error instanceof InkanError && error.code !== "ERR_INTERNAL") return error;
    throw error;
  }
}

/** What the schema allows and the reader may refuse: rules that a schema cannot state, by the words of the refusal. */
const UNSAYABLE: readonly RegExp[] = [
  // What stands in the environment and in the trust root.
  /the environment variable/,
  /the baseUrl of a log of the trust root/,
  /a trust root with the logs/,
  // The grammar of refs.
  /a full ref such as/,
  // A pin that another option sets as well.
  /an extension that nothing else pins/,
];

type Outcome = "accepted" | "refused" | "unsayable";

async function compare(document: unknown): Promise<Outcome> {
  const text = JSON.stringify(document);
  const { valid } = validator.validate(JSON.parse(text));
  const refused = await refusalOf(text);
  const why = `${text}\n${refused?.message ?? "accepted"}`;
  if (refused === undefined) {
    expect(valid, why).toBe(true);
    return "accepted";
  }
  const isUnsayable = UNSAYABLE.some((rule) => rule.test(refused.message));
  if (valid && isUnsayable) return "unsayable";
  expect(valid, why).toBe(false);
  return "refused";
}

const KEYED = { command: "node", server: "npm:@acme/a", catalogue: "c.json", bundle: "b.json", keys: ["k.pem"] };
const ACTIONS = { repository: "acme/tools", workflow: "release.yml", ref: "refs/tags/v*" };

/** The names that the reader takes in an object, as its refusal of an unknown one lists them. */
async function namesOf(wrong: object): Promise<string[]> {
  const refused = await refusalOf(JSON.stringify(wrong));
  return /one of ([\w$, ]+)/.exec(refused?.expected ?? "")?.[1]?.split(", ") ?? [];
}

const inServer = (members: object): object => ({ servers: { a: members } });
const { keys: _, ...UNSIGNED } = KEYED;
const keyless = (signer: object): object => inServer({ ...UNSIGNED, ...signer, trustRoot: "t.json" });

test.each([
  ["the file", schema, { servers: {}, zzz: 1 }],
  ["a server", schema.$defs.server, inServer({ ...KEYED, zzz: 1 })],
  ["identity", schema.$defs.identity, keyless({ identity: { zzz: 1 } })],
  ["identityPattern", schema.$defs.identity, keyless({ identityPattern: { zzz: 1 } })],
  ["githubActions", schema.$defs.githubActions, keyless({ githubActions: { zzz: 1 } })],
  ["extensions", schema.$defs.extensions, keyless({ githubActions: { ...ACTIONS, extensions: { zzz: 1 } } })],
  ["thresholds", schema.$defs.server.properties.thresholds, inServer({ ...KEYED, thresholds: { zzz: 1 } })],
  ["refresh", schema.$defs.server.properties.refresh.oneOf[1], inServer({ ...KEYED, refresh: { zzz: 1 } })],
])("the reader and the schema have the same members: %s", async (_what, part, wrong) => {
  const names = await namesOf(wrong);
  expect(names.length).toBeGreaterThan(0);
  expect(Object.keys(part.properties).sort()).toEqual([...names].sort());
});

test("the members of githubRelease, where this build reads it", async () => {
  const wrong = keyless({ githubRelease: { repository: "a/b", zzz: 1 } });
  const names = await namesOf(wrong);
  const unknown = (await refusalOf(JSON.stringify(wrong)))?.code === "ERR_OPTION_UNKNOWN";
  if (unknown) expect(Object.keys(schema.$defs.githubRelease.properties).sort()).toEqual([...names].sort());
  expect(validator.validate(wrong).valid).toBe(false);
});

test("every member has a description, for editors", () => {
  for (const part of [
    schema,
    schema.$defs.server,
    schema.$defs.identity,
    schema.$defs.githubActions,
    schema.$defs.githubRelease,
  ]) {
    for (const [name, member] of Object.entries(part.properties)) expect(member, name).toHaveProperty("description");
  }
});

test("what the contract allows is allowed, whichever build reads it", () => {
  const { command: _command, ...remote } = { ...KEYED, url: "https://a.example/mcp" };
  for (const server of [
    { ...remote, catalogue: "well-known:", bundle: undefined },
    { ...KEYED, catalogue: "npm:@acme/a", bundle: undefined },
    { ...KEYED, catalogue: "npm:@acme/a@1.2.3", bundle: undefined },
    { ...KEYED, keys: undefined, githubRelease: { repository: "acme/tools" }, trustRoot: "public-good" },
  ]) {
    const { valid, errors } = validator.validate(JSON.parse(JSON.stringify(inServer(server))));
    expect(errors).toEqual([]);
    expect(valid).toBe(true);
  }
});

test("random files", async () => {
  let state = 11;
  const next = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const pick = <T>(items: readonly T[]): T => items[next(items.length)] as T;
  const odd = (): unknown =>
    pick([0, 1, -1, 1.5, 2 ** 53, "", "x", null, true, [], {}, [1], [""], ["x"], { x: 1 }, "a\0"]);
  /** Now and then something else stands in a value's place. */
  const perhaps = (value: () => unknown, rarely = 150): unknown => (next(rarely) === 0 ? odd() : value());
  const some = (members: Record<string, () => unknown>, chance: number): object =>
    Object.fromEntries(
      Object.entries(members).flatMap(([name, value]) => (next(chance) === 0 ? [[name, perhaps(value)]] : [])),
    );
  const variables = (values: readonly string[], names: readonly string[]) => () =>
    Object.fromEntries(Array.from({ length: next(3) }, () => [pick(names), perhaps(() => pick(values))]));
  const extensions = (): object =>
    some({ buildTrigger: () => "push", runnerEnvironment: () => "github-hosted", zzz: () => "x" }, 6);
  const values = [
    "",
    "x",
    `Bearer ${env("SET")}`,
    env("UNSET"),
    env(""),
    env("SET").slice(0, -1),
    env("OTHER").replace("env:", ""),
    "$",
    "é",
    "a\tb",
    "a\nb",
    "日",
  ];
  const command = (): object => ({
    command: perhaps(() => pick(["node", "/bin/a", "a b"])),
    ...some(
      {
        args: () => Array.from({ length: next(3) }, () => perhaps(() => pick(["", "-x", "日"]))),
        env: variables(values, ["A", "a-b", "", "A=B"]),
        cwd: () => pick([".", "/tmp"]),
        headers: () => ({}),
      },
      6,
    ),
  });
  const url = (): string =>
    pick([
      "https://a.example/mcp",
      "HTTPS://a.example",
      "http://localhost:1/mcp",
      "http://[::1]",
      "http://a.example",
      " https://a.example",
      "ftp://a.example",
      "nope",
      "https:/a",
    ]);
  const remote = (): object => ({
    url: perhaps(() => (next(5) === 0 ? url() : "https://a.example/mcp")),
    ...some({ headers: variables(values, ["Authorization", "a b", "x-é", ""]), cwd: () => ".", args: () => [] }, 8),
  });
  const source = (): unknown =>
    perhaps(() =>
      pick([
        "c.json",
        "dir/c.json",
        "c.json",
        "../c",
        "C:\\c.json",
        "https://a.example/c",
        "npm:@acme/a",
        "npm:a",
        "npm:../a",
        "well-known:",
        "oci:a",
        "file:///c",
      ]),
    );
  const identity = (field: "san" | "sanPattern") => (): object =>
    some(
      {
        issuer: () => "https://issuer.example",
        [field]: () => pick([`https://github.com/a/b${field === "san" ? "" : "/*"}`, "https://github.com/a"]),
        zzz: odd,
      },
      1,
    );
  const oneIdentity = (field: "san" | "sanPattern") => (): object => {
    const { zzz, ...rest } = identity(field)() as Record<string, unknown>;
    return {
      ...rest,
      ...(next(20) === 0 ? { zzz } : {}),
      ...some({ sanType: () => pick(["uri", "uri", "URI"]), extensions, extensionPatterns: extensions }, 8),
    };
  };
  const actions = (): object => ({
    ...some({ repository: () => pick(["acme/tools", "acme/tools", "acme"]) }, 1),
    ...some(
      {
        workflow: () => pick(["release.yml", "**", "release.yaml", "release"]),
        ref: () => pick(["refs/tags/v*", "**", "v1", "refs/a..b"]),
      },
      1,
    ),
    ...some(
      {
        workflowRepository: () => "acme/ci",
        workflowRef: () => pick(["refs/heads/main", "0".repeat(40), "main"]),
        runnerEnvironment: () => pick(["github-hosted", "hosted"]),
        trigger: () => "push",
        server: () => pick(["https://git.example", "git.example"]),
        issuer: () => "https://i.example",
        extensions,
        extensionPatterns: extensions,
        zzz: odd,
      },
      9,
    ),
  });
  const signers: Record<string, () => unknown> = {
    keys: () => perhaps(() => pick<unknown>(["k.pem", ["k.pem"], ["k.pem", "l.pem"], [], PEM, [PEM]]), 12),
    identity: oneIdentity("san"),
    identityPattern: oneIdentity("sanPattern"),
    githubActions: actions,
    githubRelease: () =>
      some({ repository: () => "acme/tools", tag: () => "v*", repositoryId: () => pick<unknown>(["12", 12]) }, 1),
  };
  const signer = (): object => {
    const name = pick(["keys", "keys", "keys", ...Object.keys(signers)]);
    const second = next(30) === 0 ? pick(Object.keys(signers)) : name;
    return Object.fromEntries(
      (next(25) === 0 ? [] : [name, second]).map((one) => [one, perhaps(signers[one] as () => unknown)]),
    );
  };
  const seconds = (): unknown => pick([0, 1, 60, 60, 1.5, "60"]);
  const server = (): object => ({
    ...(next(60) === 0 ? {} : next(3) === 0 ? remote() : command()),
    ...(next(60) === 0 ? remote() : {}),
    ...(next(40) === 0 ? {} : { server: perhaps(() => "npm:@acme/a") }),
    ...(next(60) === 0 ? {} : { catalogue: next(4) > 0 ? "c.json" : source() }),
    ...(next(20) === 0 ? {} : { bundle: next(4) > 0 ? "b.json" : source() }),
    ...(next(30) === 0 ? { signature: source() } : {}),
    ...signer(),
    ...(next(12) === 0 ? {} : { trustRoot: perhaps(() => pick(["t.json", "t.json", "t.json", "public-good"])) }),
    ...some(
      {
        logOrigins: () => pick<unknown>([{}, { "https://a.example": ["a"] }, { x: "a" }, { x: [""] }]),
        thresholds: () =>
          some(
            {
              logEntries: () => pick([0, 1]),
              timestamps: () => 0,
              scts: () => pick<unknown>([0, 1, "1", -1]),
              zzz: odd,
            },
            3,
          ),
        freshness: () => pick(["scope", "log", "logs"]),
        firstUse: () => pick(["record", "deny", "no"]),
        state: () => pick(["s.json", "none", "redis://a", "rediss://a", "postgres://a", "C:\\s.json"]),
        unsigned: () => pick<unknown>([[], ["prompts"], ["resources", "resourceTemplates"], ["tools"], "resources"]),
        sampling: () => pick(["refuse", "allow", "yes"]),
        overlapSeconds: seconds,
        refresh: () => (next(2) === 0 ? seconds() : some({ everySeconds: seconds, zzz: odd }, 2)),
        validate: () => pick(["arguments", "results", "both", "all"]),
        catalog: odd,
      },
      14,
    ),
  });
  const counts: Record<Outcome, number> = { accepted: 0, refused: 0, unsayable: 0 };
  for (let round = 0; round < 3_000; round += 1) {
    const top = {
      servers: perhaps(() => ({ [next(40) === 0 ? "" : "a"]: perhaps(server) })),
      ...some({ $schema: () => "x", zzz: odd }, 30),
    };
    counts[await compare(top)] += 1;
  }
  expect(counts.accepted).toBeGreaterThan(150);
  expect(counts.refused).toBeGreaterThan(1_000);
  expect(counts.unsayable).toBeGreaterThan(5);
});
