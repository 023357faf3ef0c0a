/** What a newcomer met: each message says what to type, once, and before anybody is asked for anything. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { check } from "../../ts/cli/commands/check.js";
import { keygen } from "../../ts/cli/commands/keygen.js";
import { sign } from "../../ts/cli/commands/sign.js";
import { verify } from "../../ts/cli/commands/verify.js";
import { ExitCode, type Misuse, Stop } from "../../ts/cli/exit.js";
import { withServer } from "../../ts/cli/init/policy_text.js";
import { decisionNotes, decisionText } from "../../ts/cli/proxy/decision_text.js";
import type { Verb } from "../../ts/cli/verb.js";
import { updateCommand } from "../../ts/cli/words/update_command.js";
import { refusal } from "../../ts/errors.js";
import { createGate, type GateDecision } from "../../ts/mcp/index.js";
import { loadPolicy } from "../../ts/policy_file/index.js";
import { readPolicyFile } from "../../ts/policy_file/shape.js";
import { generateSigningKey, privatePem } from "../../ts/publish/key.js";
import { realCase } from "../support/cases.js";
import { refusalOf } from "../support/refusal.js";
import { inRoot } from "../support/repository.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-stumbles-"));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const stopOf = (verb: Verb, args: readonly string[]): Promise<Stop> =>
  verb.run(args).then(
    () => expect.fail("nothing was refused"),
    (error) => Stop.from(error),
  );

const real = realCase("keyless-uri-gha");
const keyed = realCase("key-ecdsa-p256-bare");

describe("verify without a signer", () => {
  test("has a line that works", async () => {
    const stop = await stopOf(verify, [real.files.catalogue, "--bundle", real.files.bundle]);
    expect(stop.message).toContain("who may sign is missing");
    const { example } = stop as Misuse;
    const words = example.flatMap((piece) => piece.split(" ")).map((word) => word.replaceAll("'", ""));
    expect(words.slice(0, 3)).toEqual(["inkan", "verify", real.files.catalogue]);
    const spy = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const silent = await verify.run([...words.slice(2), "--quiet"]).finally(() => spy.mockRestore());
    expect(silent).toBe(ExitCode.Refused);
  });

  test("names a key where the bundle was made with one", async () => {
    const { example } = (await stopOf(verify, [keyed.files.catalogue, "--bundle", keyed.files.bundle])) as Misuse;
    expect(example.join(" ")).toMatch(/ --bundle \S+ --key publisher\.pub$/);
  });
});

describe("a key", () => {
  test("that exists is refused before anybody is asked for a passphrase", async () => {
    // Asked for first, an empty passphrase would be what is refused.
    vi.stubEnv("INKAN_KEY_PASSPHRASE", "");
    for (const there of ["one.key", "two.pub"]) {
      writeFileSync(at(there), "");
      const stop = await stopOf(keygen, ["--output", at(there.slice(0, 3))]);
      expect(stop.message).toContain(`${at(there)} exists already`);
    }
    expect((await stopOf(keygen, ["--output", at("none/three")])).message).toContain("there is no folder");
    expect(existsSync(at("one.pub"))).toBe(false);
  });

  test("is opened only for what can be signed", async () => {
    writeFileSync(at("locked.key"), privatePem(generateSigningKey("p256"), "secret"));
    writeFileSync(at("no_catalogue.json"), "no");
    vi.stubEnv("INKAN_KEY_PASSPHRASE", "");
    const stop = await stopOf(sign, [at("no_catalogue.json"), "--key", at("locked.key")]);
    expect(stop.message).toContain("ERR_JSON_MALFORMED");
  });

  test("is another way where a keyless signature has no token", async () => {
    writeFileSync(at("tools.json"), JSON.stringify({ server: "npm:@acme/files", tools: [] }));
    for (const name of ["SIGSTORE_ID_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"]) vi.stubEnv(name, undefined);
    expect((await stopOf(sign, [at("tools.json")])).message).toContain("--key KEY.pem");
  });
});

test.skipIf(process.platform === "win32")(
  "a policy file that others may write to: the command that mends it",
  async () => {
    mkdirSync(at("open dir"), { mode: 0o700 });
    const file = at("open dir/inkan.config.json");
    writeFileSync(file, '{ "servers": {} }');
    chmodSync(file, 0o666);
    expect((await stopOf(check, ["--config", file])).message).toContain(`run: chmod go-w '${file}'`);
    chmodSync(file, 0o600);
    chmodSync(at("open dir"), 0o777);
    expect((await stopOf(check, ["--config", file])).message).toContain(`run: chmod go-w '${at("open dir")}'`);
  },
);

describe("init", () => {
  const seen = { path: at("inkan.config.json"), text: undefined, mode: undefined, owner: undefined };
  const base = { command: "node", server: "s", catalogue: "c.json", bundle: "b.json", keys: "k.pub" };
  test.each([
    [{ ...base, env: { "A=B": "x" } }, "--env cannot be used: expected a variable's name"],
    [{ ...base, catalogue: "npm:???" }, "--catalogue cannot be used"],
    [{ ...base, server: "" }, "--server cannot be used"],
    [
      { url: "https://h.example/", headers: { "a b": "x" }, catalogue: "c.json", bundle: "b.json", keys: "k.pub" },
      "--header",
    ],
  ])("tells a wrong value as it was typed, and names no line of a file that is not written", (entry, says) => {
    expect(() => withServer(seen, "files", entry)).toThrow(says);
    expect(() => withServer(seen, "my.files", entry)).toThrow(says);
    expect(() => withServer(seen, "files", entry)).not.toThrow(/inkan\.config\.json|Correct the line/);
  });
});

test("a policy file without a signer is shown one", async () => {
  const text = JSON.stringify({
    servers: { files: { command: "x", server: "s", catalogue: "c.json", bundle: "b.json" } },
  });
  const error = await refusalOf(() => readPolicyFile("inkan.config.json", text, {}));
  expect(error.hint).toContain('"keys": ["publisher.pem"]');
});

test("a refused catalogue of a policy file is told in members", async () => {
  const server = {
    command: "x",
    server: "https://tools.example.com/mcp",
    catalogue: "c",
    bundle: "b",
    keys: "k",
    state: "none",
  };
  const files = { c: real.catalogue, b: real.bundle, k: new TextEncoder().encode(keyed.key()) };
  const policy = await loadPolicy({
    file: "inkan.config.json",
    readFile: async (path) =>
      path === "inkan.config.json"
        ? new TextEncoder().encode(JSON.stringify({ servers: { files: server } }))
        : files[path as keyof typeof files],
  });
  const report = await (await policy.server("files")).report();
  expect(report.verdict).toBe("refused");
  if (report.verdict !== "refused") return;
  expect(report.error.code).toBe("ERR_BUNDLE_KEY_MISSING");
  expect(report.error.hint).toContain('"githubActions"');
  expect(report.error.hint).not.toContain("Verifier");
  expect(report.error.report?.steps.length).toBeGreaterThan(5);
});

test("a closed gate says its hint once", async () => {
  const closedBy = refusal("ERR_POLICY_SOURCE", { subject: "c.json", found: "no such file" });
  const gate = createGate({ server: "npm:@acme/files", closedBy });
  await gate.outbound({ jsonrpc: "2.0", id: 0, method: "initialize", params: {} });
  await gate.inbound({ jsonrpc: "2.0", id: 0, result: { capabilities: { tools: {} } } });
  const [answer] = await gate.outbound({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "read" } });
  const answered = answer?.message as { error?: { message: string; data: { hint: string } } } | undefined;
  const { message = "", data } = answered?.error ?? {};
  expect(data?.hint).toBe(closedBy.hint);
  expect(message.split(closedBy.hint)).toHaveLength(2);
  expect(message).toContain("Where: c.json. Found: no such file.");
});

test("the proxy says what was dropped, and not by which message it came", () => {
  const one = { time: "", server: "", direction: "inbound" } as const;
  const texts = (
    [
      { kind: "instructions", decision: "dropped", method: "initialize", code: "ERR_INSTRUCTIONS_UNSIGNED" },
      { kind: "sampling", decision: "refused", method: "sampling/createMessage", code: "ERR_SAMPLING_TOOLS" },
      { kind: "tool", decision: "hidden", name: "a\u001bb", method: "tools/list", code: "ERR_TOOL_CHANGED" },
      { kind: "message", decision: "dropped", code: "ERR_MESSAGE_MALFORMED" },
      { kind: "message", decision: "dropped", code: "ERR_POLICY_SOURCE" },
      { kind: "message", decision: "refused", code: "ERR_CATALOGUE_EXPIRED" },
      { kind: "tool", decision: "allowed", name: "a" },
    ] as const
  ).map((decision) => decisionText({ ...one, ...decision } as GateDecision));
  expect(texts).toEqual([
    "dropped: the server's instructions, which are not signed (ERR_INSTRUCTIONS_UNSIGNED)",
    "refused: tools that the server made for the client's model, sampling/createMessage (ERR_SAMPLING_TOOLS)",
    'hidden: tool "a\\u001bb" (ERR_TOOL_CHANGED)',
    "dropped: a message (ERR_MESSAGE_MALFORMED)",
    "the refresh failed, no newer catalogue was taken up (ERR_POLICY_SOURCE)",
    "no tool passes any more, the catalogue does not hold now (ERR_CATALOGUE_EXPIRED)",
    undefined,
  ]);
});

test("who signs a server himself is told how to accept a change", () => {
  const file = at("own.config.json");
  const server = { command: "x", server: "s", catalogue: "c.json", bundle: "b.json" };
  const keys = "operator-0123456789ab.pub";
  writeFileSync(
    file,
    JSON.stringify({ servers: { mine: { ...server, keys }, theirs: { ...server, keys: "publisher.pub" } } }),
  );
  expect(updateCommand(file, "mine")).toBe(`inkan init --update mine --config ${file}`);
  expect([updateCommand(file, "theirs"), updateCommand(file, "none"), updateCommand(at("nofile"), "mine")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("pages write `refresh` in one form", () => {
  const pages = readdirSync(inRoot("docs")).filter((name) => name.endsWith(".md"));
  const written = pages.flatMap((name) =>
    [...readFileSync(inRoot(`docs/${name}`), "utf8").matchAll(/"refresh":\s*(\S+ "\w+"|\S+)/g)].map(([, form]) => form),
  );
  expect(written.length).toBeGreaterThan(2);
  expect(new Set(written)).toEqual(new Set(['{ "everySeconds"']));
});

test("the proxy says how to accept a change once the server offers one, and not for a call of what it never listed", () => {
  const file = at("hint.config.json");
  const mine = { command: "x", server: "s", catalogue: "c.json", bundle: "b.json", keys: "operator-0123456789ab.pub" };
  writeFileSync(file, JSON.stringify({ servers: { mine } }));
  const said: string[] = [];
  const note = decisionNotes((text) => said.push(text), file, "mine");
  const one = { time: "", server: "s", direction: "inbound", kind: "tool", name: "echo" } as const;
  note({ ...one, direction: "outbound", decision: "refused", code: "ERR_TOOL_UNSIGNED" });
  expect(said).toEqual([expect.stringContaining("ERR_TOOL_UNSIGNED")]);
  note({ ...one, decision: "hidden", code: "ERR_TOOL_CHANGED" });
  note({ ...one, decision: "hidden", code: "ERR_TOOL_CHANGED" });
  expect(said.filter((text) => text.includes("inkan init --update mine"))).toHaveLength(1);
  expect(said[2]).toContain("inkan init --update mine");
});

test("verify names the bundle that stands beside the file", async () => {
  const file = at("beside.json");
  writeFileSync(file, "{}");
  expect((await stopOf(verify, [file])).message).not.toContain("such as");
  writeFileSync(at("beside.sigstore.json"), "{}");
  expect((await stopOf(verify, [file])).message).toContain("--bundle is missing, such as --bundle");
});
