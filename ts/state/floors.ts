/**
 * The furthest that this process has verified, by store and key: a floor under stores that are restored from a backup,
 * emptied, or answer from an older replica. A floor only ever rises, and what a verification that then failed had claimed
 * is none.
 */
import type { StateStore } from "./store.js";

/** A text on its way into the store: a floor for what is judged meanwhile, and for good once it stands. */
export interface Claim {
  readonly text: string;
  /** Later claims were judged against earlier ones, so that they are never behind them. */
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

  /** Raises the floor to a text that was judged against it, before anything else of this process runs. */
  claim(text: string): Claim {
    this.#turns += 1;
    this.#claimed = { text, turn: this.#turns };
    return this.#claimed;
  }

  /** The claim's text stands in the store. The claim itself is still to be withdrawn. */
  stands(claim: Claim): void {
    if (claim.turn > (this.#stands?.turn ?? 0)) this.#stands = claim;
  }

  /** What was claimed stands by now, or never will. */
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
