/** The connection to an IndexedDB database: opened on first use, and again after the browser or another tab ended it. */
import { corruptRecord, type Place, unavailableStore } from "./refusals.js";

/** The one object store of the database. Its keys are the records' keys, and its values are their texts. */
export const RECORDS = "records";
const VERSION = 1;

export class IndexedDbConnection {
  readonly #name: string;
  readonly #place: Place;
  #database: Promise<IDBDatabase> | undefined;
  #closed = false;

  constructor(name: string, place: Place) {
    this.#name = name;
    this.#place = place;
  }

  async begin(mode: IDBTransactionMode): Promise<IDBTransaction> {
    try {
      return this.#begin(await this.#open(), mode);
    } catch (error) {
      // The connection was being closed.
      if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
      this.#database = undefined;
      return this.#begin(await this.#open(), mode);
    }
  }

  close(): void {
    this.#closed = true;
    this.#database?.then(
      (database) => database.close(),
      () => {},
    );
    this.#database = undefined;
  }

  #begin(database: IDBDatabase, mode: IDBTransactionMode): IDBTransaction {
    if (!database.objectStoreNames.contains(RECORDS)) throw this.#foreign();
    const transaction = database.transaction(RECORDS, mode, { durability: "strict" });
    const { keyPath, autoIncrement } = transaction.objectStore(RECORDS);
    if (keyPath !== null || autoIncrement) throw this.#foreign();
    return transaction;
  }

  #foreign(): Error {
    return corruptRecord(this.#name, this.#place, "a database of another program");
  }

  /** A request that waits for another tab stays the one that later calls wait for. */
  #open(): Promise<IDBDatabase> {
    if (this.#closed) throw unavailableStore(this.#name, this.#place, "a store that was closed");
    if (this.#database !== undefined) return this.#database;
    const opening = openDatabase(this.#name, () => {
      if (this.#database === opening) this.#database = undefined;
    });
    this.#database = opening;
    return opening;
  }
}

/** Opens the database. Calls `ended` when there is no connection: opening failed, or the connection was closed. */
function openDatabase(name: string, ended: () => void): Promise<IDBDatabase> {
  const opening = new Promise<IDBDatabase>((resolve, reject) => {
    if (globalThis.indexedDB === undefined) throw new Error("no indexedDB in this runtime");
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(RECORDS);
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      // Another connection wants to delete or change the database, and waits until this one is closed.
      database.onversionchange = () => {
        database.close();
        ended();
      };
      // The browser ended it: a person cleared the site's data, or the disk failed.
      database.onclose = ended;
      resolve(database);
    };
  });
  opening.catch(ended);
  return opening;
}
