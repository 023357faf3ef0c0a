/** When TUF gave a trust root. A `trusted_root.json` has no place for it, so that it is kept beside the file. */
import { LIMITS } from "../generated/limits.js";

/** What is known of where a trust root comes from. It proves nothing, and decides nothing but a warning. */
export interface TrustRootRecord {
  /** `public-good`, or the URL of the TUF repository. */
  readonly repository: string;
  /** When it was fetched; of the root in a build of inkan, when TUF gave it at the latest. RFC 3339. */
  readonly givenAt: string;
  /** SHA-256 of the trust root's bytes, hexadecimal. A record for other bytes says nothing. */
  readonly sha256: string;
  /** The versions of the repository's metadata; absent for the root in a build of inkan. */
  readonly versions?: RepositoryVersions;
}

/** Decimal texts. */
export interface RepositoryVersions {
  readonly root: string;
  readonly timestamp: string;
  readonly snapshot: string;
  readonly targets: string;
}

/** How the root in this build is named where a file or a repository can be. */
export const PUBLIC_GOOD_NAME = "public-good";

/** The largest record, in bytes. */
export const LONGEST_RECORD = LIMITS.note;

/** The record's file name beside the trust root's: `trusted_root.json` has `trusted_root.tuf.json`. */
export const recordNameOf = (file: string): string => `${file.replace(/\.json$/, "")}.tuf.json`;

export function recordToText({ repository, givenAt, sha256, versions }: TrustRootRecord): string {
  return `${JSON.stringify({ format: 1, repository, givenAt, sha256, versions }, null, 2)}\n`;
}

/** Reads the record of these bytes. Undefined for any other text: then the trust root is a file without an age. */
export async function recordOf(trustRoot: Uint8Array, text: Uint8Array): Promise<TrustRootRecord | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch {
    return undefined;
  }
  const { format, repository, givenAt, sha256 } = Object(value) as Record<string, unknown>;
  if (format !== 1 || typeof repository !== "string" || typeof givenAt !== "string") return undefined;
  if (Number.isNaN(Date.parse(givenAt)) || sha256 !== (await sha256Of(trustRoot))) return undefined;
  return { repository, givenAt, sha256 };
}

export async function sha256Of(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * After so many days a trust root is old. Sigstore replaces its logs' shards about twice a year and publishes the new keys
 * ahead of their use: half of such a term is left for those who refresh late.
 */
export const OLD_AFTER_DAYS = 90;

const DAY_MS = 86_400_000;

/** How many whole days ago TUF gave the root, if that is too long ago or lies in the future; else undefined. */
export function daysIfOld({ givenAt }: TrustRootRecord, now: Date): number | undefined {
  const days = Math.floor((now.getTime() - Date.parse(givenAt)) / DAY_MS);
  // A day is left for clocks that differ.
  return days > OLD_AFTER_DAYS || days < -1 ? days : undefined;
}
