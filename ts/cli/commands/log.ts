import { writeFileSync } from "node:fs";
import { InkanError, isMisuse } from "../../errors.js";
import { LIMITS } from "../../generated/limits.js";
import { printable } from "../../input/printable.js";
import { type Action, actionOf, parse } from "../arguments.js";
import { auditFrom, type CheckpointFacts, checkpointIn, LOG_OPTIONS } from "../checkpoints.js";
import { ExitCode, misuse, Stop } from "../exit.js";
import { readBytes, readUtf8 } from "../files.js";
import { isTerminal, print } from "../output.js";
import { proofFrom, sourceOf } from "../proofs.js";
import { renderRefusal } from "../render.js";
import { styleOf } from "../style.js";

const ACTIONS: Readonly<Record<string, Action>> = {
  "verify-consistency": verifyConsistency,
  "check-fork": checkFork,
};

/** `inkan log verify-consistency`, `inkan log check-fork` */
export async function logCommand([name = "", ...args]: string[]): Promise<ExitCode> {
  return actionOf("log", ACTIONS, name)(args);
}

/** Two trees of one log, as the core gives them once they are judged. */
interface Trees {
  readonly older: CheckpointFacts;
  readonly newer: CheckpointFacts;
}

async function verifyConsistency(args: string[]): Promise<ExitCode> {
  const { values, positionals } = parse(args, {
    ...LOG_OPTIONS,
    url: { type: "string" },
    proof: { type: "string" },
    evidence: { type: "string" },
    json: { type: "boolean" },
  });
  const [oldFile, newFile, ...others] = positionals;
  if (oldFile === undefined || others.length > 0) throw misuse("log verify-consistency takes one or two checkpoints");
  if (values.proof !== undefined && newFile === undefined) throw misuse("--proof needs both checkpoints");
  if (values.proof !== undefined && values.url !== undefined) throw misuse("--proof and --url exclude each other");
  const given = values.proof === undefined ? undefined : proofFrom(readUtf8(values.proof, LIMITS.forkEvidence));
  const audit = await auditFrom(values);
  return judge(newFile ?? oldFile, values.json === true, values.evidence, async () => {
    const one = await checkpointIn(oldFile, audit);
    const source = given === undefined ? sourceOf(one.facts.origin, values.url) : undefined;
    const other = newFile === undefined ? await source?.checkpoint() : (await checkpointIn(newFile, audit)).note;
    if (other === undefined) throw misuse("the newer checkpoint is missing");
    const proof = given ?? (await source?.prove(one.facts, audit.open(other))) ?? new Uint8Array();
    const trees = audit.verifyConsistency(one.note, other, proof);
    return {
      verdict: "consistent",
      says: `size ${trees.older.treeSize} is the past of size ${trees.newer.treeSize}`,
      trees,
    };
  });
}

async function checkFork(args: string[]): Promise<ExitCode> {
  const { values, positionals } = parse(args, { ...LOG_OPTIONS, json: { type: "boolean" } });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw misuse("log check-fork takes one document");
  const document = readBytes(file, LIMITS.forkEvidence);
  const audit = await auditFrom(values);
  return judge(file, values.json === true, undefined, async () => {
    const trees: Trees = audit.checkFork(document);
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
  const style = styleOf({ isTTY: isTerminal() }, process.env);
  try {
    const { verdict, says, trees } = await call();
    const { origin, logKey } = trees.newer;
    const lines = [`${style.good(WORDS[verdict])}: ${printable(origin)}`, `  ${says}`];
    for (const tree of verdict === "forked" ? [trees.older, trees.newer] : []) lines.push(`  root ${tree.rootHash}`);
    lines.push(`  signed by the key sha256:${logKey}`);
    print(`${json ? JSON.stringify({ format: 1, verdict, file, ...trees }, null, 2) : lines.join("\n")}\n`);
    return ExitCode.Verified;
  } catch (error) {
    if (!(error instanceof InkanError) || error.code === "ERR_INTERNAL" || isMisuse(error)) throw error;
    const refusal = { format: 1, verdict: "refused", file, error: error.toJSON() };
    print(`${json ? JSON.stringify(refusal, null, 2) : renderRefusal(printable(file), error, style)}\n`);
    if (evidenceFile !== undefined && error.evidenceDocument !== undefined) keep(evidenceFile, error.evidenceDocument);
    return ExitCode.Refused;
  }
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
