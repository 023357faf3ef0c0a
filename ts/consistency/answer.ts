/** Answers the core's request for a proof, with the help of a source. */
import { InkanError } from "../errors.js";
import { invalidOption, kindOf } from "../input/options.js";
import { printable } from "../input/printable.js";
import type { ConsistencyPair, ConsistencySource } from "./source.js";

/** A verification that asked for a proof. Both functions throw the error that ends it. */
export interface Asking {
  /** Verifies the hashes of a proof, one after the other. */
  prove(proof: Uint8Array): void;
  /** Says that there is no proof. The policy decides what follows. */
  unreachable(reason: string): void;
}

/** Proofs that the core accepted, by source. The core verifies them again, but no server is asked again. */
const held = new WeakMap<ConsistencySource, Map<string, Uint8Array>>();
const MOST_HELD = 64;

export async function answer(asking: Asking, pair: ConsistencyPair, source: ConsistencySource): Promise<void> {
  const known = held.get(source) ?? new Map<string, Uint8Array>();
  held.set(source, known);
  const key = JSON.stringify(pair);
  let proof = known.get(key);
  if (proof === undefined) {
    try {
      proof = concatenate(await source.prove(pair));
    } catch (cause) {
      if (cause instanceof InkanError) throw cause;
      asking.unreachable(printable(cause instanceof Error ? cause.message : String(cause)));
      return;
    }
  }
  asking.prove(proof);
  known.delete(key);
  known.set(key, proof);
  for (const oldest of known.keys()) {
    if (known.size <= MOST_HELD) break;
    known.delete(oldest);
  }
}

/** More hashes than a proof can have. A longer answer is not passed to the core. */
const MOST_HASHES = 128;

function concatenate(hashes: unknown): Uint8Array {
  const subject = "consistency.source.prove()";
  if (!Array.isArray(hashes)) throw invalidOption(subject, "a list of hashes", kindOf(hashes));
  if (hashes.length > MOST_HASHES) throw invalidOption(subject, `at most ${MOST_HASHES} hashes`, `${hashes.length}`);
  const proof = new Uint8Array(hashes.length * 32);
  for (const [index, hash] of hashes.entries()) {
    if (!(hash instanceof Uint8Array)) throw invalidOption(`${subject}[${index}]`, "a Uint8Array", kindOf(hash));
    if (hash.length !== 32) throw invalidOption(`${subject}[${index}]`, "32 bytes", `${hash.length} bytes`);
    proof.set(hash, index * 32);
  }
  return proof;
}
