/**
 * The server by Streamable HTTP: the order of messages, how many may be open, and a new session for one that the server has
 * forgotten.
 */
import type { SignedDefinition } from "../../../catalogue/definition.js";
import { own, ownText } from "../../../mcp/message/message.js";
import { Forgotten, Unanswered } from "../../../streamable_http/answers.js";
import { statedVersion } from "../../../streamable_http/repeated_headers.js";
import { type Arrived, type Hand, HttpSession } from "../../../streamable_http/session.js";
import { POLICY_ADVICE } from "../../policy.js";
import { LIMITS } from "../limits.js";
import { memberSpans } from "../message/json_spans.js";
import { type ReadMessage, readMessageBytes, type Unreadable } from "../message/message_text.js";
import type { Notes } from "../notes.js";
import type { Receiver, Upstream } from "./upstream.js";

export interface RemoteOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly notes: Notes;
  /** The signed definition of a tool. */
  readonly signed: (tool: string) => SignedDefinition | undefined;
}

type MessageId = string | number;

/** Milliseconds for which what comes next waits until a notification has been taken. */
const IN_ORDER = 2_000;
/** Milliseconds after which a request that waits for its place looks whether it is still wanted. */
const PLACE_LOOK = 1_000;
/** Milliseconds for the last message, and for the end of the session. */
const FAREWELL = 1_000;

export class RemoteServer implements Upstream {
  readonly #options: RemoteOptions;
  readonly #receiver: Receiver;
  readonly #http: HttpSession;
  /** Requests that wait for an answer. */
  readonly #open = new Map<MessageId, AbortController>();
  /** Requests that were answered on a stream which the server keeps open, the oldest first. */
  readonly #lingering = new Set<AbortController>();
  /** Called when a request may be sent. */
  readonly #waiting: (() => void)[] = [];
  /** Characters of messages that were not sent yet. */
  #unsent = 0;
  /** The client's own `initialize`, to begin again with. */
  #initialize: { readonly text: string; readonly id: MessageId } | undefined;
  #whenBegun: (() => void) | undefined;
  #renewals = 0;
  #renewing: Promise<void> | undefined;
  /** What the next message waits for. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: RemoteOptions, receiver: Receiver) {
    this.#options = options;
    this.#receiver = receiver;
    const endpoint = { url: options.url, headers: Object.entries(options.headers), advice: POLICY_ADVICE };
    this.#http = new HttpSession(endpoint, { messageBytes: LIMITS.messageBytes });
  }

  send(text: string, message: unknown): Promise<void> | undefined {
    const id = own(message, "id") as MessageId | undefined;
    const method = ownText(message, "method");
    const before = this.#turn;
    const isRequest = id !== undefined && method !== undefined;
    if (isRequest && method === "initialize") this.#initialize = { text, id };
    this.#unsent += text.length;
    const place = isRequest ? before.then(() => this.#place(id)) : before;
    const sent = place.then(() => {
      this.#unsent -= text.length;
      return this.#exchange(text, message);
    });
    if (!isRequest) this.#turn = Promise.race([sent, before.then(() => this.#http.pause(IN_ORDER))]);
    else if (method === "initialize") this.#turn = Promise.race([sent, this.#begun()]);
    else this.#turn = before;
    if (method === "notifications/cancelled") {
      const cancelled = own(own(message, "params"), "requestId") as MessageId;
      if (statedVersion(message) !== undefined) this.#open.get(cancelled)?.abort();
      else void sent.then(() => this.#leave(cancelled));
    }
    return this.#unsent > LIMITS.unsentCharacters ? place : undefined;
  }

  async end(how: "in order" | "soon"): Promise<number> {
    if (how === "in order") await Promise.race([this.#turn, this.#http.pause(FAREWELL)]);
    await this.#http.end(FAREWELL);
    return 0;
  }

  /** Resolves when `initialize` is answered: its stream may stay open. */
  #begun(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenBegun = resolve;
    });
  }

  /** Resolves when fewer requests are open than may be; later messages that are no requests do not wait for it. */
  async #place(id: MessageId): Promise<void> {
    while (this.#open.size >= LIMITS.openPosts && !this.#http.isOver && this.#receiver.waits(id)) {
      await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), this.#http.pause(PLACE_LOOK)]);
    }
  }

  /** Gives the place of a cancelled request to the next one: its server may never end the answer. */
  #leave(id: MessageId): void {
    const stop = this.#open.get(id);
    if (stop !== undefined && !this.#receiver.waits(id)) this.#settle(id, stop);
  }

  /** A request is open no more. Its stream may be: the specification says that the server should close it. */
  #settle(id: MessageId, stop: AbortController): void {
    if (this.#open.get(id) !== stop) return;
    this.#open.delete(id);
    this.#waiting.shift()?.();
    this.#lingering.add(stop);
    const [oldest] = this.#lingering;
    if (this.#lingering.size > LIMITS.lingeringStreams && oldest !== undefined) oldest.abort();
  }

  /** Sends one message, and hands on what comes for it. Never rejects. */
  async #exchange(text: string, message: unknown): Promise<void> {
    const method = ownText(message, "method");
    const id = method === undefined ? undefined : (own(message, "id") as MessageId | undefined);
    // It was cancelled while it waited for its place.
    if (id !== undefined && !this.#receiver.waits(id)) return;
    const stop = new AbortController();
    if (id !== undefined) this.#open.set(id, stop);
    const hand: Hand = async (what) => {
      const read = readArrived(what, id);
      if (method === "initialize" && "message" in read) this.#learnVersion(read, id);
      await this.#receiver.received(read);
      if (id !== undefined && !this.#receiver.waits(id)) this.#settle(id, stop);
    };
    const tool = ownText(own(message, "params"), "name");
    const exchange = {
      text,
      message,
      signed: tool === undefined ? undefined : this.#options.signed(tool),
      waits: () => id !== undefined && this.#receiver.waits(id),
      hand,
      begun: (session: string | undefined) => {
        this.#http.id = session;
      },
      signal: stop.signal,
    };
    try {
      await this.#http.post(exchange).catch(async (error: unknown) => {
        if (!(error instanceof Forgotten) || this.#initialize === undefined) throw error;
        await this.#renew(error.session);
        await this.#http.post(exchange);
      });
      if (method === "notifications/initialized") this.#listen();
    } catch (error) {
      if (this.#http.isOver || stop.signal.aborted) return;
      const reason = this.#http.why(error);
      if (id === undefined) this.#options.notes.say(`a message of the client was not taken. ${reason}`);
      else if (this.#receiver.waits(id)) await this.#receiver.failed(id, reason);
    } finally {
      if (id !== undefined) this.#settle(id, stop);
      this.#lingering.delete(stop);
    }
  }

  #learnVersion({ message }: ReadMessage, id: MessageId | undefined): void {
    if (own(message, "id") !== id) return;
    this.#http.version = ownText(own(message, "result"), "protocolVersion") ?? this.#http.version;
    this.#whenBegun?.();
  }

  #listen(): void {
    this.#http.listen({
      hand: (what) => this.#receiver.received(readArrived(what, undefined)),
      forgotten: (session) => this.#renew(session),
      unheard: () =>
        this.#options.notes.say("the server's own messages do not arrive: its stream ends again and again"),
    });
  }

  /** Begins another session with what the client said at first. Once, however many requests find the old one gone. */
  async #renew(forgotten: string): Promise<void> {
    if (this.#http.id !== forgotten) return this.#renewing;
    this.#renewing ??= this.#begin().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #begin(): Promise<void> {
    const first = this.#initialize;
    if (first === undefined) return;
    this.#options.notes.say("the server has forgotten the session; beginning another one");
    this.#http.deafen();
    this.#renewals += 1;
    const id = `inkan-initialize-${this.#renewals}`;
    const span = memberSpans(first.text).get("id");
    if (span === undefined) return;
    const text = `${first.text.slice(0, span.start)}${JSON.stringify(id)}${first.text.slice(span.end)}`;
    const late = AbortSignal.timeout(LIMITS.renewalSeconds * 1_000);
    const answered = new AbortController();
    let session: string | undefined;
    let begun = false;
    const begin = this.#http.post({
      text,
      message: { id, method: "initialize" },
      waits: () => !begun,
      hand: async (what) => {
        const read = readArrived(what, id);
        if (!("message" in read) || own(read.message, "id") !== id) return this.#receiver.received(read);
        begun = own(read.message, "result") !== undefined;
        this.#learnVersion(read, id);
        // Its stream may stay open.
        answered.abort();
      },
      begun: (one) => {
        session = one;
      },
      signal: AbortSignal.any([late, answered.signal]),
    });
    await begin.catch((error: unknown) => {
      if (!begun) throw error;
    });
    if (!begun) throw new Unanswered("The server has forgotten the session and begins no other one.");
    this.#http.id = session;
    const message = { method: "notifications/initialized" };
    await this.#http.post({
      text: JSON.stringify({ jsonrpc: "2.0", ...message }),
      message,
      waits: () => false,
      hand: (what) => this.#receiver.received(readArrived(what, undefined)),
      begun: () => {},
      signal: late,
    });
    this.#listen();
    this.#receiver.begunAgain();
  }
}

/** What arrived as a message, or why it is none. All that answers the request `id` answers it, however unreadable. */
function readArrived(what: Arrived, id: MessageId | undefined): ReadMessage | Unreadable {
  if ("tooLong" in what) return { problem: `an event of more than ${LIMITS.messageBytes} bytes`, noise: false };
  const read = readMessageBytes(what.bytes);
  const answers = what.isWhole && id !== undefined && "problem" in read && read.id === undefined;
  return answers ? { ...read, id, noise: false } : read;
}
