/**
 * `npm run bench [-- --rounds N] [--json] [--peers NAME,…] [--only SECTION,…]`: inkan beside its peers, in turn.
 * README.md says what is compared.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeJob } from "./cases.js";
import { manyCatalogues, toolCounts } from "./catalogues.js";
import { checks } from "./check.js";
import { coldStart } from "./cold.js";
import { gates } from "./gate.js";
import { hostileInputs } from "./hostile.js";
import { INKAN, PEERS } from "./peers.js";
import { proxies } from "./proxy.js";
import { reasonOf } from "./reason.js";
import { runtimes } from "./runtimes.js";
import { render, type Table } from "./table.js";
import { preparation, verification } from "./warm.js";
import { type Command, Worker } from "./worker.js";

const SECTIONS = [
  "warm",
  "parts",
  "cold",
  "catalogues",
  "tools",
  "gate",
  "proxy",
  "check",
  "hostile",
  "runtimes",
] as const;
type Section = (typeof SECTIONS)[number];

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "30" },
    json: { type: "boolean", default: false },
    peers: { type: "string" },
    only: { type: "string" },
  },
});

function chosen<T extends string>(option: string, given: string | undefined, known: readonly T[]): readonly T[] {
  if (given === undefined) return known;
  return given.split(",").map((name) => {
    const found = known.find((candidate) => candidate === name.trim());
    if (found === undefined) throw new RangeError(`--${option} knows ${known.join(", ")}; not ${name}`);
    return found;
  });
}

const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 2)
  throw new RangeError(`--rounds takes a number of 2 or more, not ${rounds}`);
const sections = new Set<Section>(chosen("only", values.only, SECTIONS));
const wanted = chosen(
  "peers",
  values.peers,
  PEERS.map(({ name }) => name),
);

const say = (text: string): void => console.error(`bench: ${text}`);
const folder = mkdtempSync(join(tmpdir(), "inkan-bench-"));
const commands = new Map<string, Command>();
const workers = new Map<string, Worker>();
const versions: Record<string, string> = {};
const missing: Record<string, string> = {};
const tables: Table[] = [];

async function section(name: Section, measure: () => Promise<Table[]> | Table[]): Promise<void> {
  if (!sections.has(name)) return;
  say(name);
  try {
    tables.push(...(await measure()));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // What the other sections have measured is not lost.
    missing[name] = reasonOf(error);
    console.error(error);
    process.exitCode = 1;
  }
}

try {
  const job = writeJob(folder);
  // Only these sections ask peers.
  const asks = (["warm", "parts", "cold"] as const).some((name) => sections.has(name));
  for (const peer of asks ? [INKAN, ...PEERS.filter(({ name }) => wanted.includes(name))] : []) {
    say(`prepares ${peer.name}`);
    try {
      const command = peer.prepare();
      const worker = await Worker.start(command, job);
      commands.set(peer.name, command);
      workers.set(peer.name, worker);
      versions[peer.name] = worker.version;
    } catch (error) {
      if (peer === INKAN || !(error instanceof Error)) throw error;
      missing[peer.name] = reasonOf(error);
      say(`${peer.name} is missing: ${missing[peer.name]}`);
    }
  }
  const load = loadavg()[0];
  await section("warm", async () => [await verification(workers, rounds)]);
  await section("parts", async () => [await preparation(workers, rounds)]);
  for (const worker of workers.values()) worker.stop();
  await section("cold", async () => [await coldStart(commands, job, Math.min(rounds + 1, 41))]);
  await section("catalogues", () => manyCatalogues(folder));
  await section("tools", () => toolCounts());
  await section("gate", () => gates());
  await section("proxy", () => proxies(folder, rounds));
  await section("check", () => checks(folder, rounds));
  await section("hostile", () => hostileInputs(folder));
  await section("runtimes", async () => [await runtimes(folder, job, rounds)]);
  const machine = {
    processor: cpus()[0]?.model ?? "?",
    cores: cpus().length,
    gibibytes: Math.round(totalmem() / 2 ** 30),
    load: [load, loadavg()[0]].map((value) => Number((value ?? 0).toFixed(1))),
  };
  if (values.json) console.log(JSON.stringify({ machine, node: process.version, rounds, versions, missing, tables }));
  else console.log(report(machine));
} finally {
  for (const worker of workers.values()) worker.stop();
  rmSync(folder, { recursive: true, force: true });
}

function report({ processor, cores, gibibytes, load }: Record<string, unknown>): string {
  return [
    `${processor}, ${cores} cores, ${gibibytes} GiB, load ${(load as number[]).join(" to ")}; Node ${process.version}; ${rounds} rounds.`,
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join("; ")}.`,
    ...Object.entries(missing).map(([name, reason]) => `Missing: ${name}: ${reason}`),
    ...tables.map(render),
  ].join("\n\n");
}
