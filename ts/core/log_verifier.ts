/** Verifies what logs signed, without a bundle, in the core. */
import * as glue from "../../pkg/inkan.js";
import { boundText } from "../input/size.js";
import { CoreObject, OwnedObject } from "./instance.js";
import type { CoreTrustRoot } from "./trust_root.js";
import type { PendingRecord } from "./verifier.js";

/** The content of a checkpoint, as the core returns it. */
export interface CheckpointFacts {
  readonly origin: string;
  readonly logKey: string;
  readonly treeSize: string;
  readonly rootHash: string;
}

/** @internal */
export type CoreLogVerifier = CoreObject<glue.LogVerifier>;

/** @internal */
export const logVerifierOfTrustRoot = (trustRoot: CoreTrustRoot): CoreLogVerifier =>
  new CoreObject(() => glue.LogVerifier.ofTrustRoot(trustRoot.get()));

/** @internal */
export const logVerifierOfKey = (pem: string, origin: string | undefined): CoreLogVerifier => {
  const bounded = boundText("key", "key", pem);
  return new CoreObject(() => glue.LogVerifier.ofKey(bounded, origin));
};

/**
 * A checkpoint to store. It is judged and stored as the records of a verification are. Must be freed.
 * @internal
 */
export class CoreSeeding {
  readonly #object: OwnedObject<glue.Seeding>;

  constructor(logVerifier: CoreLogVerifier, checkpoint: string) {
    this.#object = new OwnedObject(() => logVerifier.use((object) => object.seed(checkpoint)));
  }

  records(): PendingRecord[] {
    return JSON.parse(this.#object.use((object) => object.records()));
  }

  judge(key: string, stored: string | undefined, floor: string | undefined): string | undefined {
    return this.#object.use((object) => object.judge(key, stored, floor));
  }

  stored(key: string): void {
    this.#object.use((object) => object.stored(key));
  }

  /** A record that an operator states needs no proof. */
  unproven(): undefined {}
  prove(): void {}
  unreachable(): void {}

  free(): void {
    this.#object.free();
  }
}
