/** A store that could not be read or written: one refusal, whatever the store threw. */
import { type ErrorDetail, InkanError, StateError } from "../errors.js";
import { printable } from "../input/printable.js";

/** Runs a store's input or output. A failure that is no refusal yet becomes `ERR_STATE_UNAVAILABLE` with these words. */
export async function orUnavailable<T>(
  words: Pick<ErrorDetail, "message" | "subject" | "hint">,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof InkanError) throw cause;
    const found = printable(cause instanceof Error ? cause.message : String(cause));
    throw new StateError({ code: "ERR_STATE_UNAVAILABLE", ...words, found }, { cause });
  }
}
