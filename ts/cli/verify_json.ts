/** What `inkan verify --json` prints. Documented in the README; fields are added, never changed or removed. */
import { type AnyReport, proofOf } from "./commands/verify.js";

export function toJson(kind: string, file: string, report: AnyReport): Record<string, unknown> {
  const head = { format: 1, verdict: report.verdict, kind, file };
  if (report.verdict === "refused") return { ...head, error: report.error.toJSON(), steps: report.steps };
  const { digest, signer, signedAt, log } = proofOf(report);
  return { ...head, digest, signer, signedAt, log, ...contentOf(report), steps: report.steps };
}

function contentOf(report: Extract<AnyReport, { verdict: "verified" }>): Record<string, unknown> {
  if ("catalogue" in report) {
    const { server, version, issuedAt, expires, tools } = report.catalogue;
    const listed = tools.map(({ name, digest }) => ({ name, digest }));
    const { attestation } = report.catalogue;
    return { catalogue: { server, version, issuedAt, expires, tools: listed }, attestation };
  }
  if ("artifact" in report) return { attestation: report.artifact.attestation };
  const { type, predicateType, subject, predicate } = report.attestation;
  return { attestation: { type, predicateType, subject, predicate } };
}
