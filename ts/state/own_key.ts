/**
 * Checks that each record is stored under its own key. Otherwise somebody could move a record to another key, and its own
 * key would look like a first use.
 */
import { refusal } from "../errors.js";

const RECORD_KEY = /^(?:log|scope|tuf):[0-9a-f]{64}$/;
/** The beginning of every record that the core writes. */
const RECORD_TEXT = /^\{"kind":"(?:log|scope|tuf)","format":1,/;

/** Throws `ERR_STATE_CORRUPT` unless each record is under its own key. Keys in `checked` were checked before. */
export async function checkOwnKeys(
  records: ReadonlyMap<string, string>,
  checked: ReadonlyMap<string, string>,
  subject: string,
): Promise<void> {
  for (const [key, text] of records) {
    if (checked.get(key) === text) continue;
    const isRecord = RECORD_TEXT.test(text);
    // A store may hold other texts, as its tests do, but not under the key of a record.
    if (!isRecord && !RECORD_KEY.test(key)) continue;
    const own = isRecord ? await ownKey(text) : undefined;
    if (own === key) continue;
    throw refusal("ERR_STATE_CORRUPT", {
      subject,
      expected: `under ${key}, the record of this key`,
      found: own === undefined ? "another text" : `that of ${own}`,
      hint: "Find out who moved or changed it; then remove it on purpose with inkan state reset. Nothing was released.",
    });
  }
}

/** The core is loaded only if there are records. A store by itself works without the core. */
async function ownKey(text: string): Promise<string> {
  const [{ ensureWhole }, { describeRecord }] = await Promise.all([
    import("../core/instance.js"),
    import("../core/inspect.js"),
  ]);
  await ensureWhole();
  return describeRecord(text).key;
}
