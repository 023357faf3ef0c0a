/** A parsed trust root in the core. */
import * as glue from "../../pkg/inkan.js";
import { CoreObject } from "./instance.js";

/** @internal */
export type CoreTrustRoot = CoreObject<glue.TrustRoot>;

/** @internal */
export const trustRootFromJson = (bytes: Uint8Array, options: string): CoreTrustRoot =>
  new CoreObject(() => glue.TrustRoot.fromJson(bytes, options));

/** @internal */
export const trustRootFromPem = (options: string): CoreTrustRoot =>
  new CoreObject(() => glue.TrustRoot.fromPem(options));
