/**
 * Brings a verification's records to stand in the store, one after the other. The core names the records and judges
 * each against what is stored; here is only the loop around it.
 */
import { type Asking, answer } from "../consistency/answer.js";
import type { ConsistencyPair, ConsistencySource } from "../consistency/source.js";
import type { PendingRecord } from "../core/verifier.js";
import { refusal } from "../errors.js";
import { kindOf } from "../input/options.js";
import { floorOf } from "./floors.js";
import type { StateStore } from "./store.js";
import { orUnavailable } from "./unavailable.js";

/** A verification whose records wait to be settled. */
export interface Unsettled extends Asking {
  /** The records, in the order in which they are to be settled. */
  records(): readonly PendingRecord[];
  /** A pair of trees that must be proven to be one history before the record can be judged against these texts. */
  unproven(key: string, stored: string | undefined, floor: string | undefined): ConsistencyPair | undefined;
  /**
   * The text to store in place of `stored`, or undefined if that may stand. Throws if `stored`, or the `floor` that this
   * process has verified before, forbids a release; that is final. Of the same texts it says the same.
   */
  judge(key: string, stored: string | undefined, floor: string | undefined): string | undefined;
  /** The record stands as it was judged last. */
  settled(key: string): void;
}

/** Attempts before other writers win. Each lost attempt means that another writer made progress. */
const ATTEMPTS = 100;
/** Attempts without a pause between them. */
const EAGER = 4;
const LONGEST_PAUSE_MS = 25;

/** Settles every record, in the core's order. When this returns, the verification may be released. */
export async function settle(verification: Unsettled, store: StateStore, source?: ConsistencySource): Promise<void> {
  const parties: Parties = { verification, store, source, judged: new Map() };
  const records = verification.records();
  // What a later record forbids must not have moved an earlier one.
  if (records.length > 1) for (const record of records) await settleRecord(parties, record, false);
  for (const record of records) {
    await settleRecord(parties, record, true);
    verification.settled(record.key);
  }
}

/** A judgement, and what it is about. */
interface Judged {
  readonly stored: string | undefined;
  readonly floor: string | undefined;
  readonly next: string;
}

interface Parties {
  readonly verification: Unsettled;
  readonly store: StateStore;
  readonly source: ConsistencySource | undefined;
  /** By key: how each record was judged last. */
  readonly judged: Map<string, Judged>;
}

/** Judges a record, and brings it to stand if it is to be written. */
async function settleRecord(
  { verification, store, source, judged }: Parties,
  { key, kind }: PendingRecord,
  write: boolean,
): Promise<void> {
  const floor = floorOf(store, key);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt >= EAGER) await pause(Math.min(attempt, LONGEST_PAUSE_MS));
    const before = judged.get(key);
    // A log's mark that moved since it was judged fails the swap. What is not swapped, and the scope, which decides, is
    // read anew.
    const again = attempt === 0 && kind === "log" && before !== undefined && before.next !== before.stored;
    const stored = again ? before.stored : await load(store, key);
    // A judgement holds for as long as it is about the same texts.
    const known = () => (before?.stored === stored && before?.floor === floor.text ? before?.next : undefined);
    // Without a source the policy asks for no proofs; a core that wanted some would not judge.
    const unproven = () =>
      source && known() === undefined ? verification.unproven(key, stored, floor.text) : undefined;
    for (let pair = unproven(); source && pair; pair = unproven()) await answer(verification, pair, source);
    // From the last look at the floor to the claim nothing else of this process runs.
    const held = floor.text;
    const next = known() ?? verification.judge(key, stored, held) ?? standing(stored);
    judged.set(key, { stored, floor: held, next });
    if (!write) return;
    const claim = floor.claim(next);
    try {
      if (next === stored || (await swap(store, key, stored, next))) {
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

/** What must stand although the core keeps what is stored: it would release without a record if that does not exist. */
function standing(stored: string | undefined): string {
  if (stored !== undefined) return stored;
  throw refusal("ERR_INTERNAL", { expected: "a record that is written or stored", found: "none" });
}

async function load(store: StateStore, key: string): Promise<string | undefined> {
  const stored: unknown = await reach(key, () => store.load(key));
  if (stored === undefined || typeof stored === "string") return stored;
  throw refusal("ERR_STATE_CORRUPT", {
    subject: key,
    expected: "a text, or undefined where nothing is stored",
    found: kindOf(stored),
    hint: "Correct the store's load(); nothing was released.",
  });
}

async function swap(store: StateStore, key: string, stored: string | undefined, next: string): Promise<boolean> {
  const swapped: unknown = await reach(key, () => store.compareAndSwap(key, stored, next));
  if (typeof swapped === "boolean") return swapped;
  throw refusal("ERR_STATE_UNAVAILABLE", {
    subject: key,
    expected: "true or false from compareAndSwap()",
    found: kindOf(swapped),
    hint: "Correct the store's compareAndSwap(); nothing was released.",
  });
}

const reach = <T>(key: string, call: () => Promise<T>): Promise<T> => orUnavailable({ subject: key }, call);

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
