/** Who signed a file, by the bundle beside it: as the bundle says, or proven where a trust root is given. */
import { existsSync } from "node:fs";
import { InkanError } from "../../errors.js";
import { LIMITS } from "../../generated/limits.js";
import { printable } from "../../input/printable.js";
import { releaseText } from "../../verify/signer_text.js";
import { readBytes } from "../files.js";
import { IdentityPolicy, InMemoryStateStore, inspect, KeylessVerifier, type TrustRoot } from "../library.js";
import { releaseIn } from "./release.js";

export interface Signer {
  readonly bundle: string;
  /** The name in the certificate, or the key that the bundle hints at. */
  readonly signer: string;
  readonly issuer?: string;
  /** `unverified` where nothing was checked: no trust root is given, or the bundle was made with a key. */
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
}

/** The parts of a bundle that are read here. Any text may stand anywhere: nothing is verified yet. */
interface Inspected {
  readonly certificates?: readonly { readonly names?: readonly string[]; readonly oidcIssuer?: string }[];
  readonly keyHint?: string;
}

/** What a bundle says of its signer. Nothing of it is proven. */
export async function claimedIn(bundle: Uint8Array): Promise<Claimed> {
  const inspected = await inspect(bundle);
  const { certificates: [leaf] = [], keyHint } = inspected as Inspected;
  const san = leaf?.names?.[0]?.replace(/^[\w-]+ /, "");
  const release = releaseIn(inspected);
  return {
    ...(san === undefined ? {} : { san }),
    ...(leaf?.oidcIssuer === undefined ? {} : { issuer: leaf.oidcIssuer }),
    ...(release === undefined ? {} : { release }),
    ...(keyHint === undefined ? {} : { keyHint }),
  };
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
  const beside = `${file.replace(/\.json$/, "")}.sigstore.json`;
  const bundle = named ?? (file !== "-" && existsSync(beside) ? beside : undefined);
  if (bundle === undefined) return undefined;
  const bytes = readBytes(bundle, LIMITS.bundle);
  try {
    const { san: name, issuer, release, keyHint = "without a name" } = await claimedIn(bytes);
    if (name === undefined) return { bundle, signer: `a key, ${keyHint}`, status: "unverified" };
    const signer =
      release === undefined
        ? name
        : releaseText({ tag: printable(release.tag), repository: printable(release.repository) });
    const claimed = { bundle, signer, ...(issuer === undefined ? {} : { issuer }) };
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

/** In one sentence. */
export function signerText(which: string, one: Signer | undefined): string {
  if (one === undefined) return `${which}: no bundle beside it, so nobody is known to have signed it`;
  const by = one.issuer === undefined ? one.signer : `${one.signer}, as vouched for by ${one.issuer}`;
  if (one.status === "refused") return `${which}: refused (${one.code}); its bundle names ${by}`;
  return `${which}: ${one.status === "verified" ? "signed by" : "its bundle names, unverified,"} ${by}`;
}
