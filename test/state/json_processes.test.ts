/**
 * One state file and many processes, under every runtime, killed at any moment.
 *
 * `INKAN_CRASH_ROUNDS` says how many processes are killed, `INKAN_RAISES` how often each of eight raises.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capture } from "../../scripts/build/process.js";
import { need } from "../../scripts/needs.js";
import { JsonStateStore } from "../../ts/state/json.js";
import { type Compiled, compileSources } from "../support/compiled.js";
import { inRoot } from "../support/repository.js";

const CRASH_ROUNDS = Number(process.env.INKAN_CRASH_ROUNDS ?? 24);
const RAISES = Number(process.env.INKAN_RAISES ?? 40);
/** A process must at least start in each round, on a machine that may be busy. */
const PATIENCE = { timeout: 60_000 + CRASH_ROUNDS * 2_000 + RAISES * 1_000 };

let folder: string;
let compiled: Compiled;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inkan-processes-"));
  compiled = compileSources();
});
afterAll(() => {
  compiled.remove();
  rmSync(folder, { recursive: true });
});

/** A process that raises the number under a key. */
class Raiser {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  #output = "";

  constructor(file: string, key: string, times: number) {
    const args = [inRoot("test/state/programs/raise.mjs"), compiled.url("state/json"), file, key, String(times)];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#child.stdout?.on("data", (data: Buffer) => {
      this.#output += data;
    });
    this.ended = new Promise((resolve) => this.#child.on("close", resolve));
  }

  /** The last number that stood before this process said so; 0 if it never did. */
  get acknowledged(): number {
    return Number(this.#output.split("\n").at(-2) ?? 0);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async started(): Promise<void> {
    while (this.#output === "") await pause(1);
  }

  /** Ends it at once, and waits until it has ended and everything that it wrote was read. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe(`killed ${CRASH_ROUNDS} times, the file is whole and never behind what was acknowledged`, () => {
  // Alone, what the killed one leaves is found by the next to start; among others, by those at work.
  test.each([
    ["alone", 0],
    ["among others", 2],
  ])("%s", PATIENCE, async (name, companions) => {
    const below = join(folder, name, "below");
    const file = join(below, "state.json");
    const spawnRaiser = (): Raiser => new Raiser(file, "mark", 0);
    const running = Array.from({ length: companions }, spawnRaiser);
    let acknowledged = 0;
    let claims = 0;
    for (let round = 0; round < CRASH_ROUNDS / 2; round += 1) {
      running.push(spawnRaiser());
      const victim = running.shift() as Raiser;
      // Every fourth may die before its first write.
      if (round % 4 !== 3) await victim.started();
      await pause(Math.random() * 40);
      await victim.kill();
      acknowledged = Math.max(acknowledged, victim.acknowledged, ...running.map((other) => other.acknowledged));
      const stored = await new JsonStateStore(file).load("mark");
      expect(Number(stored ?? 0)).toBeGreaterThanOrEqual(acknowledged);
      if (stored === undefined) continue;
      expect(statSync(file).mode & 0o777).toBe(0o600);
      if (readdirSync(below).some((entry) => entry.includes(`.${victim.pid}.`))) claims += 1;
    }
    await Promise.all(running.map((other) => other.kill()));
    acknowledged = Math.max(acknowledged, ...running.map((other) => other.acknowledged));

    const store = new JsonStateStore(file);
    const stored = await store.load("mark");
    expect(Number(stored)).toBeGreaterThanOrEqual(acknowledged);
    expect(await store.compareAndSwap("mark", stored, "raised at last")).toBe(true);
    expect(readdirSync(below)).toEqual(["state.json"]);
    console.log(`${name}: marks up to ${acknowledged}; ${claims} left a claim that was still there`);
  });
});

test(`eight processes that raise ${RAISES} times each end at the maximum`, PATIENCE, async () => {
  const file = join(folder, "together/state.json");
  const began = performance.now();
  const raisers = Array.from({ length: 8 }, () => new Raiser(file, "mark", RAISES));
  expect(await Promise.all(raisers.map(({ ended }) => ended))).toEqual(Array(8).fill(0));
  expect(readFileSync(file, "utf8")).toBe(`{"format":1,"records":{"mark":"${8 * RAISES}"}}`);
  expect(Math.max(...raisers.map((raiser) => raiser.acknowledged))).toBe(8 * RAISES);
  expect(readdirSync(join(folder, "together"))).toEqual(["state.json"]);
  console.log(`${8 * RAISES} raises in ${Math.round(performance.now() - began)} ms`);
});

describe("the shared suite, modes and links", () => {
  const runtimes: [name: string, shipped: string | undefined, args: string[]][] = [
    ["node", undefined, []],
    ["deno", "@deno/linux-x64-glibc/deno", ["run", "--no-prompt", "--no-lock", "--allow-read", "--allow-write"]],
    ["deno", "@deno/linux-x64-glibc/deno", ["run", "--no-prompt", "--no-lock", "--allow-all"]],
    ["bun", "@oven/bun-linux-x64/bin/bun", ["run"]],
  ];
  for (const [name, shipped, args] of runtimes) {
    test(["on", name, ...args.filter((option) => option.startsWith("--allow"))].join(" "), (context) => {
      const program = need(context, name, "npm ci --prefix test/runtimes", shipped);
      const under = mkdtempSync(join(folder, "suite-"));
      const modules = [compiled.url("state/json"), compiled.url("state/suite"), under];
      const passed = capture(program, [...args, inRoot("test/state/programs/suite.mjs"), ...modules]);
      expect(Number(passed)).toBeGreaterThan(8);
    });
  }
});
