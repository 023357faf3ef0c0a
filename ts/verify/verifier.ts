import type { VerifiedCatalogue } from "../catalogue/catalogue.js";
import type { ConsistencySource } from "../consistency/source.js";
import { readyNow } from "../core/instance.js";
import type { CoreVerifier } from "../core/verifier.js";
import { invalidOption } from "../input/options.js";
import type { StateStore } from "../state/store.js";
import { type ArtifactInput, artifactRequest, type CatalogueInput, catalogueRequest, type Request } from "./request.js";
import {
  type ArtifactReport,
  type AttestationReport,
  type CatalogueReport,
  released,
  reported,
  toArtifact,
  toAttestation,
  toCatalogue,
  type VerifiedArtifact,
  type VerifiedAttestation,
} from "./result.js";
import { runReport, runVerification } from "./run.js";

/**
 * What a verifier consists of.
 * @internal
 */
export interface VerifierParts {
  readonly core: CoreVerifier;
  /** Absent: nothing is remembered between verifications. */
  readonly store: StateStore | undefined;
  /** Absent: trees of one log are compared with the records alone. */
  readonly source: ConsistencySource | undefined;
  readonly evidence: readonly ("bundle" | "signature")[];
}

/** The methods that both kinds of verifier share. `Evidence` is what a call gives together with the file. */
export abstract class Verifier<Evidence> {
  readonly #parts: VerifierParts;

  /** @internal */
  protected constructor(parts: VerifierParts) {
    this.#parts = parts;
    // If the whole core is loaded already, a policy with a value that cannot be used throws now instead of at the first call.
    if (readyNow() === "whole") parts.core.get();
  }

  /** Verifies a signed catalogue. Throws an {@link InkanError} unless every check passes. */
  async verify(input: CatalogueInput & Evidence): Promise<VerifiedCatalogue> {
    return toCatalogue(released(await runVerification(this.#parts, this.#catalogue(input))));
  }

  /** As `verify`, but a refusal is returned with every step. Misuse and bugs still throw. */
  async report(input: CatalogueInput & Evidence): Promise<CatalogueReport> {
    return reported(await runReport(this.#parts, this.#catalogue(input)), "catalogue", toCatalogue);
  }

  /** Verifies a signed file of any kind, given whole or by its digest. */
  async verifyArtifact(input: ArtifactInput & Evidence): Promise<VerifiedArtifact> {
    return toArtifact(released(await runVerification(this.#parts, this.#artifact("artifact", input))));
  }

  /** As `verifyArtifact`, with every step. */
  async reportArtifact(input: ArtifactInput & Evidence): Promise<ArtifactReport> {
    return reported(await runReport(this.#parts, this.#artifact("artifact", input)), "artifact", toArtifact);
  }

  /** Verifies an in-toto attestation about a file. */
  async verifyAttestation(input: ArtifactInput & Evidence): Promise<VerifiedAttestation> {
    return toAttestation(released(await runVerification(this.#parts, this.#artifact("attestation", input))));
  }

  /** As `verifyAttestation`, with every step. */
  async reportAttestation(input: ArtifactInput & Evidence): Promise<AttestationReport> {
    return reported(await runReport(this.#parts, this.#artifact("attestation", input)), "attestation", toAttestation);
  }

  #catalogue(input: unknown): Request {
    return this.#checked(catalogueRequest(input, this.#parts.evidence));
  }

  #artifact(kind: "artifact" | "attestation", input: unknown): Request {
    return this.#checked(artifactRequest(kind, input, this.#parts.evidence));
  }

  #checked(request: Request): Request {
    if (!request.scoped || this.#parts.store !== undefined) return request;
    const hint = "A scope keeps records apart, and without a stateStore there are none.";
    throw invalidOption("verify.scope", "a verifier with a stateStore", "one without", hint);
  }
}
