/** `inkan trust-root show FILE` */
import { JSON_OPTION, type Options } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, misuse } from "../exit.js";
import { trustRootFrom } from "../input/policy.js";
import { indented } from "../print/indented.js";
import { print, printJson } from "../print/output.js";
import { action, actions, type Verb } from "../verb.js";

const OPTIONS = { ...JSON_OPTION } as const satisfies Options;

export const trustRoot: Verb = {
  help: {
    usage: ["inkan trust-root show FILE [--json]"],
    about: [
      "Prints the certificate authorities, logs and timestamp authorities of a trusted_root.json, with the times for which each is trusted.",
    ],
    groups: [{ title: "Output", options: OPTIONS }],
  },
  run: actions("trust-root", { show: action(OPTIONS, show) }),
};

async function show({ values, positionals }: Parsed<typeof OPTIONS>): Promise<ExitCode> {
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw misuse("trust-root show takes one file");
  const description = await trustRootFrom(file).describe();
  if (values.json) printJson(description);
  else print(indented(description));
  return ExitCode.Verified;
}
