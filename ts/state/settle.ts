/**
 * Brings a verification's records to stand in the store, one after the other. The core names the records and judges
 * each against what is stored; here is only the loop around it.
 */
import { type Asking, answer } from "../consistency/answer.js";
import type { ConsistencyPair, ConsistencySource } from "../consistency/source.js";
import type { PendingRecord } from "../core.js";
import { type ErrorDetail, StateError } from "../errors.js";
import { kindOf } from "../options.js";
import type { StateStore } from "./store.js";
import { orUnavailable } from "./unavailable.js";

/** A verification whose records wait to be settled. */
export interface Unsettled extends Asking {
  /** A record that is not to be written is only judged: what a later record forbids must not have moved an earlier one. */
  nextRecord(): Pick<PendingRecord, "key" | "kind" | "write"> | undefined;
  /** A pair of trees that must be proven to be one history before the record can be judged against these texts. */
  unproven(stored: string | undefined, floor: string | undefined): ConsistencyPair | undefined;
  /**
   * The text to store in place of `stored`, or undefined if that may stand. Throws if `stored`, or the `floor` that this
   * process has verified before, forbids a release; that is final.
   */
  judge(stored: string | undefined, floor: string | undefined): string | undefined;
  /** The record judged last stands, if it was to be written. */
  settled(): void;
}

/** Attempts before other writers win. Each lost attempt means that another writer made progress. */
const ATTEMPTS = 100;
/** Attempts without a pause between them. */
const EAGER = 4;
const LONGEST_PAUSE_MS = 25;

/**
 * The furthest that this process has verified, by store and key: a floor under stores that are restored from a backup,
 * emptied, or answer from an older replica.
 */
const floors = new WeakMap<StateStore, Map<string, string>>();

/** Settles every record, in the core's order. When this returns, the verification may be released. */
export async function settle(verification: Unsettled, store: StateStore, source?: ConsistencySource): Promise<void> {
  const judgedLogs: Loaded = new Map();
  for (let record = verification.nextRecord(); record !== undefined; record = verification.nextRecord()) {
    await settleRecord(verification, store, record, source, judgedLogs);
    verification.settled();
  }
}

/** What was loaded, by key. */
type Loaded = Map<string, string | undefined>;

async function settleRecord(
  verification: Unsettled,
  store: StateStore,
  { key, kind, write }: Pick<PendingRecord, "key" | "kind" | "write">,
  source: ConsistencySource | undefined,
  judgedLogs: Loaded,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt >= EAGER) await pause(Math.min(attempt, LONGEST_PAUSE_MS));
    // A log's mark that moved since it was judged fails the swap; the scope, which decides, is read anew.
    const again = attempt === 0 && judgedLogs.has(key);
    const stored = again ? judgedLogs.get(key) : await load(store, key);
    const floors = floorsOf(store);
    // Without a source the policy asks for no proofs; a core that wanted some would not judge.
    const unproven = () => source && verification.unproven(stored, floors.get(key));
    for (let pair = unproven(); source && pair; pair = unproven()) await answer(verification, pair, source);
    // From the last look at the floor to the swap nothing else of this process runs: the floor only ever rises.
    const next = verification.judge(stored, floors.get(key)) ?? standing(stored);
    if (!write) {
      if (kind === "log") judgedLogs.set(key, stored);
      return;
    }
    floors.set(key, next);
    if (next === stored || (await swap(store, key, stored, next))) return;
  }
  throw stateError({
    code: "ERR_STATE_CONFLICT",
    message: "Other writers kept changing the record.",
    subject: key,
    expected: `one undisturbed write in ${ATTEMPTS} attempts`,
    found: "a conflict each time",
    hint: "Try again; if it persists, check what else writes to the store.",
  });
}

/** What must stand although the core keeps what is stored: it would release without a record if that does not exist. */
function standing(stored: string | undefined): string {
  if (stored !== undefined) return stored;
  throw stateError({
    code: "ERR_STATE_CORRUPT",
    message: "No record was written and none is stored.",
    hint: "This is a bug of inkan; please report it. Nothing was released.",
  });
}

async function load(store: StateStore, key: string): Promise<string | undefined> {
  const stored: unknown = await reach(key, () => store.load(key));
  if (stored === undefined || typeof stored === "string") return stored;
  throw stateError({
    code: "ERR_STATE_CORRUPT",
    message: "The state store holds something that is no canonical record.",
    subject: key,
    expected: "a text, or undefined where nothing is stored",
    found: kindOf(stored),
    hint: "Correct the store's load(); nothing was released.",
  });
}

async function swap(store: StateStore, key: string, stored: string | undefined, next: string): Promise<boolean> {
  const swapped: unknown = await reach(key, () => store.compareAndSwap(key, stored, next));
  if (typeof swapped === "boolean") return swapped;
  throw stateError({
    code: "ERR_STATE_UNAVAILABLE",
    message: "The state store could not be read or written.",
    subject: key,
    expected: "true or false from compareAndSwap()",
    found: kindOf(swapped),
    hint: "Correct the store's compareAndSwap(); nothing was released.",
  });
}

function reach<T>(key: string, call: () => Promise<T>): Promise<T> {
  const words = {
    message: "The state store could not be read or written.",
    subject: key,
    hint: "Nothing was released; repair the store and try again.",
  };
  return orUnavailable(words, call);
}

function floorsOf(store: StateStore): Map<string, string> {
  let known = floors.get(store);
  if (known === undefined) {
    known = new Map();
    floors.set(store, known);
  }
  return known;
}

const stateError = (detail: ErrorDetail): StateError => new StateError(detail);

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
