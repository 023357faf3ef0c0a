/** Checkpoints out of files, opened with a log's key. */

import { auditOfKey, auditOfTrustRoot } from "../core/audit.js";
import { InkanError } from "../errors.js";
import { LIMITS } from "../generated/limits.js";
import { seed } from "../state/seed.js";
import type { StateStore } from "../state/store.js";
import { coreTrustRoot } from "../trust/trust_root.js";
import type { Values } from "./arguments.js";
import { misuse } from "./exit.js";
import { readBytes, readUtf8 } from "./files.js";
import { inspect, ready } from "./library.js";
import { trustRootFrom } from "./policy_options.js";

export const LOG_OPTIONS = {
  key: { type: "string" },
  origin: { type: "string" },
  "trusted-root": { type: "string" },
} as const;

/** What a checkpoint says. */
export interface CheckpointFacts {
  readonly origin: string;
  readonly logKey: string;
  readonly treeSize: string;
  readonly rootHash: string;
}

/** The logs whose checkpoints are opened. What does not hold throws. */
export interface Audit {
  open(note: string): CheckpointFacts;
  verifyConsistency(one: string, other: string, proof: Uint8Array): { older: CheckpointFacts; newer: CheckpointFacts };
  checkFork(document: Uint8Array): { older: CheckpointFacts; newer: CheckpointFacts };
  /** Records a checkpoint as the newest of its log. */
  seed(note: string, store: StateStore): Promise<void>;
}

export async function auditFrom(values: Values<typeof LOG_OPTIONS>): Promise<Audit> {
  const { key, origin, "trusted-root": root } = values;
  if ((key === undefined) === (root === undefined)) throw misuse("give either --key or --trusted-root");
  if (root !== undefined && origin !== undefined) throw misuse("--origin is for --key; a trusted root has its own");
  await ready();
  const audit =
    root === undefined
      ? auditOfKey(readUtf8(key ?? "", LIMITS.key), origin)
      : auditOfTrustRoot(coreTrustRoot("--trusted-root", trustRootFrom(root)));
  // A malformed key is no verdict.
  audit.get();
  return {
    open: (note) => JSON.parse(audit.use((object) => object.open(note))),
    verifyConsistency: (one, other, proof) =>
      JSON.parse(audit.use((object) => object.verifyConsistency(one, other, proof))),
    checkFork: (document) => JSON.parse(audit.use((object) => object.checkFork(document))),
    seed: (note, store) => seed(audit, note, store),
  };
}

/** The checkpoint in a file: a signed note, or the one of these logs in a bundle. */
export async function checkpointIn(
  file: string,
  audit: Audit,
): Promise<{ readonly note: string; readonly facts: CheckpointFacts }> {
  const bytes = readBytes(file, LIMITS.bundle);
  const text = new TextDecoder().decode(bytes);
  if (text.includes("\n\n— ")) return { note: text, facts: audit.open(text) };
  const { logEntries } = (await inspect(bytes)) as { logEntries: readonly { readonly checkpoint?: string }[] };
  const notes = new Set(logEntries.map(({ checkpoint }) => checkpoint).filter((note) => note !== undefined));
  let refusal: InkanError | undefined;
  const opened = [...notes].flatMap((note) => {
    try {
      return [{ note, facts: audit.open(note) }];
    } catch (error) {
      if (!(error instanceof InkanError)) throw error;
      refusal = error;
      return [];
    }
  });
  const [only, ...others] = opened;
  if (only !== undefined && others.length === 0) return only;
  if (refusal !== undefined && only === undefined) throw refusal;
  throw misuse(`${file} holds ${opened.length} checkpoints of this log, where one is needed`);
}
