/** A report as lines that read well, aloud too: the word says what the mark and the colour repeat. */

import type { LogPosition, Proof } from "../core/release.js";
import type { ReportStep, StepStatus, VerificationReport } from "../core/report.js";
import type { InkanError } from "../errors.js";
import { printable } from "../input/printable.js";
import type { Style } from "./style.js";

const MARKS: Readonly<Record<StepStatus, string>> = {
  passed: "✓",
  failed: "✗",
  "not-reached": "·",
  "not-required": "-",
};
const WORDS: Readonly<Record<StepStatus, string>> = {
  passed: "passed",
  failed: "failed",
  "not-reached": "not reached",
  "not-required": "not required",
};
/** The core escapes what it quotes; this is the second barrier before the terminal. */
const LONGEST = 500;
const MARGIN = " ".repeat(17);

export function renderSteps(report: VerificationReport, style: Style): string {
  return report.steps.flatMap((step) => renderStep(step, style)).join("\n");
}

function renderStep(step: ReportStep, style: Style): string[] {
  const status = `${MARKS[step.status]} ${WORDS[step.status].padEnd(12)}`;
  const notes = [...step.details];
  if (step.status === "failed") {
    if (step.expected !== undefined) notes.push(`expected: ${step.expected}`);
    if (step.found !== undefined) notes.push(`found:    ${step.found}`);
  }
  const title = step.status === "failed" ? style.strong(step.title) : step.title;
  return [
    `${paintStatus(step.status, style)(status)}   ${title}`,
    ...notes.map((note) => MARGIN + style.faint(printable(note, LONGEST))),
  ];
}

function paintStatus(status: StepStatus, style: Style): (text: string) => string {
  if (status === "passed") return style.good;
  return status === "failed" ? style.bad : style.faint;
}

/** The last lines: the verdict in one sentence. */
export function renderRefusal(name: string, error: InkanError, style: Style): string {
  return `${style.bad("Refused")}: ${name} (${error.code})\n${printable(error.message, 4 * LONGEST)}`;
}

export function renderProof(name: string, proof: Proof, facts: readonly string[], style: Style): string {
  const { signer } = proof;
  const who =
    signer.type === "keyless"
      ? [`signed by ${printable(signer.san.value, 500)}`, `as vouched for by ${printable(signer.issuer)}`]
      : [`signed by the pinned key ${signer.fingerprint}`];
  const when = proof.signedAt[0] === undefined ? [] : [`at ${proof.signedAt[0]}`];
  const lines = [...who, ...when, ...proof.log.flatMap(seenBy), ...proof.log.flatMap(unproven), ...facts];
  return [`${style.good("Verified")}: ${name}`, ...lines.map((line) => `  ${line}`)].join("\n");
}

function seenBy({ origin, witnesses, witnessQuorum }: LogPosition): string[] {
  if (witnesses === undefined) return [];
  const names = witnesses.map(({ name }) => printable(name)).join(", ");
  const quorum = witnessQuorum ? "" : ", which is not the quorum";
  return [`in the log ${printable(origin)}, cosigned by ${names === "" ? "no witness" : names}${quorum}`];
}

const unproven = ({ origin, history }: LogPosition): string[] =>
  history === "unproven" ? [`the log ${printable(origin)} was not proven to be one history: judged offline`] : [];
