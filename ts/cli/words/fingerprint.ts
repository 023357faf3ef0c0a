/** Keys are told by one spelling: `sha256:` and the hexadecimal SHA-256 of the SubjectPublicKeyInfo, as state records have it. */
import { printable } from "../../input/printable.js";

/** 32 bytes in base64: the form of a key's fingerprint in bundles (`publicKey.hint`, as cosign and inkan write it). */
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** The fingerprint that a bundle's key hint is. Undefined for a hint of another form, which may be any text. */
export const fingerprintOf = (hint: string): string | undefined =>
  BASE64.test(hint) ? `sha256:${Buffer.from(hint, "base64").toString("hex")}` : undefined;

/** A bundle's key hint for people. */
export const hintText = (hint: string): string => fingerprintOf(hint) ?? printable(hint);

/** A text with every fingerprint that stands in it as base64, quoted or not, in the one spelling. */
export const withFingerprints = (text: string): string =>
  text.replace(
    /(?<![A-Za-z0-9+/=])"?([A-Za-z0-9+/]{43}=)"?(?![A-Za-z0-9+/=])/g,
    (whole, hint: string) => fingerprintOf(hint) ?? whole,
  );
