/** `inkan snapshot`: what a server lists, as a catalogue to sign. */
import { existsSync } from "node:fs";
import { InkanError } from "../../errors.js";
import { readByCore } from "../../publish/core_reading.js";
import { KINDS, WORDS } from "../../publish/definition.js";
import { reasonIn } from "../../publish/reason.js";
import { boundsFrom } from "../../publish/snapshot/bounds.js";
import { SnapshotFailure } from "../../publish/snapshot/failure.js";
import { httpWire } from "../../publish/snapshot/http.js";
import { packageOf } from "../../publish/snapshot/package.js";
import { type Snapshot, takeSnapshot } from "../../publish/snapshot/snapshot.js";
import {
  expiryFrom,
  headersFrom,
  metaIn,
  millisecondsIn,
  nextVersion,
  versionFrom,
} from "../../publish/snapshot/stated.js";
import { stdioWire } from "../../publish/snapshot/stdio.js";
import { replaceFile } from "../../publish/write.js";
import type { Advice } from "../../streamable_http/answers.js";
import { splitCommand } from "../arguments/command.js";
import type { Options, Values } from "../arguments/options.js";
import { HELP, parse } from "../arguments/parse.js";
import { ExitCode, misuse, Stop, stated } from "../exit.js";
import { readUtf8 } from "../files.js";
import { ready } from "../library.js";
import { line } from "../print/line.js";
import { printError, printText } from "../print/output.js";
import type { Verb } from "../verb.js";

const STATED = {
  server: {
    type: "string",
    value: "ID",
    help: "the server that the catalogue is for; without this option the URL, or npm:NAME of what npx starts",
  },
  version: { type: "string", value: "N|next", help: "its version; next is one more than that of the --output file" },
  expires: { type: "string", value: "SPAN", help: "when it ends, from now: 90d, 12h; states issuedAt too" },
} as const satisfies Options;

const OUTPUT = {
  output: { type: "string", value: "FILE", help: "write FILE, whole or not at all, instead of standard output" },
} as const satisfies Options;

const CONNECTION = {
  header: {
    type: "string",
    value: "NAME=VALUE",
    multiple: true,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the words to write
    help: "an HTTP header for the URL; ${env:NAME} in the value is read from the environment",
  },
  timeout: { type: "string", value: "SPAN", help: "how long each answer may take: 30s without this option" },
} as const satisfies Options;

/** What a person can do where the server does not answer. */
const ADVICE: Advice = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the words to write
  token: 'Give --header "Authorization=Bearer ${env:TOKEN}".',
  url: "Check the URL.",
  redirect: "Give that URL, if you trust it.",
};

const OPTIONS = { ...STATED, ...OUTPUT, ...CONNECTION } as const;

export const snapshot: Verb = {
  help: {
    usage: ["inkan snapshot [OPTIONS] -- COMMAND [ARGUMENT…]", "inkan snapshot [OPTIONS] URL"],
    about: [
      "Writes what an MCP server lists as a catalogue, format 1: all pages of its tools, prompts, resources and templates, and its instructions. The server is asked in both eras of the protocol, as a client that can do everything and as one that can do nothing; definitions that differ become alternatives.",
      "A definition that differs between two equal sessions is reported as unstable; the exit code stays 0. If the server cannot be read, nothing is written, and the exit code is 2.",
    ],
    groups: [
      { title: "What the catalogue states", options: STATED },
      { title: "Output", options: OUTPUT },
      { title: "Connection", options: CONNECTION },
    ],
  },
  run: async (args) => {
    // What follows -- is the server's command line, options and all.
    const { own, command } = splitCommand(args, { verb: "snapshot", options: OPTIONS, names: 0 });
    const parsed = parse(own, OPTIONS);
    if (parsed === HELP) return HELP;
    return write(parsed.values, parsed.positionals, command);
  },
};

async function write(
  values: Values<typeof OPTIONS>,
  positionals: readonly string[],
  command: readonly string[] | undefined,
): Promise<ExitCode> {
  const bounds = boundsFrom(
    values.timeout === undefined ? undefined : stated(() => millisecondsIn(values.timeout ?? "")),
  );
  const { open, server } = sourceOf(values, positionals, command, bounds);
  const version = versionOf(values);
  const times = values.expires === undefined ? {} : stated(() => expiryFrom(values.expires ?? "", Date.now()));
  const meta = values.output !== undefined && existsSync(values.output) ? metaIn(readUtf8(values.output)) : undefined;
  let taken: Snapshot;
  try {
    await ready();
    taken = await takeSnapshot({ open, bounds }, { server, version, ...times, meta });
    await readBack(taken.text);
  } catch (error) {
    if (error instanceof SnapshotFailure) throw new Stop(ExitCode.Misuse, `no snapshot: ${error.message}`);
    throw error;
  }
  if (values.output === undefined) printText(taken.text);
  else replaceFile(values.output, taken.text);
  report(taken, server);
  return ExitCode.Verified;
}

/** What is written is a catalogue by the rules of those who read it. */
async function readBack(text: string): Promise<void> {
  try {
    await readByCore(new TextEncoder().encode(text));
  } catch (error) {
    if (!(error instanceof InkanError) || error.code === "ERR_INTERNAL") throw error;
    throw new SnapshotFailure(`what the server lists makes no catalogue: ${error.code}: ${reasonIn(error)}`);
  }
}

function sourceOf(
  values: Values<typeof OPTIONS>,
  positionals: readonly string[],
  command: readonly string[] | undefined,
  bounds: ReturnType<typeof boundsFrom>,
) {
  const [url, ...others] = positionals;
  if (command !== undefined) {
    const [program, ...args] = command;
    if (program === undefined || url !== undefined) throw misuse("snapshot takes a URL, or -- and a command");
    if (values.header !== undefined) throw misuse("--header is for a URL");
    return {
      open: stdioWire({ command: program, args, mayUseShell: true }, bounds),
      server: values.server ?? packageOf(command),
    };
  }
  if (url === undefined || others.length > 0) throw misuse("snapshot takes a URL, or -- and a command");
  if (!/^https?:\/\/[^\s]+$/.test(url) || !URL.canParse(url)) {
    throw misuse("snapshot takes a URL of http or https, or -- before a command");
  }
  if (new URL(url).username !== "" || new URL(url).password !== "") {
    throw misuse("snapshot takes a URL without a user's name; give credentials by --header");
  }
  const headers = stated(() => headersFrom(values.header ?? [], process.env));
  return { open: httpWire({ url, headers, advice: ADVICE }, bounds), server: values.server ?? url };
}

function versionOf({ version, output }: Values<typeof OPTIONS>): number | undefined {
  if (version === undefined) return undefined;
  if (version !== "next") return stated(() => versionFrom(version));
  if (output === undefined) throw misuse("--version next needs the --output file, whose version it raises");
  return stated(() => (existsSync(output) ? nextVersion(readUtf8(output)) : 1));
}

/** What people want to know, on standard error: the catalogue may be on standard output. */
function report({ counts, unstable, noise, eras }: Snapshot, server: string | undefined): void {
  const found = KINDS.map((kind) => `${counts[kind]} ${WORDS[kind]}${counts[kind] === 1 ? "" : "s"}`).join(", ");
  const more = counts.alternatives === 0 ? "" : `, ${counts.alternatives} alternatives`;
  const lines = [
    `${found}${more}; protocol ${eras.join(" and ")}`,
    server === undefined
      ? "no server is named: verifiers want to know which one it is for; give --server ID"
      : `for ${server}`,
    ...(hasQuery(server) ? ["the catalogue states the query of this URL: give --server ID if it holds a secret"] : []),
    ...unstable.map((text) => `unstable: ${text}`),
    ...(noise === 0 ? [] : [`the server wrote ${noise} lines on standard output that are no messages`]),
  ];
  printError(lines.map((text) => line(`inkan: ${text}`, 2)));
}

const hasQuery = (server: string | undefined): boolean =>
  server !== undefined && URL.canParse(server) && new URL(server).search !== "";
