/** Checks of a log's signed trees by themselves, in the core. */
import * as glue from "../../pkg/inkan.js";
import { boundText } from "../input/size.js";
import { CoreObject, OwnedObject } from "./instance.js";
import type { CoreTrustRoot } from "./trust_root.js";
import type { PendingRecord } from "./verifier.js";

/** @internal */
export type CoreAudit = CoreObject<glue.Audit>;

/** @internal */
export const auditOfTrustRoot = (trustRoot: CoreTrustRoot): CoreAudit =>
  new CoreObject(() => glue.Audit.ofTrustRoot(trustRoot.get()));

/** @internal */
export const auditOfKey = (pem: string, origin: string | undefined): CoreAudit => {
  const bounded = boundText("key", "key", pem);
  return new CoreObject(() => glue.Audit.ofKey(bounded, origin));
};

/**
 * A checkpoint on its way into a store, judged and settled as the records of a verification are. Free it in the end.
 * @internal
 */
export class CoreSeeding {
  readonly #object: OwnedObject<glue.Seeding>;

  constructor(audit: CoreAudit, checkpoint: string) {
    this.#object = new OwnedObject(() => audit.use((object) => object.seed(checkpoint)));
  }

  records(): PendingRecord[] {
    return JSON.parse(this.#object.use((object) => object.records()));
  }

  judge(key: string, stored: string | undefined, floor: string | undefined): string | undefined {
    return this.#object.use((object) => object.judge(key, stored, floor));
  }

  settled(key: string): void {
    this.#object.use((object) => object.settled(key));
  }

  /** An operator's word needs no proof. */
  unproven(): undefined {}
  prove(): void {}
  unreachable(): void {}

  free(): void {
    this.#object.free();
  }
}
