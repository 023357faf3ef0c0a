/** What stores of browsers and edge runtimes refuse, in the words of the place where they keep their records. */
import { InkanError, refusal } from "../../errors.js";
import { printable } from "../../input/printable.js";

export interface Place {
  /** The store as messages name it. */
  readonly store: string;
  /** What to check when it does not answer. */
  readonly repair: string;
}

/** The refusal of a call whose outcome the store could not tell. */
export function unavailableStore(key: string, { store, repair }: Place, found: string, cause?: unknown): InkanError {
  const facts = { subject: printable(key), expected: `an answer of ${store}`, found: printable(found) };
  return refusal("ERR_STATE_UNAVAILABLE", { ...facts, hint: `Nothing was released. ${repair}` }, cause);
}

/** The refusal of a value that no store wrote. */
export function corruptRecord(key: string, { store }: Place, found: string): InkanError {
  return refusal("ERR_STATE_CORRUPT", {
    subject: printable(key),
    expected: `a text that inkan wrote into ${store}`,
    found: printable(found),
    hint: "Find out who wrote it; restore the record, or remove it on purpose. Nothing was released.",
  });
}

/** The refusal for an error of the platform. */
export function refusalOf(key: string, place: Place, cause: unknown): InkanError {
  if (cause instanceof InkanError) return cause;
  return unavailableStore(key, place, textOf(cause), cause);
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The name of a DOMException says more than its text, such as QuotaExceededError.
  return error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
}
