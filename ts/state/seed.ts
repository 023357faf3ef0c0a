/** Seeding: an operator records a log's checkpoint before the first verification. */

import { ensureWhole } from "../core/instance.js";
import { type CoreLogVerifier, logVerifierOfTrustRoot, seedingOf } from "../core/log_verifier.js";
import { missingOption, readOptions, readText } from "../input/options.js";
import { boundText } from "../input/size.js";
import { coreTrustRoot, type TrustRoot } from "../trust/trust_root.js";
import { readStore } from "../verify/policy.js";
import type { StateStore } from "./store.js";
import { storeRecords } from "./store_records.js";

export interface SeedOptions {
  readonly stateStore: StateStore;
  /** Whose logs count. */
  readonly trustRoot: TrustRoot;
  /** A signed checkpoint of one of them, as the log or a witness serves it. */
  readonly checkpoint: string;
}

/**
 * Records a checkpoint as the log's newest, so that `firstUse: "deny"` has something to compare with. A scope is recorded
 * by verifying its catalogue once with `firstUse: "record"`.
 *
 * Throws the errors of a verifier's `verify` about checkpoints, `ERR_LOG_ROLLBACK` if a larger tree is recorded, and
 * `ERR_LOG_FORK` if another tree of the same size is recorded.
 */
export async function seedLog(options: SeedOptions): Promise<void> {
  const what = "seedLog";
  const read = readOptions(what, options, ["stateStore", "trustRoot", "checkpoint"]);
  if (read.trustRoot === undefined) {
    throw missingOption(`${what}.trustRoot`, "a TrustRoot", "Without one, anybody could be the log.");
  }
  const logVerifier = logVerifierOfTrustRoot(coreTrustRoot(`${what}.trustRoot`, read.trustRoot));
  const checkpoint = boundText(`${what}.checkpoint`, "note", readText(`${what}.checkpoint`, read.checkpoint));
  const store = readStore(`${what}.stateStore`, read.stateStore);
  await ensureWhole();
  await seed(logVerifier, checkpoint, store);
}

/**
 * The core must be loaded.
 * @internal
 */
export async function seed(logVerifier: CoreLogVerifier, checkpoint: string, store: StateStore): Promise<void> {
  const seeding = seedingOf(logVerifier, checkpoint);
  try {
    await storeRecords(seeding, store);
  } finally {
    seeding.free();
  }
}
