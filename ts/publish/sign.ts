/** Signs a file by a key, and verifies what it made before it gives it away. */
import type { KeyedVerifier } from "../verify/keyed.js";
import type { WithBundle, WithSignature } from "../verify/request.js";
import { checkSigned, type SignedKind } from "./check.js";
import { type SigningKey, signBytes } from "./key.js";

/** Of the bundles that are made here. */
export const MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

export interface Signed {
  /** A Sigstore bundle, version 0.3, as JSON text. */
  readonly bundle: string;
  /** The detached signature in base64, as cosign reads it. */
  readonly signature: string;
}

export interface SignOptions {
  readonly bytes: Uint8Array;
  readonly key: SigningKey;
  readonly kind: SignedKind;
  /** Makes the verifier of a public key. */
  readonly verifierOf: (publicKey: string) => KeyedVerifier;
}

/**
 * Signs. Throws the verifier's refusal if the catalogue is none, has expired, or if the signature does not hold.
 *
 * A bundle by a key has no log entry: it proves who signed, and not when.
 */
export async function signWithKey({ bytes, key, kind, verifierOf }: SignOptions): Promise<Signed> {
  const { bytes: raw, digest } = signBytes(key, bytes);
  const signature = Buffer.from(raw).toString("base64");
  const messageDigest =
    digest === undefined
      ? {}
      : { messageDigest: { algorithm: digest.algorithm, digest: Buffer.from(digest.bytes).toString("base64") } };
  const content = {
    mediaType: MEDIA_TYPE,
    verificationMaterial: { publicKey: { hint: key.hint } },
    messageSignature: { ...messageDigest, signature },
  };
  const bundle = `${JSON.stringify(content)}\n`;
  const verifier = verifierOf(key.publicKey);
  for (const evidence of [{ bundle: Buffer.from(bundle) }, { signature }]) {
    await checkSigned<WithBundle | WithSignature>(verifier, kind, bytes, evidence);
  }
  return { bundle, signature };
}
