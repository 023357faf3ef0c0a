/** `inkan inspect [BUNDLE]`: what is in a bundle, whether or not any of it is true. */
import { LIMITS } from "../../generated/limits.js";
import { printable } from "../../input/printable.js";
import { JSON_OPTION } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, judging, misuse } from "../exit.js";
import { readBytes } from "../files.js";
import { releaseIn } from "../input/release.js";
import { inspect as inspectBundle } from "../library.js";
import { indented } from "../print/indented.js";
import { EMPTY, type Line, line } from "../print/line.js";
import { print, printJson } from "../print/output.js";
import { action, type Verb } from "../verb.js";
import { withFingerprint, withReadableKeys } from "../words/fingerprint.js";

/** The members of a policy's `githubRelease`, of which each has a bound of its own. */
const LONGEST = 1_000;

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
  if (values.json) printJson(withFingerprint(content as object));
  else {
    const last = line("Nothing of this is verified; inkan verify does that.");
    print([...indented(withReadableKeys(content as object)), ...releaseLines(content), EMPTY, last]);
  }
  return ExitCode.Verified;
}

/** How to pin the release that GitHub attests with this bundle. */
function releaseLines(content: unknown): Line[] {
  const release = releaseIn(content);
  if (release === undefined) return [];
  const members = Object.entries(release).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return [
    EMPTY,
    line("GitHub attests a release with it. If the release is right, this member of a policy file pins it:"),
    line(`  "githubRelease": { ${printable(members.join(", "), LONGEST)} }`, 4),
  ];
}
