/** What the proxy says to people: lines on standard error, and in the log file if there is one. */
import { closeSync, writeSync } from "node:fs";
import type { Readable } from "node:stream";
import { printable } from "../../input/printable.js";
import { openToAppend } from "./append.js";
import { LIMITS } from "./limits.js";
import { StandardError } from "./stderr.js";

/** Lines of one kind that are said in a second; the rest is counted. */
const PER_SECOND = 20;

export class Notes {
  readonly #name: string;
  readonly #log: number | undefined;
  readonly #stderr = new StandardError();
  #second = 0;
  #said = 0;
  #unsaid = 0;

  /** Throws if the log file cannot be opened. */
  constructor(name: string, log: string | undefined) {
    this.#name = printable(name);
    this.#log = log === undefined ? undefined : openToAppend(log);
  }

  /** Whether what the server writes to standard error has to come through here. */
  get passesServerErrors(): boolean {
    return this.#log !== undefined || !this.#stderr.isShared;
  }

  say(text: string): void {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#second) {
      const unsaid = this.#unsaid;
      this.#second = second;
      this.#said = 0;
      this.#unsaid = 0;
      if (unsaid > 0) this.#write(`${unsaid} more lines like this`);
    }
    this.#said += 1;
    if (this.#said > PER_SECOND) this.#unsaid += 1;
    else this.#write(text);
  }

  /** Passes on what the server writes to standard error. Its writer waits for a slow reader, as it would without the proxy. */
  pass(from: Readable): void {
    let isWaiting = false;
    const move = (): void => {
      while (!isWaiting) {
        const piece: Buffer | null = from.read();
        if (piece === null) return;
        if (this.#log !== undefined) append(this.#log, piece);
        if (this.#stderr.write(piece)) continue;
        isWaiting = true;
        this.#stderr.onceRoom(() => {
          isWaiting = false;
          move();
        });
      }
    };
    // Not by `data`: what is read so flows on when the child ends, paused or not, and has no room then.
    from.on("readable", move);
  }

  close(): void {
    if (this.#unsaid > 0) this.#write(`${this.#unsaid} more lines like this`);
    if (this.#log !== undefined) closeSync(this.#log);
  }

  #write(text: string): void {
    this.#stderr.write(`inkan proxy (${this.#name}): ${text}\n`);
    if (this.#log !== undefined)
      append(this.#log, `${new Date().toISOString()} inkan proxy (${this.#name}): ${text}\n`);
  }
}

/** A log that cannot be written any more is no reason to hold the messages up. */
function append(log: number, content: string | Uint8Array): void {
  try {
    if (typeof content === "string") writeSync(log, content);
    else writeSync(log, content);
  } catch {
    // As above.
  }
}

/** Words of the other side, for a person. */
export const shown = (text: string): string => printable(text, LIMITS.shownCharacters);
