/** Many catalogues one after another with the memory that they leave, and catalogues of many tools. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../scripts/build/paths.js";
import { capture, which } from "../scripts/build/process.js";
import { type Spread, spread } from "./statistics.js";
import type { Table } from "./table.js";

const COUNT = 1000;
/** Keeps what V8 has not yet collected small beside what would remain: by default it lets 48 MiB pile up. */
const SEMI_SPACE = "--max-semi-space-size=1";
const TOOLS = [1, 100, 10_000];

/** What peers/inkan/many.mjs prints. */
interface Many {
  readonly times: number[];
  /** After how many verifications, and what was in use then, in KiB. */
  readonly memory: { readonly after: number; readonly wasm: number; readonly rss: number; readonly heap: number }[];
}

/** Bundles that the forge mints here, each with a leaf, an entry and a catalogue of its own. */
export function manyCatalogues(folder: string): Table[] {
  const title = `${COUNT} distinct catalogues, one after another`;
  if (which("cargo") === undefined) {
    const cells = [{ reason: "cargo is not installed, and the forge mints them" }];
    return [{ title, unit: "microseconds", columns: [""], rows: [{ name: "inkan", cells }] }];
  }
  const minted = join(folder, "minted");
  const mint = ["run", "--quiet", "--locked", "-p", "inkan-forge", "--", "--mint", minted, String(COUNT)];
  if (!existsSync(minted)) capture("cargo", mint);
  const script = inRoot("bench/peers/inkan/many.mjs");
  const { times, memory } = JSON.parse(capture(process.execPath, ["--expose-gc", SEMI_SPACE, script, minted])) as Many;
  const exact = (value: number): Spread => ({ median: value, p95: value, count: 1 });
  return [
    {
      title,
      unit: "microseconds",
      columns: ["the first 100", "the last 100"],
      rows: [{ name: "inkan", cells: [spread(times.slice(0, 100)), spread(times.slice(-100))] }],
    },
    {
      title: "Memory after them",
      unit: "KiB",
      columns: memory.map(({ after }) => `${after} verifications`),
      rows: (["wasm", "rss", "heap"] as const).map((name) => ({
        name,
        cells: memory.map((entry) => exact(entry[name])),
      })),
    },
  ];
}

/** What peers/inkan/tools.mjs prints: microseconds of each run, by operation. */
type Tools = Record<"verify" | "require", number[]> & { readonly bytes: number };

export function toolCounts(): Table[] {
  const script = inRoot("bench/peers/inkan/tools.mjs");
  const found = TOOLS.map((count) => JSON.parse(capture(process.execPath, [script, String(count)])) as Tools);
  const columns = TOOLS.map((count, index) => {
    const kilobytes = Math.ceil((found[index]?.bytes ?? 0) / 1000);
    return `${count.toLocaleString("en")} ${count === 1 ? "tool" : "tools"}, ${kilobytes.toLocaleString("en")} kB`;
  });
  const rows = (["verify", "require"] as const).map((name) => ({
    name: name === "verify" ? "verified, by a key" : "one offered tool, required",
    cells: found.map((times) => spread(times[name])),
  }));
  return [{ title: "Catalogues of many tools", unit: "microseconds", columns, rows }];
}
