/** A store over another that only this process sees the changes of: what is checked is judged, and no mark moves. */
import type { StateStore } from "../../state/store.js";

/** What the records say of a catalogue. */
export type Standing = "first use" | "recorded" | "newer" | "none";

export class Unmoved implements StateStore {
  readonly #store: StateStore;
  readonly #changed = new Map<string, string>();
  #standing: Standing = "recorded";

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** How the catalogue that was verified with this store stands to the record of its scope. */
  get standing(): Standing {
    return this.#standing;
  }

  async load(key: string): Promise<string | undefined> {
    return this.#changed.get(key) ?? this.#store.load(key);
  }

  async compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    const current = await this.load(key);
    // Between reading and changing nothing else of this process runs.
    if (current !== expected || (this.#changed.has(key) && this.#changed.get(key) !== expected)) return false;
    this.#changed.set(key, next);
    // The records of logs say nothing of the catalogue.
    if (key.startsWith("scope:")) this.#standing = expected === undefined ? "first use" : "newer";
    return true;
  }
}
