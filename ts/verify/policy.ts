/** The parts of a policy that both kinds of verifier share. */
import { readSource } from "../consistency/by_origin.js";
import type { ConsistencySource } from "../consistency/source.js";
import { invalidOption, kindOf, missingOption, readCount, readOneOf, readOptions, readText } from "../input/options.js";
import type { StateStore } from "../state/store.js";

/** How much evidence must verify, counting distinct operators. */
export interface Thresholds {
  /** Log entries. Default 1 (with a trust root). */
  readonly logEntries?: number;
  /** RFC 3161 timestamps. Default 0: without any, only a Rekor v1 entry can prove the signing time. */
  readonly timestamps?: number;
  /** Signed certificate timestamps. Default 1 for keyless signatures. */
  readonly scts?: number;
}

/** How two trees of one log are proven to be one history, online. */
export interface ConsistencyPolicy {
  /** Where the proofs come from. They are verified, whoever serves them. */
  readonly source: ConsistencySource;
  /**
   * What happens where the source gives no proof: `refuse` (default), or `offline`, which judges by what was seen, as
   * without a source, and says so in the report. A wrong proof is refused in any case.
   */
  readonly unreachable?: "refuse" | "offline";
}

/** Rules of state. */
export interface StatePolicy {
  /**
   * `scope` (default): tree sizes refuse nothing, so that catalogues signed at different times load in any order. `log`: any
   * checkpoint older than the newest one seen of its log is refused too, even if a stranger showed that one.
   */
  readonly freshness?: "scope" | "log";
  /** What happens where nothing is recorded: `record` (default) trusts the first use, `deny` wants a seeded store. */
  readonly firstUse?: "record" | "deny";
  /**
   * The greatest age, by the call's `now` or else the machine's time. A keyless signature is as old as its certificate, and a
   * pinned key's as old as the catalogue's signed `issuedAt` says; without one it is refused. Log entries and timestamps do
   * not count, since a stranger can renew them.
   */
  readonly maxAgeSeconds?: number;
  /**
   * Require a proof that every checkpoint is the past or the future of the log's recorded one. Goes online where they
   * differ. Absent: nothing goes online, and only two trees of one size are told to be a fork.
   */
  readonly consistency?: ConsistencyPolicy;
}

/** Which witnesses must have cosigned the log's tree. */
export interface WitnessOptions {
  /** The text of a policy file (C2SP tlog-policy): the witnesses' keys, groups of them, and the quorum. */
  readonly policy: string;
  /** `require` refuses a checkpoint without the quorum; `report` says who cosigned, and refuses nobody's absence. */
  readonly mode: "report" | "require";
}

/** What both kinds of verifier may be told. */
export interface PolicyOptions extends StatePolicy {
  readonly thresholds?: Thresholds;
  /** Without it, cosignatures are not looked at. */
  readonly witnesses?: WitnessOptions;
}

export const POLICY_NAMES = ["thresholds", "freshness", "firstUse", "maxAgeSeconds", "witnesses"] as const;
type PolicyName = (typeof POLICY_NAMES)[number];

/** The shared parts as the core reads them. */
export function readPolicy(what: string, read: { readonly [name in PolicyName]?: unknown }): Record<string, unknown> {
  const policy: Record<string, unknown> = {};
  if (read.thresholds !== undefined) policy.thresholds = readThresholds(`${what}.thresholds`, read.thresholds);
  if (read.freshness !== undefined) policy.freshness = readOneOf(`${what}.freshness`, read.freshness, ["scope", "log"]);
  if (read.firstUse !== undefined) policy.firstUse = readOneOf(`${what}.firstUse`, read.firstUse, ["record", "deny"]);
  if (read.maxAgeSeconds !== undefined) {
    policy.maxAgeSeconds = readCount(`${what}.maxAgeSeconds`, read.maxAgeSeconds);
  }
  if (read.witnesses !== undefined) policy.witnesses = readWitnesses(`${what}.witnesses`, read.witnesses);
  return policy;
}

function readThresholds(subject: string, value: unknown): Thresholds {
  const read = readOptions(subject, value, ["logEntries", "timestamps", "scts"]);
  const counts = Object.entries(read).map(([name, count]) => [name, readCount(`${subject}.${name}`, count)]);
  return Object.fromEntries(counts);
}

/** A consistency policy, with the core's part of it. */
export function readConsistency(
  what: string,
  value: unknown,
): {
  readonly source: ConsistencySource | undefined;
  readonly policy: { readonly consistency?: "refuse" | "offline" };
} {
  if (value === undefined) return { source: undefined, policy: {} };
  const { source, unreachable } = readOptions(`${what}.consistency`, value, ["source", "unreachable"]);
  if (source === undefined) {
    throw missingOption(`${what}.consistency.source`, "a ConsistencySource", "Say where the proofs come from.");
  }
  return {
    source: readSource(`${what}.consistency.source`, source),
    policy: {
      consistency:
        unreachable === undefined
          ? "refuse"
          : readOneOf(`${what}.consistency.unreachable`, unreachable, ["refuse", "offline"]),
    },
  };
}

function readWitnesses(subject: string, value: unknown): WitnessOptions {
  const { policy, mode } = readOptions(subject, value, ["policy", "mode"]);
  if (policy === undefined) {
    throw missingOption(`${subject}.policy`, "the text of a policy file", "Without one, anybody could be a witness.");
  }
  if (mode === undefined) {
    throw missingOption(`${subject}.mode`, "report or require", "Say whether the quorum is required.");
  }
  return {
    policy: readText(`${subject}.policy`, policy),
    mode: readOneOf(`${subject}.mode`, mode, ["report", "require"]),
  };
}

export function readStore(subject: string, value: unknown): StateStore {
  const store = value as StateStore;
  const fits =
    typeof value === "object" &&
    value !== null &&
    typeof store.load === "function" &&
    typeof store.compareAndSwap === "function";
  if (fits) return store;
  const hint = "Use new InMemoryStateStore(), or a store of your own with load and compareAndSwap.";
  throw invalidOption(subject, "a StateStore", kindOf(value), hint);
}
