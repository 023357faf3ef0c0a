/** Sources of proofs that a log's trees are one history. The core verifies every proof, so a source need not be trusted. */

/** One tree as the log signed it. */
export interface SignedTree {
  /** Leaves, in decimal digits: they outgrow a double. */
  readonly treeSize: string;
  /** Base64 of 32 bytes. */
  readonly rootHash: string;
}

/** Two trees of one log, of which the older must be the past of the newer. */
export interface ConsistencyPair {
  /** The first line of the log's checkpoints. */
  readonly origin: string;
  /** SHA-256 of the log key's SubjectPublicKeyInfo, in hexadecimal. */
  readonly logKey: string;
  readonly older: SignedTree;
  readonly newer: SignedTree;
}

/** Fetches consistency proofs. Beside those of inkan you may write your own, for a mirror or a monitor. */
export interface ConsistencySource {
  /**
   * The hashes of the proof from `older` to `newer` (RFC 9162 section 2.1.4), 32 bytes each, in that order. A proof that
   * begins with the older tree's last whole subtree, even if its size is a power of two, is better: only that form shows a
   * fork at such a size.
   *
   * Throws or rejects if it cannot get a proof; the policy's `unreachable` then decides. Never resolves without a proof. It
   * must end by itself, however slow a server is, and read a bounded amount.
   */
  prove(pair: ConsistencyPair): Promise<readonly Uint8Array[]>;
}
