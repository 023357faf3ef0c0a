/** The scripts of examples/connect run with the packed package, each in its runtime. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, type TestContext, test } from "vitest";
import { inRoot } from "../../scripts/build/paths.js";
import { need } from "../../scripts/needs.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
cpSync(inRoot("examples/connect"), folder, { recursive: true });
// As `npm install inkan @modelcontextprotocol/sdk` leaves them.
mkdirSync(join(folder, "node_modules"));
symlinkSync(join(inject("packed").app, "node_modules/inkan"), join(folder, "node_modules/inkan"));
symlinkSync(
  inRoot("test/mcp/packages/node_modules/@modelcontextprotocol"),
  join(folder, "node_modules/@modelcontextprotocol"),
);
writeFileSync(
  join(folder, "package.json"),
  `{ "private": true, "dependencies": { "inkan": "*", "@modelcontextprotocol/sdk": "*" } }\n`,
);

const readme = readFileSync(inRoot("examples/connect/README.md"), "utf8");
const [, PRINTED = ""] = /^```text\n(.*?)^```$/ms.exec(readme) ?? [];
/** The arguments that the README gives to a program. */
const argumentsOf = (program: string): string[] =>
  (new RegExp(`^${program} (.*)$`, "m").exec(readme)?.[1] ?? "").split(" ");

const NPM = "npm ci --prefix test/runtimes";
const runtimes: [name: string, find: (context: TestContext) => string, added: string[]][] = [
  ["node", () => process.execPath, []],
  [
    "deno",
    (context) => need(context, "deno", NPM, "@deno/linux-x64-glibc/deno"),
    ["--no-prompt", "--node-modules-dir=manual", "--no-lock"],
  ],
  ["bun", (context) => need(context, "bun", NPM, "@oven/bun-linux-x64/bin/bun"), []],
];

const runs = (program: string, args: string[]): [number | null, string, string] => {
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: "utf8" });
  return [status, stdout, stderr];
};

for (const [name, find, added] of runtimes) {
  test(`${name} prints what the README says`, (context) => {
    const [first = "", ...others] = argumentsOf(name);
    const args = first === "run" ? [first, ...added, ...others] : [first, ...others];
    expect(runs(find(context), args)).toEqual([0, PRINTED, ""]);
  });
}

test("a catalogue that was changed connects to nothing", () => {
  const file = join(folder, "catalogue.json");
  const signed = readFileSync(file, "utf8");
  writeFileSync(file, signed.replace("Adds two numbers.", "Adds two numbers!"));
  const [status, stdout, stderr] = runs(process.execPath, argumentsOf("node"));
  writeFileSync(file, signed);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("ERR_SIGNATURE_INVALID");
});
