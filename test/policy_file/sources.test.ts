/** Where a policy file's catalogue may be: a URL, a well-known place, a package. Served on this machine, well and badly. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { InMemoryStateStore } from "../../ts/entry/node.js";
import { LIMITS } from "../../ts/generated/limits.js";
import { type LoadPolicyOptions, loadPolicy } from "../../ts/policy_file/index.js";
import { realCase } from "../support/cases.js";
import { type Answer, fileServer, filesAt } from "../support/file_server.js";
import { refusalOf } from "../support/refusal.js";
import { inRoot } from "../support/repository.js";

const real = realCase("keyless-uri-gha");
const SERVER = "https://tools.example.com/mcp";
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(real.folder, name)));
const CATALOGUE = file("catalogue.json");
const BUNDLE = file("bundle.sigstore.json");

const SIGNER = {
  identity: { san: real.expected.identity, issuer: real.expected.issuer },
  trustRoot: "trusted_root.json",
};

/** A policy file that has only this server. */
const policyOf = (server: object): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ servers: { tools: { server: SERVER, ...server } } }));

async function serverOf(server: object, options: Partial<LoadPolicyOptions> = {}) {
  const policy = await loadPolicy({
    file: "inkan.config.json",
    readFile: async (path, _longest, kind) => (kind === "policy" ? policyOf(server) : file(path)),
    openStore: () => new InMemoryStateStore(),
    ...options,
  });
  return policy.server("tools");
}

const WELL_KNOWN = {
  "/.well-known/mcp-catalogue.json": CATALOGUE,
  "/.well-known/mcp-catalogue.sigstore.json": BUNDLE,
};

test("well-known: catalogue and bundle stand at the origin of the server's URL, and no header is sent there", async () => {
  const { origin, asked } = await fileServer(filesAt(WELL_KNOWN));
  const headers = { authorization: "Bearer s3cret" };
  const server = await serverOf({ url: `${origin}/mcp`, headers, catalogue: "well-known:", ...SIGNER });
  expect((await server.report()).verdict).toBe("verified");
  const query = `?server=${encodeURIComponent(`${origin}/mcp`)}`;
  expect(asked.map(({ url }) => url).sort()).toEqual([
    `/.well-known/mcp-catalogue.json${query}`,
    `/.well-known/mcp-catalogue.sigstore.json${query}`,
  ]);
  expect(asked.map((request) => request.headers.authorization)).toEqual([undefined, undefined]);
});

test("well-known: an identifier at the server's origin is what is asked for, without the user's own parameters", async () => {
  const { origin, asked } = await fileServer(filesAt({}));
  const server = await serverOf({
    url: `${origin}/mcp?key=s3cret`,
    server: `${origin}/mcp`,
    catalogue: "well-known:",
    ...SIGNER,
  });
  const { closedBy } = await server.gate();
  expect(closedBy?.message).not.toContain("s3cret");
  for (const { url } of asked) expect(url).toMatch(/\?server=http%3A%2F%2F127\.0\.0\.1%3A\d+%2Fmcp$/);
});

test("well-known: with keys and a signature, the signature stands beside the catalogue", async () => {
  const { origin, asked } = await fileServer(filesAt(WELL_KNOWN));
  const readFile: LoadPolicyOptions["readFile"] = async (path, _longest, kind) =>
    kind === "key" ? new Uint8Array(readFileSync(join(realCase("key-ecdsa-p256-tlog").folder, path))) : policy;
  const policy = policyOf({
    url: `${origin}/mcp`,
    catalogue: "well-known:",
    signature: "well-known:",
    keys: ["public_key.pem"],
  });
  const server = await serverOf({}, { readFile });
  expect((await server.gate()).closedBy?.code).toBe("ERR_POLICY_SOURCE");
  const paths = asked.map(({ url = "" }) => new URL(url, origin).pathname).sort();
  expect(paths).toEqual(["/.well-known/mcp-catalogue.json", "/.well-known/mcp-catalogue.json.sig"]);
});

test("a URL: what the server says of the content's type does not count", async () => {
  const files = { "/c": CATALOGUE, "/b": BUNDLE };
  const { origin } = await fileServer(filesAt(files, { "content-type": "text/html; charset=latin1" }));
  const server = await serverOf({ command: "node", catalogue: `${origin}/c`, bundle: `${origin}/b`, ...SIGNER });
  expect((await server.report()).verdict).toBe("verified");
});

/** What closes the gate if the catalogue is at this place. */
async function closedAt(answer: Answer, options: Partial<LoadPolicyOptions> = {}) {
  const { origin, asked } = await fileServer(answer);
  const catalogue = `${origin}/c?token=s3cret`;
  const server = await serverOf({ command: "node", catalogue, bundle: "bundle.sigstore.json", ...SIGNER }, options);
  const { closedBy } = await server.gate();
  expect(String(closedBy?.message)).not.toContain("s3cret");
  return { code: closedBy?.code, found: closedBy?.found, asked: asked.length };
}

test("a redirect is followed within its origin", async () => {
  const answer: Answer = (request, response) =>
    request.url === "/moved" ? response.end(CATALOGUE) : response.writeHead(302, { location: "/moved" }).end();
  expect(await closedAt(answer)).toEqual({ code: undefined, found: undefined, asked: 2 });
});

test("a redirect to another origin is not followed", async () => {
  const other = await fileServer(filesAt({ "/c": CATALOGUE }));
  for (const location of [`${other.origin}/c`, "http://localhost:1/c", "https://127.0.0.1:1/c", "data:,x"]) {
    const closed = await closedAt((_, response) => response.writeHead(307, { location }).end());
    expect(closed).toEqual({
      code: "ERR_POLICY_SOURCE",
      found: expect.stringMatching(/redirects to another origin/),
      asked: 1,
    });
  }
  expect(other.asked).toEqual([]);
});

const bomb = gzipSync(Buffer.alloc(LIMITS.catalogue + 1));
const GZIP = { "content-encoding": "gzip" };

/** Writes until the reader has gone away. */
const endless: Answer = (_, response) => {
  const piece = Buffer.alloc(1 << 18, " ");
  const write = (): void => {
    while (!response.destroyed && response.write(piece)) {}
  };
  response.writeHead(200).on("drain", write);
  write();
};

const SECOND = { timeoutMs: 1_000 };

type Bad = readonly [what: string, answer: Answer, told: RegExp, options?: Partial<LoadPolicyOptions>];

const BAD: readonly Bad[] = [
  ["a redirect in a circle", (_, response) => response.writeHead(302, { location: "/c" }).end(), /more than 5 times/],
  ["a redirect to no URL", (_, response) => response.writeHead(302, { location: "http://[" }).end(), /no URL/],
  ["a redirect to nowhere", (_, response) => response.writeHead(302).end(), /answers 302/],
  ["no such file", filesAt({}), /\/c answers 404$/],
  ["a server that breaks off", (_, response) => response.destroy(), /^http:\S+\/c could not be fetched: ./],
  ["a failing server", (_, response) => response.writeHead(503).end(), /answers 503/],
  ["no content", (_, response) => response.writeHead(204).end(), /answers 204/],
  ["a body without end", endless, /has more than 33554432 bytes/],
  ["a gzip bomb", (_, response) => response.writeHead(200, GZIP).end(bomb), /has more than 33554432 bytes/],
  ["broken gzip", (_, response) => response.writeHead(200, GZIP).end("no gzip at all"), /./],
  ["an answer that never comes", () => {}, /was not read within 1000 ms/, SECOND],
  ["a body that stops", (_, response) => response.writeHead(200).write("{"), /was not read within 1000 ms/, SECOND],
  [
    "a connection that breaks",
    (_, response) => response.writeHead(200, { "content-length": "9" }).write("{", () => response.destroy()),
    /./,
  ],
  [
    "a fetch that heeds no signal",
    () => {},
    /was not read within 1000 ms/,
    { ...SECOND, fetch: () => new Promise(() => {}) },
  ],
];

test.each(BAD.map(([what, ...rest]) => ({ what, rest })))("$what closes the gate with the reason", async ({ rest }) => {
  const [answer, told, options] = rest;
  const { code, found } = await closedAt(answer, options);
  expect([code, found]).toEqual(["ERR_POLICY_SOURCE", expect.stringMatching(told)]);
});

test("a page in the catalogue's place, and one in the bundle's, are refused as what they are", async () => {
  const page = filesAt({ "/c": "<!doctype html><title>Sign in</title>" });
  expect((await closedAt(page)).code).toBe("ERR_DIGEST_MISMATCH");
  const { origin } = await fileServer(page);
  const server = await serverOf({
    command: "node",
    catalogue: "catalogue.json",
    bundle: `${origin}/c`,
    ...SIGNER,
  });
  expect((await server.gate()).closedBy?.code).toMatch(/^ERR_(BUNDLE|JSON)_/);
});

test("plain http is for this machine alone", async () => {
  for (const place of [
    "http://tools.example.com/c",
    "http://10.0.0.1/c",
    "ftp://127.0.0.1/c",
    "http://127.0.0.1.x.y/c",
  ]) {
    const server = { command: "node", catalogue: place, bundle: "b", ...SIGNER };
    const { code, message } = await refusalOf(() => serverOf(server));
    expect([code, message]).toEqual(["ERR_POLICY_FILE", expect.stringContaining("an https URL")]);
  }
});

test.each([
  ["npm:files", "files", undefined],
  ["npm:@acme/files.server", "@acme/files.server", undefined],
  ["npm:@acme/files@1.20.3-rc.1+b", "@acme/files", "1.20.3-rc.1+b"],
  ["npm:files@1.2.3", "files", "1.2.3"],
])("%s: both files are asked for by name and version", async (place, name, version) => {
  const asked: unknown[] = [];
  const readPackage: LoadPolicyOptions["readPackage"] = async (...args) => {
    asked.push([args[0], args[1], args[3]]);
    return args[1] === "mcp-catalogue.json" ? CATALOGUE : BUNDLE;
  };
  const server = await serverOf({ command: "node", catalogue: place, ...SIGNER }, { readPackage });
  expect((await server.report()).verdict).toBe("verified");
  expect(asked).toEqual([
    [name, "mcp-catalogue.json", version],
    [name, "mcp-catalogue.sigstore.json", version],
  ]);
});

test.each([
  "npm:",
  "npm:-g",
  "npm:--registry=x",
  "npm:@acme",
  "npm:@acme/",
  "npm:@-x/y",
  "npm:../x",
  "npm:@acme/..",
  "npm:a/b",
  "npm:a@",
  "npm:a@latest",
  "npm:a@^1.2.3",
  "npm:a@1.2.3 ",
  "npm:a@npm:b@1.2.3",
  "npm:a b",
  "npm:https://x.example/a.tgz",
  "npm:.hidden",
])("%s names no package and version", async (place) => {
  const { code, message } = await refusalOf(() => serverOf({ command: "node", catalogue: place, ...SIGNER }));
  expect([code, message]).toEqual(["ERR_POLICY_FILE", expect.stringContaining("npm: and a package's name")]);
});

test("where packages cannot be read, and where a server has no origin, the refusal says so", async () => {
  const server = await serverOf({ command: "node", catalogue: "npm:files", ...SIGNER });
  expect((await server.gate()).closedBy).toMatchObject({
    code: "ERR_POLICY_SOURCE",
    found: expect.stringContaining("cannot be read here"),
  });
  const { message } = await refusalOf(() => serverOf({ command: "node", catalogue: "well-known:", ...SIGNER }));
  expect(message).toContain("url beside well-known:");
});

test.each([0, -1, 2 ** 31, 1.5, "10"])("timeoutMs: %s is refused", async (timeoutMs) => {
  const options = { timeoutMs: timeoutMs as number };
  const server = { command: "node", catalogue: "c", bundle: "b", ...SIGNER };
  expect((await refusalOf(() => serverOf(server, options))).code).toBe("ERR_OPTION_INVALID");
});

test("the policy file of docs/distribution.md is one", async () => {
  const page = readFileSync(inRoot("docs/distribution.md"), "utf8");
  const examples = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  const [text = "", ...others] = examples.filter((example) => "servers" in JSON.parse(example));
  expect(others).toEqual([]);
  const readFile = async (): Promise<Uint8Array> => new TextEncoder().encode(text);
  expect((await loadPolicy({ file: "inkan.config.json", readFile })).servers).toEqual(["files", "remote"]);
});
