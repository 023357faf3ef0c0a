/** The command as it is installed: it loads no more than it needs. */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { inRoot } from "../../scripts/build/paths.js";
import { realCase } from "../support/cases.js";

const { app } = inject("packed");
const command = join(app, "node_modules/.bin/inkan");

const real = realCase("keyless-uri-gha");
const EVIDENCE = ["--bundle", real.files.bundle, "--trusted-root", real.files.trustRoot];
const WHO = ["--certificate-identity", real.expected.identity, "--certificate-oidc-issuer", real.expected.issuer];
const GOOD = ["verify", real.files.catalogue, ...EVIDENCE, ...WHO];
const SWAPPED = ["verify", real.files.bundle, ...EVIDENCE, ...WHO];

const run = (args: string[], env: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  return { status, stdout, stderr };
};

test("knows its version", () => {
  const { version }: { version: string } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  expect(run(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
});

test("accepts and refuses", () => {
  expect(run(GOOD)).toEqual({ status: 0, stdout: expect.stringContaining("Verified: "), stderr: "" });
  expect(run(SWAPPED)).toEqual({ status: 1, stdout: expect.stringContaining("Refused: "), stderr: "" });
  expect(run(["verify"])).toEqual({ status: 2, stdout: "", stderr: expect.stringContaining("--bundle is missing") });
});

test("says what to install before it signs keyless", () => {
  const signed = run([
    "sign",
    real.files.catalogue,
    "--trusted-root",
    real.files.trustRoot,
    "--output",
    join(app, "b"),
  ]);
  expect(signed).toEqual({ status: 2, stdout: "", stderr: expect.stringContaining("npm install @sigstore/sign") });
});

test("shows a bundle and a trust root", () => {
  expect(run(["inspect", real.files.bundle]).stdout).toContain("Nothing of this is verified");
  expect(run(["trust-root", "show", real.files.trustRoot]).stdout).toContain("logs:");
});

test("says its verdict by the exit code to a reader that has gone away", async () => {
  const verdict = (args: string[]): Promise<number | null> =>
    new Promise((resolve) => {
      const child = spawn(command, [...args, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
      child.stdout.destroy();
      child.on("close", resolve);
    });
  expect([await verdict(GOOD), await verdict(SWAPPED)]).toEqual([0, 1]);
});

test("writes all of a large output to a slow reader", async () => {
  const bundle = JSON.parse(readFileSync(real.files.bundle, "utf8"));
  bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope += "x".repeat(300_000);
  const large = join(app, "large.json");
  writeFileSync(large, JSON.stringify(bundle));
  const child = spawn(command, ["inspect", large, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const exitCode = new Promise((resolve) => child.on("close", resolve));
  let text = "";
  for await (const piece of child.stdout.setEncoding("utf8")) {
    await pause(20);
    text += piece;
  }
  expect(JSON.parse(text).logEntries[0].checkpoint).toMatch(/x{300000}$/);
  expect(await exitCode).toBe(0);
});

test("output that cannot be written is no refusal, and a message that cannot be written changes nothing", () => {
  const full = openSync("/dev/full", "w");
  const status = (args: string[], stdio: ["ignore", number | "ignore", number | "ignore"]) =>
    spawnSync(command, args, { stdio }).status;
  expect(status(GOOD, ["ignore", full, "ignore"])).toBe(3);
  expect(status(SWAPPED, ["ignore", full, "ignore"])).toBe(3);
  expect(status(GOOD, ["ignore", "ignore", full])).toBe(0);
  expect(status(["verify"], ["ignore", "ignore", full])).toBe(2);
});

test("loads neither network nor HTTP client nor the stream of its output", () => {
  const listing = join(app, "loaded.cjs");
  writeFileSync(listing, `process.on("exit", () => process._rawDebug(process.moduleLoadList.join("\\n")));`);
  const loaded = run(GOOD, { NODE_OPTIONS: `--require ${listing}` }).stderr.split("\n");
  expect(loaded).toContain("NativeModule fs");
  expect(loaded.filter((name) => /^NativeModule (net|tty|http.*|internal\/deps\/undici\/undici)$/.test(name))).toEqual(
    [],
  );
});

test("from a server without a signature to a policy that checks: snapshot, keygen, sign, check, proxy", () => {
  const folder = join(app, "first-run");
  mkdirSync(folder);
  copyFileSync(inRoot("demo/server.mjs"), join(folder, "server.mjs"));
  const there = (args: string[], input = "") => spawnSync(command, args, { cwd: folder, encoding: "utf8", input });
  const start = [process.execPath, "server.mjs"];
  const named = ["--server", "npm:@acme/notes", "--version", "next", "--output", "notes.json"];
  expect(there(["snapshot", ...named, "--", ...start]).status).toBe(0);
  expect(there(["keygen", "--no-passphrase", "--output", "me"]).status).toBe(0);
  expect(there(["sign", "notes.json", "--key", "me.key"]).status).toBe(0);
  const notes = {
    ...{ command: process.execPath, args: ["server.mjs"], server: "npm:@acme/notes" },
    ...{ catalogue: "notes.json", bundle: "notes.sigstore.json", keys: ["me.pub"] },
  };
  writeFileSync(join(folder, "inkan.config.json"), JSON.stringify({ servers: { notes } }));
  const checked = there(["check", "--config", "inkan.config.json"]);
  expect([checked.status, checked.stderr]).toEqual([0, ""]);
  expect(checked.stdout).toContain("notes");
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
  const asked = [
    { jsonrpc: "2.0", id: 1, method: "initialize", params },
    { jsonrpc: "2.0", method: "notifications/initialized" },
    { jsonrpc: "2.0", id: 2, method: "tools/list", params: {} },
    { jsonrpc: "2.0", id: 3, method: "tools/call", params: { name: "unsigned", arguments: {} } },
  ];
  const proxy = there(
    ["proxy", "--config", "inkan.config.json", "--server", "notes"],
    asked.map((message) => `${JSON.stringify(message)}\n`).join(""),
  );
  const answers = proxy.stdout
    .trim()
    .split("\n")
    .map((answer) => JSON.parse(answer));
  const answer = (id: number) => answers.find((one) => one.id === id);
  expect(answer(2).result.tools.map((tool: { name: string }) => tool.name)).toEqual(["add_note"]);
  expect(answer(3).error.data.code).toBe("ERR_TOOL_UNSIGNED");
});
