/** One verification, from the copied bytes to the release of its result. */
import type { ConsistencySource } from "../consistency/source.js";
import { ensureReady, readyNow } from "../core/instance.js";
import { deepFreeze, type Release } from "../core/release.js";
import type { VerificationReport } from "../core/report.js";
import { CoreVerification, type CoreVerifier } from "../core/verifier.js";
import { attachReport, errorOf, InkanError, isMisuse } from "../errors.js";
import type { StateStore } from "../state/store.js";
import { storeRecords } from "../state/store_records.js";
import type { Request } from "./request.js";

/** A refusal, with every step. */
export interface Refused {
  readonly report: VerificationReport;
  readonly error: InkanError;
}

/** The result of a verification: either a release, or the refusal. */
export type Outcome = { readonly release: Release } | Refused;

/** The same with every step in both cases. A report is made only for callers that want one, because it takes time. */
export type ReportedOutcome = { readonly report: VerificationReport; readonly release: Release } | Refused;

/** The parties of a verification. */
interface Parts {
  readonly core: CoreVerifier;
  readonly store: StateStore | undefined;
  readonly source: ConsistencySource | undefined;
}

/**
 * Verifies, and stores the records. Throws only for misuse and for bugs. A refusal is a result.
 * @internal
 */
export const runVerification = (parts: Parts, request: Request): Promise<Outcome> =>
  run(parts, request, (verification) => ({ release: verification.release() }));

/**
 * The same, with a report.
 * @internal
 */
export const runReport = (parts: Parts, request: Request): Promise<ReportedOutcome> =>
  run(parts, request, (verification) => ({ report: reportOf(verification), release: verification.release() }));

async function run<T>(
  { core, store, source }: Parts,
  request: Request,
  conclude: (verification: CoreVerification) => T,
): Promise<T | Refused> {
  const verification = await start(core, request);
  try {
    const refusal = verification.refusal();
    if (refusal !== undefined) return refused(verification, errorOf(refusal));
    try {
      // Without a store the core has no records to store.
      if (store !== undefined) await storeRecords(verification, store, source);
    } catch (thrown) {
      if (!(thrown instanceof InkanError)) throw thrown;
      verification.refuseState(thrown);
      return refused(verification, thrown);
    }
    return conclude(verification);
  } finally {
    verification.free();
  }
}

/**
 * Passes the bytes to the core, which copies them. If the core must be loaded first, copies them before anything is
 * awaited.
 */
function start(
  verifier: CoreVerifier,
  { json, evidence, artifact }: Request,
): CoreVerification | Promise<CoreVerification> {
  if (readyNow()) return new CoreVerification(verifier, json, evidence, artifact);
  const copies = [evidence.slice(), artifact.slice()] as const;
  return ensureReady().then(() => new CoreVerification(verifier, json, ...copies));
}

/** The refusal to return. Throws misuse and bugs instead, because they say nothing about the evidence. */
function refused(verification: CoreVerification, error: InkanError): Refused {
  if (error.code === "ERR_INTERNAL" || isMisuse(error)) throw error;
  const report = reportOf(verification);
  return { report, error: attachReport(error, report) };
}

function reportOf(verification: CoreVerification): VerificationReport {
  const { verdict, steps } = verification.report();
  return deepFreeze({ verdict, steps });
}
