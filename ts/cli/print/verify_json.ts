/** What `inkan verify --json` prints. Documented in docs/cli.md; fields are added, never changed or removed. */
import { ExitCode, exitCodeOf } from "../exit.js";
import { type AnyReport, proofOf, type VerifiedReport } from "../verdict.js";

export function verifyToJson(kind: string, file: string, report: AnyReport): Record<string, unknown> {
  if (report.verdict === "refused") {
    const verdict = exitCodeOf(report.error, "evidence") === ExitCode.Refused ? "refused" : "not-judged";
    return { format: 1, verdict, kind, file, error: report.error.toJSON(), steps: report.steps };
  }
  const { digest, signer, signedAt, log } = proofOf(report);
  const head = { format: 1, verdict: report.verdict, kind, file };
  return { ...head, digest, signer, signedAt, log, ...contentOf(report), steps: report.steps };
}

function contentOf(report: VerifiedReport): Record<string, unknown> {
  if ("catalogue" in report) {
    const { server, version, issuedAt, expires, tools, attestation } = report.catalogue;
    const listed = tools.map(({ name, digest }) => ({ name, digest }));
    return { catalogue: { server, version, issuedAt, expires, tools: listed }, attestation };
  }
  if ("artifact" in report) return { attestation: report.artifact.attestation };
  const { type, predicateType, subject, predicate } = report.attestation;
  return { attestation: { type, predicateType, subject, predicate } };
}
