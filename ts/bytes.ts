import { invalidOption, kindOf } from "./options.js";

/** Bytes as callers have them. */
export type Bytes = Uint8Array | ArrayBuffer;

/** A view of the caller's bytes; nothing is copied. */
export function viewBytes(subject: string, value: unknown): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (Object.prototype.toString.call(value) === "[object ArrayBuffer]") return new Uint8Array(value as ArrayBuffer);
  throw invalidOption(
    subject,
    "a Uint8Array or ArrayBuffer",
    kindOf(value),
    typeof value === "string" ? "The signature covers exact bytes: read the file without an encoding." : undefined,
  );
}

/** A text as UTF-8, or a copy of bytes. */
export function copyTextOrBytes(subject: string, value: unknown): Uint8Array {
  return typeof value === "string" ? new TextEncoder().encode(value) : viewBytes(subject, value).slice();
}
