/** Warm: each peer is a process that has loaded the trust root and run for a while. */
import { ALTERED, altered, KINDS } from "./cases.js";
import type { Spread } from "./statistics.js";
import { inTurn, Series } from "./statistics.js";
import type { Cell, Table } from "./table.js";
import { Refused, type Worker } from "./worker.js";

/** Runs of one turn: enough that the machine is at work on this peer, few enough that turns come often. */
const RUNS = 10;
/** Runs before them that are not counted: the caches still hold what the last peer left there. */
const SETTLING = 2;
/** What just-in-time compilers need before the first time is taken, in milliseconds. */
const WARM_UP = 2500;

export type Workers = ReadonlyMap<string, Worker>;

/** Bundle bytes in, verdict out. */
export async function verification(workers: Workers, rounds: number): Promise<Table> {
  const cells = new Map<string, Cell[]>([...workers.keys()].map((name) => [name, []]));
  for (const { name: task } of KINDS) {
    const able = new Map<string, Worker>();
    for (const [name, worker] of workers) {
      const reason = await unfitness(worker, task);
      if (reason === undefined) able.set(name, worker);
      else cells.get(name)?.push({ reason });
    }
    const spreads = await measured(able, "verify", task, rounds);
    for (const name of able.keys()) cells.get(name)?.push(spreads[name] ?? { reason: "not measured" });
  }
  return tableOf(
    "Verification, warm",
    KINDS.map(({ title }) => title),
    cells,
  );
}

/** What stands around it: a bundle parsed, and a trust root made ready to verify by. */
export async function preparation(workers: Workers, rounds: number): Promise<Table> {
  const cells = new Map<string, Cell[]>([...workers.keys()].map((name) => [name, []]));
  const steps = [
    ["parse", "v1-message"],
    ["parse", "v2-dsse"],
    ["root", "v1-message"],
  ] as const;
  for (const [what, task] of steps) {
    const spreads = await measured(workers, what, task, rounds);
    for (const name of workers.keys()) cells.get(name)?.push(spreads[name] ?? { reason: "it has no such operation" });
  }
  return tableOf("Parts", ["bundle v1, parsed", "bundle v2 DSSE, parsed", "trust root, loaded"], cells);
}

/** Why a peer is not timed at a task: it must accept the bundle, and refuse it with any part altered. */
async function unfitness(worker: Worker, task: string): Promise<string | undefined> {
  const refusal = await worker.refusal(task);
  if (refusal !== undefined) return `refuses this bundle: ${refusal.slice(0, 120)}`;
  for (const part of ALTERED) {
    if ((await worker.refusal(altered(task, part))) === undefined) return `accepts this bundle with another ${part}`;
  }
  return undefined;
}

/** Runs a worker until what compiles as it runs has compiled. */
export async function warmUp(worker: Worker, what: "verify" | "parse" | "root", task: string): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < WARM_UP) await worker.measure(what, task, RUNS);
}

/** The times of one turn. */
export async function turn(worker: Worker, what: "verify" | "parse" | "root", task: string): Promise<number[]> {
  return (await worker.measure(what, task, SETTLING + RUNS)).slice(SETTLING);
}

async function measured(
  workers: Workers,
  what: "verify" | "parse" | "root",
  task: string,
  rounds: number,
): Promise<Record<string, Spread>> {
  const series = new Series();
  const unable = new Set<string>();
  for (const [name, worker] of workers) {
    try {
      await warmUp(worker, what, task);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      unable.add(name);
    }
  }
  const names = [...workers.keys()].filter((name) => !unable.has(name));
  await inTurn(names, rounds, async (name) => {
    series.add(name, await turn(workers.get(name) as Worker, what, task));
  });
  return series.spreads();
}

function tableOf(title: string, columns: string[], cells: ReadonlyMap<string, readonly Cell[]>): Table {
  const rows = [...cells].map(([name, row]) => ({ name, cells: row }));
  return { title, unit: "microseconds", columns, rows, baseline: "inkan" };
}
