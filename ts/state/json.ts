import { dirname, resolve } from "node:path";
import { type Facts, type InkanError, refusal } from "../errors.js";
import { invalidOption, kindOf, readOptions, readText, readTimeout } from "../input/options.js";
import { printable } from "../input/printable.js";
import { Claim, makeFolder, readPrivate } from "./json_file.js";
import { type Records, recordsFromBytes, recordsToText } from "./json_text.js";
import { checkOwnKeys } from "./own_key.js";
import type { ManagedStateStore } from "./store.js";
import { orUnavailable } from "./unavailable.js";
import { inTime, pause } from "./waiting.js";

export interface JsonStateStoreOptions {
  /**
   * How long a call may take, in milliseconds, before it is refused: it waits for other processes and for the file system.
   * 15,000 by default.
   */
  readonly timeoutMs?: number;
}

type Change = (records: Map<string, string>) => void;

const LONGEST_PAUSE_MS = 16;

/**
 * Keeps records in one JSON file, for every process of one machine. A write survives the death of the process and of the
 * machine: it is in a new file, flushed, before that takes the old one's place. Missing folders are made.
 *
 * It cannot know that somebody deleted the file, or put an older copy back, before this process started. Do not use it on a
 * network file system, which does not promise that every machine sees the same file.
 */
export class JsonStateStore implements ManagedStateStore {
  readonly #path: string;
  readonly #timeoutMs: number;
  /** Writes of this object wait for one another here, and not in the folder. */
  #turn: Promise<unknown> = Promise.resolve();
  /** The last content that was read and found valid. */
  #checked: Records = new Map();

  constructor(path: string, options: JsonStateStoreOptions = {}) {
    const given = readText("JsonStateStore.path", path);
    if (given.includes("\0") || given.endsWith("/")) {
      throw invalidOption("JsonStateStore.path", "the path of a file", given);
    }
    const { timeoutMs } = readOptions("JsonStateStore", options, ["timeoutMs"]);
    this.#path = resolve(given);
    this.#timeoutMs = readTimeout("JsonStateStore.timeoutMs", timeoutMs, 15_000);
  }

  async load(key: string): Promise<string | undefined> {
    return this.#inTime(async () => (await this.#readChecked()).get(key));
  }

  async compareAndSwap(key: string, expected: string | undefined, next: string): Promise<boolean> {
    if (typeof next !== "string") throw invalidOption("compareAndSwap.next", "a text", kindOf(next));
    return this.#inTurn((call) =>
      this.#change(
        call,
        () => this.#readChecked(),
        key,
        expected,
        (records) => records.set(key, next),
      ),
    );
  }

  /** Lists also records under a key that is not theirs, so that an operator can find and remove them. */
  async records(): Promise<ReadonlyMap<string, string>> {
    return this.#inTime(() => this.#read());
  }

  async remove(key: string, expected: string): Promise<boolean> {
    if (typeof expected !== "string") throw invalidOption("remove.expected", "a text", kindOf(expected));
    return this.#inTurn((call) =>
      this.#change(
        call,
        () => this.#read(),
        key,
        expected,
        (records) => records.delete(key),
      ),
    );
  }

  #inTurn<T>(run: (call: Call) => Promise<T>): Promise<T> {
    const ready = this.#turn;
    const done = this.#inTime(async (call) => {
      await ready;
      return run(call);
    });
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Changes the records if the text under `key` is `expected`, and says whether it did. */
  async #change(
    call: Call,
    read: () => Promise<Records>,
    key: string,
    expected: string | undefined,
    change: Change,
  ): Promise<boolean> {
    for (let attempt = 0; !call.isOver; attempt += 1) {
      if ((await read()).get(key) !== expected) return false;
      await makeFolder(dirname(this.#path));
      const claim = await Claim.take(this.#path);
      if (claim !== undefined) {
        try {
          const records = new Map(await read());
          if (records.get(key) !== expected) return false;
          change(records);
          // Nobody waits for this call any more, so it must not write.
          if (call.isOver) break;
          if (await claim.commit(recordsToText(records))) return true;
        } finally {
          await claim.release();
        }
      }
      call.isKeptWaiting = true;
      await pause(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS));
    }
    throw this.#late(call);
  }

  /** The records, each under its own key. A file is loaded as a whole, so all of it must be valid. */
  async #readChecked(): Promise<Records> {
    const records = await this.#read();
    await checkOwnKeys(records, this.#checked, printable(this.#path));
    this.#checked = records;
    return records;
  }

  async #read(): Promise<Records> {
    const bytes = await readPrivate(this.#path);
    return bytes === undefined ? new Map() : recordsFromBytes(bytes, this.#path);
  }

  /** Refuses a call that takes too long: a file system may never answer. */
  async #inTime<T>(run: (call: Call) => Promise<T>): Promise<T> {
    const call: Call = { isOver: false, isKeptWaiting: false };
    const late = (): InkanError => {
      call.isOver = true;
      return this.#late(call);
    };
    return orUnavailable(this.#facts, () => inTime(this.#timeoutMs, run(call), late));
  }

  get #facts(): Facts {
    const hint = "Nothing was released; repair the file's disk or permissions and try again.";
    return { subject: printable(this.#path), hint };
  }

  #late({ isKeptWaiting }: Call): InkanError {
    const [subject, time] = [printable(this.#path), `${this.#timeoutMs} ms`];
    if (!isKeptWaiting) return refusal("ERR_STATE_UNAVAILABLE", { ...this.#facts, found: `no answer within ${time}` });
    return refusal("ERR_STATE_CONFLICT", {
      subject,
      expected: `a turn within ${time}`,
      found: "a claim of another process each time",
      hint: "Try again; if it persists, look for the claims beside the file, which end in .tmp.",
    });
  }
}

/** One call, which may be given up. */
interface Call {
  isOver: boolean;
  /** Whether another process had its turn when this one looked. */
  isKeptWaiting: boolean;
}
