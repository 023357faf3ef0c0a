/** The same WebAssembly under other engines: inkan alone. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { inRoot } from "../scripts/build/paths.js";
import { which } from "../scripts/build/process.js";
import { launchChromium } from "../test/browsers/chromium.js";
import { openSite } from "../test/runtimes/site.js";
import { ARTIFACT, IDENTITY, ISSUER, KINDS } from "./cases.js";
import { inTurn, Series, spread } from "./statistics.js";
import type { Cell, Table } from "./table.js";
import { turn, warmUp } from "./warm.js";
import { type Command, Worker } from "./worker.js";

const WORKER = inRoot("bench/peers/inkan/worker.mjs");
const INSTALL = "not installed: npm ci --prefix test/runtimes";

const shipped = (path: string, ...args: string[]): Command => ({
  program: inRoot("test/runtimes/node_modules", path),
  args: [...args, WORKER],
});
const RUNTIMES: readonly Command[] = [
  shipped("node20-linux-x64/bin/node"),
  shipped("node24-linux-x64/bin/node"),
  shipped("@oven/bun-linux-x64/bin/bun", "run"),
  shipped("@deno/linux-x64-glibc/deno", "run", "--no-prompt", "--allow-read", "--node-modules-dir=manual", "--no-lock"),
];

/** Every kind of bundle in every runtime; the browser, whose clock is coarse, is measured by itself. */
export async function runtimes(folder: string, job: string, rounds: number): Promise<Table> {
  const workers = new Map<string, Worker>();
  const missing: string[] = [];
  for (const command of RUNTIMES) {
    if (!existsSync(command.program)) {
      missing.push(command.program.replace(/.*node_modules\//, ""));
      continue;
    }
    const worker = await Worker.start(command, job);
    workers.set(worker.version.replace(/.*, /, ""), worker);
  }
  const cells = new Map<string, Cell[]>([...workers.keys()].map((name) => [name, []]));
  for (const { name: task } of KINDS) {
    const series = new Series();
    for (const worker of workers.values()) await warmUp(worker, "verify", task);
    await inTurn([...workers.keys()], rounds, async (name) => {
      series.add(name, await turn(workers.get(name) as Worker, "verify", task));
    });
    for (const [name, found] of Object.entries(series.spreads())) cells.get(name)?.push(found);
  }
  for (const worker of workers.values()) worker.stop();
  for (const name of missing) cells.set(name, [{ reason: INSTALL }]);
  const browser = which("chromium");
  if (browser === undefined) cells.set("Chromium", [{ reason: "not installed: apt-get install chromium" }]);
  else cells.set("Chromium, its means of 10", await inBrowser(browser, folder, rounds));
  return {
    title: "Verification, warm, by runtime",
    unit: "microseconds",
    columns: KINDS.map(({ title }) => title),
    rows: [...cells].map(([name, row]) => ({ name, cells: row })),
  };
}

async function inBrowser(executable: string, folder: string, rounds: number): Promise<Cell[]> {
  const text = (file: string): string => readFileSync(file).toString("base64");
  const tasks = KINDS.map(({ bundle, root }) => ({ bundle: text(bundle), root: text(root), artifact: text(ARTIFACT) }));
  const data = { rounds, identity: { san: IDENTITY, issuer: ISSUER }, tasks };
  writeFileSync(join(folder, "data.js"), `export const data = ${JSON.stringify(data)};\n`);
  buildSync({
    entryPoints: [inRoot("bench/peers/inkan/page.mjs")],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    conditions: ["browser"],
    alias: { data: join(folder, "data.js") },
  });
  const browser = await launchChromium(executable);
  try {
    const times = (await openSite(browser, { folder, script: "page.js" })) as unknown as number[][];
    return times.map(spread);
  } finally {
    await browser.close();
  }
}
