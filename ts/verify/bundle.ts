import { type Bytes, isBytes, viewTextOrBytes } from "../input/bytes.js";
import { jsonText } from "../input/json.js";
import { invalidOption, kindOf } from "../input/options.js";

/** A Sigstore bundle: JSON as text, bytes or an object, or binary protobuf as bytes. */
export type BundleSource = Bytes | string | object;

const constructed = Symbol();
const contents = new WeakMap<KeylessBundle, Uint8Array>();

/** The evidence that `cosign sign-blob --bundle` writes. It proves nothing until a verifier has judged it. */
export class KeylessBundle {
  /** Use {@link KeylessBundle.fromProtobufBundle}. */
  private constructor(token: symbol, bytes: Uint8Array) {
    if (token !== constructed) throw invalidOption("KeylessBundle", "KeylessBundle.fromProtobufBundle", "new");
    contents.set(this, bytes);
    Object.freeze(this);
  }

  /** Copies a bundle. Nothing is parsed here: a malformed bundle is refused by the verifier, with its report. */
  static fromProtobufBundle(bundle: BundleSource): KeylessBundle {
    return new KeylessBundle(constructed, viewBundle(bundle).slice());
  }
}

/** A view of a bundle's bytes, or its text as UTF-8. */
function viewBundle(bundle: unknown): Uint8Array {
  const isObject = typeof bundle === "object" && bundle !== null && !isBytes(bundle);
  return viewTextOrBytes("bundle", "bundle", isObject ? stringify("bundle", bundle) : bundle);
}

/** The JSON text of an object that the caller has parsed already. */
export function stringify(subject: string, value: object): string {
  let text: string | undefined;
  try {
    text = jsonText(value);
  } catch (error) {
    throw invalidOption(subject, "a JSON value", error instanceof Error ? error.message : kindOf(value));
  }
  if (text === undefined) throw invalidOption(subject, "a JSON value", kindOf(value));
  return text;
}

/** The bytes of a bundle, which may still be the caller's memory. */
export function bundleBytes(value: unknown): Uint8Array {
  const bytes = value instanceof KeylessBundle ? contents.get(value) : undefined;
  if (bytes !== undefined) return bytes;
  if (value instanceof KeylessBundle) throw invalidOption("bundle", "a KeylessBundle", "a forged one");
  return viewBundle(value);
}
