import { dirname, resolve } from "node:path";
import { type InkanError, refusal } from "../errors.js";
import { invalidOption, kindOf, readCount, readOptions, readText } from "../input/options.js";
import { printable } from "../input/printable.js";
import { Claim, makeFolder, readPrivate } from "./json_file.js";
import { type Records, recordsFromBytes, recordsToText } from "./json_text.js";
import type { ManagedStateStore } from "./store.js";
import { orUnavailable } from "./unavailable.js";

export interface JsonStateStoreOptions {
  /** How long a write may wait for other processes before it is refused. 15,000 by default. */
  readonly timeoutMs?: number;
}

type Change = (records: Map<string, string>) => void;

const LONGEST_PAUSE_MS = 16;

/**
 * Keeps records in one JSON file, for every process of one machine. A write survives the death of the process and of the
 * machine: it is in a new file, flushed, before that takes the old one's place. Missing folders are made.
 *
 * It cannot know that the file was deleted, or an older copy put back, before this process started. Not for network file
 * systems: these promise too little about who sees which file when.
 */
export class JsonStateStore implements ManagedStateStore {
  readonly #path: string;
  readonly #timeoutMs: number;
  /** Writes of this object wait for one another here, and not in the folder. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string, options: JsonStateStoreOptions = {}) {
    const given = readText("JsonStateStore.path", path);
    if (given.includes("\0") || given.endsWith("/")) {
      throw invalidOption("JsonStateStore.path", "the path of a file", given);
    }
    const { timeoutMs } = readOptions("JsonStateStore", options, ["timeoutMs"]);
    this.#path = resolve(given);
    this.#timeoutMs = timeoutMs === undefined ? 15_000 : readCount("JsonStateStore.timeoutMs", timeoutMs);
  }

  async load(key: string): Promise<string | undefined> {
    return this.#reach(async () => (await this.#read()).get(key));
  }

  async compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    if (typeof next !== "string") throw invalidOption("compareAndSwap.next", "a text", kindOf(next));
    return this.#inTurn(key, expected, (records) => records.set(key, next));
  }

  async records(): Promise<ReadonlyMap<string, string>> {
    return this.#reach(() => this.#read());
  }

  async remove(key: string, expected: string): Promise<boolean> {
    if (typeof expected !== "string") throw invalidOption("remove.expected", "a text", kindOf(expected));
    return this.#inTurn(key, expected, (records) => records.delete(key));
  }

  #inTurn(key: string, expected: string | undefined, change: Change): Promise<boolean> {
    const ready = this.#turn;
    const done = (async () => {
      await ready;
      return this.#reach(() => this.#change(key, expected, change));
    })();
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Changes the records if what stands under `key` is `expected`; says whether it did. */
  async #change(key: string, expected: string | undefined, change: Change): Promise<boolean> {
    const deadline = performance.now() + this.#timeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      if ((await this.#read()).get(key) !== expected) return false;
      await makeFolder(dirname(this.#path));
      const claim = await Claim.take(this.#path);
      if (claim !== undefined) {
        try {
          const records = new Map(await this.#read());
          if (records.get(key) !== expected) return false;
          change(records);
          if (await claim.commit(recordsToText(records))) return true;
        } finally {
          await claim.release();
        }
      }
      if (performance.now() > deadline) throw this.#busy();
      await pause(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS));
    }
  }

  async #read(): Promise<Records> {
    const bytes = await readPrivate(this.#path);
    return bytes === undefined ? new Map() : recordsFromBytes(bytes, this.#path);
  }

  #reach<T>(call: () => Promise<T>): Promise<T> {
    const hint = "Nothing was released; repair the file's disk or permissions and try again.";
    return orUnavailable({ subject: printable(this.#path), hint }, call);
  }

  #busy(): InkanError {
    return refusal("ERR_STATE_CONFLICT", {
      subject: printable(this.#path),
      expected: `a turn within ${this.#timeoutMs} ms`,
      found: "a claim of another process each time",
      hint: "Try again; if it persists, look for the claims beside the file, which end in .tmp.",
    });
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
