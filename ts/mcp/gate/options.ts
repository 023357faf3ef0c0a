/** The options of a gate. */
import { isVerifiedCatalogue, type VerifiedCatalogue } from "../../catalogue/catalogue.js";
import { errorOf, InkanError, isErrorCode } from "../../errors.js";
import { invalidOption, kindOf, readCount, readOneOf, readOptions, readText } from "../../input/options.js";
import { printable } from "../../input/printable.js";
import type { AddressedMessage } from "../message/message.js";
import type { GateDecision } from "./decision.js";

/** The surfaces that an operator may open. What the server lists there passes unchanged. */
export type OpenSurface = "prompts" | "resources" | "resourceTemplates";

/** The bounds of a gate. Whatever exceeds one is refused or dropped, and reported as an event. */
export interface GateLimits {
  /** Open requests of one side. Default 10,000. */
  readonly pendingRequests?: number;
  /** Messages of a batch that are answered. The whole batch is refused in any case. Default 1,000. */
  readonly batchMessages?: number;
  /** Definitions in one page of a list. Default 250,000. */
  readonly listEntries?: number;
  /** Pages that the gate itself requests for one list. Default 1,000. */
  readonly listPages?: number;
  /** How long the gate waits for a page that it requested, in seconds. Default 30. */
  readonly listSeconds?: number;
  /** Lists of one kind that the client reads at the same time and that are tracked. Default 16. */
  readonly listWalks?: number;
  /** The longest pause between two lists that the gate requests. Default 60. */
  readonly listPauseSeconds?: number;
  /**
   * Notifications of changed lists that pass within a second. The others are replaced by one at the end of the second.
   * Default 10.
   */
  readonly listChangedPerSecond?: number;
  /** Characters of a URI that is compared with signed templates. Default 8,192. */
  readonly uriCharacters?: number;
  /** Characters of the id of a server's request, which is kept until the client has answered. Default 4,096. */
  readonly idCharacters?: number;
  /** Characters of the cursor that identifies a list in progress. Default 16,384. */
  readonly cursorCharacters?: number;
  /** Levels of the arguments or the result of a call that are checked against a schema. Default 64. */
  readonly schemaDepth?: number;
  /**
   * Values in the arguments or the result of a call that are checked against a schema. Default 20,000. Where the schema
   * has `uniqueItems`, arrays with more than 2,000,000 pairs of items are too many: one array may have 1,414.
   */
  readonly schemaValues?: number;
}

export interface GateOptions {
  /** What the catalogue must name as its server, byte by byte. */
  readonly server: string;
  /** The verified catalogue. Without one, the gate is closed. */
  readonly catalogue?: VerifiedCatalogue;
  /** Why there is no catalogue: the error of its verification. Refusals carry its code. */
  readonly closedBy?: Error;
  /** Surfaces that need no signature. Tools and instructions cannot be opened. */
  readonly unsigned?: readonly OpenSurface[];
  /** Whether the server may offer its own tools to the client's model. Default "refuse". */
  readonly sampling?: "refuse" | "allow";
  /** How long the previous catalogue stays valid beside the one that replaces it, in seconds. Default 0. */
  readonly overlapSeconds?: number;
  /** A source of newer catalogues. It is asked when the server offers something that is not signed in that form. */
  readonly refresh?: RefreshOptions;
  /** What is checked against the signed schemas. Default: nothing. */
  readonly validate?: "arguments" | "results" | "both";
  readonly limits?: GateLimits;
  /** The clock. Default: this machine's. */
  readonly now?: () => Date | number | string;
  /** Called with each decision. An error that it throws has no effect. */
  readonly onDecision?: (decision: GateDecision) => void;
  /**
   * Sends messages that no other message caused: the gate's own requests, and notifications of an expiry.
   * `gateTransport` does it otherwise.
   */
  readonly emit?: (message: AddressedMessage) => void;
}

export interface RefreshOptions {
  /** Fetches and verifies. `undefined` means that there is nothing newer. */
  readonly load: () => Promise<VerifiedCatalogue | undefined>;
  /** The shortest time between two requests, in seconds. Default 60. */
  readonly everySeconds?: number;
}

export type Limits = Readonly<Record<keyof GateLimits, number>>;

const LIMITS: Limits = {
  pendingRequests: 10_000,
  batchMessages: 1_000,
  listEntries: 250_000,
  listPages: 1_000,
  listSeconds: 30,
  listWalks: 16,
  listPauseSeconds: 60,
  listChangedPerSecond: 10,
  uriCharacters: 8_192,
  idCharacters: 4_096,
  cursorCharacters: 16_384,
  schemaDepth: 64,
  schemaValues: 20_000,
};

/** The options, after they were read once. */
export interface Settings {
  readonly server: string;
  readonly catalogue: VerifiedCatalogue | undefined;
  readonly closedBy: InkanError | undefined;
  readonly open: ReadonlySet<string>;
  readonly sampling: "refuse" | "allow";
  readonly overlapMs: number;
  readonly refresh: { readonly load: RefreshOptions["load"]; readonly everyMs: number } | undefined;
  readonly validate: { readonly arguments: boolean; readonly results: boolean };
  readonly limits: Limits;
  /** Milliseconds since 1970, or NaN if the clock returns no time. */
  readonly now: () => number;
  readonly onDecision: ((decision: GateDecision) => unknown) | undefined;
  readonly emit: ((message: AddressedMessage) => void) | undefined;
}

const NAMES = [
  "server",
  "catalogue",
  "closedBy",
  "unsigned",
  "sampling",
  "overlapSeconds",
  "refresh",
  "validate",
  "limits",
  "now",
  "onDecision",
  "emit",
] as const;

const OPENABLE: readonly OpenSurface[] = ["prompts", "resources", "resourceTemplates"];
const WHAT = "createGate";

export function readSettings(options: GateOptions): Settings {
  const read = readOptions(WHAT, options, NAMES);
  if (read.server === undefined) {
    throw invalidOption(
      `${WHAT}.server`,
      "the server's identifier",
      "nothing",
      "Name the server as the catalogue does.",
    );
  }
  if (read.catalogue !== undefined && read.closedBy !== undefined) {
    const hint = "closedBy says why there is no catalogue: leave one of the two out.";
    throw invalidOption(`${WHAT}.closedBy`, "no catalogue beside it", "a catalogue", hint);
  }
  const mode =
    read.validate === undefined
      ? undefined
      : readOneOf(`${WHAT}.validate`, read.validate, ["arguments", "results", "both"]);
  return {
    server: readText(`${WHAT}.server`, read.server),
    catalogue: read.catalogue === undefined ? undefined : readCatalogue(`${WHAT}.catalogue`, read.catalogue),
    closedBy: read.closedBy === undefined ? undefined : readError(read.closedBy),
    open: new Set(read.unsigned === undefined ? [] : readSurfaces(read.unsigned)),
    sampling:
      read.sampling === undefined ? "refuse" : readOneOf(`${WHAT}.sampling`, read.sampling, ["refuse", "allow"]),
    overlapMs: read.overlapSeconds === undefined ? 0 : readCount(`${WHAT}.overlapSeconds`, read.overlapSeconds) * 1000,
    refresh: read.refresh === undefined ? undefined : readRefresh(read.refresh),
    validate: {
      arguments: mode === "arguments" || mode === "both",
      results: mode === "results" || mode === "both",
    },
    limits: read.limits === undefined ? LIMITS : readLimits(read.limits),
    now: clock(read.now === undefined ? Date.now : readFunction(`${WHAT}.now`, read.now)),
    onDecision: read.onDecision === undefined ? undefined : readFunction(`${WHAT}.onDecision`, read.onDecision),
    emit: read.emit === undefined ? undefined : readFunction(`${WHAT}.emit`, read.emit),
  };
}

/** The catalogue, if a verifier made it. */
export function readCatalogue(subject: string, value: unknown): VerifiedCatalogue {
  if (isVerifiedCatalogue(value)) return value;
  const hint = "Pass what a verifier's verify() returned; a parsed file proves nothing.";
  throw invalidOption(subject, "a VerifiedCatalogue", kindOf(value), hint);
}

/** Any error may be the reason why there is no catalogue. For example, the file may not exist. */
function readError(value: unknown): InkanError {
  if (value instanceof InkanError) return value;
  if (!(value instanceof Error)) throw invalidOption(`${WHAT}.closedBy`, "an error", kindOf(value));
  const code = "code" in value && isErrorCode(value.code) ? value.code : "ERR_GATE_CLOSED";
  const hint = "Find out why there is no verified catalogue; then give one to createGate or gate.replace.";
  return errorOf({ code, message: printable(value.message), hint }, value);
}

function readSurfaces(value: unknown): OpenSurface[] {
  if (!Array.isArray(value)) throw invalidOption(`${WHAT}.unsigned`, `a list of ${OPENABLE.join(", ")}`, kindOf(value));
  return value.map((one, index) => readOneOf(`${WHAT}.unsigned[${index}]`, one, OPENABLE));
}

function readRefresh(value: unknown): Settings["refresh"] {
  const subject = `${WHAT}.refresh`;
  const read = readOptions(subject, value, ["load", "everySeconds"]);
  const seconds = read.everySeconds === undefined ? 60 : readCount(`${subject}.everySeconds`, read.everySeconds);
  return { load: readFunction(`${subject}.load`, read.load), everyMs: seconds * 1000 };
}

function readLimits(value: unknown): Limits {
  const names = Object.keys(LIMITS) as (keyof Limits)[];
  const read = readOptions(`${WHAT}.limits`, value, names);
  const stated = names.flatMap((name) => {
    const limit = read[name];
    return limit === undefined ? [] : [[name, readCount(`${WHAT}.limits.${name}`, limit)] as const];
  });
  return { ...LIMITS, ...Object.fromEntries(stated) };
}

function readFunction<F>(subject: string, value: unknown): F {
  if (typeof value !== "function") throw invalidOption(subject, "a function", kindOf(value));
  return value as F;
}

function clock(now: () => unknown): () => number {
  return () => {
    try {
      const time = now();
      if (typeof time === "number") return time;
      return time instanceof Date ? time.getTime() : typeof time === "string" ? Date.parse(time) : Number.NaN;
    } catch {
      return Number.NaN;
    }
  };
}
