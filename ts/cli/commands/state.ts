import { createInterface } from "node:readline/promises";
import { FreshnessError, InkanError, StateError, VerificationError } from "../../errors.js";
import { printable } from "../../input/printable.js";
import { type Action, actionOf, parse, type Values } from "../arguments.js";
import { auditFrom, checkpointIn, LOG_OPTIONS } from "../checkpoints.js";
import { ExitCode, misuse, Stop } from "../exit.js";
import { isTerminal, print, printError } from "../output.js";
import { type Kept, readRecords, recordToJson, renderRecord } from "../state_records.js";
import { type OpenStore, STATE_OPTIONS, storeFrom } from "../state_store.js";
import { styleOf } from "../style.js";

const ACTIONS: Readonly<Record<string, Action>> = { show, seed, reset };

/** `inkan state show`, `inkan state seed`, `inkan state reset` */
export async function stateCommand([name = "", ...args]: string[]): Promise<ExitCode> {
  const action = actionOf("state", ACTIONS, name);
  try {
    return await action(args);
  } catch (error) {
    // What is stored, or is to be stored, was judged.
    const judged = error instanceof StateError || error instanceof FreshnessError || error instanceof VerificationError;
    if (!judged) throw error;
    throw new Stop(ExitCode.Refused, `${error.code}: ${error.message}`);
  }
}

async function show(args: string[]): Promise<ExitCode> {
  const { values, positionals } = parse(args, { ...STATE_OPTIONS, json: { type: "boolean" } });
  if (positionals.length > 0) throw misuse("state show takes no arguments beside its options");
  const style = styleOf({ isTTY: isTerminal() }, process.env);
  const records = await withStore(values, ({ store }) => readRecords(store));
  const text = values.json
    ? JSON.stringify(records.map(recordToJson), null, 2)
    : records.length === 0
      ? "No records: every log and every scope is a first use."
      : records.map((record) => renderRecord(record, style)).join("\n\n");
  print(`${text}\n`);
  return records.some(({ content }) => content instanceof InkanError) ? ExitCode.Refused : ExitCode.Verified;
}

async function seed(args: string[]): Promise<ExitCode> {
  const { values, positionals } = parse(args, { ...STATE_OPTIONS, ...LOG_OPTIONS });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw misuse("state seed takes one checkpoint");
  return withStore(values, async ({ store }) => {
    const audit = await auditFrom(values);
    const { note, facts } = await checkpointIn(file, audit);
    await audit.seed(note, store);
    print(
      `Recorded: size ${facts.treeSize} of the log ${printable(facts.origin)}; nothing below it passes for newer\n`,
    );
    return ExitCode.Verified;
  });
}

async function reset(args: string[]): Promise<ExitCode> {
  const options = { ...STATE_OPTIONS, all: { type: "boolean" }, yes: { type: "boolean" } } as const;
  const { values, positionals } = parse(args, options);
  if (positionals.length > 0 === (values.all === true)) {
    throw misuse("state reset takes the records to remove, as state show names them, or --all");
  }
  return withStore(values, async ({ store }) => {
    const records = await readRecords(store);
    const chosen = values.all ? records : positionals.map((name) => find(records, name));
    if (chosen.length === 0) throw new Stop(ExitCode.Misuse, "there are no records to remove");
    if (!values.yes) await confirm(chosen);
    for (const { key, text } of chosen) {
      if (await store.remove(key, text)) print(`Removed: ${printable(key)}\n`);
      else throw new Stop(ExitCode.Refused, `${printable(key)} was changed meanwhile and stays; look at it again`);
    }
    print("What they protected is a first use now. Processes that run keep what they have seen.\n");
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
  const style = styleOf(process.stderr, process.env);
  const list = records.map((record) => renderRecord(record, style)).join("\n\n");
  const warning = "Without these records an older catalogue, or an older or forked log, passes as a first use.";
  printError(`${list}\n\n${warning}\n`);
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
