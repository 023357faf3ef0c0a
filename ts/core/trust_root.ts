/** A parsed trust root in the core. */
import * as glue from "../../pkg/inkan.js";
import { boundBytes, boundText } from "../input/size.js";
import { CoreObject } from "./instance.js";

/** @internal */
export type CoreTrustRoot = CoreObject<glue.TrustRoot>;

/** @internal */
export const trustRootFromJson = (bytes: Uint8Array, options: string): CoreTrustRoot => {
  const bounded = boundBytes("trustRoot", "trustRoot", bytes);
  const boundedOptions = boundText("TrustRoot.fromJson", "options", options);
  return new CoreObject(() => glue.TrustRoot.fromJson(bounded, boundedOptions));
};

/** @internal */
export const trustRootFromPem = (options: string): CoreTrustRoot => {
  const bounded = boundText("TrustRoot.fromPem", "options", options);
  return new CoreObject(() => glue.TrustRoot.fromPem(bounded));
};
