/** A store that could not be read or written. There is one refusal for it, whatever the store threw. */
import { type Facts, InkanError, refusal } from "../errors.js";
import { printable } from "../input/printable.js";

/** Runs a store's input or output. A failure that is not a refusal becomes `ERR_STATE_UNAVAILABLE` with these facts. */
export async function orUnavailable<T>(facts: Facts, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof InkanError) throw cause;
    const found = printable(cause instanceof Error ? cause.message : String(cause));
    throw refusal("ERR_STATE_UNAVAILABLE", { ...facts, found }, cause);
  }
}
