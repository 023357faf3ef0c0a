/**
 * Floors: for each store and key, the newest record that this process has seen stored. A floor protects against a store that
 * is restored from a backup, emptied, or answers from an older replica. A floor only rises. A verification that failed leaves
 * no floor.
 */
import type { StateStore } from "./store.js";

/** A text that is being stored. Meanwhile it is a floor for other judgements. After it is stored, it stays one. */
export interface Claim {
  readonly text: string;
  /** A later claim was judged against the earlier ones, so it is never older than they are. */
  readonly turn: number;
}

/** The floor under one record. */
export class Floor {
  #stands: Claim | undefined;
  #claimed: Claim | undefined;
  #turns = 0;

  get text(): string | undefined {
    return (this.#claimed ?? this.#stands)?.text;
  }

  /** Raises the floor to a text that was judged by it, before any other code of this process runs. */
  claim(text: string): Claim {
    this.#turns += 1;
    this.#claimed = { text, turn: this.#turns };
    return this.#claimed;
  }

  /** The store holds the claim's text. The caller must still withdraw the claim. */
  stands(claim: Claim): void {
    if (claim.turn > (this.#stands?.turn ?? 0)) this.#stands = claim;
  }

  /** Ends a claim, after its text was stored or the attempt failed. */
  withdraw(claim: Claim): void {
    if (this.#claimed === claim) this.#claimed = undefined;
  }
}

const floors = new WeakMap<StateStore, Map<string, Floor>>();

/** The floor under the record of this key. */
export function floorOf(store: StateStore, key: string): Floor {
  let known = floors.get(store);
  if (known === undefined) {
    known = new Map();
    floors.set(store, known);
  }
  let floor = known.get(key);
  if (floor === undefined) {
    floor = new Floor();
    known.set(key, floor);
  }
  return floor;
}
