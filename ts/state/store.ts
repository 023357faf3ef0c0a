/**
 * Keeps the records of what was seen. The core judges them; a store only keeps texts and swaps them atomically. A store
 * must not parse, change, expire or cache them.
 *
 * The text of a log's record holds a signed checkpoint and is usually below 4,000 bytes of UTF-8. inkan reads none above
 * 512 KiB. A store must keep texts of 60,000 bytes. It throws before it writes a text that it cannot keep whole.
 */
export interface StateStore {
  /**
   * The text last stored under `key`, or undefined if there never was one. Throws when it cannot tell: a failure must
   * never look like an empty store. Keys are printable ASCII of at most 200 characters.
   */
  load(key: string): Promise<string | undefined>;

  /**
   * Stores `next` under `key` if what is stored now is exactly `expected` (undefined: nothing), and says whether it
   * did. Comparing and storing must be one atomic step for every process that uses the store. It may resolve with `true`
   * only when the text survives what the store promises to survive: a crash, a restart, a failover. An eventually
   * consistent store is unsuitable. Throws when the outcome is unknown.
   */
  compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean>;
}

/** A store whose records an operator can list and remove, as `inkan state` does. A verifier does not need these functions. */
export interface ManagedStateStore extends StateStore {
  /** Every stored record, by its key. Throws when it cannot tell. */
  records(): Promise<ReadonlyMap<string, string>>;

  /**
   * Removes the record under `key` if it is exactly `expected`, in one atomic step, and says whether it did. The next
   * verification that needs it is a first use. Running processes keep what they have seen.
   */
  remove(key: string, expected: string): Promise<boolean>;
}
