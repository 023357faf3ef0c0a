/**
 * Counts the steps of the library's TypeScript: how often each of its blocks ran. How busy the machine is does not matter.
 * Import this before the library, because only what is compiled afterwards is counted.
 */
import { type Profiler, Session } from "node:inspector/promises";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import { inRoot } from "./repository.js";

const OURS = [inRoot("ts/"), pathToFileURL(inRoot("ts/")).href];
/** Packages that check JSON Schemas and read JSON for it. */
const THEIRS = ["@cfworker/json-schema", "@humanwhocodes/momoa"];
/** A script of the library, named as Vitest or as Node names it, or of a package that does its work. */
const isOurs = (url: string): boolean =>
  OURS.some((at) => url.startsWith(at)) || THEIRS.some((name) => url.includes(name));

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/** How often each block ran since this was asked last. */
async function scripts(): Promise<Profiler.ScriptCoverage[]> {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  return result.filter(({ url }) => isOurs(url));
}

/** How many blocks of code ran in `ts/` for this. What the engine does by itself, as in `indexOf`, is not counted. */
export async function scriptStepsOf(work: () => unknown): Promise<number> {
  await scripts();
  await work();
  const functions = (await scripts()).flatMap((script) => script.functions);
  return functions.flatMap(({ ranges }) => ranges).reduce((steps, { count }) => steps + count, 0);
}

/** Fails if four times as much takes more than about four times the steps. `prepare` makes the work, and is not counted itself. */
export async function expectLinear(
  prepare: (count: number) => (() => unknown) | Promise<() => unknown>,
  few = 500,
): Promise<void> {
  const stepsFor = async (count: number): Promise<number> => scriptStepsOf(await prepare(count));
  await stepsFor(few);
  const [one, four] = [await stepsFor(few), await stepsFor(4 * few)];
  expect(one).toBeGreaterThan(0);
  expect(four).toBeLessThan(5 * one);
}
