import type { StateStore } from "./store.js";

/** Keeps records for the life of this object: a restart forgets them, and every catalogue is a first use again. */
export class InMemoryStateStore implements StateStore {
  readonly #records = new Map<string, string>();

  async load(key: string): Promise<string | undefined> {
    return this.#records.get(key);
  }

  async compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    if (this.#records.get(key) !== expected) return false;
    this.#records.set(key, next);
    return true;
  }
}
