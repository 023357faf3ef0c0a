/** `inkan check`, spawned. */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { realCase } from "../support/cases.js";
import { inkan } from "../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-check-"));
afterAll(() => rmSync(folder, { recursive: true }));
const real = realCase("keyless-uri-gha");
for (const name of ["catalogue.json", "bundle.sigstore.json", "trusted_root.json"]) {
  copyFileSync(join(real.folder, name), join(folder, name));
}

const GOOD = {
  command: "node",
  server: "https://tools.example.com/mcp",
  catalogue: "catalogue.json",
  bundle: "bundle.sigstore.json",
  identity: { san: real.expected.identity, issuer: real.expected.issuer },
  trustRoot: "trusted_root.json",
};
const REFUSED = { ...GOOD, server: "npm:other" };
const UNREADABLE = { ...GOOD, catalogue: "missing.json" };
const UNREACHABLE = { ...GOOD, catalogue: "http://127.0.0.1:1/catalogue.json" };

function config(servers: object): string {
  const path = join(folder, "inkan.config.json");
  writeFileSync(path, JSON.stringify({ servers }, null, 2), { mode: 0o600 });
  chmodSync(path, 0o600);
  return path;
}

test("all verify: exit 0, a table within 80 columns, and no mark moves", () => {
  const { status, stdout, stderr } = inkan(["check", "--config", config({ files: GOOD })], { env: { COLUMNS: "80" } });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^files .*\d{4}-\d{2}-\d{2} .* verified$/m);
  expect(stdout.replace(/\s+/g, "")).toContain(real.expected.identity);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expect(existsSync(join(folder, "inkan.state.json"))).toBe(false);
});

test("a refusal is exit 1, whatever else verifies or cannot be read", () => {
  const path = config({ files: GOOD, other: REFUSED, gone: UNREADABLE });
  const { status, stdout } = inkan(["check", "--config", path]);
  expect(status).toBe(1);
  expect(stdout).toMatch(/^other .* refused$/m);
  expect(stdout).toMatch(/^gone .* not judged$/m);
  expect(stdout).toContain("ERR_CATALOGUE_SERVER");
  expect(inkan(["check", "--config", path, "--server", "files"]).status).toBe(0);
});

test("as JSON", () => {
  const { status, stdout } = inkan(["check", "--config", config({ files: GOOD, other: REFUSED }), "--json"]);
  const { servers } = JSON.parse(stdout);
  expect(status).toBe(1);
  expect(servers).toMatchObject([
    { name: "files", verdict: "verified", tools: expect.any(Number) },
    { name: "other", verdict: "refused", error: { code: "ERR_CATALOGUE_SERVER" } },
  ]);
});

test.each([
  ["a file that is missing", { files: UNREADABLE }, "there is no such file"],
  ["a URL that nobody answers at", { files: UNREACHABLE }, "ERR_POLICY_SOURCE"],
  ["a trust root that is missing", { files: { ...GOOD, trustRoot: "none.json" } }, "there is no such file"],
  ["a typo", { files: { ...GOOD, catalog: "x" } }, "Did you mean catalogue?"],
  ["no servers", {}, "a server to check"],
])("%s is exit 2 with the reason", (_what, servers, told) => {
  const { status, stdout, stderr } = inkan(["check", "--config", config(servers)]);
  expect(status).toBe(2);
  expect(stdout + stderr).toContain(told);
});

test("a server's name that the file does not have, and no policy file: exit 2", () => {
  expect(inkan(["check", "--config", config({ files: GOOD }), "--server", "fles"]).status).toBe(2);
  expect(inkan(["check", "--config", join(folder, "none.json")]).status).toBe(2);
});

test.skipIf(process.platform === "win32")("what others may change is refused: policy file and trust root", () => {
  const path = config({ files: GOOD });
  chmodSync(path, 0o666);
  const open = inkan(["check", "--config", path]);
  expect([open.status, open.stderr]).toEqual([2, expect.stringContaining("chmod go-w")]);
  chmodSync(path, 0o600);
  chmodSync(join(folder, "trusted_root.json"), 0o666);
  const root = inkan(["check", "--config", path]);
  expect([root.status, root.stdout]).toEqual([2, expect.stringContaining("chmod go-w")]);
  chmodSync(join(folder, "trusted_root.json"), 0o600);
});

test.skipIf(process.platform === "win32")("what decides is a plain file: no pipe, no device, nothing of /proc", () => {
  execFileSync("mkfifo", [join(folder, "pipe")]);
  symlinkSync("trusted_root.json", join(folder, "link"));
  for (const [trustRoot, told] of [
    ["/dev/stdin", "/dev/stdin"],
    ["/dev/null", "a plain file"],
    ["pipe", "a plain file"],
    ["/proc/self/cmdline", "/proc holds the kernel's files"],
    [".", "it is a folder"],
    ["trusted_root.json/x", "a file stands where the path has a folder"],
  ] as const) {
    const { status, stdout } = inkan(["check", "--config", config({ files: { ...GOOD, trustRoot } })], {
      input: Buffer.of(),
    });
    expect([trustRoot, status, stdout]).toEqual([trustRoot, 2, expect.stringContaining(told)]);
  }
  expect(inkan(["check", "--config", config({ files: { ...GOOD, trustRoot: "link" } })]).status).toBe(0);
});

test("the columns: who signed, when, until when, and how it stands to the records", () => {
  const path = config({ files: GOOD, unrecorded: { ...GOOD, state: "none" } });
  const [head, first, second] = inkan(["check", "--config", path]).stdout.split("\n");
  expect(head?.split(/ {2,}/).map((text) => text.trim())).toEqual([
    "SERVER",
    "VERSION",
    "SIGNED",
    "EXPIRES",
    "TOOLS",
    "STATE",
    "VERDICT",
    "SIGNER",
  ]);
  expect(first).toMatch(/ first use .*verified/);
  expect(first).toContain(`${real.expected.identity} (${real.expected.issuer})`);
  expect(second).toMatch(/ none .*verified/);
  const narrow = inkan(["check", "--config", path, "--server", "files"], { env: { COLUMNS: "50" } }).stdout;
  expect(narrow).toMatch(/^files: verified$/m);
  expect(narrow).toMatch(/^ {2}state: first use$/m);
  for (const line of narrow.split("\n")) expect(line.length).toBeLessThanOrEqual(50);
});
