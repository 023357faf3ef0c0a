/** `inkan check --config FILE` */
import { dirname, resolve } from "node:path";
import { printable } from "../../input/printable.js";
import { loadPolicy } from "../../policy_file/load.js";
import { POLICY_FILE } from "../../policy_file/shape.js";
import { ENDING_SIGNALS } from "../../publish/process_group.js";
import { millisecondsIn } from "../../publish/snapshot/stated.js";
import { wordAt } from "../arguments/command.js";
import { JSON_OPTION, type Options } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { verdictsToJson } from "../check/json.js";
import { Progress } from "../check/progress.js";
import { verdictLines } from "../check/table.js";
import {
  exitCodeOfAll,
  nothingToCheck,
  oldTrustRoots,
  sharedStores,
  type Verdict,
  verdictsOn,
} from "../check/verdicts.js";
import { ExitCode, misuse, stated } from "../exit.js";
import { policyOnDisk } from "../policy.js";
import { EMPTY, type Line, line } from "../print/line.js";
import { print, printError, printJson, terminalWidth } from "../print/output.js";
import { action, type Verb } from "../verb.js";
import { updateCommand } from "../words/update_command.js";

const OPTIONS = {
  config: { type: "string", value: "FILE", help: "the policy file; ./inkan.config.json without this option" },
  server: { type: "string", value: "NAME", multiple: true, help: "only the servers of this name in the file" },
} as const satisfies Options;

const LIVE = {
  live: {
    type: "boolean",
    help: "start or reach each server, and compare what it lists now with its catalogue",
  },
  timeout: {
    type: "string",
    value: "SPAN",
    help: "with --live, how long each answer may take: 30s without this option",
  },
} as const satisfies Options;

const ALL = { ...OPTIONS, ...LIVE, ...JSON_OPTION } as const satisfies Options;

export const check: Verb = {
  help: {
    usage: ["inkan check [--config FILE] [--server NAME …] [--live] [--json]"],
    about: [
      "Verifies the signed catalogue of every server in a policy file, as the proxy would when it starts. It records nothing: no mark of the state store moves.",
      "STATE says how a catalogue stands to the records: recorded (seen before), newer than what is recorded, first use (nothing is recorded), or none (the policy keeps no records).",
      "With --live it also starts or reaches every server whose catalogue verifies, as the proxy does, lists what it offers in both eras of the protocol, and judges that as the gate does. It calls no tool.",
    ],
    groups: [
      { title: "What", options: OPTIONS },
      { title: "The servers themselves", options: LIVE },
      { title: "Output", options: JSON_OPTION },
    ],
    notes: [
      "Exit code: 0 where every catalogue verifies, and with --live every server offers only what is signed; 1 where one is refused; 2 where one could not be judged, or with --live not be listed, and none is refused.",
    ],
  },
  run: (args) => {
    if (wordAt(args, { options: ALL, names: 0 }) !== -1) throw noWords();
    return action(ALL, checkAll)(args);
  },
};

/** What to do where a server that the operator signs has changed. */
const updateLines = (config: string, verdicts: readonly Verdict[]): Line[] =>
  verdicts.flatMap((one) => {
    const hasChanged = one.verdict === "verified" && one.live?.verdict === "refused";
    const command = hasChanged ? updateCommand(config, one.name) : undefined;
    if (command === undefined) return [];
    return [
      EMPTY,
      line(
        `${printable(one.name)}: you signed it yourself. If the change is right, see and sign it, and restart the host:`,
        2,
      ),
      line(`  ${command}`, 4),
    ];
  });

const noWords = (): Error =>
  misuse(
    "check takes no command and no file name: the servers stand in the policy file (--config FILE), and inkan init NAME -- COMMAND… writes one into it",
  );

async function checkAll({ values, positionals }: Parsed<typeof ALL>): Promise<ExitCode> {
  const { config = POLICY_FILE, server: named, live, timeout } = values;
  if (positionals.length > 0) throw noWords();
  if (timeout !== undefined && live !== true) throw misuse("--timeout is for --live");
  const answer = timeout === undefined ? undefined : stated(() => millisecondsIn(timeout));
  const disk = policyOnDisk(config);
  const stores = sharedStores(disk.openStore);
  try {
    const policy = await loadPolicy({ ...disk, openStore: stores.openStore });
    const names = [...new Set(named ?? policy.servers)];
    if (names.length === 0) throw nothingToCheck(printable(config));
    // A name that the file does not have is refused before anything is judged.
    for (const name of names) if (!policy.servers.includes(name)) await policy.server(name);
    const progress = new Progress(names.length);
    const stop = (signal: NodeJS.Signals): void => {
      progress.end();
      printError([line(`inkan: ended by ${signal}`)]);
      // The servers that were started end with this process.
      process.exit(ExitCode.Misuse);
    };
    if (live) for (const signal of ENDING_SIGNALS) process.on(signal, stop);
    const { begun, done } = progress;
    const folder = dirname(resolve(config));
    const verdicts = await verdictsOn(policy, {
      names,
      live: live ? { folder, answer } : undefined,
      begun,
      done,
    }).finally(() => progress.end());
    for (const warning of oldTrustRoots(verdicts)) printError([line(`warning: ${warning}`)]);
    if (values.json) printJson(verdictsToJson(config, verdicts));
    else print([...verdictLines(verdicts, terminalWidth()), ...updateLines(config, verdicts)]);
    return exitCodeOfAll(verdicts);
  } finally {
    await stores.close();
  }
}
