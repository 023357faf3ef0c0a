/** Proxies between a host and a server, each a process: the way to the first list, a call, memory. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { BuildError } from "../scripts/build/process.js";
import { ALONE, type Command, INKAN, PLAIN, PROXIES } from "./proxies.js";
import { reasonOf } from "./reason.js";
import { inTurn, Series, spread } from "./statistics.js";
import type { Cell, Row, Table } from "./table.js";

/** The most starts of one command. */
const MOST_ROUNDS = 15;
/** Calls after each start. */
const CALLS = 1_000;
const LONG_RUN = 100_000;
/** Calls before the first that is measured. */
const WARM = 200;

export async function proxies(folder: string, rounds: number): Promise<Table[]> {
  const commands = new Map<string, Command>();
  const missing = new Map<string, string>();
  for (const { name, prepare } of PROXIES) {
    try {
      commands.set(name, prepare(folder));
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      missing.set(name, reasonOf(error));
    }
  }
  const first = new Series();
  const calls = new Series();
  await inTurn([...commands.keys()], Math.min(rounds, MOST_ROUNDS), async (name) => {
    const measured = await measure(commands.get(name) as Command, CALLS);
    first.add(name, [measured.firstList]);
    calls.add(name, measured.calls.slice(WARM));
  });
  const rows = (series: Series): Row[] => {
    const spreads = series.spreads();
    return PROXIES.map(({ name }) => {
      const cell: Cell = spreads[name] ?? { reason: `${name}: ${missing.get(name)}` };
      return { name, cells: [cell] };
    });
  };
  return [
    {
      title: "From the start of the command to the first list",
      unit: "milliseconds",
      columns: [""],
      rows: rows(first),
      baseline: ALONE.name,
    },
    {
      title: `A call, there and back, of the first ${CALLS.toLocaleString("en")}`,
      unit: "microseconds",
      columns: [""],
      rows: rows(calls),
      baseline: ALONE.name,
    },
    ...(await longRun(commands)),
  ];
}

/** Calls without an end, when everything that runs has been compiled. */
async function longRun(commands: ReadonlyMap<string, Command>): Promise<Table[]> {
  const rows: Row[] = [];
  let memory: Measured["memory"] = [undefined, undefined];
  for (const { name } of [ALONE, PLAIN, INKAN]) {
    const measured = await measure(commands.get(name) as Command, LONG_RUN);
    rows.push({ name, cells: [spread(measured.calls.slice(LONG_RUN / 2))] });
    memory = measured.memory;
  }
  const cells = memory.map((value): Cell => {
    return value === undefined ? { reason: "this system has no /proc" } : { median: value, p95: value, count: 1 };
  });
  const count = LONG_RUN.toLocaleString("en");
  return [
    {
      title: `A call, there and back, of the second half of ${count}`,
      unit: "microseconds",
      columns: [""],
      rows,
      baseline: ALONE.name,
    },
    {
      title: `Memory of the proxy in ${count} calls`,
      unit: "MiB",
      columns: ["after a twentieth", "at the end"],
      rows: [{ name: INKAN.name, cells }],
    },
  ];
}

interface Measured {
  /** Milliseconds. */
  readonly firstList: number;
  /** Microseconds. */
  readonly calls: number[];
  /** MiB after a twentieth of the calls and after all. */
  readonly memory: readonly [number | undefined, number | undefined];
}

async function measure({ program, args, env }: Command, calls: number): Promise<Measured> {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"], env: { ...process.env, ...env } });
  const host = new Host(child);
  const clientInfo = { name: "bench", version: "1" };
  // The latest version of the protocol that all of them speak.
  await host.ask("initialize", { protocolVersion: "2025-03-26", capabilities: {}, clientInfo });
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  await host.ask("tools/list", {});
  const firstList = performance.now() - started;
  const times: number[] = [];
  let early: number | undefined;
  for (let call = 0; call < calls; call += 1) {
    const before = performance.now();
    await host.ask("tools/call", { name: "index", arguments: { text: "hello" } });
    times.push((performance.now() - before) * 1_000);
    if (call === calls / 20) early = residentMemory(child);
  }
  const late = residentMemory(child);
  child.stdin.end();
  await once(child, "exit");
  return { firstList, calls: times, memory: [early, late] };
}

class Host {
  readonly #child: ChildProcess;
  #answered: (() => void) | undefined;
  #id = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on("data", (piece: Buffer) => {
      if (piece.at(-1) === 0x0a) this.#answered?.();
    });
  }

  ask(method: string, params: object): Promise<void> {
    this.#id += 1;
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", id: this.#id, method, params })}\n`);
    });
  }
}

function residentMemory({ pid }: ChildProcess): number | undefined {
  try {
    const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1_024;
  } catch {
    return undefined;
  }
}
