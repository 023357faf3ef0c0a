/** Hostile input: what each kind costs at each entry point, and the memory that stays after it. inkan alone. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../scripts/build/paths.js";
import { capture } from "../scripts/build/process.js";
import { KINDS, ROOM } from "../test/support/hostile.js";
import type { Spread } from "./statistics.js";
import type { Table } from "./table.js";

const MIB = 2 ** 20;
/** A size at which what there is to do whatever comes no longer counts. */
const SIZE = MIB - 4096;
/** So many of an entry point's kinds are shown: those that cost most. */
const SHOWN = 3;

/** What peers/inkan/hostile.mjs is told, and what it prints: milliseconds by task, and MiB after each step. */
interface Task {
  readonly entry: string;
  readonly kind: string;
  readonly file: string;
  readonly bytes: number;
}
interface Found {
  readonly times: number[];
  readonly memory: { readonly after: string; readonly wasm: number; readonly rss: number }[];
}

const exact = (value: number): Spread => ({ median: value, p95: value, count: 1 });

export function hostileInputs(folder: string): Table[] {
  const tasks = KINDS.flatMap(({ name, entries, make }, index) => {
    return entries.map((entry): Task => {
      const bytes = make(Math.min(SIZE, ROOM[entry] ?? SIZE));
      const file = join(folder, `hostile-${index}-${entry.replace(" ", "-")}`);
      writeFileSync(file, bytes);
      return { entry, kind: name, file, bytes: bytes.length };
    });
  });
  const job = join(folder, "hostile.json");
  writeFileSync(job, JSON.stringify(tasks));
  const script = inRoot("bench/peers/inkan/hostile.mjs");
  const { times, memory } = JSON.parse(capture(process.execPath, ["--expose-gc", script, job])) as Found;
  const costs = tasks.map(({ entry, kind, bytes }, index) => ({
    entry,
    kind,
    perMib: ((times[index] ?? Number.NaN) * MIB) / bytes,
  }));
  const rows = [...new Set(tasks.map(({ entry }) => entry))].flatMap((entry) => {
    const ofEntry = costs.filter((cost) => cost.entry === entry).sort((a, b) => b.perMib - a.perMib);
    return ofEntry.slice(0, SHOWN).map(({ kind, perMib }) => ({ name: `${entry}: ${kind}`, cells: [exact(perMib)] }));
  });
  return [
    {
      title: `Hostile input, the ${SHOWN} kinds of ${KINDS.length} that cost most at each entry point`,
      unit: "milliseconds a MiB",
      columns: ["the better of three"],
      rows,
    },
    {
      title: "Memory after it",
      unit: "MiB",
      columns: memory.map(({ after }) => after),
      rows: (["wasm", "rss"] as const).map((name) => ({ name, cells: memory.map((step) => exact(step[name])) })),
    },
  ];
}
