/** Messages of the server: what may reach the client. */
import type { ErrorCode } from "../../errors.js";
import type { JudgedPage } from "../lists/lists.js";
import { later } from "../lists/relist.js";
import {
  type AddressedMessage,
  type Envelope,
  errorAnswer,
  INTERNAL_ERROR,
  isObject,
  type JsonObject,
  type JsonRpcMessage,
  type MessageId,
  own,
  ownText,
  readEnvelope,
  withMembers,
} from "../message/message.js";
import { type Refusal, refusalAnswer } from "../message/refusal.js";
import { asksWithTools, bringsTools } from "../message/sampling.js";
import type { OpenRequest } from "../message/session.js";
import { ALL_SURFACES, KNOWN_METHODS, type Surface, surfacesOf } from "../message/surfaces.js";
import { batchErrors, emptyList } from "./outbound.js";
import { type Outcome, type Parts, toClient, toServer } from "./parts.js";

const SAMPLING: Refusal = {
  code: "ERR_SAMPLING_TOOLS",
  reason: "The server offers tools of its own making to the client's model.",
  hint: 'Nobody signed these tools; sampling: "allow" lets them pass if you trust the server with that.',
};

/** The members of results that need a signature. */
const DEFINITION_MEMBERS: readonly string[] = [...ALL_SURFACES.map(({ member }) => member), "instructions"];

interface Burst {
  count: number;
  held: boolean;
}

export class Inbound {
  readonly #parts: Parts;
  readonly #emit: (message: AddressedMessage) => boolean;
  /** The notifications of changed lists in the present second, by method. */
  readonly #bursts = new Map<string, Burst>();

  constructor(parts: Parts, emit: (message: AddressedMessage) => boolean) {
    this.#parts = parts;
    this.#emit = emit;
  }

  judge(message: unknown): Outcome {
    const envelope = readEnvelope(message);
    switch (envelope.type) {
      case "batch":
        return this.#batch(envelope.messages);
      case "malformed":
        return this.#malformed(envelope);
      case "request":
        return this.#request(message, envelope);
      case "notification":
        return this.#notification(message, envelope);
      default:
        return this.#answer(message, envelope);
    }
  }

  #request(message: unknown, { id, method, params }: Envelope & { readonly type: "request" }): AddressedMessage[] {
    const { session, settings, catalogues, events } = this.#parts;
    if (session.server.has(id)) return this.#drop("ERR_MESSAGE_UNEXPECTED", method);
    if (session.server.size >= settings.limits.pendingRequests || `${id}`.length > settings.limits.idCharacters) {
      this.#drop("ERR_MESSAGE_LIMIT", method);
      return toServer(errorAnswer(id, INTERNAL_ERROR, "Too many requests wait for an answer, or the id is too long."));
    }
    if (settings.sampling === "refuse" && method === "sampling/createMessage" && bringsTools(params)) {
      events.tell({ direction: "inbound", method, kind: "sampling", decision: "refused", code: SAMPLING.code });
      return toServer(refusalAnswer(id, SAMPLING, settings.server, catalogues.current()));
    }
    if (method === "sampling/createMessage" && bringsTools(params)) {
      events.tell({ direction: "inbound", method, kind: "sampling", decision: "allowed" });
    }
    if (!KNOWN_METHODS.has(method)) this.#tellUnknown(method);
    session.server.set(id, method);
    return toClient(message);
  }

  #notification(
    message: unknown,
    { method, params }: Envelope & { readonly type: "notification" },
  ): AddressedMessage[] {
    const { session, settings, relists, events } = this.#parts;
    if (settings.sampling === "refuse" && (asksWithTools(params) || method === "sampling/createMessage")) {
      events.tell({ direction: "inbound", method, kind: "sampling", decision: "dropped", code: SAMPLING.code });
      return [];
    }
    if (method === "notifications/cancelled") {
      const id = own(params, "requestId") as MessageId;
      // The client does not know the gate's own requests.
      if (relists.isOwn(id)) {
        relists.answer({ type: "error", id, error: undefined });
        return this.#drop("ERR_MESSAGE_UNEXPECTED", method);
      }
      // The server ends its own request, or a subscription, which is a request of the client.
      if (!session.server.delete(id) && session.client.get(id)?.method === "subscriptions/listen") {
        session.client.delete(id);
      }
      return toClient(message);
    }
    const surfaces = surfacesOf(method);
    if (surfaces.length > 0) {
      for (const surface of surfaces) relists.cause(surface);
      return this.#held(surfaces) ? [] : toClient(message);
    }
    if (!KNOWN_METHODS.has(method)) this.#tellUnknown(method);
    return toClient(message);
  }

  /**
   * Whether a notification of a changed list is held back. Of many notifications a few pass, and one more follows at
   * the end.
   */
  #held([surface]: readonly Surface[]): boolean {
    if (surface === undefined) return false;
    const method = surface.notification;
    let burst = this.#bursts.get(method);
    if (burst === undefined) {
      const begun = { count: 0, held: false };
      burst = begun;
      this.#bursts.set(method, burst);
      later(1000, () => {
        this.#bursts.delete(method);
        if (!begun.held) return;
        for (const message of this.#parts.session.notifications(surface)) {
          this.#emit({ to: "client", message: message as JsonRpcMessage });
        }
      });
    }
    burst.count += 1;
    if (burst.count <= this.#parts.settings.limits.listChangedPerSecond) return false;
    burst.held = true;
    return true;
  }

  #answer(message: unknown, envelope: Envelope & { readonly type: "result" | "error" }): Outcome {
    const { session, relists, settings, verdicts } = this.#parts;
    const { id } = envelope;
    if (relists.isOwn(id)) {
      const done = relists.answer(envelope);
      return done instanceof Promise ? done.then(() => []) : [];
    }
    const request = session.client.get(id);
    if (request === undefined) return this.#drop("ERR_MESSAGE_UNEXPECTED");
    session.client.delete(id);
    if (envelope.type === "error") {
      session.answered(request.method, undefined);
      relists.schedule();
      return settings.sampling === "refuse" && asksWithTools(envelope.error)
        ? this.#sampling(id, request)
        : toClient(message);
    }
    const { result } = envelope;
    if (!isObject(result)) return this.#unusable(id, request, "ERR_MESSAGE_MALFORMED");
    session.answered(request.method, result);
    relists.schedule();
    if (settings.sampling === "refuse" && asksWithTools(result)) return this.#sampling(id, request);
    if (request.page !== undefined) return this.#list(message as JsonObject, id, request, result);
    if (request.method === "initialize" || request.method === "server/discover") {
      // The new session may restore names that the session before revoked.
      for (const surface of ALL_SURFACES) if (verdicts.revokesAny(surface.kind)) relists.cause(surface);
      return this.#instructions(message as JsonObject, request, result);
    }
    if (request.method === "tools/call" && settings.validate.results)
      return this.#checked(message, id, request, result);
    return toClient(message);
  }

  #list(message: JsonObject, id: MessageId, request: OpenRequest, result: JsonObject): Outcome {
    const { page } = request;
    if (page === undefined) return toClient(message);
    const { settings, catalogues, lists } = this.#parts;
    const { surface, walk, cursor } = page;
    const offers = own(result, surface.member);
    const foreign = Object.fromEntries(DEFINITION_MEMBERS.map((member) => [member, undefined]));
    if (offers === undefined && own(result, "resultType") === "input_required") {
      return toClient(withMembers(message, { result: withMembers(result, foreign) }));
    }
    if (!Array.isArray(offers)) return this.#unusable(id, request, "ERR_MESSAGE_MALFORMED");
    if (offers.length > settings.limits.listEntries) return this.#unusable(id, request, "ERR_MESSAGE_LIMIT");
    const handOn = ({ listed }: Pick<JudgedPage, "listed">): AddressedMessage[] =>
      toClient(withMembers(message, { result: withMembers(result, { ...foreign, [surface.member]: listed }) }));
    if (catalogues.closedBy() !== undefined) {
      return toClient({ jsonrpc: "2.0", id, result: emptyList(surface, own(result, "resultType") !== undefined) });
    }
    const judged = lists.judge({ surface, offers, walk, cursor, forClient: true });
    const ended = (outcome: JudgedPage): AddressedMessage[] => {
      this.#endPage(request, result, outcome);
      return handOn(outcome);
    };
    return judged instanceof Promise ? judged.then(ended) : ended(judged);
  }

  /** What follows from a judged page of the client's list. */
  #endPage({ page }: OpenRequest, result: JsonObject, { changed, refused }: JudgedPage): void {
    if (page === undefined) return;
    const { settings, session, verdicts, relists, refresher } = this.#parts;
    const { surface, walk } = page;
    const next = ownText(result, "nextCursor");
    if (next !== undefined) {
      if (next.length <= settings.limits.cursorCharacters) session.walks[surface.member].next(next, walk);
    } else if (walk.whole && own(result, "nextCursor") === undefined) verdicts.ended(surface.kind, walk);
    if (changed) relists.cause(surface);
    if (refused) refresher.ask();
  }

  /** What a server says about itself when a session begins. */
  #instructions(given: JsonObject, { method }: OpenRequest, whole: JsonObject): AddressedMessage[] {
    const { catalogues, events } = this.#parts;
    // Definitions do not belong there, and no client needs them there.
    const misplaced = ALL_SURFACES.filter(({ member }) => own(whole, member) !== undefined);
    for (const { kind, unsigned } of misplaced) {
      events.tell({ direction: "inbound", method, kind, decision: "hidden", code: unsigned });
    }
    const without = Object.fromEntries(misplaced.map(({ member }) => [member, undefined]));
    const result = misplaced.length === 0 ? whole : withMembers(whole, without);
    const message = misplaced.length === 0 ? given : withMembers(given, { result });
    const text = own(result, "instructions");
    if (text === undefined) return toClient(message);
    const signed = catalogues.signsInstructions(text);
    const code = signed ? undefined : (catalogues.closedBy()?.code ?? "ERR_INSTRUCTIONS_UNSIGNED");
    events.tell({
      direction: "inbound",
      method,
      kind: "instructions",
      decision: signed ? "allowed" : "dropped",
      code,
    });
    if (signed) return toClient(message);
    return toClient(withMembers(message, { result: withMembers(result, { instructions: undefined }) }));
  }

  async #checked(
    message: unknown,
    id: MessageId,
    request: OpenRequest,
    result: JsonObject,
  ): Promise<AddressedMessage[]> {
    const { verdicts, schemas, events, settings, catalogues } = this.#parts;
    const signed = request.name === undefined ? undefined : verdicts.definition("tool", request.name);
    const refusal = signed === undefined ? undefined : await schemas.refusalOfResult(signed, result);
    if (refusal === undefined) return toClient(message);
    events.tell({
      direction: "inbound",
      method: request.method,
      kind: "tool",
      name: request.name,
      decision: "refused",
      code: refusal.code,
    });
    return toClient(refusalAnswer(id, refusal, settings.server, catalogues.current()));
  }

  #sampling(id: MessageId, { method, name }: OpenRequest): AddressedMessage[] {
    const { events, settings, catalogues } = this.#parts;
    events.tell({ direction: "inbound", method, kind: "sampling", name, decision: "refused", code: SAMPLING.code });
    const refusal: Refusal = name === undefined ? SAMPLING : { ...SAMPLING, kind: "tool", name };
    return toClient(refusalAnswer(id, refusal, settings.server, catalogues.current()));
  }

  /** An answer that cannot be passed on. The client gets an error instead. */
  #unusable(id: MessageId, { method }: OpenRequest, code: ErrorCode): AddressedMessage[] {
    this.#drop(code, method);
    const { server } = this.#parts.settings;
    const hint = "Look at what the server answers; it was not passed on.";
    const text = `${code}: inkan refused the server's answer to ${method}.`;
    return toClient(errorAnswer(id, INTERNAL_ERROR, text, { code, server, hint }));
  }

  /** A message that names an open request and is no answer that all receivers understand: the request fails. */
  #malformed({ id, request: asks }: Envelope & { readonly type: "malformed" }): AddressedMessage[] {
    const failed = id === undefined || asks ? [] : (this.#failed(id, "ERR_MESSAGE_MALFORMED") ?? []);
    return failed.length > 0 ? failed : this.#drop("ERR_MESSAGE_MALFORMED");
  }

  /** Ends an open request without its answer. Undefined if there is none with this id. */
  #failed(id: MessageId, code: ErrorCode): AddressedMessage[] | undefined {
    const { session, relists } = this.#parts;
    if (relists.isOwn(id)) {
      void relists.answer({ type: "error", id, error: undefined });
      return [];
    }
    const request = session.client.get(id);
    if (request === undefined) return undefined;
    session.client.delete(id);
    session.answered(request.method, undefined);
    return this.#unusable(id, request, code);
  }

  /** Requests in a batch are answered to the server. A request of the client that a batch answers fails. */
  #batch(messages: readonly unknown[]): AddressedMessage[] {
    const { session, settings } = this.#parts;
    const most = settings.limits.batchMessages;
    this.#drop("ERR_MESSAGE_BATCH");
    const errors = batchErrors(messages, most, settings.server).filter(({ id }) => !session.server.has(id));
    const failed = messages.slice(0, most).flatMap((message) => {
      const envelope = isObject(message) ? readEnvelope(message) : undefined;
      if (envelope?.type !== "result" && envelope?.type !== "error") return [];
      return this.#failed(envelope.id, "ERR_MESSAGE_BATCH") ?? [];
    });
    return [...errors.flatMap(({ answer }) => toServer(answer)), ...failed];
  }

  #drop(code: ErrorCode, method?: string): AddressedMessage[] {
    this.#parts.events.tell({ direction: "inbound", method, kind: "message", decision: "dropped", code });
    return [];
  }

  #tellUnknown(method: string): void {
    this.#parts.events.tell({ direction: "inbound", method, kind: "message", decision: "allowed" });
  }
}
