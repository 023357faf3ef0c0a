/** A verifier in the core, and one verification by it. */
import * as glue from "../../pkg/inkan.js";
import type { ConsistencyPair } from "../consistency/source.js";
import { type ErrorDetail, InkanError, isMisuse, renamed } from "../errors.js";
import { LIMITS } from "../generated/limits.js";
import { boundText } from "../input/size.js";
import { CoreObject, enter, OwnedObject } from "./instance.js";
import { type Release, readRelease } from "./release.js";
import type { VerificationReport } from "./report.js";
import type { CoreTrustRoot } from "./trust_root.js";

/** @internal */
export type CoreVerifier = CoreObject<glue.Verifier>;

/** @internal */
export const keylessVerifier = (trustRoot: CoreTrustRoot, policy: string): CoreVerifier => {
  const bounded = boundText("KeylessVerifier", "options", policy);
  return verifierOf("KeylessVerifier", () => glue.Verifier.keyless(trustRoot.get(), bounded));
};

/** @internal */
export const keyedVerifier = (policy: string, trustRoot: CoreTrustRoot | undefined): CoreVerifier => {
  const bounded = boundText("KeyedVerifier", "options", policy);
  return verifierOf("KeyedVerifier", () =>
    trustRoot === undefined ? glue.Verifier.keyed(bounded) : glue.Verifier.keyedWithTrustRoot(bounded, trustRoot.get()),
  );
};

/** The core names an option by its place in the policy. The caller gave it as an option of the class `what`. */
const verifierOf = (what: string, make: () => glue.Verifier): CoreVerifier =>
  new CoreObject(() => {
    try {
      return enter(make);
    } catch (error) {
      throw error instanceof InkanError && isMisuse(error) ? renamed(error, /^policy(?=\.(?!identity))/, what) : error;
    }
  });

/** A record that must be stored before the result is released. */
export interface PendingRecord {
  readonly key: string;
  readonly kind: "log" | "scope" | "tuf";
}

/**
 * One verification in the core, from its verdict to its release. Must be freed.
 * @internal
 */
export class CoreVerification {
  readonly #object: OwnedObject<glue.Verification>;

  constructor(verifier: CoreVerifier, request: string, evidence: Uint8Array, artifact: Uint8Array) {
    const bounded = boundText("verify", "options", request);
    this.#object = new OwnedObject(() => verifier.use((object) => object.verify(bounded, evidence, artifact)));
  }

  report(): VerificationReport {
    return JSON.parse(this.#object.use((object) => object.report()));
  }

  /** Why the verification is refused, if it is refused so far. */
  refusal(): ErrorDetail | undefined {
    const refusal = this.#object.use((object) => object.refusal());
    return refusal === undefined ? undefined : JSON.parse(refusal);
  }

  /** The records to store. Empty after a refusal. */
  records(): PendingRecord[] {
    return JSON.parse(this.#object.use((object) => object.records()) ?? "[]");
  }

  unproven(key: string, stored: string | undefined, floor: string | undefined): ConsistencyPair | undefined {
    const pair = this.#object.use((object) => object.unproven(key, stored, floor));
    return pair === undefined ? undefined : JSON.parse(pair);
  }

  prove(proof: Uint8Array): void {
    // One more hash than allowed is enough for the core to refuse a longer proof.
    this.#object.use((object) => object.prove(proof.subarray(0, LIMITS.consistencyProof)));
  }

  unreachable(reason: string): void {
    this.#object.use((object) => object.unreachable(reason));
  }

  judge(key: string, stored: string | undefined, floor: string | undefined): string | undefined {
    return this.#object.use((object) => object.judge(key, stored, floor));
  }

  stored(key: string): void {
    this.#object.use((object) => object.stored(key));
  }

  /** Ends the verification, because the store failed. */
  refuseState(error: InkanError): void {
    this.#object.use((object) => object.refuseState(error.code, error.found ?? ""));
  }

  /** The result. Can be called once, and must be the last call. */
  release(): Release {
    return readRelease(this.#object.consume((object) => object.release()));
  }

  free(): void {
    this.#object.free();
  }
}
