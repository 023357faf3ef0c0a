import { type InkanError, refusal } from "../errors.js";
import { invalidOption, kindOf } from "./options.js";

/** Bytes as callers have them. */
export type Bytes = Uint8Array | ArrayBuffer;

/** WebAssembly's memory ends at 4 GiB, and some runtimes' before: what is handed over whole must stay well below. */
const LARGEST = 2 ** 30;

/** A view of the caller's bytes; nothing is copied. */
export function viewBytes(subject: string, value: unknown): Uint8Array {
  const view = viewOf(value);
  if (view !== undefined && view.length <= LARGEST) return view;
  if (view !== undefined) throw tooLarge(subject, view.length);
  throw invalidOption(
    subject,
    "a Uint8Array or ArrayBuffer",
    kindOf(value),
    typeof value === "string" ? "The signature covers exact bytes: read the file without an encoding." : undefined,
  );
}

/** Whether this is an ArrayBuffer, of whichever realm. */
const isBuffer = (value: unknown): value is ArrayBuffer =>
  Object.prototype.toString.call(value) === "[object ArrayBuffer]";

/** Whether this is given as bytes, not as a text or an object. */
export const isBytes = (value: unknown): boolean => ArrayBuffer.isView(value) || isBuffer(value);

/** Nothing for what is no bytes, or only looks like them. */
function viewOf(value: unknown): Uint8Array | undefined {
  try {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return isBuffer(value) ? new Uint8Array(value) : undefined;
  } catch {
    return undefined;
  }
}

const tooLarge = (subject: string, length: number): InkanError =>
  refusal("ERR_INPUT_TOO_LARGE", {
    subject,
    expected: `at most ${LARGEST} bytes`,
    found: `${length} bytes`,
    hint: "Give a large file by its digest: verifyArtifact({ digest: await digestOf(stream), … }).",
  });

const encoder = new TextEncoder();

/** A text as UTF-8, or a view of bytes. */
export function viewTextOrBytes(subject: string, value: unknown): Uint8Array {
  return typeof value === "string" ? encoder.encode(value) : viewBytes(subject, value);
}

/** A text as UTF-8, or a copy of bytes. */
export function copyTextOrBytes(subject: string, value: unknown): Uint8Array {
  const view = viewTextOrBytes(subject, value);
  return typeof value === "string" ? view : view.slice();
}

/** The parts, one after the other. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
