/** Consistency proofs for the command: from a log's server, or out of a file. */

import type { ConsistencySource } from "../../consistency/source.js";
import type { CheckpointFacts } from "../../core/log_verifier.js";
import { InkanError } from "../../errors.js";
import { concatenate } from "../../input/bytes.js";
import { printable } from "../../input/printable.js";
import { ExitCode, misuse, Stop } from "../exit.js";
import { RekorV1Consistency, TileConsistency } from "../library.js";

/** A log's server. What it serves is not verified; what cannot be fetched ends the command. */
export interface LogSource {
  /** The newest checkpoint. */
  checkpoint(): Promise<string>;
  /** The hashes of the proof between two trees, in any order. */
  prove(one: CheckpointFacts, other: CheckpointFacts): Promise<Uint8Array>;
}

/** The server of the log with this origin: Rekor v1 writes its tree into it. */
export function sourceOf(origin: string, given: string | undefined): LogSource {
  const url = given ?? urlOf(origin);
  const v1 = isRekorV1(origin) ? new RekorV1Consistency({ url }) : undefined;
  const tiles = new TileConsistency({ url });
  return {
    checkpoint: () => reach(url, () => v1?.checkpoint(origin) ?? tiles.checkpoint()),
    async prove(one, other) {
      const [older, newer] = BigInt(one.treeSize) <= BigInt(other.treeSize) ? [one, other] : [other, one];
      if (older.treeSize === newer.treeSize || older.treeSize === "0") return new Uint8Array();
      const { logKey } = newer;
      return concatenate(await reach(url, () => (v1 ?? tiles).prove({ origin, logKey, older, newer })));
    },
  };
}

/** The proofs that a verifier asks for, of any log. The trust root implies the origins, and so the hosts. */
export function anyLog(given: string | undefined): ConsistencySource {
  return {
    prove(pair) {
      const url = given ?? urlOf(pair.origin);
      const source = isRekorV1(pair.origin) ? new RekorV1Consistency({ url }) : new TileConsistency({ url });
      return source.prove(pair);
    },
  };
}

const isRekorV1 = (origin: string): boolean => / - \d+$/.test(origin);
const urlOf = (origin: string): string => `https://${origin.split(" - ")[0]}`;

async function reach<T>(url: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof InkanError) throw error;
    const reason = printable(error instanceof Error ? error.message : String(error));
    throw new Stop(ExitCode.Misuse, `ERR_CONSISTENCY_UNAVAILABLE: ${printable(url)} gave no proof: ${reason}`);
  }
}

/** A proof as people have it: a list of hashes in hexadecimal or base64, or Rekor's answer, which has it as `hashes`. */
export function proofFrom(text: string): Uint8Array {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw misuse("--proof takes JSON: a list of hashes, or an object with the member hashes");
  }
  const list: unknown = Array.isArray(value) ? value : (value as { hashes?: unknown } | null)?.hashes;
  if (!Array.isArray(list)) throw misuse("--proof takes JSON: a list of hashes, or an object with the member hashes");
  return concatenate(list.map(hashFrom));
}

function hashFrom(text: unknown): Uint8Array {
  if (typeof text === "string" && /^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  if (typeof text === "string" && /^[A-Za-z0-9+/]{43}=$/.test(text)) return Buffer.from(text, "base64");
  throw misuse("--proof has a hash that is neither 64 hexadecimal digits nor base64 of 32 bytes");
}
