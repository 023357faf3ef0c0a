/** Messages of the client: what may reach the server. */
import { factsText, type InkanError } from "../../errors.js";
import {
  type AddressedMessage,
  type Envelope,
  errorAnswer,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  isObject,
  type JsonObject,
  type MessageId,
  own,
  ownText,
  readEnvelope,
} from "../message/message.js";
import { type Refusal, refusalAnswer } from "../message/refusal.js";
import { isStateless, type OpenRequest } from "../message/session.js";
import { GUARDED_METHODS, KNOWN_METHODS, SURFACE_OF_LIST, SURFACES, type Surface } from "../message/surfaces.js";
import { type Outcome, type Parts, toClient, toServer } from "./parts.js";

/** The use of one definition: its kind and its name. `undefined` if no signature is needed. */
interface Use {
  readonly kind: "tool" | "prompt" | "resource" | "resourceTemplate";
  readonly name: string | undefined;
}

export class Outbound {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
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
      default: {
        if (this.#parts.session.server.delete(envelope.id)) return toServer(message);
        return this.#drop("ERR_MESSAGE_UNEXPECTED");
      }
    }
  }

  /** Why a request may not reach the server, or undefined. A definition that passes is marked as used. */
  refusalOf(method: string, params: JsonObject): Refusal | undefined {
    const uses = usesOf(method, params);
    for (const use of uses) {
      const refusal = this.#refusalOfUse(use);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #refusalOfUse({ kind, name }: Use): Refusal | undefined {
    const { settings, catalogues, verdicts, refresher } = this.#parts;
    if (name === undefined) return malformedUse(kind);
    const resources = kind === "resource" || kind === "resourceTemplate";
    if (settings.open.has(SURFACES[kind].member) || (resources && settings.open.has("resources"))) return undefined;
    const closedBy = catalogues.closedBy();
    if (closedBy !== undefined) {
      refresher.ask();
      return closedRefusal(closedBy, kind, name);
    }
    if (kind === "resource") return verdicts.refusalOfUri(name);
    const refusal = verdicts.refusalOf(kind, name);
    // A completion may name a template, or a URI that matches one.
    return refusal !== undefined && kind === "resourceTemplate" && verdicts.refusalOfUri(name) === undefined
      ? undefined
      : refusal;
  }

  #request(message: unknown, { id, method, params }: Envelope & { readonly type: "request" }): Outcome {
    const { session, relists, settings, events, catalogues } = this.#parts;
    if (session.client.has(id)) return this.#drop("ERR_MESSAGE_UNEXPECTED", method);
    if (relists.isOwn(id)) {
      this.#tellRefused("message", method, undefined, "ERR_MESSAGE_UNEXPECTED");
      return toClient(
        errorAnswer(id, INVALID_REQUEST, "ERR_MESSAGE_UNEXPECTED: a request of inkan's own has this id.", {
          code: "ERR_MESSAGE_UNEXPECTED",
          server: settings.server,
          hint: "Send the request with another id.",
        }),
      );
    }
    if (session.client.size >= settings.limits.pendingRequests) {
      this.#tellRefused("message", method, undefined, "ERR_MESSAGE_LIMIT");
      return toClient(
        errorAnswer(id, INTERNAL_ERROR, "ERR_MESSAGE_LIMIT: too many requests wait for an answer.", {
          code: "ERR_MESSAGE_LIMIT",
          server: settings.server,
          hint: "Wait for answers, or raise the limit pendingRequests.",
        }),
      );
    }
    const surface = SURFACE_OF_LIST.get(method);
    if (surface !== undefined) return this.#list(message, id, surface, params);
    const [use] = usesOf(method, params);
    const refusal = this.refusalOf(method, params);
    if (refusal !== undefined) return this.#refuse(id, method, refusal);
    if (use?.name !== undefined) {
      const digest = this.#use(use.kind, use.name);
      events.tell({
        direction: "outbound",
        method,
        kind: use.kind,
        name: use.name,
        decision: "allowed",
        signedDigest: digest,
      });
    } else if (!KNOWN_METHODS.has(method)) this.#tellUnknown(method);
    const open: OpenRequest =
      method === "tools/call" && use?.name !== undefined
        ? { method, name: use.name }
        : method === "subscriptions/listen"
          ? { method, hears: heardBy(params) }
          : { method };
    if (method === "tools/call" && settings.validate.arguments && catalogues.closedBy() === undefined) {
      return this.#checked(message, id, open, params);
    }
    return this.#pass(message, id, open, params);
  }

  /** Marks a definition as used, and returns its digest. */
  #use(kind: Use["kind"], name: string): string | undefined {
    const { verdicts, catalogues } = this.#parts;
    if (catalogues.signed(kind, name).length === 0) return undefined;
    verdicts.use(kind, name);
    return verdicts.definition(kind, name)?.digest;
  }

  #pass(message: unknown, id: MessageId, open: OpenRequest, params: JsonObject): AddressedMessage[] {
    if (open.method === "initialize") this.#parts.verdicts.beginSession();
    this.#parts.session.client.set(id, open);
    this.#parts.session.asks(open.method, params);
    return toServer(message);
  }

  async #checked(
    message: unknown,
    id: MessageId,
    open: OpenRequest & { readonly name?: string },
    params: JsonObject,
  ): Promise<AddressedMessage[]> {
    const { verdicts, schemas } = this.#parts;
    const signed = open.name === undefined ? undefined : verdicts.definition("tool", open.name);
    const refusal =
      signed === undefined ? undefined : await schemas.refusalOfArguments(signed, own(params, "arguments"));
    // Another catalogue may have been put in place while the arguments were checked.
    const refused = refusal ?? this.refusalOf(open.method, params);
    return refused === undefined ? this.#pass(message, id, open, params) : this.#refuse(id, open.method, refused);
  }

  #list(message: unknown, id: MessageId, surface: Surface, params: JsonObject): AddressedMessage[] {
    const { settings, session, catalogues, events, refresher } = this.#parts;
    const given = own(params, "cursor");
    const cursor = given === undefined || typeof given === "string" ? given : JSON.stringify(given);
    if (settings.open.has(surface.member)) return this.#pass(message, id, { method: surface.list }, params);
    const closedBy = catalogues.closedBy();
    if (closedBy !== undefined) {
      refresher.ask();
      events.tell({
        direction: "outbound",
        method: surface.list,
        kind: surface.kind,
        decision: "hidden",
        code: closedBy.code,
      });
      return toClient({ jsonrpc: "2.0", id, result: emptyList(surface, isStateless(params)) });
    }
    const walk = session.walks[surface.member].of(cursor);
    const page = { surface, walk, cursor: cursor ?? "" };
    return this.#pass(message, id, { method: surface.list, page }, params);
  }

  #notification(
    message: unknown,
    { method, params }: Envelope & { readonly type: "notification" },
  ): AddressedMessage[] {
    const { session, relists } = this.#parts;
    if (GUARDED_METHODS.has(method)) return this.#drop("ERR_MESSAGE_MALFORMED", method);
    if (method === "notifications/cancelled") {
      const id = own(params, "requestId") as MessageId;
      if (relists.isOwn(id)) return this.#drop("ERR_MESSAGE_UNEXPECTED", method);
      session.client.delete(id);
    }
    if (!KNOWN_METHODS.has(method)) this.#tellUnknown(method);
    return toServer(message);
  }

  /** One error for each request in the batch. */
  #batch(messages: readonly unknown[]): AddressedMessage[] {
    const { settings, session, relists } = this.#parts;
    this.#tellRefused("message", undefined, undefined, "ERR_MESSAGE_BATCH");
    return batchErrors(messages, settings.limits.batchMessages, settings.server)
      .filter(({ id }) => !session.client.has(id) && !relists.isOwn(id))
      .flatMap(({ answer }) => toClient(answer));
  }

  #malformed({ id, request }: Envelope & { readonly type: "malformed" }): AddressedMessage[] {
    const { session, relists, settings } = this.#parts;
    const dropped = this.#drop("ERR_MESSAGE_MALFORMED");
    if (!request || id === undefined || session.client.has(id) || relists.isOwn(id)) return dropped;
    return toClient(malformedAnswer(id, settings.server));
  }

  /** Reports a refused request. */
  tellRefused(method: string, refusal: Refusal): void {
    this.#parts.events.tell({
      direction: "outbound",
      method,
      kind: refusal.kind ?? "message",
      name: refusal.name,
      decision: "refused",
      code: refusal.code,
      signedDigest: refusal.signedDigest,
      offeredDigest: refusal.offeredDigest,
      difference: refusal.difference,
    });
  }

  #refuse(id: MessageId, method: string, refusal: Refusal): AddressedMessage[] {
    const { settings, catalogues } = this.#parts;
    this.tellRefused(method, refusal);
    return toClient(refusalAnswer(id, refusal, settings.server, catalogues.current()));
  }

  #drop(code: "ERR_MESSAGE_UNEXPECTED" | "ERR_MESSAGE_MALFORMED", method?: string): AddressedMessage[] {
    this.#parts.events.tell({ direction: "outbound", method, kind: "message", decision: "dropped", code });
    return [];
  }

  #tellRefused(kind: "message", method: string | undefined, name: string | undefined, code: Refusal["code"]): void {
    this.#parts.events.tell({ direction: "outbound", method, kind, name, decision: "refused", code });
  }

  #tellUnknown(method: string): void {
    this.#parts.events.tell({ direction: "outbound", method, kind: "message", decision: "allowed" });
  }
}

function usesOf(method: string, params: JsonObject): Use[] {
  switch (method) {
    case "tools/call":
      return [{ kind: "tool", name: ownText(params, "name") }];
    case "prompts/get":
      return [{ kind: "prompt", name: ownText(params, "name") }];
    case "resources/read":
    case "resources/subscribe":
      return [{ kind: "resource", name: ownText(params, "uri") }];
    case "completion/complete": {
      const ref = own(params, "ref");
      return own(ref, "type") === "ref/prompt"
        ? [{ kind: "prompt", name: ownText(ref, "name") }]
        : [{ kind: "resourceTemplate", name: ownText(ref, "uri") }];
    }
    case "subscriptions/listen": {
      const uris = own(own(params, "notifications"), "resourceSubscriptions");
      if (uris === undefined || uris === null) return [];
      const listed: readonly unknown[] = Array.isArray(uris) ? uris : [uris];
      return listed.map((uri) => ({ kind: "resource", name: typeof uri === "string" ? uri : undefined }));
    }
    default:
      return [];
  }
}

/** The changed lists that a subscription asks for. */
function heardBy(params: JsonObject): ReadonlySet<Surface["capability"]> {
  const filter = own(params, "notifications");
  const capabilities = (["tools", "prompts", "resources"] as const).filter(
    (capability) => own(filter, `${capability}ListChanged`) === true,
  );
  return new Set(capabilities);
}

export function closedRefusal(closedBy: InkanError, kind: Use["kind"], name: string): Refusal {
  const reason = "The gate is closed: no verified catalogue is in place.";
  return { code: closedBy.code, reason: `${reason} ${factsText(closedBy)}`, hint: closedBy.hint, kind, name };
}

function malformedUse(kind: Use["kind"]): Refusal {
  return {
    code: "ERR_MESSAGE_MALFORMED",
    reason: `The request names no ${SURFACES[kind].noun}.`,
    hint: "Correct the request; its parameters lack a text.",
    kind,
  };
}

/** The list of a closed gate. Since 2026-07-28, a result states its kind and how long it is valid. */
export const emptyList = (surface: Surface, stateless: boolean): JsonObject => ({
  [surface.member]: [],
  ...(stateless && { resultType: "complete", ttlMs: 0, cacheScope: "private" }),
});

/** An error for each request of a batch, with its id. */
export function batchErrors(
  messages: readonly unknown[],
  most: number,
  server: string,
): { readonly id: MessageId; readonly answer: JsonObject }[] {
  const seen = new Set<MessageId>();
  return messages.slice(0, most).flatMap((message) => {
    const envelope = isObject(message) ? readEnvelope(message) : undefined;
    const isRequest =
      envelope?.type === "request" || (envelope?.type === "malformed" && envelope.request && envelope.id !== undefined);
    const id = isRequest ? envelope?.id : undefined;
    if (id === undefined || seen.has(id)) return [];
    seen.add(id);
    const data = { code: "ERR_MESSAGE_BATCH", server, hint: "Send each message by itself." };
    return [{ id, answer: errorAnswer(id, INVALID_REQUEST, "ERR_MESSAGE_BATCH: inkan refused a batch.", data) }];
  });
}

export const malformedAnswer = (id: MessageId, server: string): JsonObject =>
  errorAnswer(id, INVALID_REQUEST, "ERR_MESSAGE_MALFORMED: inkan refused a message that is not JSON-RPC 2.0.", {
    code: "ERR_MESSAGE_MALFORMED",
    server,
    hint: "Look at what its sender writes.",
  });
