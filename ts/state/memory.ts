import type { ManagedStateStore } from "./store.js";

/** Keeps records as long as this object lives. A restart forgets them. Then every catalogue is a first use. */
export class InMemoryStateStore implements ManagedStateStore {
  readonly #records = new Map<string, string>();

  async load(key: string): Promise<string | undefined> {
    return this.#records.get(key);
  }

  async compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    if (this.#records.get(key) !== expected) return false;
    this.#records.set(key, next);
    return true;
  }

  async records(): Promise<ReadonlyMap<string, string>> {
    return new Map(this.#records);
  }

  async remove(key: string, expected: string): Promise<boolean> {
    return this.#records.get(key) === expected && this.#records.delete(key);
  }
}
