/** Keys are told by one spelling: `sha256:` and the hexadecimal SHA-256 of the SubjectPublicKeyInfo, as state records have it. */
import type { ErrorCode } from "../errors.js";

/** 32 bytes in base64: the form of a key's fingerprint in bundles (`publicKey.hint`, as cosign and inkan write it). */
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** The fingerprint that a bundle's key hint is. Undefined for a hint of another form, which may be any text. */
export function fingerprintOf(hint: string): string | undefined {
  if (!BASE64.test(hint)) return undefined;
  const bytes = Array.from(atob(hint), (character) => character.charCodeAt(0).toString(16).padStart(2, "0"));
  return `sha256:${bytes.join("")}`;
}

/** The codes whose facts are a bundle's key hint, and the fingerprints of the pinned keys in the hint's form. */
const ABOUT_KEYS: ReadonlySet<ErrorCode> = new Set(["ERR_KEY_HINT", "ERR_BUNDLE_CERTIFICATE_MISSING"]);

/** What was expected or found by a refusal, with every fingerprint that stands there as base64 in the one spelling. */
export const factWithFingerprints = (code: ErrorCode, text: string): string =>
  ABOUT_KEYS.has(code)
    ? text.replace(
        /(?<![A-Za-z0-9+/=])"?([A-Za-z0-9+/]{43}=)"?(?![A-Za-z0-9+/=])/g,
        (whole, hint: string) => fingerprintOf(hint) ?? whole,
      )
    : text;
