/** Bounds on what a server can make the exporter produce. */

/** At most `most` different texts. Those that came first are kept. */
export class BoundedSet {
  readonly #most: number;
  readonly #known = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether the text is one of the few. */
  admits(text: string): boolean {
    if (this.#known.has(text)) return true;
    if (this.#known.size >= this.#most) return false;
    this.#known.add(text);
    return true;
  }
}

/** At most `most` in each second. */
export class Rate {
  readonly #most: number;
  #second = Number.NaN;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  admits(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= this.#most;
  }
}
