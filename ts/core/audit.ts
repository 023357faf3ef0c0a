/** Checks of a log's signed trees by themselves, in the core. */
import * as glue from "../../pkg/inkan.js";
import { boundText } from "../input/size.js";
import { CoreObject } from "./instance.js";
import type { CoreTrustRoot } from "./trust_root.js";

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
