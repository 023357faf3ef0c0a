/** A store over another that only this process sees the changes of: what is checked is judged, and no mark moves. */
import type { StateStore } from "../../state/store.js";

export function unmoved(store: StateStore): StateStore {
  const changed = new Map<string, string>();
  const load = async (key: string): Promise<string | undefined> => changed.get(key) ?? store.load(key);
  return {
    load,
    compareAndSwap: async (key, expected, next) => {
      const current = await load(key);
      // Between reading and changing nothing else of this process runs.
      if (current !== expected || (changed.has(key) && changed.get(key) !== expected)) return false;
      changed.set(key, next);
      return true;
    },
  };
}
