/** One verification, from the copied bytes to the settled release. */
import type { ConsistencySource } from "./consistency/source.js";
import { CoreVerification, type CoreVerifier, ensureReady, readyNow } from "./core.js";
import { attachReport, InkanError } from "./errors.js";
import { deepFreeze, type Release } from "./release.js";
import type { ReportStep, VerificationReport } from "./report.js";
import type { Request } from "./request.js";
import { InMemoryStateStore } from "./state/memory.js";
import { settle } from "./state/settle.js";
import type { StateStore } from "./state/store.js";

/** What came of it: either a release, or the refusal. The report is made when it is asked for. */
export type Outcome = { report(): VerificationReport } & (
  | { readonly release: Release }
  | { readonly error: InkanError }
);

/**
 * Verifies and settles, and gives what `use` makes of the outcome, which ends with it. Throws only for misuse and for
 * bugs; a refusal is an outcome.
 * @internal
 */
export async function runVerification<R>(
  verifier: CoreVerifier,
  request: Request,
  store: StateStore | undefined,
  source: ConsistencySource | undefined,
  use: (outcome: Outcome) => R,
): Promise<R> {
  const verification = await start(verifier, request);
  try {
    return use(await conclude(verification, store, source));
  } finally {
    verification.free();
  }
}

/** Hands the bytes to the core, which copies them, or copies them here before anything is awaited. */
function start(
  verifier: CoreVerifier,
  { json, evidence, artifact }: Request,
): CoreVerification | Promise<CoreVerification> {
  if (readyNow()) return new CoreVerification(verifier, json, evidence, artifact);
  const copy = artifact.slice();
  return ensureReady().then(() => new CoreVerification(verifier, json, evidence, copy));
}

async function conclude(
  verification: CoreVerification,
  store: StateStore | undefined,
  source: ConsistencySource | undefined,
): Promise<Outcome> {
  try {
    // What is refused has no records to settle.
    await settle(verification, store ?? new InMemoryStateStore(), source);
  } catch (thrown) {
    if (!(thrown instanceof InkanError)) throw thrown;
    verification.refuseState(thrown);
    return refused(verification, thrown);
  }
  const release = releaseOf(verification);
  if (release instanceof InkanError) return refused(verification, release);
  const report = (): VerificationReport => reportOf(verification);
  return { report: store === undefined ? () => withoutState(report()) : report, release };
}

/** The release, or the refusal in its place. */
function releaseOf(verification: CoreVerification): Release | InkanError {
  try {
    return verification.release();
  } catch (thrown) {
    if (!(thrown instanceof InkanError)) throw thrown;
    return thrown;
  }
}

/** Where nothing is remembered, nothing was compared: the report must not say that it was. */
function withoutState(report: VerificationReport): VerificationReport {
  const details = ["not compared with earlier verifications: there is no state store"];
  const steps = report.steps.map((step): ReportStep => {
    return step.id === "freshness" ? { ...step, status: "not-required", details } : step;
  });
  return deepFreeze({ ...report, steps });
}

/** A refusal to return. Misuse and bugs are no verdict about the evidence: they are thrown. */
function refused(verification: CoreVerification, error: InkanError): Outcome {
  if (error.code === "ERR_INTERNAL" || error.code.startsWith("ERR_OPTION_")) throw error;
  const report = reportOf(verification);
  return { report: () => report, error: attachReport(error, report) };
}

function reportOf(verification: CoreVerification): VerificationReport {
  const { verdict, steps } = verification.report();
  return deepFreeze({ verdict, steps });
}
