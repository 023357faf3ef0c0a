import type { VerifiedCatalogue } from "./catalogue.js";
import type { ConsistencySource } from "./consistency/source.js";
import { type CoreVerifier, readyNow } from "./core.js";
import { invalidOption } from "./options.js";
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
} from "./outcome.js";
import { type ArtifactInput, artifactRequest, type CatalogueInput, catalogueRequest, type Request } from "./request.js";
import type { StateStore } from "./state/store.js";
import { type Outcome, runVerification } from "./verification.js";

/**
 * What a verifier consists of.
 * @internal
 */
export interface VerifierParts {
  readonly core: CoreVerifier;
  /** Absent: nothing is remembered from one verification to the next. */
  readonly store: StateStore | undefined;
  /** Absent: trees of one log are judged by what was seen alone. */
  readonly source: ConsistencySource | undefined;
  readonly evidence: readonly ("bundle" | "signature")[];
}

/** What both kinds of verifier do. `Evidence` is what a call may give beside the file. */
export abstract class Verifier<Evidence> {
  readonly #parts: VerifierParts;

  /** @internal */
  protected constructor(parts: VerifierParts) {
    this.#parts = parts;
    // Where the core is there already, a policy that cannot be honoured throws now instead of at the first call.
    if (readyNow()) parts.core.get();
  }

  /** Verifies a signed catalogue. Throws an {@link InkanError} unless everything holds. */
  async verify(input: CatalogueInput & Evidence): Promise<VerifiedCatalogue> {
    return this.#catalogue(input, (outcome) => toCatalogue(released(outcome)));
  }

  /** As `verify`, but a refusal is returned with every step, not thrown. Misuse and bugs still throw. */
  async report(input: CatalogueInput & Evidence): Promise<CatalogueReport> {
    return this.#catalogue(input, (outcome) => reported(outcome, "catalogue", toCatalogue));
  }

  /** Verifies a signed file of any kind, given whole or by its digest. */
  async verifyArtifact(input: ArtifactInput & Evidence): Promise<VerifiedArtifact> {
    return this.#artifact("artifact", input, (outcome) => toArtifact(released(outcome)));
  }

  /** As `verifyArtifact`, with every step. */
  async reportArtifact(input: ArtifactInput & Evidence): Promise<ArtifactReport> {
    return this.#artifact("artifact", input, (outcome) => reported(outcome, "artifact", toArtifact));
  }

  /** Verifies an in-toto attestation about a file. */
  async verifyAttestation(input: ArtifactInput & Evidence): Promise<VerifiedAttestation> {
    return this.#artifact("attestation", input, (outcome) => toAttestation(released(outcome)));
  }

  /** As `verifyAttestation`, with every step. */
  async reportAttestation(input: ArtifactInput & Evidence): Promise<AttestationReport> {
    return this.#artifact("attestation", input, (outcome) => reported(outcome, "attestation", toAttestation));
  }

  #catalogue<R>(input: unknown, use: (outcome: Outcome) => R): Promise<R> {
    return this.#run(catalogueRequest(input, this.#parts.evidence), use);
  }

  #artifact<R>(kind: "artifact" | "attestation", input: unknown, use: (outcome: Outcome) => R): Promise<R> {
    return this.#run(artifactRequest(kind, input, this.#parts.evidence), use);
  }

  #run<R>(request: Request, use: (outcome: Outcome) => R): Promise<R> {
    if (request.scoped && this.#parts.store === undefined) {
      const hint = "A scope keeps records apart, and without a stateStore there are none.";
      throw invalidOption("verify.scope", "a verifier with a stateStore", "one without", hint);
    }
    return runVerification(this.#parts.core, request, this.#parts.store, this.#parts.source, use);
  }
}
