/** The parts of a policy that both kinds of verifier share. */
import { readSource } from "../consistency/by_origin.js";
import type { ConsistencySource } from "../consistency/source.js";
import { hasMethods } from "../input/members.js";
import {
  invalidOption,
  kindOf,
  missingOption,
  readNumber,
  readOneOf,
  readOptions,
  readText,
} from "../input/options.js";
import type { StateStore } from "../state/store.js";

/** How many pieces of each kind of evidence must verify. Distinct operators are counted. */
export interface Thresholds {
  /** Log entries. Default 1 (with a trust root); 0 for GitHub's releases. */
  readonly logEntries?: number;
  /**
   * RFC 3161 timestamps. Default 0: without any, only a Rekor v1 entry can prove the signing time. For GitHub's releases the
   * default is 1, and 0 throws.
   */
  readonly timestamps?: number;
  /** Signed certificate timestamps. Default 1 for keyless signatures; 0 for GitHub's releases. */
  readonly scts?: number;
}

/** How two trees of one log are proven to be one history, online. */
export interface ConsistencyPolicy {
  /** Where the proofs come from. The core verifies each, so the server need not be trusted. */
  readonly source: ConsistencySource;
  /**
   * What happens if the source gives no proof. `refuse` is the default. `offline` judges by the records alone, as without a
   * source, and the report says so. A wrong proof is always refused.
   */
  readonly unreachable?: "refuse" | "offline";
}

/** Rules of state. */
export interface StatePolicy {
  /**
   * `scope` (default): tree sizes are not judged, so catalogues signed at different times load in any order. `log`: a
   * checkpoint older than the newest one seen of its log is refused too, even if a stranger showed the newer one.
   */
  readonly freshness?: "scope" | "log";
  /** What happens if nothing is recorded: `record` (default) trusts the first use; `deny` refuses until the store is seeded. */
  readonly firstUse?: "record" | "deny";
  /**
   * The greatest age, by the call's `now` or else the machine's time. The age of a keyless signature is that of its
   * certificate. Under a pinned key, and for GitHub's releases, it is that of the catalogue's signed `issuedAt`; a catalogue without one is refused. Log
   * entries and timestamps do not count, because a stranger can renew them.
   */
  readonly maxAgeSeconds?: number;
  /**
   * Requires a proof that every checkpoint is the past or the future of the log's recorded one. Goes online if they
   * differ. Absent: verification stays offline, and detects a fork only between two trees of one size.
   */
  readonly consistency?: ConsistencyPolicy;
}

/** Which witnesses must have cosigned the log's tree. */
export interface WitnessOptions {
  /** The text of a policy file (C2SP tlog-policy): the witnesses' keys, groups of them, and the quorum. */
  readonly policy: string;
  /** `require` refuses a checkpoint without the quorum; `report` accepts it, and says who cosigned. */
  readonly mode: "report" | "require";
}

/** The options that both kinds of verifier take. */
export interface PolicyOptions extends StatePolicy {
  readonly thresholds?: Thresholds;
  /** Without it, cosignatures are not looked at. */
  readonly witnesses?: WitnessOptions;
}

/** The names of these options. */
export const POLICY_NAMES = [
  "thresholds",
  "freshness",
  "firstUse",
  "maxAgeSeconds",
  "consistency",
  "witnesses",
] as const satisfies readonly (keyof PolicyOptions)[];

/** The shared options as they were read. */
type ReadPolicy = { readonly [name in (typeof POLICY_NAMES)[number]]?: unknown };

/** The shared part of a policy. */
interface SharedPolicy {
  /** As the core reads it. */
  readonly core: object;
  /** Gives the proofs that the core asks for. */
  readonly source: ConsistencySource | undefined;
}

/** Reads names and kinds. The core judges the values, each once. */
export function readPolicy(what: string, read: ReadPolicy): SharedPolicy {
  const consistency = given(read.consistency, (value) => readConsistency(`${what}.consistency`, value));
  const core = {
    thresholds: given(read.thresholds, (value) => readThresholds(`${what}.thresholds`, value)),
    freshness: given(read.freshness, (value) => readText(`${what}.freshness`, value)),
    firstUse: given(read.firstUse, (value) => readText(`${what}.firstUse`, value)),
    maxAgeSeconds: given(read.maxAgeSeconds, (value) => readNumber(`${what}.maxAgeSeconds`, value)),
    consistency: consistency?.unreachable,
    witnesses: given(read.witnesses, (value) => readWitnesses(`${what}.witnesses`, value)),
  };
  return { core, source: consistency?.source };
}

/** Reads an option if it is given. The core's JSON leaves undefined members out. */
const given = <T>(value: unknown, read: (value: unknown) => T): T | undefined =>
  value === undefined ? undefined : read(value);

function readThresholds(subject: string, value: unknown): object {
  const read = readOptions(subject, value, ["logEntries", "timestamps", "scts"]);
  const counts = Object.entries(read).map(([name, count]) => [name, readNumber(`${subject}.${name}`, count)]);
  return Object.fromEntries(counts);
}

function readConsistency(subject: string, value: unknown): Required<ConsistencyPolicy> {
  const read = readOptions(subject, value, ["source", "unreachable"]);
  if (read.source === undefined) {
    throw missingOption(`${subject}.source`, "a ConsistencySource", "Say where the proofs come from.");
  }
  return {
    source: readSource(`${subject}.source`, read.source),
    // Checked here, because the core's JSON has only the word and no option of this name.
    unreachable: readOneOf(`${subject}.unreachable`, read.unreachable ?? "refuse", ["refuse", "offline"]),
  };
}

function readWitnesses(subject: string, value: unknown): object {
  const read = readOptions(subject, value, ["policy", "mode"]);
  const texts = Object.entries(read).map(([name, text]) => [name, readText(`${subject}.${name}`, text)]);
  return Object.fromEntries(texts);
}

/** A store is an object of any class. An empty object is no store, even if somebody added the methods to every object. */
export function readStore(subject: string, value: unknown): StateStore {
  if (hasMethods(value, "load", "compareAndSwap")) return value as StateStore;
  const hint = "Use new InMemoryStateStore(), or a store of your own with load and compareAndSwap.";
  throw invalidOption(subject, "a StateStore", kindOf(value), hint);
}
