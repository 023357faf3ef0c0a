/** The records of a store. */
import { describeRecord } from "../../core/inspect.js";
import { InkanError, refusal } from "../../errors.js";
import type { StateRecord } from "../../state/record.js";
import type { ManagedStateStore } from "../../state/store.js";
import { ready } from "../library.js";

/** What stands under one key. */
export interface Kept {
  readonly key: string;
  readonly text: string;
  /** What the text says; the refusal where it is no record, or that of another key. */
  readonly content: StateRecord | InkanError;
}

/** Everything in the store: logs first, then scopes. */
export async function readRecords(store: ManagedStateStore): Promise<Kept[]> {
  await ready();
  const records = [...(await store.records())].map(([key, text]) => ({ key, text, content: contentOf(key, text) }));
  return records.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function contentOf(key: string, text: string): StateRecord | InkanError {
  try {
    const { key: own, record } = describeRecord(text);
    if (own === key) return record;
    return refusal("ERR_STATE_CORRUPT", {
      subject: key,
      expected: "the record of this key",
      found: `the record of ${own}`,
      hint: "Find out who moved it; then remove it on purpose with inkan state reset.",
    });
  } catch (error) {
    if (error instanceof InkanError && error.code === "ERR_STATE_CORRUPT") return error;
    throw error;
  }
}
