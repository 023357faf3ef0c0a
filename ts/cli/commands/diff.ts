/** `inkan diff OLD NEW`: what two catalogues say differently, and what of it a model sees. */
import { InkanError } from "../../errors.js";
import { LIMITS } from "../../generated/limits.js";
import { type CatalogueFile, readCatalogue } from "../../publish/catalogue.js";
import { BEFORE_ALL, readByCore } from "../../publish/core_reading.js";
import { diffCatalogues } from "../../publish/diff/diff.js";
import { diffMarkdown } from "../../publish/diff/markdown.js";
import { reasonIn } from "../../publish/reason.js";
import { JSON_OPTION, type Options } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, misuse, Stop } from "../exit.js";
import { readBytes } from "../files.js";
import { trustRootFrom } from "../input/policy.js";
import { signerOf, signerText } from "../input/signer.js";
import { ready } from "../library.js";
import { diffLines } from "../print/diff.js";
import { EMPTY, line } from "../print/line.js";
import { print, printJson, printText, terminalWidth } from "../print/output.js";
import { action, type Verb } from "../verb.js";

const SIGNERS = {
  "old-bundle": { type: "string", value: "FILE", help: "the bundle of OLD; without this option OLD's .sigstore.json" },
  "new-bundle": { type: "string", value: "FILE", help: "the bundle of NEW; without this option NEW's .sigstore.json" },
  "trusted-root": {
    type: "string",
    value: "FILE",
    help: "a trusted_root.json, or public-good, by which the bundles are verified",
  },
} as const satisfies Options;

const OUTPUT = {
  ...JSON_OPTION,
  markdown: { type: "boolean", help: "Markdown instead of text, for a comment on a pull request" },
} as const satisfies Options;

const OPTIONS = { ...SIGNERS, ...OUTPUT } as const;

export const diff: Verb = {
  help: {
    usage: ["inkan diff OLD NEW [OPTIONS]"],
    about: [
      "Compares two catalogues definition by definition, as a verifier compares them: order, white space and the spelling of a number do not count. Names, descriptions, schemas, annotations and instructions are what a model sees; icons, _meta, version and times are not.",
      "Exit code 0 if they say the same, 1 if they differ or a bundle does not verify under the trust root, 2 if nothing was judged.",
      "Who signed them is told where a bundle is there. Without --trusted-root that is only what the bundle says of itself. A bundle of another file is told as one.",
    ],
    groups: [
      { title: "Signers", options: SIGNERS },
      { title: "Output", options: OUTPUT },
    ],
  },
  run: action(OPTIONS, compare),
};

async function compare({ values, positionals }: Parsed<typeof OPTIONS>): Promise<ExitCode> {
  const [oldFile, newFile, ...others] = positionals;
  if (oldFile === undefined || newFile === undefined || others.length > 0) throw misuse("diff takes two catalogues");
  if (values.json && values.markdown) throw misuse("--json and --markdown exclude each other");
  const [older, newer] = [readBytes(oldFile, LIMITS.catalogue), readBytes(newFile, LIMITS.catalogue)];
  const result = diffCatalogues(await catalogueIn(oldFile, older), await catalogueIn(newFile, newer));
  const root = values["trusted-root"];
  await ready();
  const trustRoot = root === undefined ? undefined : trustRootFrom(root);
  const signers = {
    old: await signerOf(oldFile, older, values["old-bundle"], trustRoot),
    new: await signerOf(newFile, newer, values["new-bundle"], trustRoot),
  };
  const facts =
    signers.old === undefined && signers.new === undefined
      ? []
      : [signerText("old", oldFile, signers.old), signerText("new", newFile, signers.new)];
  const same = result.changes.length === 0;
  if (values.json) {
    printJson({
      format: 1,
      verdict: same ? "same" : "different",
      matters: result.matters,
      signers,
      changes: result.changes,
    });
  } else if (values.markdown) {
    printText(diffMarkdown(result, facts));
  } else {
    const told = facts.length === 0 ? [] : [EMPTY, ...facts.map((fact) => line(fact, 4))];
    print([...diffLines(result, terminalWidth()), ...told]);
  }
  const refused = signers.old?.status === "refused" || signers.new?.status === "refused";
  return same && !(refused && trustRoot !== undefined) ? ExitCode.Verified : ExitCode.Refused;
}

async function catalogueIn(file: string, bytes: Uint8Array): Promise<CatalogueFile> {
  try {
    // What has expired may be compared.
    await readByCore(bytes, BEFORE_ALL);
  } catch (error) {
    if (!(error instanceof InkanError) || error.code === "ERR_INTERNAL") throw error;
    throw new Stop(ExitCode.Misuse, `${file} is no catalogue: ${error.code}: ${reasonIn(error)}`);
  }
  return readCatalogue(bytes);
}
