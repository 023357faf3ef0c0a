/** A file of records, read once: what a thousand servers are compared with is one state of it, and it is parsed once. */
import { printable } from "../../input/printable.js";
import { checkOwnKeys } from "../../state/own_key.js";
import type { ManagedStateStore, StateStore } from "../../state/store.js";

/** A store that only this process sees the changes of needs no other way to change it. */
export type Loading = Pick<StateStore, "load">;

/** `where` is the file, for messages. */
export function firstLook(store: ManagedStateStore, where: string): Loading {
  let looked: Promise<ReadonlyMap<string, string>> | undefined;
  const look = async (): Promise<ReadonlyMap<string, string>> => {
    const records = await store.records();
    await checkOwnKeys(records, new Map(), printable(where));
    return records;
  };
  return {
    load: async (key) => {
      looked ??= look();
      return (await looked).get(key);
    },
  };
}
