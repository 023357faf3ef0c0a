import { invalidOption, kindOf } from "./options.js";
import { boundText, checkSize, type InputKind } from "./size.js";

/** Bytes in the forms that callers have. */
export type Bytes = Uint8Array | ArrayBuffer;

/** A view of the caller's bytes, within the limit of their kind. Nothing is copied. */
export function viewBytes(subject: string, kind: InputKind, value: unknown): Uint8Array {
  const view = viewOf(value);
  if (view !== undefined) {
    checkSize(subject, kind, view.length);
    return view;
  }
  throw invalidOption(
    subject,
    "a Uint8Array or ArrayBuffer",
    kindOf(value),
    typeof value === "string" ? "The signature covers exact bytes: read the file without an encoding." : undefined,
  );
}

/** Whether this is an ArrayBuffer, of any realm. */
const isBuffer = (value: unknown): value is ArrayBuffer =>
  Object.prototype.toString.call(value) === "[object ArrayBuffer]";

/** Whether the value is bytes, and not a text or an object. */
export const isBytes = (value: unknown): boolean => ArrayBuffer.isView(value) || isBuffer(value);

/** Undefined for a value that is not bytes, or only looks like bytes. */
function viewOf(value: unknown): Uint8Array | undefined {
  try {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return isBuffer(value) ? new Uint8Array(value) : undefined;
  } catch {
    return undefined;
  }
}

const encoder = new TextEncoder();

/** A text as UTF-8, or a view of bytes, within the limit of their kind. */
export function viewTextOrBytes(subject: string, kind: InputKind, value: unknown): Uint8Array {
  if (typeof value !== "string") return viewBytes(subject, kind, value);
  const bytes = encoder.encode(boundText(subject, kind, value));
  checkSize(subject, kind, bytes.length);
  return bytes;
}

/** A text as UTF-8, or a copy of bytes, within the limit of their kind. */
export function copyTextOrBytes(subject: string, kind: InputKind, value: unknown): Uint8Array {
  const view = viewTextOrBytes(subject, kind, value);
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
