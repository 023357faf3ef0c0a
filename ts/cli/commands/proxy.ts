/** `inkan proxy --config FILE --server NAME` */
import { wordAt } from "../arguments/command.js";
import type { Options } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { type ExitCode, misuse } from "../exit.js";
import { runProxy } from "../proxy/proxy.js";
import { action, type Verb } from "../verb.js";

const OPTIONS = {
  config: { type: "string", value: "FILE", help: "the policy file, inkan.config.json" },
  server: { type: "string", value: "NAME", help: "which of its servers" },
  audit: { type: "string", value: "FILE", help: "append one JSON line for each decision" },
  log: { type: "string", value: "FILE", help: "append what is written to standard error" },
} as const satisfies Options;

export const proxy: Verb = {
  help: {
    usage: ["inkan proxy --config FILE --server NAME [--audit FILE] [--log FILE]"],
    about: [
      "Stands between an MCP host and a server: MCP on standard input and output, one JSON object a line, and lines for people on standard error. Only what the server's publisher signed is listed or called. The server's command, or its URL, stands in the policy file.",
      "If the catalogue does not verify, the lists are empty and each call is refused with the reason. The exit code is that of the server's command; 2 says that the policy file, the server's name, a file or the command is wrong.",
    ],
    groups: [{ title: "Options", options: OPTIONS }],
    notes: ["docs/proxy.md has the entries for Claude Desktop, Claude Code, Cursor, VS Code, Codex and Zed."],
  },
  run: (args) => {
    if (wordAt(args, { options: OPTIONS, names: 0 }) !== -1) throw noWords();
    return action(OPTIONS, run)(args);
  },
};

const noWords = (): Error =>
  misuse(
    "proxy takes no command: the server stands in the policy file (--config FILE, --server NAME), and inkan init NAME -- COMMAND… writes it there",
  );

async function run({ values, positionals }: Parsed<typeof OPTIONS>): Promise<ExitCode> {
  const { config, server, audit, log } = values;
  if (positionals.length > 0) throw noWords();
  if (config === undefined) throw misuse("--config is missing: the path of the policy file");
  if (server === undefined) throw misuse("--server is missing: the name of a server in the policy file");
  return runProxy({ config, server, audit, log });
}
