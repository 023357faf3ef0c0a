/** What a publisher signs is verified before it is written: by the verifier that its readers use. */
import type { Proof } from "../core/release.js";
import type { Verifier } from "../verify/verifier.js";

/** A catalogue must be one by the core's rules; an artifact may be anything. */
export type SignedKind = "catalogue" | "artifact";

/** What was proven, and of a catalogue the server that it names. */
export type Checked = Proof & { readonly server?: string | undefined };

/** Throws the verifier's refusal: the catalogue is none, has expired, or the evidence does not hold. */
export async function checkSigned<Evidence>(
  verifier: Verifier<Evidence>,
  kind: SignedKind,
  bytes: Uint8Array,
  evidence: Evidence,
): Promise<Checked> {
  if (kind === "artifact") {
    const report = await verifier.reportArtifact({ artifact: bytes, ...evidence });
    if (report.verdict !== "verified") throw report.error;
    return report.artifact;
  }
  const report = await verifier.report({ catalogue: bytes, anyServer: true, ...evidence });
  if (report.verdict !== "verified") throw report.error;
  return report.catalogue;
}
