/** Runs the `inkan` command as a user does. */
import { spawn, spawnSync } from "node:child_process";
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

/** The same while this process goes on: it may be the server that the command asks. */
export function inkanMeanwhile(args: readonly string[], { env, cwd }: Omit<Around, "input"> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", tsx, inRoot("ts/cli/main.ts"), ...args], {
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}
