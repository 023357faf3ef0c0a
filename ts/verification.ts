/** One verification, from the copied bytes to the settled release. */
import { CoreVerification, type CoreVerifier, ensureReady, readyNow } from "./core.js";
import { attachReport, errorOf, InkanError, type InkanError as Refusal } from "./errors.js";
import type { Release } from "./release.js";
import { type VerificationReport, withFreshnessRefused } from "./report.js";
import type { Request } from "./request.js";
import { InMemoryStateStore } from "./state/memory.js";
import { settle } from "./state/settle.js";
import type { StateStore } from "./state/store.js";

/** What came of it: either a release, or the refusal. */
export type Outcome =
  | { readonly report: VerificationReport; readonly release: Release }
  | { readonly report: VerificationReport; readonly error: Refusal };

/** Verifies and settles. Throws only for misuse and for bugs; a refusal is an outcome. */
export async function runVerification(
  verifier: CoreVerifier,
  request: Request,
  store: StateStore | undefined,
): Promise<Outcome> {
  const verification = await start(verifier, request);
  try {
    return await conclude(verification, store);
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

async function conclude(verification: CoreVerification, store: StateStore | undefined): Promise<Outcome> {
  const { error, ...report } = verification.report();
  if (error !== undefined) return refused(report, errorOf(error));
  try {
    await settle(verification, store ?? new InMemoryStateStore());
  } catch (thrown) {
    if (!(thrown instanceof InkanError) || thrown.code === "ERR_INTERNAL") throw thrown;
    return refused(withFreshnessRefused(report, thrown), thrown);
  }
  const { error: _none, ...settled } = verification.report();
  return { report: settled, release: verification.release() };
}

function refused(report: VerificationReport, error: InkanError): Outcome {
  return { report, error: attachReport(error, report) };
}
