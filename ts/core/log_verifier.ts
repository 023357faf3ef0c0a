/** Verifies what logs signed, without a bundle, in the core. */
import * as glue from "../../pkg/inkan.js";
import { boundText } from "../input/size.js";
import { CoreObject } from "./instance.js";
import { CoreStatedRecord } from "./stated_record.js";
import type { CoreTrustRoot } from "./trust_root.js";

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
 * A checkpoint to store.
 * @internal
 */
export const seedingOf = (logVerifier: CoreLogVerifier, checkpoint: string): CoreStatedRecord =>
  new CoreStatedRecord(() => logVerifier.use((object) => object.seed(checkpoint)));
