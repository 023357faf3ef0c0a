/** `inkan inspect [BUNDLE]`: what is in a bundle, whether or not any of it is true. */
import { LIMITS } from "../../generated/limits.js";
import { JSON_OPTION } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, judging, misuse } from "../exit.js";
import { readBytes } from "../files.js";
import { inspect as inspectBundle } from "../library.js";
import { indented } from "../print/indented.js";
import { EMPTY, line } from "../print/line.js";
import { print, printJson } from "../print/output.js";
import { action, type Verb } from "../verb.js";

export const inspect: Verb = {
  help: {
    usage: ["inkan inspect [BUNDLE] [--json]"],
    about: [
      'Prints what is in a Sigstore bundle: certificate, signature, log entries, timestamps. BUNDLE is a file, or standard input without BUNDLE or with "-".',
      "Nothing is verified: exit code 0 says that the bundle could be read, and 1 that it could not.",
    ],
    groups: [{ title: "Output", options: JSON_OPTION }],
  },
  run: action(JSON_OPTION, show),
};

async function show({ values, positionals }: Parsed<typeof JSON_OPTION>): Promise<ExitCode> {
  const [file = "-", ...others] = positionals;
  if (others.length > 0) throw misuse(`inspect takes one bundle, not ${positionals.length}`);
  const bytes = readBytes(file, LIMITS.bundle);
  const content = await judging(() => inspectBundle(bytes));
  if (values.json) printJson(content);
  else print([...indented(content), EMPTY, line("Nothing of this is verified; inkan verify does that.")]);
  return ExitCode.Verified;
}
