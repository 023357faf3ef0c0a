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

/** The command, which `built_command.ts` builds. It lies two folders deep, as in the package. */
export const COMMAND = inRoot("target/test-command/main.cjs");

function runNode(args: readonly string[], { input, env, cwd }: Around): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    ...(input === undefined ? {} : { input: Buffer.from(input) }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  return { status, stdout, stderr };
}

/** Runs a TypeScript file of this repository, or one beside it. */
export const runScript = (script: string, args: readonly string[], around: Around = {}): Ran =>
  runNode(["--import", tsx, script, ...args], around);

export const inkan = (args: readonly string[], around: Around = {}): Ran => runNode([COMMAND, ...args], around);

/** The same while this process goes on: it may be the server that the command asks. */
export function inkanMeanwhile(args: readonly string[], { input, env, cwd }: Around = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [COMMAND, ...args], {
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    child.stdin.end(input);
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
