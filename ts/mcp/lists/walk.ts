/**
 * A list that is read page by page, here called a walk. It is whole if it began at the first page and ended at a page
 * without a cursor. What it remembers is bounded by the number of signed definitions and of its pages.
 */
import type { SignedDefinition } from "../../catalogue/definition.js";

interface Offer {
  readonly digest: string;
  readonly at: number;
}

export class Walk {
  /** Whether it began at the first page. */
  readonly whole: boolean;
  /** The cursors that it has asked for, if the gate requested it. */
  readonly cursors = new Set<string>();
  /** By name, the last signed offer. Undefined after something else was offered under the name. */
  readonly #offers = new Map<string, Offer | undefined>();
  /** By digest, the page on which a definition was listed first. */
  readonly #listed = new Map<string, string>();

  constructor(whole: boolean) {
    this.whole = whole;
  }

  offeredSigned({ name, digest }: SignedDefinition, at: number): void {
    if (!this.#offers.has(name) || this.#offers.get(name) !== undefined) this.#offers.set(name, { digest, at });
  }

  offeredOther(name: string): void {
    this.#offers.set(name, undefined);
  }

  /** The last offer under a name, if all offers under it were signed. */
  onlySigned(name: string): Offer | undefined {
    return this.#offers.get(name);
  }

  /** Whether something that is not signed was offered under a name. */
  isContested(name: string): boolean {
    return this.#offers.has(name) && this.#offers.get(name) === undefined;
  }

  /**
   * Whether a definition is listed on this page. It is listed once in a walk, and again if its page is requested again.
   */
  lists(digest: string, page: string): boolean {
    const first = this.#listed.get(digest);
    if (first === undefined) this.#listed.set(digest, page);
    return first === undefined || first === page;
  }
}

/** The client's walks of one kind, to find the walk that a cursor belongs to. */
export class Walks {
  readonly #most: number;
  #byCursor = new Map<string, Walk>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The walk that the request for a page belongs to. An unknown walk may have begun anywhere. */
  of(cursor: string | undefined): Walk {
    if (cursor === undefined) return new Walk(true);
    return this.#byCursor.get(cursor) ?? new Walk(false);
  }

  /** The answer to a page named the next one. If there are too many walks, the oldest one is forgotten. */
  next(cursor: string, walk: Walk): void {
    this.#byCursor.delete(cursor);
    this.#byCursor.set(cursor, walk);
    for (const oldest of this.#byCursor.keys()) {
      if (this.#byCursor.size <= this.#most) break;
      this.#byCursor.delete(oldest);
    }
  }

  clear(): void {
    this.#byCursor.clear();
  }
}
