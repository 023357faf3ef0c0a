import type { StateStore } from "../../ts/state/store.js";

/** A store whose records can be looked at and replaced. */
export class OpenStore implements StateStore {
  readonly records = new Map<string, string>();

  async load(key: string): Promise<string | undefined> {
    return this.records.get(key);
  }

  async compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    if (this.records.get(key) !== expected) return false;
    this.records.set(key, next);
    return true;
  }

  /** A copy that no running process has seen. */
  copy(change: (record: string, key: string) => string | undefined = (record) => record): OpenStore {
    const copy = new OpenStore();
    for (const [key, record] of this.records) {
      const changed = change(record, key);
      if (changed !== undefined) copy.records.set(key, changed);
    }
    return copy;
  }
}
