/** `inkan check --config FILE` */
import { printable } from "../../input/printable.js";
import { loadPolicy } from "../../policy_file/load.js";
import { JSON_OPTION, type Options } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { verdictLines, verdictsToJson } from "../check/table.js";
import { unmoved } from "../check/unmoved.js";
import { exitCodeOfAll, nothingToCheck, oldTrustRoots, sharedStores, verdictsOn } from "../check/verdicts.js";
import { type ExitCode, misuse } from "../exit.js";
import { policyOnDisk } from "../policy.js";
import { line } from "../print/line.js";
import { print, printError, printJson } from "../print/output.js";
import { action, type Verb } from "../verb.js";

/** Work that takes longer is told of on a terminal. */
const PATIENCE_MS = 1_000;

const OPTIONS = {
  config: { type: "string", value: "FILE", help: "the policy file, inkan.config.json" },
  server: { type: "string", value: "NAME", multiple: true, help: "only the servers of this name in the file" },
} as const satisfies Options;

const ALL = { ...OPTIONS, ...JSON_OPTION } as const satisfies Options;

export const check: Verb = {
  help: {
    usage: ["inkan check --config FILE [--server NAME …] [--json]"],
    about: [
      "Verifies the signed catalogue of every server in a policy file, as the proxy would when it starts. It records nothing: no mark of the state store moves.",
    ],
    groups: [
      { title: "What", options: OPTIONS },
      { title: "Output", options: JSON_OPTION },
    ],
    notes: [
      "Exit code: 0 where every catalogue verifies, 1 where one is refused, 2 where one could not be judged and none is refused.",
    ],
  },
  run: action(ALL, checkAll),
};

async function checkAll({ values, positionals }: Parsed<typeof ALL>): Promise<ExitCode> {
  const { config, server: named } = values;
  if (positionals.length > 0) throw misuse("check takes no file name: --config FILE");
  if (config === undefined) throw misuse("--config is missing");
  const disk = policyOnDisk(config);
  const { openStore = () => Promise.reject(new Error("no store")) } = disk;
  const stores = sharedStores(openStore, unmoved);
  try {
    const policy = await loadPolicy({ ...disk, openStore: stores.openStore });
    const names = [...new Set(named ?? policy.servers)];
    if (names.length === 0) throw nothingToCheck(printable(config));
    // A name that the file does not have is refused before anything is judged.
    for (const name of names) if (!policy.servers.includes(name)) await policy.server(name);
    let done = 0;
    const started = Date.now();
    let told = started;
    const verdicts = await verdictsOn(policy, names, () => {
      done += 1;
      const now = Date.now();
      if (!process.stderr.isTTY || now - told < PATIENCE_MS || done === names.length) return;
      told = now;
      printError([line(`${done} of ${names.length} servers checked`)]);
    });
    for (const warning of oldTrustRoots(verdicts)) printError([line(`warning: ${warning}`)]);
    if (values.json) printJson(verdictsToJson(config, verdicts));
    else print(verdictLines(verdicts));
    return exitCodeOfAll(verdicts);
  } finally {
    await stores.close();
  }
}
