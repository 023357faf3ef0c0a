/** A catalogue as a verifier reads it, before anybody signed it. */

import type { VerifiedCatalogue } from "../catalogue/catalogue.js";
import { KeyedVerifier } from "../verify/keyed.js";
import { generateSigningKey, signBytes } from "./key.js";

/** A time before every expiry. */
export const BEFORE_ALL = new Date(0);

/**
 * Reads a catalogue by the core's rules. Throws the core's refusal of what is none.
 *
 * The core reads only what a key has proven. So a key signs the bytes that is made for this and thrown away: nothing is
 * proven about who wrote them. `now`: the time at which it must not have expired, if not the machine's.
 */
export async function readByCore(bytes: Uint8Array, now?: Date): Promise<VerifiedCatalogue> {
  const key = generateSigningKey("ed25519");
  const verifier = new KeyedVerifier({ keys: key.publicKey });
  const signature = signBytes(key, bytes).bytes;
  return verifier.verify({ catalogue: bytes, signature, anyServer: true, ...(now === undefined ? {} : { now }) });
}
