/** One verification, from the copied bytes to the release of its result. */
import type { ConsistencySource } from "../consistency/source.js";
import { byEitherCore, readyNow } from "../core/instance.js";
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
  parts: Parts,
  request: Request,
  conclude: (verification: CoreVerification) => T,
): Promise<T | Refused> {
  if (readyNow() === "whole") return attempt(parts, request, conclude);
  // Copied before anything is awaited. The whole core may need the bytes again.
  const kept = { ...request, evidence: request.evidence.slice(), artifact: request.artifact.slice() };
  // The second time, the store is as it was, or as after an earlier call.
  return byEitherCore((core) => attempt(parts, kept, conclude, core === "first" ? raise : refused));
}

/** One verification in the present core. `refuse` makes a refusal into what is returned. */
async function attempt<T>(
  { core, store, source }: Parts,
  { json, evidence, artifact }: Request,
  conclude: (verification: CoreVerification) => T,
  refuse: (verification: CoreVerification, error: InkanError) => Refused = refused,
): Promise<T | Refused> {
  // The core copies the bytes.
  const verification = new CoreVerification(core, json, evidence, artifact);
  try {
    const refusal = verification.refusal();
    if (refusal !== undefined) return refuse(verification, errorOf(refusal));
    try {
      // Without a store the core has no records to store.
      if (store !== undefined) await storeRecords(verification, store, source);
    } catch (thrown) {
      if (!(thrown instanceof InkanError)) throw thrown;
      verification.refuseState(thrown);
      return refuse(verification, thrown);
    }
    return conclude(verification);
  } finally {
    verification.free();
  }
}

const raise = (_: CoreVerification, error: InkanError): never => {
  throw error;
};

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
