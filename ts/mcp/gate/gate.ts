/**
 * The gate between an agent and an MCP server, as a state machine: a message goes in, and ordered messages come out. It
 * does no I/O. Its clock, its catalogues and the sender of its own messages are given to it. See
 * docs/protect-an-agent.md.
 */
import type { VerifiedCatalogue } from "../../catalogue/catalogue.js";
import type { ErrorCode, InkanError } from "../../errors.js";
import { invalidOption } from "../../input/options.js";
import { Lists } from "../lists/lists.js";
import { later, Relists } from "../lists/relist.js";
import {
  type AddressedMessage,
  errorAnswer,
  INTERNAL_ERROR,
  type JsonRpcMessage,
  type MessageId,
  readEnvelope,
} from "../message/message.js";
import { Session } from "../message/session.js";
import { ALL_SURFACES } from "../message/surfaces.js";
import { Schemas } from "../schema/schemas.js";
import { Catalogues } from "../verdict/catalogues.js";
import { Refresher } from "../verdict/refresh.js";
import { Verdicts } from "../verdict/verdicts.js";
import { Events } from "./events.js";
import { Inbound } from "./inbound.js";
import { type GateOptions, readCatalogue, readSettings, type Settings } from "./options.js";
import { Outbound } from "./outbound.js";
import { type Outcome, type Parts, toClient } from "./parts.js";

/** What a gate offers to the adapters around it. @internal */
export interface GateInside {
  readonly parts: Parts;
  readonly outbound: Outbound;
  /** Whether a transport sends this gate's messages. */
  readonly attached: () => boolean;
  /** Gives the gate a sender for its own messages. Throws if there is one already. */
  readonly attach: (emit: (message: AddressedMessage) => void) => void;
  /** The connection has ended, and with it all open requests. */
  readonly detach: () => void;
  /** Nobody waits any more for the answer to a request of the client. */
  readonly forget: (id: MessageId) => void;
  /** Resolves when everything that went in has been judged. */
  readonly settled: () => Promise<void>;
}

let open: (gate: Gate) => GateInside;

class Gate {
  readonly #settings: Settings;
  readonly #parts: Parts;
  readonly #outbound: Outbound;
  readonly #inbound: Inbound;
  #attached: ((message: AddressedMessage) => void) | undefined;
  /** The running judgement, if one takes time. */
  #turn: Promise<unknown> | undefined;
  /** How many catalogues were in force when this was last determined. */
  #active: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: GateOptions) {
    const settings = readSettings(options);
    const catalogues = new Catalogues(settings);
    const verdicts = new Verdicts(catalogues, settings.limits.uriCharacters);
    const events = new Events(settings, () => catalogues.active());
    const lists = new Lists(catalogues, verdicts, events);
    const session = new Session(settings.limits.listWalks);
    const emit = (message: AddressedMessage): boolean => this.#emit(message);
    const relists = new Relists({ settings, catalogues, verdicts, events, lists, session, emit });
    const refresher = new Refresher(settings, events, (catalogue) => this.replace(catalogue));
    const schemas = new Schemas(settings, events);
    this.#settings = settings;
    this.#parts = { settings, catalogues, verdicts, events, lists, session, relists, refresher, schemas };
    this.#outbound = new Outbound(this.#parts);
    this.#inbound = new Inbound(this.#parts, emit);
    this.#active = catalogues.active().length;
    Object.freeze(this);
  }

  static {
    open = (gate) => ({
      parts: gate.#parts,
      outbound: gate.#outbound,
      attached: () => gate.#attached !== undefined,
      attach: (emit) => {
        if (gate.#attached !== undefined) {
          const hint = "Make a gate for each connection; close the transport before the gate is used for another.";
          throw invalidOption("gateTransport.gate", "a gate that no open transport uses", "one in use", hint);
        }
        gate.#attached = emit;
      },
      detach: () => gate.#detach(),
      forget: (id) => void gate.#parts.session.client.delete(id),
      settled: () => gate.#inTurn(() => []).then(() => {}),
    });
  }

  /** Why the gate is closed. Undefined while it is open. */
  get closedBy(): InkanError | undefined {
    return this.#parts.catalogues.closedBy();
  }

  /** Judges a message of the client. Messages are judged in the order of the calls. */
  outbound(message: unknown): Promise<AddressedMessage[]> {
    return this.#inTurn(() => this.#guarded(message, "outbound"));
  }

  /** Judges a message of the server. */
  inbound(message: unknown): Promise<AddressedMessage[]> {
    return this.#inTurn(() => this.#guarded(message, "inbound"));
  }

  /**
   * Puts a newer catalogue in place. Throws, and keeps the present one, if the new one is older, is the same version
   * with other content, is for another server, or has expired.
   */
  replace(catalogue: VerifiedCatalogue): void {
    if (!this.#parts.catalogues.replace(readCatalogue("gate.replace", catalogue))) return;
    this.#parts.verdicts.prune();
    this.#active = this.#parts.catalogues.active().length;
    this.#watch();
    this.#announce();
  }

  /** Runs after the running judgement, if there is one. Otherwise at once. */
  #inTurn(work: () => Outcome): Promise<AddressedMessage[]> {
    if (this.#turn !== undefined) return this.#queue(this.#turn.then(work));
    const outcome = work();
    return outcome instanceof Promise ? this.#queue(outcome) : Promise.resolve(outcome);
  }

  #queue(outcome: Promise<AddressedMessage[]>): Promise<AddressedMessage[]> {
    const turn = outcome.finally(() => {
      if (this.#turn === turn) this.#turn = undefined;
    });
    this.#turn = turn;
    return turn;
  }

  /** If a judgement fails, nothing passes. */
  #guarded(message: unknown, direction: "outbound" | "inbound"): Outcome {
    this.#notice();
    try {
      const outcome = (direction === "outbound" ? this.#outbound : this.#inbound).judge(message);
      return outcome instanceof Promise ? outcome.catch(() => this.#failed(message, direction)) : outcome;
    } catch {
      return this.#failed(message, direction);
    }
  }

  #failed(message: unknown, direction: "outbound" | "inbound"): AddressedMessage[] {
    const code: ErrorCode = "ERR_INTERNAL";
    this.#parts.events.tell({ direction, kind: "message", decision: "dropped", code });
    const id = this.#unanswered(message, direction);
    if (id === undefined) return [];
    const hint = "This is a bug of inkan; please report it. Nothing was passed on.";
    const data = { code, server: this.#settings.server, hint };
    return toClient(errorAnswer(id, INTERNAL_ERROR, `${code}: inkan could not judge a message.`, data));
  }

  /** The request of the client that a message is, or that it answers. */
  #unanswered(message: unknown, direction: "outbound" | "inbound"): MessageId | undefined {
    try {
      const envelope = readEnvelope(message);
      const answers = envelope.type === "result" || envelope.type === "error";
      return (direction === "outbound" ? envelope.type === "request" : answers) && "id" in envelope
        ? envelope.id
        : undefined;
    } catch {
      // An object whose own code throws is not a message.
      return undefined;
    }
  }

  /** Sends a message that no other message caused. Returns whether there is a sender. */
  #emit(message: AddressedMessage): boolean {
    const { emit } = this.#settings;
    try {
      this.#attached?.(message);
      emit?.(message);
    } catch {
      // The sender reports its own failures. A list that is not answered ends by itself.
    }
    return emit !== undefined || this.#attached !== undefined;
  }

  /** Determines whether a catalogue has expired, or its overlap has ended, since the last call. */
  #notice(): void {
    if (this.#timer === undefined) this.#watch();
    const active = this.#parts.catalogues.active().length;
    if (active === this.#active) return;
    this.#active = active;
    const code = this.closedBy?.code;
    if (code !== undefined) {
      this.#parts.events.tell({ direction: "inbound", kind: "message", decision: "refused", code });
      this.#parts.refresher.ask();
    }
    this.#announce();
  }

  /** Sets a timer for the next expiry. If the clock stands still, it is read again later. */
  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const next = this.#parts.catalogues.nextChange();
    if (next === undefined) return;
    this.#timer = later(Math.max(next - this.#settings.now() + 1, 1_000), () => {
      this.#timer = undefined;
      this.#notice();
      this.#watch();
    });
  }

  /** Other definitions are in force now. Tells the client, and asks the server. */
  #announce(): void {
    const { session, relists } = this.#parts;
    const told = new Set<string>();
    for (const surface of ALL_SURFACES) {
      if (told.has(surface.notification) || !session.declares(surface.capability)) continue;
      told.add(surface.notification);
      for (const message of session.notifications(surface))
        this.#emit({ to: "client", message: message as JsonRpcMessage });
    }
    for (const surface of ALL_SURFACES) relists.cause(surface);
  }

  #detach(): void {
    this.#attached = undefined;
    this.#parts.relists.stop();
    this.#parts.session.reset();
    this.#parts.verdicts.beginSession();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

export type { Gate };

/** Makes a gate. It is closed until a verified catalogue for its server is in place. */
export function createGate(options: GateOptions): Gate {
  return new Gate(options);
}

/** For the adapters in this package. @internal */
export function gateInside(subject: string, gate: unknown): GateInside {
  if (gate instanceof Gate) return open(gate);
  throw invalidOption(subject, "a gate of createGate", typeof gate);
}
