/** Keeps records in Deno KV. */
import type { InkanError } from "../../errors.js";
import { hasMethods } from "../../input/members.js";
import { invalidOption, kindOf, readOptions, readText, readTimeout } from "../../input/options.js";
import { printable } from "../../input/printable.js";
import type { ManagedStateStore } from "../store.js";
import { inTime, pause } from "../waiting.js";
import { corruptRecord, type Place, refusalOf, unavailableStore } from "./refusals.js";

/** The members of `Deno.Kv` that the store uses. */
export interface DenoKv {
  get(key: readonly string[]): Promise<DenoKvEntry>;
  list(selector: {
    readonly prefix: readonly string[];
  }): AsyncIterable<DenoKvEntry & { readonly key: readonly unknown[] }>;
  atomic(): DenoKvAtomic;
  close(): void;
}

export interface DenoKvEntry {
  readonly value: unknown;
  /** Null if there is no such entry. */
  readonly versionstamp: string | null;
}

export interface DenoKvAtomic {
  check(check: { readonly key: readonly string[]; readonly versionstamp: string | null }): DenoKvAtomic;
  set(key: readonly string[], value: Uint8Array): DenoKvAtomic;
  delete(key: readonly string[]): DenoKvAtomic;
  commit(): Promise<{ readonly ok: boolean }>;
}

interface CommonOptions {
  /** The first part of every key. `inkan` by default. Stores with different prefixes share no records. */
  readonly prefix?: string;
  /** How long one call may take before it is refused, in milliseconds. 5,000 by default. */
  readonly timeoutMs?: number;
}

export type DenoKvStateStoreOptions = CommonOptions &
  (
    | {
        /** What `Deno.openKv` gave. You close it. */
        readonly kv: DenoKv;
        readonly path?: never;
      }
    | {
        /** As `Deno.openKv` takes it; without it, the program's own database. It is opened on first use. */
        readonly path?: string;
        readonly kv?: never;
      }
  );

/** Deno KV keeps values of 65,536 bytes in its own encoding. */
const LONGEST_TEXT = 60_000;
const LONGEST_PAUSE_MS = 25;

/**
 * Keeps each record as UTF-8 under `[prefix, key]`. The check of an atomic operation compares and swaps. Deno needs the
 * flag `--unstable-kv`. A text of more than 60,000 bytes is refused before anything is written.
 */
export class DenoKvStateStore implements ManagedStateStore {
  readonly #prefix: string;
  readonly #timeoutMs: number;
  readonly #open: () => Promise<DenoKv>;
  readonly #place: Place;
  #kv: Promise<DenoKv> | undefined;
  /** The database that this object opened. */
  #own: DenoKv | undefined;
  #closed = false;

  constructor(options: DenoKvStateStoreOptions = {}) {
    const known = ["kv", "path", "prefix", "timeoutMs"] as const;
    const { kv, path, prefix, timeoutMs } = readOptions("DenoKvStateStore", options, known);
    this.#prefix = prefix === undefined ? "inkan" : readText("DenoKvStateStore.prefix", prefix);
    this.#timeoutMs = readTimeout("DenoKvStateStore.timeoutMs", timeoutMs, 5_000);
    if (kv !== undefined && path !== undefined) {
      throw invalidOption("DenoKvStateStore", "at most one of kv and path", "both", "Leave one of them out.");
    }
    const file = path === undefined ? undefined : readText("DenoKvStateStore.path", path);
    this.#place = {
      store: file === undefined ? "Deno KV" : `Deno KV at ${printable(file)}`,
      repair: "Check that Deno runs with --unstable-kv, and that the database can be read and written from here.",
    };
    const given = kv === undefined ? undefined : readKv(kv);
    this.#open = given === undefined ? () => this.#openOwn(file) : async () => given;
  }

  load(key: string): Promise<string | undefined> {
    return this.#call(key, async (kv) => this.#textOf(key, await kv.get([this.#prefix, key])));
  }

  compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    const bytes = new TextEncoder().encode(next);
    return this.#call(key, async (kv, isLate) => {
      if (bytes.length > LONGEST_TEXT) {
        const found = `a record of ${bytes.length} bytes, and Deno KV keeps at most ${LONGEST_TEXT} of it`;
        throw unavailableStore(key, this.#place, found);
      }
      return this.#change(kv, key, expected, isLate, (atomic, at) => atomic.set(at, bytes));
    });
  }

  records(): Promise<ReadonlyMap<string, string>> {
    return this.#call("records", async (kv) => {
      const found = new Map<string, string>();
      for await (const entry of kv.list({ prefix: [this.#prefix] })) {
        const [, key, ...rest] = entry.key;
        if (typeof key !== "string" || rest.length > 0) {
          throw corruptRecord(
            "records",
            this.#place,
            `a key of ${entry.key.length} parts, or with a part that is no text`,
          );
        }
        const text = this.#textOf(key, entry);
        if (text !== undefined) found.set(key, text);
      }
      return found;
    });
  }

  remove(key: string, expected: string): Promise<boolean> {
    return this.#call(key, (kv, isLate) => this.#change(kv, key, expected, isLate, (atomic, at) => atomic.delete(at)));
  }

  /** Closes the database that this object opened; one that was given stays open. Calls after this are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#kv?.catch(() => {});
    this.#own?.close();
    this.#own = undefined;
  }

  /** Changes the entry if its text is `expected`. The check compares versions: another one may have the same text again. */
  async #change(
    kv: DenoKv,
    key: string,
    expected: string | undefined,
    isLate: () => boolean,
    change: (atomic: DenoKvAtomic, at: readonly string[]) => DenoKvAtomic,
  ): Promise<boolean> {
    const at = [this.#prefix, key];
    while (!isLate()) {
      const entry = await kv.get(at);
      if (this.#textOf(key, entry) !== expected) return false;
      if (isLate()) break;
      const check = { key: at, versionstamp: entry.versionstamp };
      const { ok } = await change(kv.atomic().check(check), at).commit();
      if (ok) return true;
    }
    return false;
  }

  #textOf(key: string, { value, versionstamp }: DenoKvEntry): string | undefined {
    if (versionstamp === null) return undefined;
    if (!(value instanceof Uint8Array)) throw corruptRecord(key, this.#place, `${kindOf(value)} in place of bytes`);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
    } catch {
      throw corruptRecord(key, this.#place, "bytes that are no UTF-8");
    }
  }

  /**
   * Runs a call, again and again while SQLite is busy: it locks the whole file for every write, and does not wait for
   * others. A call that it refuses so has changed nothing. After its time a call writes nothing more, but what was sent may
   * still be stored.
   */
  async #call<T>(key: string, call: (kv: DenoKv, isLate: () => boolean) => Promise<T>): Promise<T> {
    if (this.#closed) throw unavailableStore(key, this.#place, "a store that was closed");
    let isLate = false;
    let reason = "";
    const late = (): InkanError => {
      isLate = true;
      return unavailableStore(key, this.#place, `no answer within ${this.#timeoutMs} ms${reason}`);
    };
    const attempts = async (): Promise<T> => {
      for (;;) {
        try {
          this.#kv ??= this.#open();
          return await call(await this.#kv, () => isLate);
        } catch (error) {
          if (isLate || !isBusy(error)) throw error;
          reason = ` (${error.message})`;
        }
        await pause(Math.random() * LONGEST_PAUSE_MS);
      }
    };
    try {
      return await inTime(this.#timeoutMs, attempts(), late);
    } catch (cause) {
      throw refusalOf(key, this.#place, cause);
    }
  }

  async #openOwn(path: string | undefined): Promise<DenoKv> {
    try {
      const { Deno } = globalThis as { Deno?: { openKv?: (path?: string) => Promise<DenoKv> } };
      if (Deno?.openKv === undefined) throw new Error("no Deno.openKv; run Deno with --unstable-kv");
      this.#own = await Deno.openKv(path);
      return this.#own;
    } catch (error) {
      this.#kv = undefined;
      throw error;
    }
  }
}

/** Whether the database's file is locked by another connection. */
const isBusy = (error: unknown): error is Error =>
  error instanceof Error && /\bdatabase (table )?is locked\b/.test(error.message);

function readKv(value: unknown): DenoKv {
  if (hasMethods(value, "get", "list", "atomic")) return value as DenoKv;
  throw invalidOption("DenoKvStateStore.kv", "what Deno.openKv gives", kindOf(value));
}
