/** The refusals that only a store can raise, by their codes. Their texts are those of the core's list. */
import { type ErrorCode, type ErrorDetail, errorOf, InkanError } from "../errors.js";
import { printable } from "../input/printable.js";

const TEXTS = {
  ERR_LOG_ROLLBACK: [
    "The checkpoint is older than one already seen.",
    "Fetch a newer bundle of the catalogue; alert someone if there is none.",
  ],
  ERR_STATE_UNAVAILABLE: [
    "The state store could not be read or written.",
    "Nothing was released; repair the store and try again.",
  ],
  ERR_STATE_CORRUPT: [
    "The state store holds something that is no canonical record.",
    "Find out who wrote it; restore or reset the record on purpose.",
  ],
  ERR_STATE_PERMISSIONS: [
    "The state file is a link, or others than its owner may read or replace it.",
    "Find out whether somebody changed it; then make it a plain file of this user with chmod 600.",
  ],
  ERR_STATE_CONFLICT: [
    "Other writers kept changing the record.",
    "Try again; if it persists, check what else writes to the store.",
  ],
} as const satisfies { readonly [code in ErrorCode]?: readonly [message: string, hint: string] };

/** What a refusal adds to its code. */
export type StateFacts = Pick<ErrorDetail, "subject" | "expected" | "found"> & { readonly hint?: string };

export function stateError(code: keyof typeof TEXTS, facts: StateFacts, cause?: unknown): InkanError {
  const [message, hint] = TEXTS[code];
  return errorOf({ code, message, hint, ...facts }, cause);
}

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
