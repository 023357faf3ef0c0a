/** Whether a file is a catalogue by the core's own rules, which are judged nowhere but in a verification. */
import type { KeyedVerifier } from "../verify/keyed.js";
import { generateSigningKey, signBytes } from "./key.js";

/** Throws the core's refusal of a file that is no catalogue. An expired one is a catalogue. */
export async function refuseMalformed(
  bytes: Uint8Array,
  verifierOf: (publicKey: string) => KeyedVerifier,
): Promise<void> {
  // A key for this one signature. Nothing of it leaves this function.
  const key = generateSigningKey("p256");
  const signature = Buffer.from(signBytes(key, bytes).bytes).toString("base64");
  const report = await verifierOf(key.publicKey).report({
    catalogue: bytes,
    signature,
    anyServer: true,
    now: new Date(0),
  });
  if (report.verdict !== "verified") throw report.error;
}
