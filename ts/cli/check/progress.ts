/** What is being waited for, on a terminal, once work takes longer than a second. */
import { printable } from "../../input/printable.js";
import { hasStatus, printStatus } from "../print/output.js";

const PATIENCE_MS = 1_000;
/** So many servers are named. */
const MOST_NAMED = 3;

export class Progress {
  readonly #total: number;
  readonly #running = new Set<string>();
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #done = 0;

  constructor(total: number) {
    this.#total = total;
    if (!hasStatus()) return;
    this.#timer = setInterval(() => this.#show(), PATIENCE_MS);
    // It ends with the work, not the other way round.
    this.#timer.unref();
  }

  readonly begun = (name: string): void => {
    this.#running.add(name);
  };

  readonly done = (name: string): void => {
    this.#running.delete(name);
    this.#done += 1;
  };

  /** Takes the line away. */
  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    printStatus("");
  }

  #show(): void {
    const names = [...this.#running].slice(0, MOST_NAMED).map((name) => printable(name, 40));
    const more = this.#running.size > names.length ? ["…"] : [];
    printStatus(`${this.#done} of ${this.#total} servers checked; waits for ${[...names, ...more].join(", ")}`);
  }
}
