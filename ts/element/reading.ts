/**
 * Reads what a page gives as a report. It may have come through JSON, so that only its form is known. A report that is not
 * whole is never shown as verified.
 */
export type Members = { readonly [name: string]: unknown };

export interface Reading {
  readonly verdict: "verified" | "refused" | "none";
  /** Why nothing can be shown. */
  readonly reason?: string;
  readonly steps: readonly Members[];
  /** What was refused: `code`, `summary`, `subject`, `expected`, `found`, `hint`. */
  readonly error?: Members;
  /** What was proven, and what kind of thing it is. */
  readonly proof?: Members;
  readonly kind?: "catalogue" | "artifact" | "attestation";
}

const KINDS = ["catalogue", "artifact", "attestation"] as const;
const HOLDS: ReadonlySet<unknown> = new Set(["passed", "not-required"]);

export const membersOf = (value: unknown): Members | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : undefined;

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const objectsOf = (value: unknown): readonly Members[] =>
  listOf(value)
    .map(membersOf)
    .filter((one) => one !== undefined);

export function readReport(given: unknown): Reading {
  if (given === undefined || given === null) return { verdict: "none", steps: [], reason: "There is no report yet." };
  const report = membersOf(given);
  if (report === undefined) return noReport();
  // What `verify` throws: the error itself, with its report.
  if (typeof report.code === "string" && report.verdict === undefined) {
    return { verdict: "refused", steps: objectsOf(membersOf(report.report)?.steps), error: report };
  }
  const steps = objectsOf(report.steps);
  if (report.verdict === "refused") {
    const error = membersOf(report.error) ?? steps.find((step) => step.status === "failed");
    return error === undefined ? { verdict: "refused", steps } : { verdict: "refused", steps, error };
  }
  const kind = KINDS.find((one) => membersOf(report[one]) !== undefined);
  // What is no step was left out of `steps`.
  const holds =
    steps.length > 0 && steps.length === listOf(report.steps).length && steps.every((step) => HOLDS.has(step.status));
  if (report.verdict !== "verified" || kind === undefined || !holds) return noReport();
  return { verdict: "verified", steps, kind, proof: membersOf(report[kind]) ?? {} };
}

const noReport = (): Reading => ({
  verdict: "none",
  steps: [],
  reason: "This is not a whole report of a verification, so nothing is known.",
});
