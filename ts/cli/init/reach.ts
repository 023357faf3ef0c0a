/** How the server is reached, as it is written into the policy file: so that it starts whatever the host's PATH and folder are. */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { printable } from "../../input/printable.js";
import { ExitCode, misuse, Stop } from "../exit.js";
import type { ServerEntry } from "./policy_text.js";

/** What the command line says of the server. */
export interface Target {
  readonly command: readonly string[] | undefined;
  readonly url: string | undefined;
  /** `--env` and `--header`, as they are given. */
  readonly env: readonly string[] | undefined;
  readonly headers: readonly string[] | undefined;
}

/** The members `command`, `args`, `env` and `cwd`, or `url` and `headers`. `folder` is the policy file's. */
export function reachEntry({ command, url, env, headers }: Target, folder: string): ServerEntry {
  if (url !== undefined) {
    if (env !== undefined) throw misuse("--env is for a command; --header is for a URL");
    return { url, ...(headers === undefined ? {} : { headers: pairs("--header", headers) }) };
  }
  const [program, ...args] = command ?? [];
  if (program === undefined) throw misuse("init takes a URL, or -- and the server's command");
  if (headers !== undefined) throw misuse("--header is for a URL; --env is for a command");
  const found = programAt(program);
  const stated = pairs("--env", env ?? []);
  // What begins with #!/usr/bin/env looks for its interpreter in PATH, and hosts give a short one.
  const path =
    isScript(found) && !Object.hasOwn(stated, "PATH")
      ? { PATH: `${dirname(process.execPath)}${delimiter}\${env:PATH}` }
      : {};
  const variables = { ...path, ...stated };
  const here = process.cwd();
  return {
    ...(/\.(cmd|bat)$/i.test(found)
      ? { command: process.env.ComSpec ?? "cmd.exe", args: ["/c", found, ...args] }
      : { command: found, args }),
    ...(Object.keys(variables).length === 0 ? {} : { env: variables }),
    // Relative paths in the arguments are those of this folder.
    ...(here === folder ? {} : { cwd: here }),
  };
}

/** The program's absolute path, by PATH as a shell finds it. */
function programAt(program: string): string {
  const endings = process.platform === "win32" ? ["", ...(process.env.PATHEXT ?? ".EXE;.CMD;.BAT").split(";")] : [""];
  const folders = /[/\\]/.test(program) ? [""] : (process.env.PATH ?? "").split(delimiter).filter((one) => one !== "");
  for (const folder of folders) {
    for (const ending of endings) {
      const path = resolve(join(folder, program + ending));
      if (isProgram(path)) return path;
    }
  }
  throw new Stop(ExitCode.Misuse, `there is no command ${printable(program)} in PATH; nothing was written`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isScript(path: string): boolean {
  if (process.platform === "win32") return false;
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(64);
    return /^#!.*\benv\b/.test(start.toString("latin1", 0, readSync(file, start, 0, start.length, 0)));
  } finally {
    closeSync(file);
  }
}

function pairs(option: string, texts: readonly string[]): Readonly<Record<string, string>> {
  const read = new Map<string, string>();
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw misuse(`${option} wants NAME=VALUE`);
    if (read.has(name)) throw misuse(`${option} ${printable(name)} is given twice`);
    read.set(name, value);
  }
  return Object.fromEntries(read);
}
