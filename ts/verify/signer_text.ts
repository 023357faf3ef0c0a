import type { Signer } from "../core/release.js";

/** Who signed, in words. What stands in it was verified, and is not made printable yet. */
export function signerText(signer: Signer): string {
  switch (signer.type) {
    case "keyless":
      return `${signer.san.value}, as vouched for by ${signer.issuer}`;
    case "githubRelease":
      return `GitHub, as the asset ${signer.asset} of release ${signer.tag} of ${signer.repository}`;
    case "key":
      return `the pinned key ${signer.fingerprint}`;
  }
}

/** Whose release GitHub attests. */
export const releaseText = ({ tag, repository }: { readonly tag: string; readonly repository: string }): string =>
  `GitHub, for release ${tag} of ${repository}`;

/** The same, short enough for a table. */
export function shortSignerText(signer: Signer): string {
  switch (signer.type) {
    case "keyless":
      return `${signer.san.value} (${signer.issuer})`;
    case "githubRelease":
      return releaseText(signer);
    case "key":
      return `key ${signer.fingerprint}`;
  }
}
