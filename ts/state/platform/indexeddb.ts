/** Keeps records in a browser, for every page and worker of one origin. */
import type { InkanError } from "../../errors.js";
import { kindOf, readOptions, readText, readTimeout } from "../../input/options.js";
import { printable } from "../../input/printable.js";
import type { ManagedStateStore } from "../store.js";
import { inTime } from "../waiting.js";
import { IndexedDbConnection, RECORDS } from "./indexeddb_connection.js";
import { corruptRecord, type Place, refusalOf, unavailableStore } from "./refusals.js";

export interface IndexedDbStateStoreOptions {
  /** The name of the database. `inkan` by default. Stores with different names share no records. */
  readonly name?: string;
  /** How long one call may take before it is refused, in milliseconds. 5,000 by default. */
  readonly timeoutMs?: number;
}

/** Work in one transaction: calls `give` with its result. What it throws aborts the transaction. */
type Work<T> = (records: IDBObjectStore, give: (result: T) => void, step: Step) => void;
/** Calls `then` with the result of a request. */
type Step = <R>(request: IDBRequest<R>, then: (result: R) => void) => void;

/**
 * Keeps each record under its own key in an IndexedDB database. One read-write transaction compares and swaps. The browser
 * runs such transactions one after the other, for all pages and workers of the origin.
 *
 * Writes ask for the durability `strict`: the browser reports them as done after they were flushed to the disk. The browser
 * may delete the whole database when the disk is full, unless the page has called `navigator.storage.persist()` and the
 * answer was `true`. A person may delete it at any time, and a private window forgets it.
 */
export class IndexedDbStateStore implements ManagedStateStore {
  readonly #timeoutMs: number;
  readonly #connection: IndexedDbConnection;
  readonly #place: Place;

  constructor(options: IndexedDbStateStoreOptions = {}) {
    const { name, timeoutMs } = readOptions("IndexedDbStateStore", options, ["name", "timeoutMs"]);
    const database = name === undefined ? "inkan" : readText("IndexedDbStateStore.name", name);
    this.#timeoutMs = readTimeout("IndexedDbStateStore.timeoutMs", timeoutMs, 5_000);
    this.#place = {
      store: `the IndexedDB database ${printable(database, 80)}`,
      repair:
        "Check that no other tab holds the database, that the disk has space, and that the page may use storage (not in a sandboxed frame, and site data not blocked).",
    };
    this.#connection = new IndexedDbConnection(database, this.#place);
  }

  load(key: string): Promise<string | undefined> {
    return this.#transact<string | undefined>(key, "readonly", (records, give, step) => {
      this.#read(key, records, step, give);
    });
  }

  compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    return this.#transact<boolean>(key, "readwrite", (records, give, step) => {
      this.#read(key, records, step, (stored) => {
        if (stored === expected) step(records.put(next, key), () => give(true));
        else give(false);
      });
    });
  }

  records(): Promise<ReadonlyMap<string, string>> {
    return this.#transact<ReadonlyMap<string, string>>("records", "readonly", (records, give, step) => {
      const found = new Map<string, string>();
      step(records.openCursor(), (cursor) => {
        if (cursor === null) return give(found);
        const { key, value } = cursor;
        if (typeof key !== "string") throw corruptRecord("records", this.#place, `a key that is ${kindOf(key)}`);
        found.set(key, this.#textOf(key, value));
        cursor.continue();
      });
    });
  }

  remove(key: string, expected: string): Promise<boolean> {
    return this.#transact<boolean>(key, "readwrite", (records, give, step) => {
      this.#read(key, records, step, (stored) => {
        if (stored === expected) step(records.delete(key), () => give(true));
        else give(false);
      });
    });
  }

  /** Closes the connection, after what runs. Calls after this are refused. */
  async close(): Promise<void> {
    this.#connection.close();
  }

  /** By a cursor, because `get` gives undefined for a stored undefined, too. */
  #read(key: string, records: IDBObjectStore, step: Step, then: (text: string | undefined) => void): void {
    step(records.openCursor(key), (cursor) => then(cursor === null ? undefined : this.#textOf(key, cursor.value)));
  }

  #textOf(key: string, value: unknown): string {
    if (typeof value === "string") return value;
    throw corruptRecord(key, this.#place, `${kindOf(value)} in place of a text`);
  }

  async #transact<T>(key: string, mode: IDBTransactionMode, work: Work<T>): Promise<T> {
    const deadline = new AbortController();
    const late = (): InkanError => {
      deadline.abort();
      return unavailableStore(key, this.#place, `no answer within ${this.#timeoutMs} ms`);
    };
    const call = async (): Promise<T> => run(await this.#connection.begin(mode), deadline.signal, work);
    try {
      return await inTime(this.#timeoutMs, call(), late);
    } catch (cause) {
      throw refusalOf(key, this.#place, cause);
    }
  }
}

/** Runs `work` in a transaction, and gives its result when the browser has committed. An abort of `deadline` undoes it. */
function run<T>(transaction: IDBTransaction, deadline: AbortSignal, work: Work<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let given: { readonly result: T } | undefined;
    let failure: unknown;
    const undo = (reason: unknown): void => {
      failure ??= reason;
      try {
        transaction.abort();
      } catch {
        // It has ended, or is being committed.
      }
      reject(failure);
    };
    const guarded = (act: () => void): void => {
      try {
        act();
      } catch (error) {
        undo(error);
      }
    };
    transaction.oncomplete = () => {
      if (given === undefined) reject(new Error("the transaction ended early"));
      else resolve(given.result);
    };
    transaction.onabort = () => reject(failure ?? transaction.error ?? new Error("the browser ended the transaction"));
    deadline.onabort = () => undo(deadline.reason);
    // The connection may have come too late.
    if (deadline.aborted) return undo(deadline.reason);
    const step: Step = (request, then) => {
      request.onsuccess = () => guarded(() => then(request.result));
    };
    guarded(() =>
      work(
        transaction.objectStore(RECORDS),
        (result) => {
          given = { result };
        },
        step,
      ),
    );
  });
}
