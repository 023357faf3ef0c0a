/** `inkan log verify-consistency`, `inkan log check-fork` */
import { writeFileSync } from "node:fs";
import type { CheckpointFacts } from "../../core/log_verifier.js";
import { InkanError } from "../../errors.js";
import { LIMITS } from "../../generated/limits.js";
import { printable } from "../../input/printable.js";
import { JSON_OPTION, type Options } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, exitCodeOf, misuse, Stop } from "../exit.js";
import { readBytes, readUtf8 } from "../files.js";
import { checkpointIn, LOG_OPTIONS, logVerifierFrom } from "../input/checkpoints.js";
import { proofFrom, sourceOf } from "../input/proofs.js";
import { good, line } from "../print/line.js";
import { print, printJson } from "../print/output.js";
import { refusalLines } from "../print/report.js";
import { action, actions, type Verb } from "../verb.js";
import { inFlags } from "../words/refusal.js";

const CONSISTENCY_OPTIONS = {
  url: {
    type: "string",
    value: "URL",
    help: "the log's server; without this option https:// and the host of its origin",
  },
  proof: { type: "string", value: "FILE", help: "stay offline: JSON, a list of hashes, or Rekor's answer with hashes" },
  evidence: {
    type: "string",
    value: "FILE",
    help: "where to write the evidence if the log forked; FILE must not exist",
  },
} as const satisfies Options;

const VERIFY_CONSISTENCY = { ...LOG_OPTIONS, ...CONSISTENCY_OPTIONS, ...JSON_OPTION } as const;
const CHECK_FORK = { ...LOG_OPTIONS, ...JSON_OPTION } as const;

export const log: Verb = {
  help: {
    usage: ["inkan log verify-consistency OLD [NEW] LOG [OPTIONS]", "inkan log check-fork FILE LOG [--json]"],
    about: [
      "verify-consistency proves that one signed tree is the past of the other. OLD and NEW are checkpoints, or bundles that hold one; without NEW, the log's newest is fetched. Exit code 0 if it holds, 1 if it does not or the log forked, 2 if nothing could be judged, such as without an answer.",
      "check-fork verifies evidence that a log forked, with the log's key alone. FILE holds what error.evidenceDocument and --evidence have: two signed checkpoints, and the proof between them. Exit code 0 if the log forked, 1 if the file does not show that.",
    ],
    groups: [
      { title: "LOG", options: LOG_OPTIONS },
      { title: "For verify-consistency", options: CONSISTENCY_OPTIONS },
      { title: "Output", options: JSON_OPTION },
    ],
  },
  run: actions("log", {
    "verify-consistency": action(VERIFY_CONSISTENCY, verifyConsistency),
    "check-fork": action(CHECK_FORK, checkFork),
  }),
};

/** Two trees of one log, as the core gives them once they are judged. */
interface Trees {
  readonly older: CheckpointFacts;
  readonly newer: CheckpointFacts;
}

async function verifyConsistency({ values, positionals }: Parsed<typeof VERIFY_CONSISTENCY>): Promise<ExitCode> {
  const [oldFile, newFile, ...others] = positionals;
  if (oldFile === undefined || others.length > 0) throw misuse("log verify-consistency takes one or two checkpoints");
  if (values.proof !== undefined && newFile === undefined) throw misuse("--proof needs both checkpoints");
  if (values.proof !== undefined && values.url !== undefined) throw misuse("--proof and --url exclude each other");
  const given = values.proof === undefined ? undefined : proofFrom(readUtf8(values.proof, LIMITS.forkEvidence));
  const logVerifier = await logVerifierFrom(values);
  return judge(newFile ?? oldFile, values.json === true, values.evidence, async () => {
    const one = await checkpointIn(oldFile, logVerifier);
    const source = given === undefined ? sourceOf(one.facts.origin, values.url) : undefined;
    const other = newFile === undefined ? await source?.checkpoint() : (await checkpointIn(newFile, logVerifier)).note;
    if (other === undefined) throw misuse("the newer checkpoint is missing");
    const proof = given ?? (await source?.prove(one.facts, logVerifier.open(other))) ?? new Uint8Array();
    const trees = logVerifier.verifyConsistency(one.note, other, proof);
    return {
      verdict: "consistent",
      says: `size ${trees.older.treeSize} is the past of size ${trees.newer.treeSize}`,
      trees,
    };
  });
}

async function checkFork({ values, positionals }: Parsed<typeof CHECK_FORK>): Promise<ExitCode> {
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw misuse("log check-fork takes one document");
  const document = readBytes(file, LIMITS.forkEvidence);
  const logVerifier = await logVerifierFrom(values);
  return judge(file, values.json === true, undefined, async () => {
    const trees: Trees = logVerifier.checkFork(document);
    const { older, newer } = trees;
    const sizes =
      older.treeSize === newer.treeSize
        ? `of size ${older.treeSize}`
        : `of sizes ${older.treeSize} and ${newer.treeSize}`;
    return { verdict: "forked", says: `the log signed two trees ${sizes} that cannot be of one history`, trees };
  });
}

interface Judged {
  readonly verdict: "consistent" | "forked";
  readonly says: string;
  readonly trees: Trees;
}

const WORDS = { consistent: "Consistent", forked: "Forked" } as const;

/** Prints what was judged, or why it was refused. */
async function judge(
  file: string,
  json: boolean,
  evidenceFile: string | undefined,
  call: () => Promise<Judged>,
): Promise<ExitCode> {
  let judged: Judged;
  try {
    judged = await call();
  } catch (error) {
    if (!(error instanceof InkanError) || exitCodeOf(error, "evidence") !== ExitCode.Refused) throw error;
    if (json) printJson({ format: 1, verdict: "refused", file, error: inFlags(error).toJSON() });
    else print(refusalLines(file, inFlags(error)));
    if (evidenceFile !== undefined && error.evidenceDocument !== undefined) keep(evidenceFile, error.evidenceDocument);
    return ExitCode.Refused;
  }
  const { verdict, says, trees } = judged;
  if (json) {
    printJson({ format: 1, verdict, file, ...trees });
    return ExitCode.Verified;
  }
  const { origin, logKey } = trees.newer;
  const roots = verdict === "forked" ? [trees.older, trees.newer] : [];
  const facts = [says, ...roots.map(({ rootHash }) => `root ${rootHash}`), `signed by the key sha256:${logKey}`];
  print([line([good(WORDS[verdict]), `: ${printable(origin)}`], 4), ...facts.map((fact) => line(`  ${fact}`, 4))]);
  return ExitCode.Verified;
}

/** Never over another file: it may be evidence too. */
function keep(file: string, document: string): void {
  try {
    writeFileSync(file, `${document}\n`, { flag: "wx" });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Stop(ExitCode.Refused, `the log forked, and the evidence could not be written: ${printable(reason)}`);
  }
}
