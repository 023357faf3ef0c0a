/** Cold: from the start of a process to its end, one verification in it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { inRoot } from "../scripts/build/paths.js";
import { ARTIFACT, IDENTITY, ISSUER, KINDS } from "./cases.js";
import { inTurn, Series } from "./statistics.js";
import type { Cell, Table } from "./table.js";
import type { Command } from "./worker.js";

/** A start of `node -e 0`, which everything that runs in Node pays. */
export const BARE = "`node -e 0`";

/** With a state file, new each time: what is recorded is flushed to the disk. */
const RECORDING = "inkan, the command, recording";

export async function coldStart(commands: ReadonlyMap<string, Command>, job: string, rounds: number): Promise<Table> {
  const starts = new Map<string, Command>([[BARE, { program: process.execPath, args: ["-e", "0"] }]]);
  const cli = inRoot("dist/cli/main.cjs");
  if (existsSync(cli)) {
    const command = { program: process.execPath, args: [cli, ...commandLine()] };
    starts.set("inkan, the command", command);
    starts.set(RECORDING, { ...command, args: [...command.args, "--state"] });
  }
  for (const [name, { program, args }] of commands) {
    starts.set(name === "inkan" ? "inkan, the library" : name, { program, args: [...args, job, "once"] });
  }
  const series = new Series();
  await inTurn([...starts.keys()], rounds, async (name, round) => {
    const command = starts.get(name) as Command;
    const args = name === RECORDING ? [...command.args, join(dirname(job), `state-${round}.json`)] : command.args;
    const took = start(name, { ...command, args });
    // The first start of each reads its files from the disk.
    if (round > 0) series.add(name, [took]);
  });
  const spreads = series.spreads();
  const rows = [...starts.keys()].map((name) => ({ name, cells: [spreads[name] ?? { reason: "" }] as Cell[] }));
  return { title: "Cold start", unit: "milliseconds", columns: ["start to exit"], rows, baseline: BARE };
}

function commandLine(): string[] {
  const [kind] = KINDS;
  if (kind === undefined) return [];
  const evidence = ["--bundle", kind.bundle, "--trusted-root", kind.root];
  return [
    "verify",
    "--artifact",
    ARTIFACT,
    ...evidence,
    "--certificate-identity",
    IDENTITY,
    "--certificate-oidc-issuer",
    ISSUER,
  ];
}

/** Milliseconds from start to end. */
function start(name: string, { program, args }: Command): number {
  const env = { ...process.env };
  // Node reads this file whenever it starts, which is not what is measured.
  delete env.NODE_EXTRA_CA_CERTS;
  const began = performance.now();
  const { status, stderr } = spawnSync(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const took = performance.now() - began;
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
  return took;
}
