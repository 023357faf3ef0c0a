/** `inkan lint FILE`: what to mend in a catalogue before it is signed. */

import { LIMITS } from "../../generated/limits.js";
import { escapeUnprintable } from "../../input/printable.js";
import { readCatalogue } from "../../publish/catalogue.js";
import { BEFORE_ALL, readByCore } from "../../publish/core_reading.js";
import { definitionOf } from "../../publish/definition.js";
import { lint as judge, type LintResult } from "../../publish/lint/index.js";
import { toSarif } from "../../publish/lint/sarif.js";
import { JSON_OPTION, type Options } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, misuse, Stop } from "../exit.js";
import { readBytes } from "../files.js";
import { ready } from "../library.js";
import { lintLines } from "../print/lint.js";
import { print, printJson } from "../print/output.js";
import { action, type Verb } from "../verb.js";
import { version } from "../version.js";

const OUTPUT = {
  ...JSON_OPTION,
  sarif: { type: "boolean", help: "SARIF 2.1.0 instead of text, for GitHub's code scanning" },
} as const satisfies Options;

export const lint: Verb = {
  help: {
    usage: ["inkan lint FILE [--json|--sarif]"],
    about: [
      "Says what to mend in a catalogue before it is signed: hidden characters and text that steers a model, names and schemas that clients reject, text that changes from run to run, and what the file does not state. docs/lint.md lists the rules.",
      "Exit code 0 without findings, 1 with an error or a warning, 2 if nothing was judged: the file is missing, or is no catalogue.",
    ],
    groups: [{ title: "Output", options: OUTPUT }],
    notes: [
      'To ignore a rule that you have looked at, name it in the file\'s _meta: "inkan/lint": { "ignore": ["no-expiry"], "tools": { "get-sum": ["mentions-tool"] } }',
    ],
  },
  run: action(OUTPUT, lintFile),
};

async function lintFile({ values, positionals }: Parsed<typeof OUTPUT>): Promise<ExitCode> {
  const [file, ...others] = positionals;
  if (file === undefined) throw misuse("the catalogue to lint is missing");
  if (others.length > 0) throw misuse(`lint takes one file, not ${positionals.length}`);
  if (values.json && values.sarif) throw misuse("--json and --sarif exclude each other");
  const result = await judgeBytes(file, readBytes(file, LIMITS.catalogue));
  if (values.json) {
    printJson({
      format: 1,
      file,
      verdict: result.counts.errors + result.counts.warnings === 0 ? "clean" : "findings",
      ...result,
    });
  } else if (values.sarif) printJson(toSarif(result, file, version(), escapeUnprintable));
  else print(lintLines(result));
  return result.counts.errors + result.counts.warnings === 0 ? ExitCode.Verified : ExitCode.Refused;
}

/** What the core refuses is no catalogue: its own error says why. It refuses names that stand twice, too; a rule tells of these. */
async function judgeBytes(file: string, bytes: Uint8Array): Promise<LintResult> {
  await ready();
  try {
    await readByCore(bytes, BEFORE_ALL);
  } catch (error) {
    const result = DUPLICATES.test((error as { code?: string }).code ?? "") ? judgedAlone(bytes) : undefined;
    if (result?.findings.some(({ rule }) => rule === "name-duplicate")) return result;
    throw new Stop(ExitCode.Misuse, Stop.from(error).message);
  }
  try {
    return judge(bytes, Date.now(), readCatalogue(bytes, definitionOf));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    throw new Stop(ExitCode.Misuse, `${file} is no catalogue: ${error.message}`);
  }
}

const DUPLICATES = /^ERR_CATALOGUE_DUPLICATE_/;

const isUnreadable = (error: unknown): error is Error => error instanceof TypeError || error instanceof SyntaxError;

/** Judges what the core has not read. Undefined where it is no catalogue by the rules of this reader. */
function judgedAlone(bytes: Uint8Array): LintResult | undefined {
  try {
    return judge(bytes);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}
