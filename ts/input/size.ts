/** Checks the sizes of inputs before they are copied into the core. */
import { refusal } from "../errors.js";
import { LIMITS } from "../generated/limits.js";

/** The kind of an input in the table of limits. */
export type InputKind = keyof typeof LIMITS;

const DIGEST_HINT = "Give a large file by its digest: verifyArtifact({ digest: await digestOf(stream), … }).";

/** Throws unless `length` is within the limit. A text has no fewer bytes than characters. */
export function checkSize(subject: string, kind: InputKind, length: number, unit = "bytes"): void {
  const limit = LIMITS[kind];
  if (length <= limit) return;
  throw refusal("ERR_INPUT_TOO_LARGE", {
    subject,
    expected: `at most ${limit} bytes`,
    found: `${length} ${unit}`,
    ...(kind === "artifact" ? { hint: DIGEST_HINT } : {}),
  });
}

/** Checks a text before it goes into the core. */
export function boundText<Text extends string | undefined>(subject: string, kind: InputKind, text: Text): Text {
  if (text !== undefined) checkSize(subject, kind, text.length, "characters");
  return text;
}

/** Checks bytes before they go into the core. */
export function boundBytes(subject: string, kind: InputKind, bytes: Uint8Array): Uint8Array {
  checkSize(subject, kind, bytes.length);
  return bytes;
}
