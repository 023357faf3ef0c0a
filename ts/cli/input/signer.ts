/** Who signed a file, by the bundle beside it: as the bundle says, or proven where a trust root is given. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { InkanError } from "../../errors.js";
import { LIMITS } from "../../generated/limits.js";
import { printable } from "../../input/printable.js";
import { releaseText } from "../../verify/signer_text.js";
import { readBytes } from "../files.js";
import { IdentityPolicy, InMemoryStateStore, inspect, KeylessVerifier, type TrustRoot } from "../library.js";
import { hintText } from "../words/fingerprint.js";
import { releaseIn } from "./release.js";

export interface Signer {
  readonly bundle: string;
  /** The name in the certificate, or the key that the bundle hints at: its fingerprint, if the hint is one. */
  readonly signer: string;
  readonly issuer?: string;
  /**
   * `unverified` where nothing proves the signer: no trust root is given, or the bundle was made with a key. A bundle that
   * states the digest of another file is refused all the same.
   */
  readonly status: "verified" | "refused" | "unverified";
  /** Why it was refused, or could not be read. */
  readonly code?: string;
}

/** The name and issuer in the leaf, the release that GitHub's attester states, or the hint at a key. */
interface Claimed {
  readonly san?: string;
  readonly issuer?: string;
  readonly release?: ReturnType<typeof releaseIn>;
  readonly keyHint?: string;
  /** The digest of the file that a message signature is over: `sha256:<hex>`. */
  readonly digest?: string;
}

/** The parts of a bundle that are read here. Any text may stand anywhere: nothing is verified yet. */
interface Inspected {
  readonly certificates?: readonly { readonly names?: readonly string[]; readonly oidcIssuer?: string }[];
  readonly keyHint?: string;
  readonly content?: { readonly digest?: string };
}

/** What a bundle says of its signer. Nothing of it is proven. */
export async function claimedIn(bundle: Uint8Array): Promise<Claimed> {
  const inspected = await inspect(bundle);
  const { certificates: [leaf] = [], keyHint, content } = inspected as Inspected;
  const san = leaf?.names?.[0]?.replace(/^[\w-]+ /, "");
  const release = releaseIn(inspected);
  return {
    ...(san === undefined ? {} : { san }),
    ...(leaf?.oidcIssuer === undefined ? {} : { issuer: leaf.oidcIssuer }),
    ...(release === undefined ? {} : { release }),
    ...(keyHint === undefined ? {} : { keyHint }),
    ...(content?.digest === undefined ? {} : { digest: content.digest }),
  };
}

/** `FILE` with `.sigstore.json` in place of `.json`, if there is such a file. */
export function bundleBeside(file: string): string | undefined {
  const beside = `${file.replace(/\.json$/, "")}.sigstore.json`;
  return file !== "-" && existsSync(beside) ? beside : undefined;
}

/**
 * The bundle is the named one, else `FILE` with `.sigstore.json` in place of `.json`, if there is one. Whether this signer
 * is the right one is for the reader to say.
 */
export async function signerOf(
  file: string,
  content: Uint8Array,
  named: string | undefined,
  trustRoot: TrustRoot | undefined,
): Promise<Signer | undefined> {
  const bundle = named ?? bundleBeside(file);
  if (bundle === undefined) return undefined;
  const bytes = readBytes(bundle, LIMITS.bundle);
  try {
    const { san: name, issuer, release, keyHint, digest } = await claimedIn(bytes);
    const isOther = digest !== undefined && isOfAnother(digest, content);
    const other = { status: "refused", code: "ERR_DIGEST_MISMATCH" } as const;
    if (name === undefined) {
      const signer = keyHint === undefined ? "a key without a name" : `the key ${hintText(keyHint)}`;
      return { bundle, signer, ...(isOther ? other : { status: "unverified" }) };
    }
    const signer =
      release === undefined
        ? name
        : releaseText({ tag: printable(release.tag), repository: printable(release.repository) });
    const claimed = { bundle, signer, ...(issuer === undefined ? {} : { issuer }) };
    if (isOther) return { ...claimed, ...other };
    if (trustRoot === undefined) return { ...claimed, status: "unverified" };
    const verifier = new KeylessVerifier({
      trustRoot,
      identityPolicy:
        release === undefined
          ? new IdentityPolicy({ san: name, issuer: issuer ?? "" })
          : IdentityPolicy.githubRelease(release),
      stateStore: new InMemoryStateStore(),
    });
    const report = await verifier.reportArtifact({ artifact: content, bundle: bytes });
    return report.verdict === "verified"
      ? { ...claimed, status: "verified" }
      : { ...claimed, status: "refused", code: report.error.code };
  } catch (error) {
    if (!(error instanceof InkanError)) throw error;
    return { bundle, signer: "nobody that can be read", status: "refused", code: error.code };
  }
}

/** Whether a bundle's digest is that of another file. One by an algorithm that is not known here says nothing. */
function isOfAnother(digest: string, content: Uint8Array): boolean {
  const [, algorithm, hex] = /^(sha256|sha384|sha512):([0-9a-f]+)$/.exec(digest) ?? [];
  return algorithm !== undefined && createHash(algorithm).update(content).digest("hex") !== hex;
}

/** In one sentence. */
export function signerText(which: string, file: string, one: Signer | undefined): string {
  if (one === undefined) return `${which}: no bundle beside it, so nobody is known to have signed it`;
  const by = one.issuer === undefined ? one.signer : `${one.signer}, as vouched for by ${one.issuer}`;
  if (one.code === "ERR_DIGEST_MISMATCH") {
    return `${which}: not signed as it is: ${printable(one.bundle)} is the bundle of another file (${one.code}), or ${printable(file)} was changed after signing; it names ${by}`;
  }
  if (one.status === "refused") return `${which}: refused (${one.code}); its bundle names ${by}`;
  return `${which}: ${one.status === "verified" ? "signed by" : "its bundle names, unverified,"} ${by}`;
}
