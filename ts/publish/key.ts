/** Signing keys: PKCS#8 as PEM, encrypted or not; P-256, P-384 or Ed25519. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { refusal } from "../errors.js";

export const ALGORITHMS = ["p256", "p384", "ed25519"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A private key, and what a bundle says of it. */
export interface SigningKey {
  readonly algorithm: Algorithm;
  readonly privateKey: KeyObject;
  /** SPKI as PEM: what a verifier pins. */
  readonly publicKey: string;
  /** The SHA-256 of the SPKI in base64, as cosign hints at a key. */
  readonly hint: string;
}

/** A signature, with the digest that a bundle states beside it. Ed25519 signs the bytes themselves and has none. */
export interface Signature {
  readonly bytes: Uint8Array;
  readonly digest: { readonly algorithm: "SHA2_256" | "SHA2_384"; readonly bytes: Uint8Array } | undefined;
}

const SUBJECT = "the signing key";
const EXPECTED = "a private key as PKCS#8 PEM: P-256, P-384 or Ed25519";

const refuse = (found: string, hint: string, cause?: unknown): Error =>
  refusal("ERR_OPTION_INVALID", { subject: SUBJECT, expected: EXPECTED, found, hint }, cause);

/** Whether a key is encrypted, which its first line says. */
export const isEncrypted = (pem: string): boolean => /-----BEGIN ENCRYPTED PRIVATE KEY-----/.test(pem);

/**
 * Reads a private key. Throws `ERR_OPTION_INVALID` for other kinds of keys, for other forms of PEM, and for a passphrase
 * that does not open it. No text of the key or of the passphrase is in the error.
 */
export function readSigningKey(pem: string, passphrase?: string): SigningKey {
  const [, label] = /-----BEGIN ([A-Z0-9 ]{1,60})-----/.exec(pem) ?? [];
  if (label === undefined) throw refuse("no PEM", "inkan keygen makes a key.");
  if (/SIGSTORE|COSIGN/.test(label)) {
    const hint =
      "cosign encrypts its keys in a form of its own. Make one with inkan keygen, and give cosign its .pub file.";
    throw refuse(`the PEM label ${label}`, hint);
  }
  if (label === "PUBLIC KEY") throw refuse("a public key", "Give the private key; it is the file that ends with .key.");
  if (label !== "PRIVATE KEY" && label !== "ENCRYPTED PRIVATE KEY") {
    throw refuse(`the PEM label ${label}`, "openssl pkcs8 -topk8 -in OLD -out NEW converts other forms.");
  }
  if (isEncrypted(pem) && passphrase === undefined) {
    throw refuse("an encrypted key, and no passphrase", "Set INKAN_KEY_PASSPHRASE, or give --passphrase-file.");
  }
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: pem, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    // OpenSSL's own reason is left out: it may quote what it read.
    if (isEncrypted(pem)) throw refuse("a passphrase that does not open it", "Check the passphrase.");
    throw refuse("a PEM that cannot be read", "Get the key's file anew, or make a key with inkan keygen.");
  }
  return describe(privateKey);
}

/** Makes a new key. */
export function generateSigningKey(algorithm: Algorithm): SigningKey {
  if (algorithm === "ed25519") return describe(generateKeyPairSync("ed25519").privateKey);
  const namedCurve = algorithm === "p256" ? "prime256v1" : "secp384r1";
  return describe(generateKeyPairSync("ec", { namedCurve }).privateKey);
}

/** The key as PKCS#8 PEM, encrypted by AES-256 where there is a passphrase. */
export function privatePem({ privateKey }: SigningKey, passphrase: string | undefined): string {
  const encrypted = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  return privateKey.export({ type: "pkcs8", format: "pem", ...encrypted }).toString();
}

/** Signs bytes as the Sigstore algorithm registry has it for the key: SHA-256 for P-256, SHA-384 for P-384. */
export function signBytes({ algorithm, privateKey }: SigningKey, bytes: Uint8Array): Signature {
  if (algorithm === "ed25519") return { bytes: sign(null, bytes, privateKey), digest: undefined };
  const hash = algorithm === "p256" ? "sha256" : "sha384";
  const digest = createHash(hash).update(bytes).digest();
  const name = algorithm === "p256" ? "SHA2_256" : "SHA2_384";
  return { bytes: sign(hash, bytes, privateKey), digest: { algorithm: name, bytes: digest } };
}

function describe(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ type: "spki", format: "der" });
  return {
    algorithm: algorithmOf(privateKey),
    privateKey,
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    hint: createHash("sha256").update(spki).digest("base64"),
  };
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Algorithm {
  if (asymmetricKeyType === "ed25519") return "ed25519";
  const curve = asymmetricKeyDetails?.namedCurve;
  if (asymmetricKeyType === "ec" && curve === "prime256v1") return "p256";
  if (asymmetricKeyType === "ec" && curve === "secp384r1") return "p384";
  const kind = [asymmetricKeyType, curve].filter((part) => part !== undefined).join(" ");
  throw refuse(`a key of another kind, ${kind}`, "inkan keygen makes a key that signs catalogues.");
}
