/** The store of Deno KV, in Deno, with what can go wrong there. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeEach, expect, inject, type TestContext, test } from "vitest";
import { need } from "../../scripts/needs.js";
import { expectGood, type Outcome } from "./outcome.js";

const { app } = inject("packed");
const KEY = "log:a";
const FLAGS = ["run", "--no-prompt", "--allow-read", "--allow-write", "--node-modules-dir=manual", "--no-lock"];

let path: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "inkan-kv-"));
  path = join(folder, "state.kv");
  return () => rmSync(folder, { recursive: true, force: true });
});

function start(context: TestContext, args: readonly string[], flags = ["--unstable-kv"]): ChildProcess {
  const deno = need(context, "deno", "npm ci --prefix test/runtimes", "@deno/linux-x64-glibc/deno");
  return spawn(deno, [...FLAGS, ...flags, "deno_store.mjs", ...args], {
    cwd: app,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** What a process says, a line of JSON each. Throws if it fails. */
async function run(context: TestContext, args: readonly string[], flags?: string[]): Promise<unknown[]> {
  const child = start(context, args, flags);
  let said = "";
  let complaints = "";
  child.stdout?.on("data", (text) => {
    said += text;
  });
  child.stderr?.on("data", (text) => {
    complaints += text;
  });
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`Deno ended with ${status}: ${complaints}`);
  return said
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const calls = (
  context: TestContext,
  options: object,
  ...list: (string | null | [text: string, count: number])[][]
): Promise<unknown[]> => run(context, ["calls", path, JSON.stringify(options), JSON.stringify(list)]);

test("the suite passes over Deno KV that the store opened", async (context) => {
  expectGood((await run(context, ["suite", path]))[0] as Outcome);
});

test("the suite passes over Deno KV that the program opened, and it stays open", async (context) => {
  const [found] = (await run(context, ["given", path])) as [Outcome & { closed: unknown }];
  expectGood(found);
  expect(found.closed).toEqual([true, "ERR_STATE_UNAVAILABLE", "ERR_STATE_UNAVAILABLE"]);
});

test("three processes that raise Deno KV at once acknowledge each step once", async (context) => {
  const said = await Promise.all([1, 2, 3].map(() => run(context, ["raise", path, "120"])));
  const numbers = said.flat().sort((a, b) => Number(a) - Number(b));
  expect(numbers).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
});

test("what Deno KV acknowledged survives a kill of the process in mid-write", async (context) => {
  let acknowledged = 0;
  for (let round = 0; round < 3; round += 1) {
    const goal = acknowledged + 20;
    const child = start(context, ["raise", path, "1000000"]);
    const ended = once(child, "close");
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      acknowledged = Math.max(acknowledged, Number(line));
      if (acknowledged >= goal) child.kill("SIGKILL");
    }
    await ended;
    expect(acknowledged).toBeGreaterThanOrEqual(goal);
    const [[code, value]] = (await calls(context, {}, ["load", KEY])) as [[string, string]];
    expect(code).toBe("accepted");
    expect(Number(value)).toBeGreaterThanOrEqual(acknowledged);
    // A step may be stored and not yet acknowledged.
    expect(Number(value)).toBeLessThanOrEqual(acknowledged + 1);
    acknowledged = Number(value);
  }
});

test("a text above 60,000 bytes is refused before Deno KV is asked to write it", async (context) => {
  const [kept, refused, left] = await calls(
    context,
    {},
    ["compareAndSwap", KEY, null, ["x", 60_000]],
    ["compareAndSwap", KEY, ["x", 60_000], ["印", 20_001]],
    ["load", KEY],
  );
  expect(kept).toEqual(["accepted", true]);
  expect(refused).toEqual(["ERR_STATE_UNAVAILABLE", expect.stringContaining("60003 bytes"), expect.anything()]);
  expect(left).toEqual(["accepted", 60_000]);
});

test("a value in Deno KV that no store wrote is refused, and stays", async (context) => {
  const said = await run(context, ["foreign", path]);
  const refused = [Array(4).fill("ERR_STATE_CORRUPT"), true];
  expect(said).toEqual([...Array(8).fill(refused), ...Array(2).fill("ERR_STATE_CORRUPT")]);
});

test("a record of Deno KV that was written again with the same text is what is expected", async (context) => {
  expect(await run(context, ["again", path])).toEqual([true, [true, 0, "b"]]);
});

test("a database file of Deno KV that another program locked is refused in time", async (context) => {
  const [first, [code, found]] = (await run(context, ["locked", path])) as [boolean, string[]];
  expect([first, code, found]).toEqual([
    true,
    "ERR_STATE_UNAVAILABLE",
    expect.stringMatching(/^no answer within 3000 ms/),
  ]);
  expect(await calls(context, {}, ["load", KEY])).toEqual([["accepted", "a"]]);
});

test("Deno KV that was cleared: the running process keeps its floor", async (context) => {
  const [codes] = (await run(context, ["cleared", path])) as [string[]];
  expect(codes).toEqual(["accepted", expect.stringMatching(/_ROLLBACK$/), "ERR_STATE_FIRST_USE", "accepted"]);
});

test("without --unstable-kv, and where nothing can be opened, Deno KV is refused, and says why", async (context) => {
  const [without] = await run(context, ["calls", path, "{}", '[["load","a"]]'], []);
  expect(without).toEqual(["ERR_STATE_UNAVAILABLE", expect.stringContaining("--unstable-kv"), expect.anything()]);
  path = join(path, "no", "folder");
  const both = await calls(context, {}, ["load", KEY], ["load", KEY]);
  expect(both.map((answer) => (answer as string[])[0])).toEqual(["ERR_STATE_UNAVAILABLE", "ERR_STATE_UNAVAILABLE"]);
});
