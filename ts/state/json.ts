import { dirname, resolve } from "node:path";
import { StateError } from "../errors.js";
import { invalidOption, kindOf, readCount, readOptions, readText } from "../options.js";
import { printable } from "../printable.js";
import { Claim, makeFolder, readPrivate } from "./json_file.js";
import { type Records, recordsFromBytes, recordsToText } from "./json_text.js";
import type { StateStore } from "./store.js";
import { orUnavailable } from "./unavailable.js";

export interface JsonStateStoreOptions {
  /** How long a write may wait for other processes before it is refused. 15,000 by default. */
  readonly timeoutMs?: number;
}

const LONGEST_PAUSE_MS = 16;

/**
 * Keeps records in one JSON file, for every process of one machine. A write survives the death of the process and of the
 * machine: it is in a new file, flushed, before that takes the old one's place. Missing folders are made.
 *
 * It cannot know that the file was deleted, or an older copy put back, before this process started. Not for network file
 * systems: these promise too little about who sees which file when.
 */
export class JsonStateStore implements StateStore {
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
    const ready = this.#turn;
    const swap = (async () => {
      await ready;
      return this.#reach(() => this.#swap(key, expected, next));
    })();
    this.#turn = swap.catch(() => {});
    return swap;
  }

  async #swap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    if (typeof next !== "string") throw invalidOption("compareAndSwap.next", "a text", kindOf(next));
    const deadline = performance.now() + this.#timeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      if ((await this.#read()).get(key) !== expected) return false;
      await makeFolder(dirname(this.#path));
      const claim = await Claim.take(this.#path);
      if (claim !== undefined) {
        try {
          const records = await this.#read();
          if (records.get(key) !== expected) return false;
          if (await claim.commit(recordsToText(new Map([...records, [key, next]])))) return true;
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
    const words = {
      message: "The state file could not be read or written.",
      subject: printable(this.#path),
      hint: "Nothing was released; repair the file's disk or permissions and try again.",
    };
    return orUnavailable(words, call);
  }

  #busy(): StateError {
    return new StateError({
      code: "ERR_STATE_CONFLICT",
      message: "Other processes kept the state file busy.",
      subject: printable(this.#path),
      expected: `a turn within ${this.#timeoutMs} ms`,
      found: "a claim of another process each time",
      hint: "Try again; if it persists, look for the claims beside the file, which end in .tmp.",
    });
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
