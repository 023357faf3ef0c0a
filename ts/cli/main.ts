#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ExitCode, misuse, Stop } from "./exit.js";
import { HELP } from "./help.js";
import { end, print, printError } from "./output.js";

type Command = (args: string[]) => Promise<ExitCode>;

/** Loaded when called for: a command pays for no other. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  verify: async () => (await import("./commands/verify.js")).verifyCommand,
  inspect: async () => (await import("./commands/inspect.js")).inspectCommand,
  "trust-root": async () => (await import("./commands/trust_root.js")).trustRootCommand,
  log: async () => (await import("./commands/log.js")).logCommand,
  state: async () => (await import("./commands/state.js")).stateCommand,
};

function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"),
  );
  return manifest.version;
}

async function main([name, ...args]: string[]): Promise<ExitCode> {
  if (name === "--version" || name === "-V") {
    print(`${version()}\n`);
    return ExitCode.Verified;
  }
  if (name === "--help" || name === "-h" || name === "help" || args.includes("--help") || args.includes("-h")) {
    const topic = name === "help" ? args[0] : name;
    print(HELP[topic ?? ""] ?? HELP[""] ?? "");
    return ExitCode.Verified;
  }
  if (name === undefined) throw misuse("a command is missing");
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw misuse(`there is no command ${JSON.stringify(name)}`);
  const command = await load();
  return command(args);
}

function fail(error: unknown): ExitCode {
  const stop = Stop.from(error);
  printError(`inkan: ${stop.message}\n`);
  return stop.exitCode;
}

// No top-level await: what is built from this is one CommonJS file.
void main(process.argv.slice(2)).catch(fail).then(end);
