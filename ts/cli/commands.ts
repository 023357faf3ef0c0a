/** Every command. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ExitCode, misuse } from "./exit.js";
import { HELP } from "./help.js";
import { print } from "./output.js";
import { run } from "./run.js";

type Command = (args: string[]) => Promise<ExitCode>;

/** Loaded when called for: a command pays for no other. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  verify: async () => {
    const { verifyCommand } = await import("./verify.js");
    const { storeFrom } = await import("./state_store.js");
    const { consistencyFrom } = await import("./consistency_options.js");
    return (args) => verifyCommand(args, { storeFrom, consistencyFrom });
  },
  inspect: async () => (await import("./inspect.js")).inspectCommand,
  "trust-root": async () => (await import("./trust_root.js")).trustRootCommand,
  log: async () => (await import("./log.js")).logCommand,
  state: async () => (await import("./state.js")).stateCommand,
};

function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"),
  );
  return manifest.version;
}

async function named([name, ...args]: string[]): Promise<ExitCode> {
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
  return (await load())(args);
}

/** Runs the command that the first argument names. */
export const runAny = (args: string[]): Promise<void> => run(() => named(args));
