/** `loadPolicy`: what stands in a policy file, and what each mistake in it is told as. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { InkanError, InMemoryStateStore } from "../../ts/entry/node.js";
import { loadPolicy } from "../../ts/policy_file/index.js";
import { realCase } from "../support/cases.js";

const real = realCase("keyless-uri-gha");
const FILE = "inkan.config.json";

const GOOD = {
  command: "node",
  server: "https://tools.example.com/mcp",
  catalogue: "catalogue.json",
  bundle: "bundle.sigstore.json",
  identity: { san: real.expected.identity, issuer: real.expected.issuer },
  trustRoot: "trusted_root.json",
};

const load = (text: string, environment: Record<string, string> = {}) =>
  loadPolicy({
    file: FILE,
    environment,
    readFile: async (path) =>
      path === FILE ? new TextEncoder().encode(text) : new Uint8Array(readFileSync(join(real.folder, path))),
    openStore: () => new InMemoryStateStore(),
  });

const fileOf = (server: object): string => JSON.stringify({ servers: { files: server } }, null, 1);
const refusalOf = (run: () => Promise<unknown>): Promise<InkanError> =>
  run().then(
    () => expect.fail("nothing was refused"),
    (error) => {
      if (error instanceof InkanError) return error;
      throw error;
    },
  );

/** The example of the contract. */
const EXAMPLE = `{
  "servers": {
    "files": {
      "command": "node", "args": ["server.mjs"], "env": { "ROOT": "data" }, "cwd": ".",
      "server": "npm:@acme/files-server",
      "catalogue": "files.catalogue.json",
      "bundle": "files.catalogue.sigstore.json",
      "githubActions": { "repository": "acme/tools", "workflow": "release.yml", "ref": "refs/tags/v*" },
      "trustRoot": "trusted_root.json",
      "state": "state.json",
      "unsigned": ["resources"],
      "sampling": "refuse"
    },
    "remote": { "url": "https://tools.example.com/mcp", "headers": {}, "server": "https://tools.example.com/mcp",
      "catalogue": "remote.json", "signature": "remote.json.sig", "keys": ["public_key.pem"] }
  }
}`;

test("every member of the contract's example is read", async () => {
  const policy = await load(EXAMPLE);
  expect(policy.servers).toEqual(["files", "remote"]);
  const files = await policy.server("files");
  expect(files.reach).toEqual({
    kind: "command",
    command: "node",
    args: ["server.mjs"],
    env: { ROOT: "data" },
    cwd: ".",
  });
  expect(files.server).toBe("npm:@acme/files-server");
  expect(files.gateOptions).toMatchObject({ unsigned: ["resources"], sampling: "refuse" });
});

test("a catalogue that verifies opens the gate, another one closes it with the reason", async () => {
  const server = await (await load(fileOf(GOOD))).server("files");
  expect((await server.report()).verdict).toBe("verified");
  expect((await server.gate()).closedBy).toBeUndefined();
  const other = await (await load(fileOf({ ...GOOD, server: "npm:other" }))).server("files");
  expect((await other.gate()).closedBy?.code).toBe("ERR_CATALOGUE_SERVER");
  const missing = await (await load(fileOf({ ...GOOD, catalogue: "missing.json" }))).server("files");
  expect((await missing.gate()).closedBy?.code).toBe("ERR_POLICY_SOURCE");
});

test.each([60, { everySeconds: 60 }])("refresh: %j", async (refresh) => {
  const server = await (await load(fileOf({ ...GOOD, refresh }))).server("files");
  expect(server.gateOptions.refresh).toEqual({ everySeconds: 60 });
});

const { command: _, ...WITHOUT_REACH } = GOOD;
const REMOTE = { ...WITHOUT_REACH, url: "https://tools.example.com/mcp" };

test("variables of the environment stand in env and headers, and are never printed", async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the spelling of the policy file
  const text = fileOf({ ...REMOTE, headers: { authorization: "Bearer ${env:TOKEN}" } });
  const { reach } = await (await load(text, { TOKEN: "s3cret" })).server("files");
  expect(reach).toMatchObject({ headers: { authorization: "Bearer s3cret" } });
  const error = await refusalOf(() => load(text));
  expect(error.message).toContain("the environment variable TOKEN");
  const typo = await refusalOf(() => load(text.replace('"headers"', '"header"'), { TOKEN: "s3cret" }));
  expect(typo.message).not.toContain("s3cret");
});

test("a URL with a password is refused without printing it", async () => {
  const error = await refusalOf(() => load(fileOf({ ...REMOTE, url: "http://me:s3cret@tools.example.com" })));
  expect(error.message).not.toContain("s3cret");
});

test("what a program's reader refuses has the line of the very member", async () => {
  const error = await refusalOf(() => load(fileOf({ ...GOOD, identity: { ...GOOD.identity, isuer: "x" } })));
  expect([error.code, error.subject]).toEqual([
    "ERR_OPTION_UNKNOWN",
    expect.stringMatching(/:11: servers\.files\.identity\.isuer/),
  ]);
  const policy = await load(fileOf({ ...GOOD, thresholds: { scts: "1" } }));
  const wrong = await refusalOf(() => policy.server("files"));
  expect(wrong.subject).toMatch(/servers\.files\.thresholds\.scts/);
});

test("a server that the file does not have is named with those it has", async () => {
  const policy = await load(fileOf(GOOD));
  expect((await refusalOf(() => policy.server("fles"))).expected).toBe("one of files");
});
