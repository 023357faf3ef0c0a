/** `inkan state show`, `inkan state seed`, `inkan state reset` */
import { createInterface } from "node:readline/promises";
import { InkanError } from "../../errors.js";
import { printable } from "../../input/printable.js";
import { JSON_OPTION, type Options, type Values } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, exitCodeOf, judging, misuse, Stop } from "../exit.js";
import { checkpointIn, LOG_OPTIONS, logVerifierFrom } from "../input/checkpoints.js";
import { type Kept, readRecords } from "../input/records.js";
import { type OpenStore, STATE_OPTIONS, storeFrom } from "../input/store.js";
import { EMPTY, type Line, line } from "../print/line.js";
import { print, printError, printJson } from "../print/output.js";
import { recordLines, recordToJson } from "../print/records.js";
import { action, actions, type Verb } from "../verb.js";

const RESET_OPTIONS = {
  all: { type: "boolean", help: "remove every record" },
  yes: { type: "boolean", help: "do not ask" },
} as const satisfies Options;

const SHOW = { ...STATE_OPTIONS, ...JSON_OPTION } as const;
const SEED = { ...STATE_OPTIONS, ...LOG_OPTIONS } as const;
const RESET = { ...STATE_OPTIONS, ...RESET_OPTIONS } as const;

export const state: Verb = {
  help: {
    usage: [
      "inkan state show --state WHERE [--json]",
      "inkan state seed --state WHERE CHECKPOINT LOG",
      "inkan state reset --state WHERE RECORD…|--all [--yes]",
    ],
    about: [
      "show prints the records: the largest checkpoint seen of each log, the newest catalogue of each scope, and the newest metadata of each TUF repository. A record that cannot be used is named, and the exit code is 2.",
      "seed records a signed checkpoint, or that of a bundle, as the newest of its log: with --first-use deny nothing passes before. It never lowers a record. A scope is recorded by verifying its catalogue once without --first-use deny.",
      'reset removes records, by the names that show prints, or --all. It shows them first and asks for the word "reset", or wants --yes: without a record, what is older or forked passes as a first use.',
    ],
    groups: [
      { title: "Store", options: STATE_OPTIONS },
      { title: "LOG, for seed", options: LOG_OPTIONS },
      { title: "For reset", options: RESET_OPTIONS },
      { title: "Output of show", options: JSON_OPTION },
    ],
  },
  run: actions("state", { show: action(SHOW, show), seed: action(SEED, seed), reset: action(RESET, reset) }),
};

async function show({ values, positionals }: Parsed<typeof SHOW>): Promise<ExitCode> {
  if (positionals.length > 0) throw misuse("state show takes no arguments beside its options");
  const records = await withStore(values, ({ store }) => readRecords(store));
  if (values.json) printJson(records.map(recordToJson));
  else if (records.length === 0) print([line("No records: every log and every scope is a first use.")]);
  else print(paragraphs(records));
  const unusable = records.map(({ content }) => content).find((content) => content instanceof InkanError);
  return unusable === undefined ? ExitCode.Verified : exitCodeOf(unusable, "evidence");
}

const paragraphs = (records: readonly Kept[]): Line[] =>
  records.flatMap((record, index) => [...(index === 0 ? [] : [EMPTY]), ...recordLines(record)]);

async function seed({ values, positionals }: Parsed<typeof SEED>): Promise<ExitCode> {
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw misuse("state seed takes one checkpoint");
  return withStore(values, async ({ store }) => {
    const logVerifier = await logVerifierFrom(values);
    const { note, facts } = await judging(() => checkpointIn(file, logVerifier));
    await judging(() => logVerifier.seed(note, store));
    const origin = printable(facts.origin);
    print([line(`Recorded: size ${facts.treeSize} of the log ${origin}; nothing below it passes for newer`, 4)]);
    return ExitCode.Verified;
  });
}

async function reset({ values, positionals }: Parsed<typeof RESET>): Promise<ExitCode> {
  if (positionals.length > 0 === (values.all === true)) {
    throw misuse("state reset takes the records to remove, as state show names them, or --all");
  }
  return withStore(values, async ({ store }) => {
    const records = await readRecords(store);
    const chosen = values.all ? records : positionals.map((name) => find(records, name));
    if (chosen.length === 0) throw new Stop(ExitCode.Misuse, "there are no records to remove");
    if (!values.yes) await confirm(chosen);
    for (const { key, text } of chosen) {
      if (await store.remove(key, text)) print([line(`Removed: ${printable(key)}`)]);
      else throw new Stop(ExitCode.Refused, `${printable(key)} was changed meanwhile and stays; look at it again`);
    }
    print([line("What they protected is a first use now. Processes that run keep what they have seen.")]);
    return ExitCode.Verified;
  });
}

function find(records: readonly Kept[], name: string): Kept {
  const record = records.find(({ key }) => key === name);
  if (record === undefined)
    throw new Stop(ExitCode.Misuse, `there is no record ${printable(name)}; see inkan state show`);
  return record;
}

/** Removing a record lets what is older than it pass once: a person must want that. */
async function confirm(records: readonly Kept[]): Promise<void> {
  const warning = "Without these records an older catalogue, or an older or forked log, passes as a first use.";
  printError([...paragraphs(records), EMPTY, line(warning)]);
  if (!process.stdin.isTTY) throw misuse("give --yes to remove them without being asked");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question('Type "reset" to remove them: ').finally(() => prompt.close());
  if (answer.trim() !== "reset") throw new Stop(ExitCode.Misuse, "nothing was removed");
}

async function withStore<T>(values: Values<typeof STATE_OPTIONS>, run: (open: OpenStore) => Promise<T>): Promise<T> {
  const open = await storeFrom(values);
  if (open === undefined) throw misuse("--state is missing: the path of a state file, or redis://…");
  return run(open).finally(() => open.close());
}
