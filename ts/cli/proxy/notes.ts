/** What the proxy says to people: lines on standard error, and in the log file if there is one. */
import { closeSync, openSync, writeSync } from "node:fs";
import { printable } from "../../input/printable.js";
import { LIMITS } from "./limits.js";

/** Lines of one kind that are said in a second; the rest is counted. */
const PER_SECOND = 20;
const STDERR = 2;

export class Notes {
  readonly #name: string;
  readonly #log: number | undefined;
  #second = 0;
  #said = 0;
  #unsaid = 0;

  /** Throws if the log file cannot be opened. */
  constructor(name: string, log: string | undefined) {
    this.#name = printable(name);
    this.#log = log === undefined ? undefined : openSync(log, "a", 0o600);
  }

  /** Whether what the server writes to standard error is to be written into the log as well. */
  get hasLog(): boolean {
    return this.#log !== undefined;
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

  /** Passes on what the server writes to standard error. */
  pass(piece: Uint8Array): void {
    write(STDERR, piece);
    if (this.#log !== undefined) write(this.#log, piece);
  }

  close(): void {
    if (this.#unsaid > 0) this.#write(`${this.#unsaid} more lines like this`);
    if (this.#log !== undefined) closeSync(this.#log);
  }

  #write(text: string): void {
    write(STDERR, `inkan proxy (${this.#name}): ${text}\n`);
    if (this.#log !== undefined) write(this.#log, `${new Date().toISOString()} inkan proxy (${this.#name}): ${text}\n`);
  }
}

/** Nobody may be there to read it, or the pipe may be full: then it is lost, and the messages go on. */
function write(to: number, content: string | Uint8Array): void {
  try {
    if (typeof content === "string") writeSync(to, content);
    else writeSync(to, content);
  } catch {
    // As above.
  }
}

/** Words of the other side, for a person. */
export const shown = (text: string): string => printable(text, LIMITS.shownCharacters);
