/** The proxy between a host and a server, each a process: a call, the way to the first list, memory. */
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../scripts/build/paths.js";
import { spread } from "./statistics.js";
import type { Cell, Table } from "./table.js";

const CALLS = 100_000;
/** Calls before the first that is measured. */
const WARM = 5_000;

const TOOL = '{"name":"index","description":"Does index.","inputSchema":{"type":"object"}}';
const SERVER = `let rest = "";
process.stdin.setEncoding("utf8").on("data", (piece) => {
  const lines = (rest + piece).split("\\n");
  rest = lines.pop();
  for (const line of lines) {
    const { id, method } = JSON.parse(line);
    if (id === undefined) continue;
    const result = method === "tools/list" ? { tools: [${TOOL}] } : method === "initialize"
      ? { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "s", version: "1" } }
      : { content: [{ type: "text", text: "done" }] };
    process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, result }) + "\\n");
  }
});`;

interface Measured {
  readonly firstList: number;
  readonly calls: number[];
  /** MiB, at the beginning and the end. */
  readonly memory: readonly [number, number] | undefined;
}

export async function proxies(folder: string, rounds: number): Promise<Table[]> {
  const { alone, proxied } = commands(folder);
  const names = ["the server alone", "inkan proxy"] as const;
  const runs = { "the server alone": [] as Measured[], "inkan proxy": [] as Measured[] };
  for (let round = 0; round < Math.min(rounds, 15); round += 1) {
    runs["the server alone"].push(await measure(alone, 1_000));
    runs["inkan proxy"].push(await measure(proxied, 1_000));
  }
  const long = { "the server alone": await measure(alone, CALLS), "inkan proxy": await measure(proxied, CALLS) };
  const memory = (at: 0 | 1): Cell => {
    const value = long["inkan proxy"].memory?.[at];
    return value === undefined ? { reason: "this system has no /proc" } : { median: value, p95: value, count: 1 };
  };
  return [
    {
      title: "From the start of the command to the first list",
      unit: "milliseconds",
      columns: [""],
      rows: names.map((name) => ({ name, cells: [spread(runs[name].map(({ firstList }) => firstList))] })),
    },
    {
      title: "A call, there and back",
      unit: "milliseconds",
      columns: [""],
      rows: names.map((name) => ({ name, cells: [spread(long[name].calls.slice(WARM))] })),
    },
    {
      title: `Memory of the proxy in ${CALLS.toLocaleString("en")} calls`,
      unit: "MiB",
      columns: [`after ${WARM.toLocaleString("en")}`, "at the end"],
      rows: [{ name: "inkan proxy", cells: [memory(0), memory(1)] }],
    },
  ];
}

function commands(folder: string): { readonly alone: string[]; readonly proxied: string[] } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const catalogue = `{"server":"npm:@acme/bench","version":1,"tools":[${TOOL}]}`;
  const server = join(folder, "server.cjs");
  const config = join(folder, "inkan.config.json");
  writeFileSync(server, SERVER);
  writeFileSync(join(folder, "proxied.json"), catalogue);
  writeFileSync(join(folder, "proxied.sig"), sign("sha256", Buffer.from(catalogue), privateKey).toString("base64"));
  writeFileSync(join(folder, "proxied.pem"), publicKey.export({ type: "spki", format: "pem" }));
  const files = { catalogue: "proxied.json", signature: "proxied.sig", keys: ["proxied.pem"] };
  const bench = { command: process.execPath, args: [server], server: "npm:@acme/bench", ...files };
  writeFileSync(config, JSON.stringify({ servers: { bench } }));
  return { alone: [server], proxied: [inRoot("dist/cli/main.cjs"), "proxy", "--config", config, "--server", "bench"] };
}

async function measure(args: string[], calls: number): Promise<Measured> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"] });
  const host = new Host(child);
  const clientInfo = { name: "bench", version: "1" };
  await host.ask("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  await host.ask("tools/list", {});
  const firstList = performance.now() - started;
  const times: number[] = [];
  let early: number | undefined;
  for (let call = 0; call < calls; call += 1) {
    const before = performance.now();
    await host.ask("tools/call", { name: "index", arguments: { text: "hello" } });
    times.push(performance.now() - before);
    if (call === WARM) early = residentMemory(child);
  }
  const late = residentMemory(child);
  child.stdin.end();
  await once(child, "exit");
  return { firstList, calls: times, memory: early === undefined || late === undefined ? undefined : [early, late] };
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
