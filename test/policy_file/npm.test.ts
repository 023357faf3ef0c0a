/** How npm is run: a program in its place plays every way in which that can end. */
import { spawn } from "node:child_process";
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
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { packPackage } from "../../ts/cli/packages/npm.js";
import { packageReader } from "../../ts/cli/packages/reader.js";
import { isAlive } from "../support/is_alive.js";
import { packed } from "../support/npm_registry.js";
import { inRoot } from "../support/repository.js";
import { until } from "../support/until.js";

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

const CATALOGUE = "mcp-catalogue.json";
const FILES = new Map([[CATALOGUE, 1_000]]);
const BOUNDS = { milliseconds: 20_000, stored: 2 ** 20 };

interface Stand {
  readonly folder: string;
  /** What is left of the folder that npm stored in. */
  left(): string[];
}

/** Puts a program that runs this script (Node, with `store` and `pack(content)`) in npm's place, alone on PATH. */
function npmDoes(script: string): Stand {
  const folder = mkdtempSync(join(tmpdir(), "inkan-as-npm-"));
  const { PATH, TMPDIR } = process.env;
  onTestFinished(() => {
    Object.assign(process.env, { PATH, TMPDIR: TMPDIR ?? "" });
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    rmSync(folder, { recursive: true, force: true });
  });
  const [bin, temporary] = [join(folder, "bin"), join(folder, "temporary")];
  for (const made of [bin, temporary]) mkdirSync(made);
  const tarball = join(folder, "package.tgz");
  writeFileSync(tarball, packed("files", "1.0.0", [{ path: `package/${CATALOGUE}`, content: "{}" }]));
  const start = `#!${process.execPath}
const { appendFileSync, copyFileSync, truncateSync, writeFileSync } = require("node:fs");
appendFileSync(${JSON.stringify(join(folder, "calls"))}, JSON.stringify(process.argv.slice(2)) + "\\n");
const store = process.argv.find((argument) => argument.startsWith("--pack-destination=")).slice(19);
const pack = (name) => copyFileSync(${JSON.stringify(tarball)}, store + "/" + name);
`;
  writeFileSync(join(bin, "npm"), start + script);
  chmodSync(join(bin, "npm"), 0o755);
  Object.assign(process.env, { PATH: [bin, "/nowhere"].join(delimiter), TMPDIR: temporary });
  return { folder, left: () => readdirSync(temporary) };
}

test("is told to run nothing, and what to pack", async () => {
  const { folder, left } = npmDoes('pack("files-1.0.0.tgz")');
  const files = await packPackage("@acme/files@1.0.0", folder, FILES, BOUNDS);
  expect(Buffer.from(files.get(CATALOGUE) ?? "").toString()).toBe("{}");
  const [first = ""] = readFileSync(join(folder, "calls"), "utf8").split("\n");
  const called = JSON.parse(first);
  expect(called[0]).toBe("pack");
  expect(called).toContain("--ignore-scripts");
  expect(called.slice(-2)).toEqual(["--", "@acme/files@1.0.0"]);
  expect(left()).toEqual([]);
});

test.each([
  [
    "fails",
    'console.error("npm error code E404\\nnpm error 404 Not Found"); process.exit(1)',
    /: code E404 404 Not Found \(exit code 1\)$/,
  ],
  ["fails without a word", "process.exit(7)", /npm says nothing \(exit code 7\)/],
  ["is ended", 'process.kill(process.pid, "SIGTERM")', /\(exit code SIGTERM\)/],
  ["writes nothing", "", /wrote no tarball/],
  ["writes two tarballs", 'pack("a.tgz"); pack("b.tgz")', /wrote no tarball/],
  [
    "stores without end",
    'writeFileSync(store + "/x", ""); truncateSync(store + "/x", 2 ** 21); setInterval(() => {}, 1000)',
    /it stores more than 1048576 bytes/,
  ],
  [
    "complains without end",
    'const say = () => { while (process.stderr.write("x".repeat(9999))); process.stderr.once("drain", say); }; say(); setTimeout(() => process.exit(1), 300)',
    /^.{20,400}$/,
  ],
])("npm that %s: the reason is told, and nothing is left", async (_what, script, told) => {
  const { folder, left } = npmDoes(script);
  await expect(packPackage("files", folder, FILES, BOUNDS)).rejects.toThrow(told);
  expect(left()).toEqual([]);
});

test("npm that does not end is ended", async () => {
  const { folder, left } = npmDoes('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)');
  const bounds = { ...BOUNDS, milliseconds: 500 };
  await expect(packPackage("files", folder, FILES, bounds)).rejects.toThrow("it has not ended within 500 ms");
  expect(left()).toEqual([]);
});

test("npm that is neither on PATH nor beside this Node: the reason says so", async () => {
  const { folder } = npmDoes("");
  rmSync(join(folder, "bin/npm"));
  const beside = join(process.execPath, "../../lib/node_modules/npm/bin/npm-cli.js");
  const told = existsSync(beside)
    ? /npm pack files/
    : /not installed here, and npm, which could get it, is not on PATH/;
  await expect(packPackage("files", folder, FILES, { ...BOUNDS, milliseconds: 1 })).rejects.toThrow(told);
});

test("files that are asked for at one time come out of one tarball, later ones out of another", async () => {
  const { folder } = npmDoes('pack("files-1.0.0.tgz")');
  const read = packageReader(folder);
  const missing = read("files", "mcp-catalogue.sigstore.json", 1_000, undefined);
  expect(Buffer.from(await read("files", CATALOGUE, 1_000, undefined)).toString()).toBe("{}");
  await expect(missing).rejects.toThrow("the package files has no mcp-catalogue.sigstore.json in its root");
  const calls = (): number => readFileSync(join(folder, "calls"), "utf8").trim().split("\n").length;
  expect(calls()).toBe(1);
  await expect(read("files", CATALOGUE, 1, undefined)).rejects.toThrow("has more than 1 bytes");
  expect(calls()).toBe(2);
});

test.runIf(process.platform !== "win32").each(["SIGTERM", "SIGINT", "SIGKILL"] as const)(
  "ends with inkan, and what it started with it: %s",
  async (signal) => {
    const { folder, left } = npmDoes(`
const { spawn } = require("node:child_process");
const own = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
process.on("SIGTERM", () => {});
writeFileSync("part", JSON.stringify([process.pid, own.pid]));
require("node:fs").renameSync("part", "PIDS");
setInterval(() => {}, 1000);`);
    const script = join(folder, "inkan.mts");
    const source = inRoot("ts/cli/packages/npm.ts");
    writeFileSync(
      script,
      `import { packPackage } from ${JSON.stringify(source)};\nawait packPackage("files", ${JSON.stringify(folder)}, new Map());`,
    );
    const child = spawn(process.execPath, ["--import", tsx, script], { stdio: "ignore" });
    const ended = new Promise<unknown>((resolve) => child.once("exit", (code, by) => resolve(by ?? code)));
    const pids = join(folder, "PIDS");
    await until(
      () => existsSync(pids),
      () => "npm does not start",
    );
    const started: number[] = JSON.parse(readFileSync(pids, "utf8"));
    expect(started.map(isAlive)).toEqual([true, true]);
    child.kill(signal);
    expect(await ended).toBe(signal);
    await until(
      () => !started.some(isAlive),
      () => `${started.filter(isAlive)} live on`,
    );
    if (signal !== "SIGKILL") expect(left().filter((name) => name.startsWith("inkan-npm-"))).toEqual([]);
  },
);
