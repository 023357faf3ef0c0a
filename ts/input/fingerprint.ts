/** Keys are told by one spelling: `sha256:` and the hexadecimal SHA-256 of the SubjectPublicKeyInfo, as state records have it. */

/** 32 bytes in base64: the form of a key's fingerprint in bundles (`publicKey.hint`, as cosign and inkan write it). */
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** The fingerprint that a bundle's key hint is. Undefined for a hint of another form, which may be any text. */
export function fingerprintOf(hint: string): string | undefined {
  if (!BASE64.test(hint)) return undefined;
  const bytes = Array.from(atob(hint), (character) => character.charCodeAt(0).toString(16).padStart(2, "0"));
  return `sha256:${bytes.join("")}`;
}
