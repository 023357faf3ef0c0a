/** What each mistake in a policy file is told as: the code, the place with file, line and member, and what was expected and found. */
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { InkanError, InMemoryStateStore } from "../../ts/entry/node.js";
import { loadPolicy } from "../../ts/policy_file/index.js";
import { realCase } from "../support/cases.js";

const real = realCase("keyless-uri-gha");
const FILE = "inkan.config.json";
const PEM = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();

const BARE = { server: "https://tools.example.com/mcp", catalogue: "catalogue.json", bundle: "bundle.sigstore.json" };
const SIGNER = {
  identity: { san: real.expected.identity, issuer: real.expected.issuer },
  trustRoot: "trusted_root.json",
};
const GOOD = { command: "node", ...BARE, ...SIGNER };
const REMOTE = { url: "https://tools.example.com/mcp", ...BARE, ...SIGNER };
const KEYED = { command: "node", ...BARE, keys: ["k.pem"] };
const fileOf = (server: unknown): string => JSON.stringify({ servers: { files: server } }, null, 1);

/** How a policy file spells a variable of the environment. */
const env = (name: string): string => `\${env:${name}}`;

const OTHER_FILES: Readonly<Record<string, string>> = {
  "k.pem": PEM,
  "bad.pem": "nonsense",
  "bad_root.json": "{}",
  "torn.json": "[1",
};

/** Reads the file, and makes the verifier of each of its servers. */
async function load(content: string | Uint8Array): Promise<void> {
  const policy = await loadPolicy({
    file: FILE,
    environment: { SET: "x" },
    openStore: () => new InMemoryStateStore(),
    readFile: async (path, longest, kind) => {
      const text = kind === "policy" ? content : OTHER_FILES[path];
      const bytes = text === undefined ? readFileSync(join(real.folder, path)) : Buffer.from(text as string);
      if (bytes.length > longest) throw new RangeError(`more than ${longest} bytes`);
      return new Uint8Array(bytes);
    },
  });
  for (const name of policy.servers) await policy.server(name);
}

const refusalOf = (content: string | Uint8Array): Promise<InkanError> =>
  load(content).then(
    () => expect.fail("nothing was refused"),
    (error) => {
      if (error instanceof InkanError) return error;
      throw error;
    },
  );

/** What is wrong, the file, its place, and words of the message. */
type Mistake = readonly [what: string, content: string | Uint8Array, place: string, told: string, more?: string];

const server = (what: string, change: object, member: string, told: string, more = ""): Mistake => [
  what,
  fileOf({ ...GOOD, ...change }),
  `: servers.files${member === "" ? "" : `.${member}`}`,
  told,
  more,
];
const remote = (what: string, change: object, member: string, told: string, more = ""): Mistake => [
  what,
  fileOf({ ...REMOTE, ...change }),
  `: servers.files${member === "" ? "" : `.${member}`}`,
  told,
  more,
];
const keyed = (what: string, change: object, member: string, told: string, more = ""): Mistake => [
  what,
  fileOf({ ...KEYED, ...change }),
  `: servers.files.${member}`,
  told,
  more,
];

const JSON_TEXT = "one JSON object";

const OF_THE_FILE: readonly Mistake[] = [
  ["a byte order mark", `\ufeff${fileOf(GOOD)}`, `${FILE}:1`, "a byte order mark", "as UTF-8 without one"],
  ["nothing", "", `${FILE}:1`, "an empty file"],
  ["white space", " \n ", `${FILE}:1`, "an empty file"],
  ["null", "null", `${FILE}:1: the whole file`, "Found: null"],
  ["a list", "[]", `${FILE}:1: the whole file`, "Found: a list"],
  ["a comment", "{\n// x\n}", `${FILE}:2`, JSON_TEXT, "a comment in column 1"],
  ["a comment of several lines", "{\n/* x */}", `${FILE}:2`, JSON_TEXT, "a comment in column 1"],
  ["a comma too many", '{"servers":{\n},}', `${FILE}:2`, JSON_TEXT, "} in column 3, perhaps after a comma too many"],
  ["single quotes", "{'servers':{}}", `${FILE}:1`, JSON_TEXT, "in column 2"],
  ["an end too early", '{"servers":{', `${FILE}:1`, JSON_TEXT, "the end of the file"],
  ["a duplicate", '{"servers":{},\n"servers":{}}', `${FILE}:2: servers`, "it stands in line 1 too"],
  ["an escaped duplicate", '{"servers":{},\n"server\\u0073":{}}', `${FILE}:2: servers`, "it stands in line 1 too"],
  ["nonsense", "x".repeat(1_000_000), `${FILE}:1`, JSON_TEXT],
  ["10 MB of nonsense", "x".repeat(10_000_000), FILE, "more than 1048576 bytes"],
  ["deep nesting", "[".repeat(500_000), FILE, "nested too deeply"],
  [
    "deep nesting in a member",
    fileOf(GOOD).replace('"node"', `${"[".repeat(2_000)}${"]".repeat(2_000)}`),
    "command",
    "a text",
  ],
  [
    "deep nesting of options",
    fileOf({ ...GOOD, thresholds: "X" }).replace('"X"', `${"[".repeat(2_000)}${"]".repeat(2_000)}`),
    "[0][0]",
    "at most 32 levels",
  ],
  ["Latin-1", Uint8Array.of(0x7b, 0xe9, 0x7d), FILE, "UTF-8"],
  ["UTF-16", new Uint8Array(Buffer.from("\ufeff{}", "utf16le")), FILE, "UTF-8"],
  ["no servers", "{}", `${FILE}:1: the whole file`, "the member servers"],
  ["servers as a list", '{"servers":[]}', ": servers", "Found: a list"],
  ["a typo at the top", '{"servers":{},\n"server":{}}', `${FILE}:2: server`, "Did you mean servers?"],
  ["a host's file", '{"mcpServers":{}}', ": mcpServers", "Did you mean servers?"],
  ["$schema as a number", '{"$schema":1,"servers":{}}', ": $schema", "Found: a number"],
  ["a server without a name", '{"servers":{"":{}}}', ': servers[""]', "a name"],
  ["a server as a text", '{"servers":{"a b":"x"}}', ': servers["a b"]', "an object"],
  ["__proto__ as a server", '{"servers":{"__proto__":{}}}', ": servers.__proto__", "one of command, url"],
];

const OF_A_SERVER: readonly Mistake[] = [
  server("an unknown name", { catalog: "x" }, "catalog", "Did you mean catalogue?"),
  server("a name in other case", { trustroot: "x" }, "trustroot", "Did you mean trustRoot?"),
  server("a name like no other", { zzz: "x" }, "zzz", "one of command, args"),
  [
    "__proto__",
    fileOf(GOOD).replace('"command"', '"__proto__": 1, "command"'),
    ": servers.files.__proto__",
    "one of command",
  ],
  server("a command that is a number", { command: 1 }, "command", "Found: a number"),
  server("an empty command", { command: "" }, "command", "an empty text"),
  server("a command with U+0000", { command: "x\0" }, "command", "U+0000"),
  server("args as a text", { args: "x" }, "args", "Expected: a list"),
  server("an argument that is a number", { args: ["a", 1] }, "args[1]", "Found: a number"),
  server("an argument with U+0000", { args: ["a\0"] }, "args[0]", "U+0000"),
  server("cwd as a number", { cwd: 1 }, "cwd", "Found: a number"),
  server("env as a list", { env: [] }, "env", "Found: a list"),
  server("a variable that is a number", { env: { A: 1 } }, "env.A", "Found: a number"),
  server(
    "a variable that is not set",
    { env: { A: env("NOPE") } },
    "env.A",
    "the environment variable NOPE",
    "Set NOPE",
  ),
  server("a variable of Object.prototype", { env: { A: env("toString") } }, "env.A", "not set"),
  server("a variable without a name", { env: { A: env("") } }, "env.A", env("NAME")),
  server("a variable without an end", { env: { A: "a ${env:SET" } }, "env.A", "no brace at its end"),
  server("a variable's name with =", { env: { "A=B": "x" } }, 'env["A=B"]', "a variable's name"),
  server("headers for a command", { headers: {} }, "headers", "url beside headers"),
  remote("a header's name with a space", { headers: { "a b": "x" } }, 'headers["a b"]', "a header's name"),
  remote("a header with a line feed", { headers: { a: "s3cret\nx" } }, "headers.a", "a value that a header may hold"),
  remote("a header beyond Latin-1", { headers: { a: "s3cret…" } }, "headers.a", "a value that a header may hold"),
  server("two reaches", { url: "https://a.example" }, "url", "command too"),
  server("no reach", { command: undefined }, "", "one of command, url", 'reached, "url"'),
  remote("args for a URL", { args: [] }, "args", "command beside it"),
  remote("cwd for a URL", { cwd: "." }, "cwd", "command beside it"),
  remote("no URL", { url: "nope" }, "url", "an https URL", "Found: nope"),
  remote("plain http", { url: "http://tools.example.com/a?token=s3cret" }, "url", "Found: http://tools.example.com/a"),
  remote("a URL with a password", { url: "https://me:s3cret@a.example" }, "url", "without a user's name"),
  server("no server for a command", { server: undefined }, "", "the member server", "npm:@acme/files-server"),
  server("no catalogue", { catalogue: undefined }, "", "the member catalogue"),
  server("a file: URL", { catalogue: "file:///x" }, "catalogue", "an https URL"),
  server("another scheme", { catalogue: "oci:x" }, "catalogue", "npm:NAME or well-known:"),
  server("a package's name that leads elsewhere", { catalogue: "npm:../x" }, "catalogue", "a package's name"),
  server("well-known: for a command", { catalogue: "well-known:" }, "catalogue", "url beside well-known:"),
  server("no proof", { bundle: undefined }, "", "one of bundle, signature"),
  server("two proofs", { signature: "x" }, "signature", "bundle too"),
  server(
    "a detached signature for an identity",
    { bundle: undefined, signature: "x" },
    "signature",
    "needs its bundle",
  ),
  server("no signer", { identity: undefined }, "", "one of keys, identity"),
  server("two signers", { keys: ["k.pem"] }, "identity", "keys too"),
  server("an identity as a text", { identity: "x" }, "identity", "a plain object"),
  server(
    "a typo in an identity",
    { identity: { ...GOOD.identity, isuer: "x" } },
    "identity.isuer",
    "Did you mean issuer?",
  ),
  server("an identity without an issuer", { identity: { san: "x" } }, "identity", "the OIDC issuer"),
  server("a number in an identity", { identity: { san: 1, issuer: "x" } }, "identity.san", "Found: a number"),
  server(
    "a pattern with a wildcard as its host",
    { identity: undefined, identityPattern: { sanPattern: "https://*/x", issuer: "https://x" } },
    "identityPattern.sanPattern",
    "no wildcard in scheme or host",
  ),
  server(
    "a ref that is none",
    { identity: undefined, githubActions: { repository: "a/b", workflow: "r.yml", ref: "v1" } },
    "githubActions.ref",
    "refs/tags/v1",
  ),
  server(
    "a typo for a repository",
    { identity: undefined, githubActions: { repo: "a/b" } },
    "githubActions.repo",
    "Did you mean repository?",
  ),
  server("no trust root", { trustRoot: undefined }, "", "the member trustRoot"),
  server("a trust root that is missing", { trustRoot: "nope.json" }, "trustRoot", "ENOENT"),
  server("a trust root that is none", { trustRoot: "bad_root.json" }, "trustRoot", "no media type"),
  server("a torn trust root", { trustRoot: "torn.json" }, "trustRoot", "the end of the text"),
  server("an origin that is a number", { logOrigins: { x: 1 } }, "logOrigins", "a list of origins"),
  server(
    "an origin of no log",
    { logOrigins: { "https://nope.example": ["x"] } },
    "logOrigins",
    "the baseUrl of a log",
  ),
  keyed("log origins without a trust root", { logOrigins: {} }, "logOrigins", "trustRoot beside it"),
  keyed("keys as a number", { keys: 1 }, "keys", "Found: a number"),
  keyed("a key that is a number", { keys: ["k.pem", 1] }, "keys[1]", "Found: a number"),
  keyed("no keys", { keys: [] }, "keys", "an empty list"),
  keyed("the key itself", { keys: [PEM] }, "keys[0]", "the key itself"),
  keyed("a key that is missing", { keys: ["k.pem", "nope.pem"] }, "keys[1]", "ENOENT"),
  keyed("a key that is none", { keys: ["k.pem", "bad.pem"] }, "keys[1]", "-----BEGIN"),
  server("a typo in thresholds", { thresholds: { sct: 1 } }, "thresholds.sct", "Did you mean scts?"),
  server("a threshold as a text", { thresholds: { scts: "1" } }, "thresholds.scts", "a number"),
  server("thresholds as a list", { thresholds: [] }, "thresholds", "a plain object"),
  server("a wrong freshness", { freshness: "logs" }, "freshness", "one of scope, log", "Did you mean log?"),
  server("a wrong firstUse", { firstUse: "no" }, "firstUse", "one of record, deny"),
  server("an empty state", { state: "" }, "state", "an empty text"),
  server("a state with a variable that is not set", { state: `redis://u:${env("NOPE")}@h` }, "state", "Set NOPE"),
  server("a state with a variable without an end", { state: "redis://u:${env:SET" }, "state", "no brace at its end"),
  server("a state of another kind", { state: "postgres://me:s3cret@db" }, "state", "redis://"),
  server("a state without its colon", { state: "redis//x" }, "state", "redis://"),
  server("tools unsigned", { unsigned: ["tools"] }, "unsigned[0]", "one of prompts"),
  server("one resource unsigned", { unsigned: ["resource"] }, "unsigned[0]", "Did you mean resources?"),
  server("unsigned as a text", { unsigned: "resources" }, "unsigned", "Expected: a list"),
  server("a wrong word", { sampling: "yes" }, "sampling", "one of refuse, allow"),
  server("true for a word", { sampling: true }, "sampling", "Found: a boolean"),
  server("a negative overlap", { overlapSeconds: -1 }, "overlapSeconds", "0 or more"),
  server("half a second", { overlapSeconds: 1.5 }, "overlapSeconds", "Found: 1.5"),
  server("a refresh of 0", { refresh: 0 }, "refresh", "1 or more"),
  server("a refresh as a text", { refresh: "60" }, "refresh", "a number of seconds, or"),
  server("a refresh without its member", { refresh: {} }, "refresh", "a number of seconds, or"),
  server("a typo in refresh", { refresh: { every: 1 } }, "refresh.every", "everySeconds"),
  server("a wrong validate", { validate: "argument" }, "validate", "Did you mean arguments?"),
];

const MISTAKES = [...OF_THE_FILE, ...OF_A_SERVER].map(([what, ...mistake]) => ({ what, mistake }));

test.each(MISTAKES)("$what", async ({ mistake: [content, place, told, more = ""] }) => {
  const { subject = "", message } = await refusalOf(content);
  expect(subject.startsWith(FILE)).toBe(true);
  // The member itself is named, and no more than what its reader calls it.
  expect(subject.replace(/ \(.*\)$/, "").endsWith(place)).toBe(true);
  if (place.startsWith(": servers.files")) expect(subject).toMatch(/^inkan\.config\.json:\d+: /);
  expect(message).toContain(told);
  expect(message).toContain(more);
  expect(message).not.toContain("s3cret");
});

test("the line is that of the member", async () => {
  const lines = fileOf({ ...GOOD, sampling: "yes" }).split("\n");
  const { subject } = await refusalOf(lines.join("\n"));
  const line = lines.findIndex((text) => text.includes('"sampling"')) + 1;
  expect(subject).toBe(`${FILE}:${line}: servers.files.sampling`);
});

test("what the mistakes are made from is right", async () => {
  for (const good of [GOOD, REMOTE, KEYED]) await load(fileOf(good));
  await load(fileOf({ ...GOOD, env: { A: env("SET"), B: "$OTHER" } }));
});
