/** Fetches a trust root by TUF. Nothing else in inkan does: verification is offline. */
import type { FetchFunction } from "../consistency/http.js";
import { ensureWhole } from "../core/instance.js";
import { repositoryUpdate } from "../core/repository_update.js";
import { refusal } from "../errors.js";
import { PUBLIC_GOOD_MIRROR, PUBLIC_GOOD_TUF_ROOT } from "../generated/public_good_tuf.js";
import { type Bytes, copyTextOrBytes } from "../input/bytes.js";
import { invalidOption, kindOf, missingOption, readOptions, readTimeout } from "../input/options.js";
import { isPrivateWay, readBaseUrl } from "../input/url.js";
import type { StateStore } from "../state/store.js";
import { storeRecords } from "../state/store_records.js";
import { PUBLIC_GOOD_NAME, sha256Of, type TrustRootRecord } from "../trust/record.js";
import { TrustRoot } from "../trust/trust_root.js";
import { readStore } from "../verify/policy.js";
import { type Fetched, fetchByTuf } from "./client.js";
import { onlineKeysOf, versionsOf } from "./metadata.js";

export interface FetchTrustRootOptions {
  /** Keeps the newest versions seen of the repository's metadata: older ones are refused. */
  readonly stateStore: StateStore;
  /** The base URL of the TUF repository, by https; Sigstore's public-good one by default. */
  readonly mirror?: string;
  /** The repository's `root.json` that you trust, of any version; that of the public-good instance by default. */
  readonly root?: Bytes | string;
  /** For the whole fetch; 30,000 by default. */
  readonly timeoutMs?: number;
  /** In place of the runtime's `fetch`. */
  readonly fetch?: FetchFunction;
}

/** A trust root as TUF gives it now. */
export interface FetchedTrustRoot {
  readonly trustRoot: TrustRoot;
  /** The bytes of the `trusted_root.json`. */
  readonly json: Uint8Array;
  /** Belongs beside the file: see `writeTrustRoot`. */
  readonly record: Required<TrustRootRecord>;
}

const MIRROR = "the base URL of a TUF repository, by https (http for this machine alone)";

/**
 * Fetches the present trust root. TUF verifies who signed it and that it has not expired, the state store that it is not
 * older than one that was seen before. Needs the package `tuf-js`, and a runtime with Node's modules.
 *
 * Throws `ERR_TUF_UNAVAILABLE`, `ERR_TUF_INVALID`, `ERR_TUF_EXPIRED`, `ERR_TUF_ROLLBACK`, `ERR_TRUST_ROOT_*`, `ERR_STATE_*`.
 */
export async function fetchTrustRoot(options: FetchTrustRootOptions): Promise<FetchedTrustRoot> {
  const what = "fetchTrustRoot";
  const read = readOptions(what, options, ["stateStore", "mirror", "root", "timeoutMs", "fetch"]);
  if (read.stateStore === undefined) {
    throw missingOption(
      `${what}.stateStore`,
      "a StateStore",
      "Without one, an old trust root would pass for the present.",
    );
  }
  const store = readStore(`${what}.stateStore`, read.stateStore);
  const url =
    read.mirror === undefined ? PUBLIC_GOOD_MIRROR : readBaseUrl(`${what}.mirror`, read.mirror, MIRROR, isPrivateWay);
  const root = copyTextOrBytes("root", "trustRoot", (read.root as Bytes | string | undefined) ?? PUBLIC_GOOD_TUF_ROOT);
  const timeoutMs = readTimeout(`${what}.timeoutMs`, read.timeoutMs, 30_000);
  if (read.fetch !== undefined && typeof read.fetch !== "function") {
    throw invalidOption(`${what}.fetch`, "a function like fetch", kindOf(read.fetch));
  }
  await ensureWhole();
  const givenAt = `${new Date().toISOString().slice(0, 19)}Z`;
  const fetched = await fetchByTuf(root, { url, timeoutMs, fetch: read.fetch as FetchFunction | undefined });
  // What TUF gives must be a trust root, before anything is recorded.
  const trustRoot = TrustRoot.fromJson(fetched.bytes);
  // Whoever takes the public-good root, or its repository, means this repository, by whichever mirror.
  const isPublicGood = read.root === undefined || url === PUBLIC_GOOD_MIRROR;
  const record = await recordOf(isPublicGood ? PUBLIC_GOOD_NAME : url, givenAt, fetched);
  await storeVersions(record, fetched, store);
  return { trustRoot, json: fetched.bytes, record };
}

async function recordOf(repository: string, givenAt: string, fetched: Fetched): Promise<Required<TrustRootRecord>> {
  return { repository, givenAt, sha256: await sha256Of(fetched.bytes), versions: readVersions(fetched) };
}

function readVersions({ metadata }: Fetched): Required<TrustRootRecord>["versions"] {
  try {
    return versionsOf(metadata);
  } catch (cause) {
    const expected = "versions that are integers below 2^53";
    throw refusal("ERR_TUF_INVALID", { expected, found: (cause as Error).message }, cause);
  }
}

/** Refuses what is older than the store knows, and records it else. */
async function storeVersions(
  { repository, versions, sha256: digest }: Required<TrustRootRecord>,
  { metadata }: Fetched,
  store: StateStore,
): Promise<void> {
  const onlineKeys = onlineKeysOf(metadata);
  const update = repositoryUpdate({ kind: "tuf", repository, ...versions, onlineKeys, digest });
  try {
    await storeRecords(update, store);
  } finally {
    update.free();
  }
}
