/** The worker's side of the benchmark's protocol (README.md) for every JavaScript runtime with Node's modules. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/**
 * @typedef {object} Task
 * @property {Uint8Array} bundle
 * @property {Uint8Array} artifact
 * @property {string} root the trust root's file
 * @property {string} identity
 * @property {string} issuer
 */

/**
 * What a peer can do with a task: each is prepared once and then run many times; what throws is a refusal.
 * @typedef {object} Runs
 * @property {() => unknown} verify bundle bytes in, verdict out
 * @property {() => unknown} [parse] bundle bytes in, what is in it out
 * @property {() => unknown} root the trust root's bytes in, what verifies by it out
 */

/**
 * Reads the job, and answers requests from standard input; with a second argument, verifies the first task and ends.
 * @param {string} version
 * @param {(task: Task) => Runs | Promise<Runs>} prepare
 */
export async function work(version, prepare) {
  const [file, once] = process.argv.slice(2);
  const lines = readFileSync(file ?? "", "utf8")
    .trimEnd()
    .split("\n");
  /** @type {Map<string, Runs>} */
  const tasks = new Map();
  for (const line of once === undefined ? lines : lines.slice(0, 1)) {
    const [name = "", bundle = "", artifact = "", root = "", identity = "", issuer = ""] = line.split("\t");
    const task = { bundle: readFileSync(bundle), artifact: readFileSync(artifact), root, identity, issuer };
    tasks.set(name, await prepare(task));
  }
  if (once !== undefined) {
    await tasks.values().next().value?.verify();
    return;
  }
  console.log(`ready ${version}`);
  for await (const request of createInterface({ input: process.stdin })) {
    console.log(await answer(tasks, request.split(" ")));
  }
}

/**
 * @param {Map<string, Runs>} tasks
 * @param {string[]} request
 */
async function answer(tasks, [what, name = "", count]) {
  const runs = tasks.get(name);
  const run = runs?.[/** @type {keyof Runs} */ (what === "check" ? "verify" : what)];
  if (run === undefined) return "refused it has no such operation";
  try {
    if (what !== "check") return (await measure(run, Number(count))).join(" ");
    await run();
    return "accepted";
  } catch (error) {
    return `refused ${error instanceof Error ? error.message : error}`.replaceAll("\n", " ");
  }
}

/**
 * Microseconds of each run.
 * @param {() => unknown} run
 * @param {number} count
 */
async function measure(run, count) {
  const times = [];
  for (let index = 0; index < count; index += 1) {
    const began = performance.now();
    await run();
    times.push(((performance.now() - began) * 1000).toFixed(1));
  }
  return times;
}

/** The runtime that runs this. */
export function runtime() {
  const { bun, deno, node } = process.versions;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? `Node ${node}` : `Deno ${deno}`;
}
