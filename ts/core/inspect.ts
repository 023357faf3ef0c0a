/** What the core reads without verifying it. */
import * as glue from "../../pkg/inkan.js";
import { boundBytes, boundText } from "../input/size.js";
import type { StateRecord } from "../state/record.js";
import { enter } from "./instance.js";

/** What is in a bundle, unverified. The core must be loaded. */
export function inspectBundle(bytes: Uint8Array): unknown {
  const bounded = boundBytes("bundle", "bundle", bytes);
  return JSON.parse(enter(() => glue.inspectBundle(bounded)));
}

/** A stored record and the key that it belongs under. The core must be loaded. */
export function describeRecord(text: string): { readonly key: string; readonly record: StateRecord } {
  const bounded = boundText("record", "stateRecord", text);
  return JSON.parse(enter(() => glue.describeRecord(bounded)));
}
