/** The three kinds of report that `inkan verify` prints. */
import type { Proof } from "../core/release.js";
import type { ArtifactReport, AttestationReport, CatalogueReport } from "../verify/result.js";

export type AnyReport = CatalogueReport | ArtifactReport | AttestationReport;
export type VerifiedReport = Extract<AnyReport, { verdict: "verified" }>;

/** What was proven, whatever was signed. */
export function proofOf(report: VerifiedReport): Proof {
  if ("catalogue" in report) return report.catalogue;
  return "artifact" in report ? report.artifact : report.attestation;
}
