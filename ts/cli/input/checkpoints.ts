/** Checkpoints out of files, opened with a log's key. */
import { type CheckpointFacts, logVerifierOfKey, logVerifierOfTrustRoot } from "../../core/log_verifier.js";
import { InkanError } from "../../errors.js";
import { LIMITS } from "../../generated/limits.js";
import { seed } from "../../state/seed.js";
import type { StateStore } from "../../state/store.js";
import { coreTrustRoot } from "../../trust/trust_root.js";
import type { Options, Values } from "../arguments/options.js";
import { misuse } from "../exit.js";
import { readBytes, readUtf8 } from "../files.js";
import { inspect, ready } from "../library.js";
import { LOG_ORIGIN_OPTION, trustRootFrom } from "./policy.js";

export const LOG_OPTIONS = {
  "trusted-root": { type: "string", value: "FILE", help: "trusted_root.json that has the log" },
  "log-origin": LOG_ORIGIN_OPTION,
  key: { type: "string", value: "FILE", help: "or the log's public key as PEM" },
  origin: {
    type: "string",
    value: "TEXT",
    help: "with --key: the log's origin, which is the first line of its checkpoints",
  },
} as const satisfies Options;

/** The logs whose checkpoints are accepted. Everything that does not verify throws. */
export interface LogVerifier {
  open(note: string): CheckpointFacts;
  verifyConsistency(one: string, other: string, proof: Uint8Array): { older: CheckpointFacts; newer: CheckpointFacts };
  checkFork(document: Uint8Array): { older: CheckpointFacts; newer: CheckpointFacts };
  /** Records a checkpoint as the newest of its log. */
  seed(note: string, store: StateStore): Promise<void>;
}

export async function logVerifierFrom(values: Values<typeof LOG_OPTIONS>): Promise<LogVerifier> {
  const { key, origin, "trusted-root": root, "log-origin": origins } = values;
  if ((key === undefined) === (root === undefined)) throw misuse("give either --key or --trusted-root");
  if (root !== undefined && origin !== undefined)
    throw misuse("--origin is for --key; --trusted-root takes --log-origin");
  if (root === undefined && origins !== undefined) throw misuse("--log-origin is for --trusted-root");
  await ready();
  const logVerifier =
    root === undefined
      ? logVerifierOfKey(readUtf8(key ?? "", LIMITS.key), origin)
      : logVerifierOfTrustRoot(coreTrustRoot("--trusted-root", trustRootFrom(root, origins)));
  // A malformed key is no verdict.
  logVerifier.get();
  return {
    open: (note) => JSON.parse(logVerifier.use((object) => object.open(note))),
    verifyConsistency: (one, other, proof) =>
      JSON.parse(logVerifier.use((object) => object.verifyConsistency(one, other, proof))),
    checkFork: (document) => JSON.parse(logVerifier.use((object) => object.checkFork(document))),
    seed: (note, store) => seed(logVerifier, note, store),
  };
}

/** The checkpoint in a file: a signed note, or the one of these logs in a bundle. */
export async function checkpointIn(
  file: string,
  logVerifier: LogVerifier,
): Promise<{ readonly note: string; readonly facts: CheckpointFacts }> {
  const bytes = readBytes(file, LIMITS.bundle);
  const text = new TextDecoder().decode(bytes);
  if (text.includes("\n\n— ")) return { note: text, facts: logVerifier.open(text) };
  const { logEntries } = (await inspect(bytes)) as { logEntries: readonly { readonly checkpoint?: string }[] };
  const notes = new Set(logEntries.map(({ checkpoint }) => checkpoint).filter((note) => note !== undefined));
  let refusal: InkanError | undefined;
  const opened = [...notes].flatMap((note) => {
    try {
      return [{ note, facts: logVerifier.open(note) }];
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
