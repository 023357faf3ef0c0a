/**
 * Stores the records of a verification one after the other. The core names the records and judges each by what is
 * known. This file has only the loop around it.
 */
import { type Asking, answer } from "../consistency/answer.js";
import type { ConsistencyPair, ConsistencySource } from "../consistency/source.js";
import type { PendingRecord } from "../core/verifier.js";
import { refusal } from "../errors.js";
import { kindOf } from "../input/options.js";
import { boundText } from "../input/size.js";
import { floorOf } from "./floors.js";
import type { StateStore } from "./store.js";
import { orUnavailable } from "./unavailable.js";
import { pause } from "./waiting.js";

/** A verification, or a seed, whose records must be stored. */
export interface PendingRecords extends Asking {
  /** The records, in the order in which they must be stored. */
  records(): readonly PendingRecord[];
  /** A pair of trees that must be proven to be one history before the record can be judged against these texts. */
  unproven(key: string, stored: string | undefined, floor: string | undefined): ConsistencyPair | undefined;
  /**
   * Gives the text to store in place of `stored`, or undefined if `stored` may stay. Throws if `stored` or this process's
   * `floor` forbids a release; the refusal is final. The same arguments give the same result.
   */
  judge(key: string, stored: string | undefined, floor: string | undefined): string | undefined;
  /** The store holds the record as it was judged last. */
  stored(key: string): void;
}

/** Attempts before other writers win. Each lost attempt means that another writer made progress. */
const ATTEMPTS = 100;
/** Attempts without a pause between them. */
const EAGER = 4;
const LONGEST_PAUSE_MS = 25;

/** Stores every record, in the core's order. When this returns, the verification may be released. */
export async function storeRecords(
  pending: PendingRecords,
  store: StateStore,
  source?: ConsistencySource,
): Promise<void> {
  const parties: Parties = { pending, store, source };
  const records = pending.records();
  const judged = new Map<string, Judgement>();
  // All records are judged before the first is written, so that a refusal by a later one leaves the earlier ones unchanged.
  for (const { key } of records) judged.set(key, await judge(parties, key, await load(store, key)));
  for (const { key, kind } of records) {
    const before = judged.get(key);
    // A log's record that is about to be written need not be read again: if it has changed, the swap fails. A record that is
    // kept as it is, and the scope's record, are read again if other records were written in between.
    const isFresh = records.length === 1 || (kind === "log" && before?.next !== before?.stored);
    await bringToStand(parties, key, before, isFresh);
    pending.stored(key);
  }
}

interface Parties {
  readonly pending: PendingRecords;
  readonly store: StateStore;
  readonly source: ConsistencySource | undefined;
}

/** The text that must be stored, and the texts that it was judged by. */
interface Judgement {
  readonly stored: string | undefined;
  readonly floor: string | undefined;
  readonly next: string;
}

/** Judges a record by a stored text and by the present floor. `before` is the last judgement, which may still apply. */
async function judge(
  { pending, store, source }: Parties,
  key: string,
  stored: string | undefined,
  before?: Judgement,
): Promise<Judgement> {
  const floor = floorOf(store, key);
  for (;;) {
    const held = floor.text;
    if (before !== undefined && before.stored === stored && before.floor === held) return before;
    // Without a source the policy requires no proofs. If the core did require one, it would refuse to judge.
    const pair = source && pending.unproven(key, stored, held);
    if (source === undefined || pair === undefined) {
      return { stored, floor: held, next: pending.judge(key, stored, held) ?? standing(stored) };
    }
    await answer(pending, pair, source);
  }
}

/** Writes the judged text until the store holds it. Judges again if the stored text or the floor changed meanwhile. */
async function bringToStand(
  parties: Parties,
  key: string,
  before: Judgement | undefined,
  isFresh: boolean,
): Promise<void> {
  const { store } = parties;
  const floor = floorOf(store, key);
  let judged = before;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt >= EAGER) await pause(Math.min(attempt, LONGEST_PAUSE_MS));
    const stored = attempt === 0 && isFresh ? judged?.stored : await load(store, key);
    do judged = await judge(parties, key, stored, judged);
    while (judged.floor !== floor.text);
    // No other code of this process runs between this look at the floor and the claim.
    const claim = floor.claim(judged.next);
    try {
      if (judged.next === stored || (await swap(store, key, stored, judged.next))) {
        floor.stands(claim);
        return;
      }
    } finally {
      floor.withdraw(claim);
    }
  }
  throw refusal("ERR_STATE_CONFLICT", {
    subject: key,
    expected: `one undisturbed write in ${ATTEMPTS} attempts`,
    found: "a conflict each time",
  });
}

/** The stored text that the core keeps. There must be one: otherwise the core would release without a record. */
function standing(stored: string | undefined): string {
  if (stored !== undefined) return stored;
  throw refusal("ERR_INTERNAL", { expected: "a record that is written or stored", found: "none" });
}

async function load(store: StateStore, key: string): Promise<string | undefined> {
  const stored: unknown = await orUnavailable({ subject: key }, () => store.load(key));
  if (stored === undefined) return undefined;
  if (typeof stored === "string") return boundText(key, "stateRecord", stored);
  throw refusal("ERR_STATE_CORRUPT", {
    subject: key,
    expected: "a text, or undefined where nothing is stored",
    found: kindOf(stored),
    hint: "Correct the store's load(); nothing was released.",
  });
}

async function swap(store: StateStore, key: string, stored: string | undefined, next: string): Promise<boolean> {
  const swapped: unknown = await orUnavailable({ subject: key }, () => store.compareAndSwap(key, stored, next));
  if (typeof swapped === "boolean") return swapped;
  throw refusal("ERR_STATE_UNAVAILABLE", {
    subject: key,
    expected: "true or false from compareAndSwap()",
    found: kindOf(swapped),
    hint: "Correct the store's compareAndSwap(); nothing was released.",
  });
}
