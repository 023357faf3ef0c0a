#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { ExitCode, misuse, Stop } from "./exit.js";
import { HELP } from "./help.js";
import { inspectCommand } from "./inspect.js";
import { trustRootCommand } from "./trust_root.js";
import { verifyCommand } from "./verify.js";

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<ExitCode>>> = {
  verify: verifyCommand,
  inspect: inspectCommand,
  "trust-root": trustRootCommand,
};

function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}

async function main([name, ...args]: string[]): Promise<ExitCode> {
  if (name === "--version" || name === "-V") {
    process.stdout.write(`${version()}\n`);
    return ExitCode.Verified;
  }
  if (name === "--help" || name === "-h" || name === "help" || args.includes("--help") || args.includes("-h")) {
    const topic = name === "help" ? args[0] : name;
    process.stdout.write(HELP[topic ?? ""] ?? HELP[""] ?? "");
    return ExitCode.Verified;
  }
  if (name === undefined) throw misuse("a command is missing");
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw misuse(`there is no command ${JSON.stringify(name)}`);
  return command(args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const stop = Stop.from(error);
  process.stderr.write(`inkan: ${stop.message}\n`);
  process.exitCode = stop.exitCode;
}
