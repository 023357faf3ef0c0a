/**
 * The server by Streamable HTTP, of both eras: with sessions (up to 2025-11-25) and without (2026-07-28). Each message is
 * a POST of its own; answers come as JSON or as an event stream, and a GET stream brings what the server begins.
 */
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { SignedDefinition } from "../../../catalogue/definition.js";
import { own, ownText } from "../../../mcp/message/message.js";
import { LIMITS } from "../limits.js";
import { memberSpans } from "../message/json_spans.js";
import { type ReadMessage, readMessageBytes, type Unreadable } from "../message/message_text.js";
import { type Notes, shown } from "../notes.js";
import { Connection, EVENTS, JSON_TYPE } from "./connection.js";
import { EventStream } from "./event_stream.js";
import { bodyOf, bodyOfComplaint, complaint, discard, Unanswered } from "./http_answers.js";
import { repeatedHeaders, statedVersion } from "./http_headers.js";
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

/** One message to the server, and who is given what comes for it. */
interface Exchange {
  readonly text: string;
  readonly message: unknown;
  /** Of a request. */
  readonly id: MessageId | undefined;
  readonly hand: Hand;
  readonly signal: AbortSignal;
}

type Hand = (what: ReadMessage | Unreadable) => Promise<void>;

export class RemoteServer implements Upstream {
  readonly #options: RemoteOptions;
  readonly #receiver: Receiver;
  readonly #connection: Connection;
  readonly #ended = new AbortController();
  /** Requests that wait for an answer. */
  readonly #open = new Map<MessageId, AbortController>();
  /** Requests that were answered on a stream which the server keeps open, the oldest first. */
  readonly #lingering = new Set<AbortController>();
  /** Called when a request may be sent. */
  readonly #waiting: (() => void)[] = [];
  /** Characters of messages that were not sent yet. */
  #unsent = 0;
  #session: string | undefined;
  /** The client's own `initialize`, to begin again with. */
  #initialize: { readonly text: string; readonly id: MessageId } | undefined;
  #whenBegun: (() => void) | undefined;
  #renewals = 0;
  #renewing: Promise<void> | undefined;
  /** Ends the stream that brings what the server begins. */
  #listening: AbortController | undefined;
  /** Whether the server has given such a stream in this session. */
  #hasListened = false;
  /** What the next message waits for. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: RemoteOptions, receiver: Receiver) {
    this.#options = options;
    this.#receiver = receiver;
    // As many requests as may be open or waiting listen to it.
    setMaxListeners(0, this.#ended.signal);
    this.#connection = new Connection(options.url, options.headers);
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
    if (!isRequest) this.#turn = Promise.race([sent, before.then(() => this.#pause(IN_ORDER))]);
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
    if (how === "in order") await Promise.race([this.#turn, this.#pause(1_000)]);
    this.#ended.abort();
    const session = this.#session;
    if (session !== undefined) {
      const signal = AbortSignal.timeout(1_000);
      const headers = { "mcp-session-id": session };
      await this.#connection.request({ method: "DELETE", headers, signal }).then(discard, () => {});
    }
    return 0;
  }

  /** Resolves when `initialize` is answered: its stream may stay open. */
  #begun(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenBegun = resolve;
    });
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#ended.signal, ref: false }).catch(() => {});
  }

  /** Resolves when fewer requests are open than may be; later messages that are no requests do not wait for it. */
  async #place(id: MessageId): Promise<void> {
    while (this.#open.size >= LIMITS.openPosts && !this.#ended.signal.aborted && this.#receiver.waits(id)) {
      await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), this.#pause(PLACE_LOOK)]);
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
      await this.#receiver.received(what);
      if (id !== undefined && !this.#receiver.waits(id)) this.#settle(id, stop);
    };
    try {
      await this.#post({ text, message, id, hand, signal: stop.signal }, true);
      if (method === "notifications/initialized") this.#listen();
    } catch (error) {
      if (this.#ended.signal.aborted || stop.signal.aborted) return;
      const reason = this.#connection.why(error);
      if (id === undefined) this.#options.notes.say(`a message of the client was not taken. ${reason}`);
      else if (this.#receiver.waits(id)) await this.#receiver.failed(id, reason);
    } finally {
      if (id !== undefined) this.#settle(id, stop);
      this.#lingering.delete(stop);
    }
  }

  async #post(exchange: Exchange, mayRenew: boolean): Promise<void> {
    const { text, message, id, signal } = exchange;
    const isInitialize = ownText(message, "method") === "initialize";
    const stated = statedVersion(message) !== undefined;
    const session = stated || isInitialize ? undefined : this.#session;
    const tool = ownText(own(message, "params"), "name");
    const headers = {
      ...(session === undefined ? {} : { "mcp-session-id": session }),
      ...repeatedHeaders(message, tool === undefined ? undefined : this.#options.signed(tool)),
    };
    const signals = id === undefined ? [signal, AbortSignal.timeout(LIMITS.httpSeconds * 1_000)] : [signal];
    if (isInitialize) this.#connection.version = undefined;
    const response = await this.#connection.request({
      method: "POST",
      headers,
      body: text,
      signal: AbortSignal.any([this.#ended.signal, ...signals]),
    });
    if (response.status === 404 && session !== undefined && mayRenew && this.#initialize !== undefined) {
      await discard(response);
      await this.#renew(session);
      return this.#post(exchange, false);
    }
    if (isInitialize && response.ok) this.#session = response.headers.get("mcp-session-id") ?? undefined;
    await this.#answer(response, exchange, isInitialize);
  }

  /** Hands on what a response to a POST brings. */
  async #answer(response: Response, exchange: Exchange, isInitialize: boolean): Promise<void> {
    const { id } = exchange;
    const type = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    const hand: Hand = async (what) => {
      if (isInitialize && "message" in what) this.#learnVersion(what, id);
      await exchange.hand(what);
    };
    if (!response.ok) {
      const body = type === JSON_TYPE ? await bodyOfComplaint(response) : undefined;
      if (body === undefined) await discard(response);
      const read = body === undefined ? undefined : readMessageBytes(body);
      const answers = read !== undefined && "message" in read && id !== undefined && own(read.message, "id") === id;
      if (answers) return hand(read);
      throw new Unanswered(complaint(response, body, this.#connection.secrets));
    }
    if (id === undefined || response.status === 202 || response.status === 204) {
      // What a server sends beside its consent is no answer, but messages may come on a stream.
      if (type === EVENTS) await this.#events(response, hand);
      else await discard(response);
      // Some servers answer on the stream that is open already.
      if (id !== undefined && !(response.status === 202 && this.#hasListened)) {
        throw new Unanswered(`The server answers ${response.status} without a message.`);
      }
      return;
    }
    if (type === JSON_TYPE) {
      const body = await bodyOf(response, LIMITS.messageBytes);
      const read = readMessageBytes(body[0] === 0xef ? body.subarray(3) : body);
      await hand("problem" in read && read.id === undefined ? { ...read, id, noise: false } : read);
    } else if (type === EVENTS) {
      const stream = await this.#events(response, hand);
      await this.#resume(stream, id, exchange.signal, hand);
    } else {
      await discard(response);
      throw new Unanswered(
        `The server answers with ${shown(type === "" ? "no content type" : type)} in place of ${JSON_TYPE} or ${EVENTS}.`,
      );
    }
    if (this.#receiver.waits(id)) throw new Unanswered("The server ended its answer without one to this request.");
  }

  /** A stream that broke before the answer is asked for again from its last event on, if its events have ids. */
  async #resume(first: EventStream, id: MessageId, signal: AbortSignal, hand: Hand): Promise<void> {
    let stream = first;
    let failures = 0;
    while (stream.lastId !== undefined && this.#receiver.waits(id) && !signal.aborted) {
      await this.#pause(pauseOf(stream.retryMs, failures));
      if (this.#ended.signal.aborted || !this.#receiver.waits(id)) return;
      const { lastId, retryMs } = stream;
      try {
        const response = await this.#get(lastId, signal);
        if (!(response instanceof Response)) return;
        const next = await this.#events(response, hand);
        failures = next.lastId === undefined ? failures + 1 : 0;
        next.lastId ??= lastId;
        next.retryMs ??= retryMs;
        stream = next;
      } catch (error) {
        failures += 1;
        if (failures > LIMITS.retries) throw error;
      }
      if (failures > LIMITS.retries) return;
    }
  }

  /** Reads a stream to its end, event by event. A stream that breaks has ended. */
  async #events(response: Response, hand: Hand): Promise<EventStream> {
    const stream = new EventStream(LIMITS.messageBytes);
    try {
      for await (const piece of response.body ?? []) {
        for (const event of stream.push(piece)) {
          if (event.type === "too long") {
            await hand({ problem: `an event of more than ${LIMITS.messageBytes} bytes`, noise: false });
            // An event without data only names where to go on from (SEP-1699).
          } else if (event.data.length > 0 && (event.name === "" || event.name === "message")) {
            await hand(readMessageBytes(event.data));
          }
        }
      }
    } catch (error) {
      if (this.#ended.signal.aborted) throw error;
    }
    return stream;
  }

  #learnVersion({ message }: ReadMessage, id: MessageId | undefined): void {
    if (own(message, "id") !== id) return;
    const { version } = this.#connection;
    this.#connection.version = ownText(own(message, "result"), "protocolVersion") ?? version;
    this.#whenBegun?.();
  }

  /** Opens the stream on which the server begins messages, and keeps it open. */
  #listen(): void {
    this.#listening?.abort();
    this.#hasListened = false;
    const stop = new AbortController();
    this.#listening = stop;
    void this.#keepListening(stop.signal).catch(() => {});
  }

  /** Asks for the stream whenever it has ended, for as long as the session lasts: a silent one may end every minute. */
  async #keepListening(signal: AbortSignal): Promise<void> {
    let lastId: string | undefined;
    let retryMs: number | undefined;
    const isOver = (): boolean => signal.aborted || this.#ended.signal.aborted;
    for (let failures = 0; !isOver(); ) {
      const began = performance.now();
      let heard = false;
      try {
        const response = await this.#get(lastId, signal);
        if (response === "forgotten" && this.#hasListened && this.#session !== undefined) {
          // The new session listens by itself.
          return await this.#renew(this.#session);
        }
        if (!(response instanceof Response)) return;
        this.#hasListened = true;
        const stream = await this.#events(response, async (what) => {
          heard = true;
          await this.#receiver.received(what);
        });
        heard ||= stream.lastId !== undefined || performance.now() - began > LIMITS.longestRetryMs / 4;
        lastId = stream.lastId ?? lastId;
        retryMs = stream.retryMs ?? retryMs;
      } catch {
        if (isOver()) return;
      }
      failures = heard ? 0 : failures + 1;
      if (failures === LIMITS.retries) {
        this.#options.notes.say("the server's own messages do not arrive: its stream ends again and again");
      }
      await this.#pause(pauseOf(retryMs, failures));
    }
  }

  /** The stream; "none" from a server that has none, "forgotten" from one that does not know the session any more. */
  async #get(lastId: string | undefined, signal: AbortSignal): Promise<Response | "none" | "forgotten"> {
    const session = this.#session;
    const headers = {
      ...(session === undefined ? {} : { "mcp-session-id": session }),
      ...(lastId === undefined ? {} : { "last-event-id": lastId }),
    };
    const response = await this.#connection.request({
      method: "GET",
      headers,
      signal: AbortSignal.any([this.#ended.signal, signal]),
    });
    const type = response.headers.get("content-type") ?? "";
    if (response.ok && type.toLowerCase().startsWith(EVENTS)) return response;
    await discard(response);
    if (response.status >= 500 || response.status === 429) throw new Unanswered(complaint(response));
    return response.status === 404 && session !== undefined ? "forgotten" : "none";
  }

  /** Begins another session with what the client said at first. Once, however many requests find the old one gone. */
  async #renew(forgotten: string): Promise<void> {
    if (this.#session !== forgotten) return this.#renewing;
    this.#renewing ??= this.#begin().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #begin(): Promise<void> {
    const first = this.#initialize;
    if (first === undefined) return;
    this.#options.notes.say("the server has forgotten the session; beginning another one");
    this.#listening?.abort();
    this.#renewals += 1;
    const id = `inkan-initialize-${this.#renewals}`;
    const span = memberSpans(first.text).get("id");
    if (span === undefined) return;
    const text = `${first.text.slice(0, span.start)}${JSON.stringify(id)}${first.text.slice(span.end)}`;
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(LIMITS.httpSeconds * 1_000)]);
    this.#connection.version = undefined;
    const answered = new AbortController();
    const response = await this.#connection.request({
      method: "POST",
      headers: {},
      body: text,
      signal: AbortSignal.any([signal, answered.signal]),
    });
    if (!response.ok) throw new Unanswered(complaint(response));
    const session = response.headers.get("mcp-session-id") ?? undefined;
    let begun = false;
    const take = async (what: ReadMessage | Unreadable): Promise<void> => {
      if ("message" in what && own(what.message, "id") === id) {
        begun = own(what.message, "result") !== undefined;
        this.#learnVersion(what, id);
        // Its stream may stay open.
        answered.abort();
      } else await this.#receiver.received(what);
    };
    const type = response.headers.get("content-type") ?? "";
    if (type.toLowerCase().startsWith(EVENTS)) await this.#events(response, take);
    else await take(readMessageBytes(await bodyOf(response, LIMITS.messageBytes)));
    if (!begun) throw new Unanswered("The server has forgotten the session and begins no other one.");
    this.#session = session;
    const initialized = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
    const headers: Record<string, string> = session === undefined ? {} : { "mcp-session-id": session };
    await this.#connection.request({ method: "POST", headers, body: initialized, signal }).then(discard);
    this.#listen();
    this.#receiver.begunAgain();
  }
}

/** The pause before a stream is asked for again: what the server asks for, and longer after each failure. */
const pauseOf = (asked: number | undefined, failures: number): number => {
  const least = Math.max(asked ?? LIMITS.firstRetryMs, LIMITS.shortestRetryMs);
  return Math.min(least * 2 ** Math.min(Math.max(0, failures - 1), 16), LIMITS.longestRetryMs);
};
