/** Runs other programs. */
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "./paths.js";

/** A failure that the user sees as one message, without a stack. */
export class BuildError extends Error {}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
}

/** Runs a program with the terminal as its output; throws when it fails. */
export function run(program: string, args: string[], { cwd = root, env = {} }: RunOptions = {}): void {
  const { status, error } = spawnSync(program, args, { cwd, env: { ...process.env, ...env }, stdio: "inherit" });
  if (error) throw new BuildError(`${program} could not be started: ${error.message}`);
  if (status !== 0) throw new BuildError(`failed with exit code ${status}: ${program} ${args.join(" ")}`);
}

export interface Ended {
  ok: boolean;
  /** What it printed on both streams, in order. */
  printed: string;
}

/** Runs a program while others run. */
export function runMeanwhile(program: string, args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => {
        printed += text;
      });
    }
    child.on("error", (error) => resolve({ ok: false, printed: `${program} could not be started: ${error.message}` }));
    child.on("close", (status) => resolve({ ok: status === 0, printed }));
  });
}

/** Runs a program and returns what it printed; throws when it fails. */
export function capture(program: string, args: string[], { cwd = root, env = {} }: RunOptions = {}): string {
  const options = { cwd, env: { ...process.env, ...env }, encoding: "utf8", maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
  if (error) throw new BuildError(`${program} could not be started: ${error.message}`);
  if (status !== 0)
    throw new BuildError(`failed with exit code ${status}: ${program} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

/** What a program prints, or undefined when it is missing or fails. */
export function tryCapture(program: string, args: string[], options?: RunOptions): string | undefined {
  try {
    return capture(program, args, options);
  } catch {
    return undefined;
  }
}

/** The path of a program, looked up by name on PATH. */
export function which(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
