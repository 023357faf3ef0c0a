/** A report as lines that read well, aloud too: the word says what the mark and the colour repeat. */
import type { LogPosition, Proof, Signer } from "../../core/release.js";
import type { ReportStep, StepStatus, VerificationReport } from "../../core/report.js";
import type { InkanError } from "../../errors.js";
import { printable } from "../../input/printable.js";
import { ExitCode, exitCodeOf } from "../exit.js";
import { bad, faint, good, type Line, line, type Span, strong } from "./line.js";

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
const LONGEST = 500;
/** The column at which a step's title and details begin. */
const MARGIN = 17;

export const stepLines = (report: VerificationReport): Line[] => report.steps.flatMap(linesOf);

function linesOf(step: ReportStep): Line[] {
  const status = `${MARKS[step.status]} ${WORDS[step.status].padEnd(12)}`;
  const notes = step.details.map((detail) => noteOf(detail, 0));
  if (step.status === "failed") {
    if (step.expected !== undefined) notes.push(noteOf(`expected: ${step.expected}`, 10));
    if (step.found !== undefined) notes.push(noteOf(`found:    ${step.found}`, 10));
  }
  const title = step.status === "failed" ? strong(step.title) : step.title;
  return [line([markedAs(step.status)(status), "   ", title], MARGIN), ...notes];
}

const noteOf = (text: string, further: number): Line =>
  line([" ".repeat(MARGIN), faint(printable(text, LONGEST))], MARGIN + further);

function markedAs(status: StepStatus): (text: string) => Span {
  if (status === "passed") return good;
  return status === "failed" ? bad : faint;
}

/** The last lines of a refusal: the verdict and its code, what happened, the facts, and what to do. */
export function refusalLines(name: string, error: InkanError): Line[] {
  const verdict = exitCodeOf(error, "evidence") === ExitCode.Refused ? "Refused" : "Not judged";
  const { summary, subject, expected, found, hint } = error;
  const facts = Object.entries({ where: subject, expected, found }).filter(([, fact]) => fact !== undefined);
  return [
    line([bad(verdict), `: ${name} (${error.code})`], 4),
    line(`  ${summary}`),
    ...facts.map(([label, fact]) => line(`  ${`${label}:`.padEnd(9)} ${printable(fact ?? "", 2 * LONGEST)}`, 12)),
    line(`  ${hint}`),
  ];
}

/** Who signed, and when. */
export function signerTexts({ signer, signedAt }: Proof): string[] {
  const who = signedBy(signer);
  return signedAt[0] === undefined ? who : [...who, `at ${signedAt[0]}`];
}

export function proofLines(name: string, proof: Proof, facts: readonly string[]): Line[] {
  const texts = [...signerTexts(proof), ...proof.log.flatMap(seenBy), ...proof.log.flatMap(unproven), ...facts];
  return [line([good("Verified"), `: ${name}`], 4), ...texts.map((text) => line(`  ${text}`, 4))];
}

function signedBy(signer: Signer): string[] {
  switch (signer.type) {
    case "keyless":
      return [`signed by ${printable(signer.san.value, LONGEST)}`, `as vouched for by ${printable(signer.issuer)}`];
    case "githubRelease": {
      const { repository, tag, asset, repositoryId, ownerId } = signer;
      const ids = [
        ...(repositoryId === undefined ? [] : [`repository ${printable(repositoryId)}`]),
        ...(ownerId === undefined ? [] : [`owner ${printable(ownerId)}`]),
      ];
      return [
        `attested by GitHub as an asset of release ${printable(tag)} of ${printable(repository)}`,
        `asset ${printable(asset)}${ids.length === 0 ? "" : `; ${ids.join(", ")}`}`,
      ];
    }
    case "key":
      return [`signed by the pinned key ${signer.fingerprint}`];
  }
}

function seenBy({ origin, witnesses, witnessQuorum }: LogPosition): string[] {
  if (witnesses === undefined) return [];
  const names = witnesses.map(({ name }) => printable(name)).join(", ");
  const quorum = witnessQuorum ? "" : ", which is not the quorum";
  return [`in the log ${printable(origin)}, cosigned by ${names === "" ? "no witness" : names}${quorum}`];
}

const unproven = ({ origin, history }: LogPosition): string[] =>
  history === "unproven" ? [`the log ${printable(origin)} was not proven to be one history: judged offline`] : [];
