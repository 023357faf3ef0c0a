/** Just enough of RFC 6962 to make proofs from the leaves of a log: what a log does, and an attacker who refreshes one. */
import { createHash } from "node:crypto";

const node = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  createHash("sha256").update(Uint8Array.of(1)).update(left).update(right).digest();

/** The largest power of two below `size`. */
const split = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  const k = split(leaves.length);
  return node(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/** The hashes that prove leaf `index`, from the leaf upwards. */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...inclusionProof(leaves.slice(0, k), index), rootOf(leaves.slice(k))]
    : [...inclusionProof(leaves.slice(k), index - k), rootOf(leaves.slice(0, k))];
}

/** The hashes that prove the first `older` leaves to be the past, without the node that RFC 9162 leaves out. */
export function consistencyProof(older: number, leaves: readonly Uint8Array[], whole = true): Uint8Array[] {
  if (older === leaves.length) return whole ? [] : [rootOf(leaves)];
  const k = split(leaves.length);
  return older <= k
    ? [...consistencyProof(older, leaves.slice(0, k), whole), rootOf(leaves.slice(k))]
    : [...consistencyProof(older - k, leaves.slice(k), false), rootOf(leaves.slice(0, k))];
}

export const leafHash = (leaf: Uint8Array | string): Uint8Array =>
  createHash("sha256").update(Uint8Array.of(0)).update(leaf).digest();

/** The leaf hashes of a tile of level 0. */
export const leavesOf = (tile: Uint8Array): Uint8Array[] =>
  Array.from({ length: tile.length / 32 }, (_, index) => tile.slice(index * 32, index * 32 + 32));
