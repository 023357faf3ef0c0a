/** What the verifiers return: a proof, or an error to throw, or a report with one of them. */
import { type VerifiedCatalogue, verifiedCatalogue } from "../catalogue/catalogue.js";
import { deepFreeze, type Proof, type Release, type Statement } from "../core/release.js";
import type { VerificationReport } from "../core/report.js";
import { type InkanError, refusal } from "../errors.js";
import { withoutPrototype } from "../input/json.js";
import type { Outcome, Refused, ReportedOutcome } from "./run.js";

declare const brand: unique symbol;

/** A verified file, of whatever kind. */
export interface VerifiedArtifact extends Proof {
  /** The statement that vouches for the file, if it was not signed directly. */
  readonly attestation: Statement | undefined;
  readonly [brand]: "artifact";
}

/** A verified in-toto attestation about the artifact. */
export interface VerifiedAttestation extends Proof, Statement {
  readonly [brand]: "attestation";
}

/** A report, and what it proved or why it refused. */
export type Reported<Name extends string, Value> =
  | (VerificationReport & { readonly verdict: "verified" } & { readonly [name in Name]: Value })
  | (VerificationReport & { readonly verdict: "refused"; readonly error: InkanError });

export type CatalogueReport = Reported<"catalogue", VerifiedCatalogue>;
export type ArtifactReport = Reported<"artifact", VerifiedArtifact>;
export type AttestationReport = Reported<"attestation", VerifiedAttestation>;

/** Throws the refusal, or returns what was released. */
export function released(outcome: Outcome): Release {
  if (isRefused(outcome)) throw outcome.error;
  return withoutPrototype(outcome.release);
}

export function toCatalogue(release: Release): VerifiedCatalogue {
  if (release.catalogue === undefined) throw wrongKind("catalogue");
  return verifiedCatalogue(proofOf(release), release.catalogue, release);
}

export function toArtifact(release: Release): VerifiedArtifact {
  return deepFreeze({ ...proofOf(release), attestation: release.attestation }) as VerifiedArtifact;
}

export function toAttestation(release: Release): VerifiedAttestation {
  if (release.attestation === undefined) throw wrongKind("attestation");
  return deepFreeze({ ...proofOf(release), ...release.attestation }) as VerifiedAttestation;
}

/** The report of a result. If it verified, the value of `make` is added under `name`. */
export function reported<Name extends string, Value>(
  outcome: ReportedOutcome,
  name: Name,
  make: (release: Release) => Value,
): Reported<Name, Value> {
  const result = {
    ...outcome.report,
    ...(isRefused(outcome) ? { error: outcome.error } : { [name]: make(withoutPrototype(outcome.release)) }),
  };
  return Object.freeze(result) as Reported<Name, Value>;
}

const proofOf = ({ signer, signedAt, digest, log }: Release): Proof => ({ signer, signedAt, digest, log });

const isRefused = (outcome: Outcome | ReportedOutcome): outcome is Refused => Object.hasOwn(outcome, "error");

const wrongKind = (kind: string): InkanError =>
  refusal("ERR_INTERNAL", { expected: `a release with ${kind}`, found: "none" });
