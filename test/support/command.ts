/** Runs the `inkan` command as a user does. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { inRoot } from "./repository.js";

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Around {
  readonly input?: Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs a TypeScript file of this repository, or one beside it. */
export function runScript(script: string, args: readonly string[], { input, env, cwd }: Around = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, script, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    ...(input === undefined ? {} : { input: Buffer.from(input) }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  return { status, stdout, stderr };
}

export const inkan = (args: readonly string[], around?: Around): Ran =>
  runScript(inRoot("ts/cli/main.ts"), args, around);
