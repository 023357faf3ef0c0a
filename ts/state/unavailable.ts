/** A store that could not be read or written: one refusal, whatever the store threw. */
import { InkanError } from "../errors.js";
import { printable } from "../input/printable.js";
import { stateError } from "./refusal.js";

/** Runs a store's input or output. A failure that is no refusal yet becomes `ERR_STATE_UNAVAILABLE` about `subject`. */
export async function orUnavailable<T>(subject: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof InkanError) throw cause;
    const found = printable(cause instanceof Error ? cause.message : String(cause));
    throw stateError("ERR_STATE_UNAVAILABLE", { subject, found }, cause);
  }
}
