/**
 * A session with a server by Streamable HTTP, of both eras: with ids (up to 2025-11-25) and without (2026-07-28). Each
 * message is a POST of its own; answers come as JSON or as an event stream, and a GET stream brings what the server begins.
 * What arrives is handed on as bytes: nothing of it is read here but who it is for.
 */
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { SignedDefinition } from "../catalogue/definition.js";
import { own, ownText } from "../mcp/message/message.js";
import {
  bodyOf,
  type Count,
  discard,
  EVENTS,
  explain,
  Forgotten,
  JSON_TYPE,
  Refused,
  readComplaint,
  shown,
  typeOf,
  Unanswered,
} from "./answers.js";
import { Connection, type Endpoint } from "./connection.js";
import { EventStream } from "./event_stream.js";
import { LIMITS } from "./limits.js";
import { repeatedHeaders, statedVersion } from "./repeated_headers.js";

export interface HttpOptions {
  /** Bytes of one message. What is longer is dropped while it arrives. */
  readonly messageBytes: number;
  /** Is told of all bytes of the session; what it throws ends the answer that they belong to. */
  readonly arrived?: Count;
  /** Milliseconds until a notification must have been taken. */
  readonly noticeMs?: number;
}

/** What arrives: a message, or the length of one that is too long. */
export type Arrived =
  | { readonly bytes: Buffer /** Whether it is all that answers the request. */; readonly isWhole: boolean }
  | { readonly tooLong: number };

/** Takes what arrives. Nothing more is read until it has. */
export type Hand = (what: Arrived) => Promise<void> | void;

/** One message to the server, and who is given what comes for it. */
export interface Exchange {
  readonly text: string;
  readonly message: unknown;
  /** The signed definition of the tool that it calls. */
  readonly signed?: SignedDefinition | undefined;
  /** Whether the request in it still waits for its answer. */
  readonly waits: () => boolean;
  readonly hand: Hand;
  /** Takes the id of the session that an `initialize` begins. */
  readonly begun: (id: string | undefined) => void;
  readonly signal: AbortSignal;
}

/** Who listens to what the server begins. */
export interface Listening {
  readonly hand: Hand;
  /** The server does not know the session any more. */
  readonly forgotten: (session: string) => Promise<void> | void;
  /** The stream ends again and again. */
  readonly unheard: () => void;
}

export class HttpSession {
  readonly #connection: Connection;
  readonly #endpoint: Endpoint;
  readonly #options: HttpOptions;
  readonly #ended = new AbortController();
  /** Ends the stream that brings what the server begins. */
  #listening: AbortController | undefined;
  /** Whether the server has given such a stream in this session. */
  #hasListened = false;
  /** What the server calls the session. */
  id: string | undefined;

  constructor(endpoint: Endpoint, options: HttpOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#connection = new Connection(endpoint);
    // As many requests as may be open or waiting listen to it.
    setMaxListeners(0, this.#ended.signal);
  }

  get isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  /** The protocol version of the session. */
  get version(): string | undefined {
    return this.#connection.version;
  }

  /** The server chooses it. It goes along in a header, and what no header may hold is left out. */
  set version(version: string | undefined) {
    this.#connection.version = version !== undefined && IN_A_HEADER.test(version) ? version : undefined;
  }

  /** What is sent to the server and may be secret. */
  get secrets(): readonly string[] {
    return this.#connection.secrets;
  }

  /** Why something failed, for a person. */
  why(error: unknown): string {
    return this.#connection.why(error);
  }

  /** Waits, but not beyond the end. */
  async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#ended.signal, ref: false }).catch(() => {});
  }

  async end(milliseconds: number): Promise<void> {
    this.#ended.abort();
    if (this.id === undefined) return;
    const [headers, signal] = [sessionHeader(this.id), AbortSignal.timeout(milliseconds)];
    await this.#connection.request({ method: "DELETE", headers, signal, isRepeatable: true }).then(discard, () => {});
  }

  /**
   * Sends one message. Of a request it hands on what comes until there is no more, and throws `Unanswered` if the request
   * still waits then; anything else is done once the server has taken it. Throws `Forgotten` where the session is gone.
   */
  async post(exchange: Exchange): Promise<void> {
    const { text, message, signal } = exchange;
    const method = ownText(message, "method");
    const isInitialize = method === "initialize";
    const isRequest = method !== undefined && own(message, "id") !== undefined;
    const session = isInitialize || statedVersion(message) !== undefined ? undefined : this.id;
    if (isInitialize) this.version = undefined;
    const late = isRequest ? [] : [AbortSignal.timeout(this.#options.noticeMs ?? LIMITS.noticeMs)];
    const response = await this.#connection.request({
      method: "POST",
      headers: { ...sessionHeader(session), ...repeatedHeaders(message, exchange.signed) },
      body: text,
      signal: AbortSignal.any([this.#ended.signal, signal, ...late]),
      isRepeatable: method !== undefined && ONLY_ASKS.test(method),
    });
    if (response.status === 404 && session !== undefined) {
      await discard(response);
      throw new Forgotten(this.#explain(response), session);
    }
    if (!response.ok) return this.#refused(response, exchange, isRequest);
    if (isInitialize) exchange.begun(response.headers.get("mcp-session-id") || undefined);
    if (isRequest) return this.#answered(response, exchange);
    // What a server sends beside its consent is no answer, but messages may come on a stream.
    if (typeOf(response) === EVENTS) void this.#events(response, exchange.hand).catch(() => {});
    else await discard(response);
  }

  /** A status that is no success. The body may hold the answer all the same. */
  async #refused(response: Response, { hand, waits }: Exchange, isRequest: boolean): Promise<void> {
    const complaint = await readComplaint(response, (bytes) => this.#options.arrived?.(bytes));
    if (isRequest && complaint.answer !== undefined) {
      await hand({ bytes: complaint.answer, isWhole: false });
      if (!waits()) return;
    }
    throw new Refused(this.#explain(response, complaint.words));
  }

  /** Hands on what a response to a request brings. */
  async #answered(response: Response, exchange: Exchange): Promise<void> {
    const { hand, waits, signal } = exchange;
    const type = typeOf(response);
    if (response.status === 202 || response.status === 204) {
      if (type === EVENTS) await this.#events(response, hand);
      else await discard(response);
      // Some servers answer on the stream that is open already.
      if (response.status === 202 && this.#hasListened) return;
      throw new Unanswered(`The server answers ${response.status} without a message.`);
    }
    if (type === JSON_TYPE) {
      const body = await bodyOf(response, this.#options.messageBytes, this.#options.arrived);
      await hand({ bytes: withoutMark(body), isWhole: true });
    } else if (type === EVENTS) {
      await this.#resume(await this.#events(response, hand), exchange);
    } else {
      await discard(response);
      throw new Unanswered(
        `The server answers with ${shown(type === "" ? "no content type" : type)} in place of ${JSON_TYPE} or ${EVENTS}.`,
      );
    }
    if (!signal.aborted && waits()) throw new Unanswered("The server ended its answer without one to this request.");
  }

  /** A stream that broke before the answer is asked for again from its last event on, if its events have ids. */
  async #resume(first: EventStream, { hand, waits, signal }: Exchange): Promise<void> {
    let stream = first;
    let failures = 0;
    while (stream.lastId && waits() && !signal.aborted) {
      await this.pause(pauseOf(stream.retryMs, failures));
      if (this.isOver || !waits()) return;
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
    const stream = new EventStream(this.#options.messageBytes);
    try {
      for await (const piece of response.body ?? []) {
        this.#options.arrived?.(piece.length);
        for (const event of stream.push(piece)) {
          if (event.name !== "" && event.name !== "message") continue;
          if (event.type === "too long") await hand({ tooLong: event.bytes });
          // An event without data only names where to go on from (SEP-1699).
          else if (event.data.length > 0) await hand({ bytes: event.data, isWhole: false });
        }
      }
    } catch (error) {
      if (this.isOver) throw error;
    }
    return stream;
  }

  /** Opens the stream on which the server begins messages, and keeps it open; the one of before is closed. */
  listen(listening: Listening): void {
    this.deafen();
    this.#hasListened = false;
    const stop = new AbortController();
    this.#listening = stop;
    void this.#keepListening(listening, stop.signal).catch(() => {});
  }

  /** Closes the stream on which the server begins messages. */
  deafen(): void {
    this.#listening?.abort();
  }

  /** Asks for the stream whenever it has ended, for as long as the session lasts: a silent one may end every minute. */
  async #keepListening({ hand, forgotten, unheard }: Listening, signal: AbortSignal): Promise<void> {
    let lastId: string | undefined;
    let retryMs: number | undefined;
    const isOver = (): boolean => signal.aborted || this.isOver;
    for (let failures = 0; !isOver(); ) {
      const began = performance.now();
      let heard = false;
      try {
        const response = await this.#get(lastId, signal);
        // Of a new session its owner listens to the new stream.
        if (response === "forgotten" && this.#hasListened && this.id !== undefined) return await forgotten(this.id);
        if (!(response instanceof Response)) return;
        this.#hasListened = true;
        const stream = await this.#events(response, async (what) => {
          heard = true;
          await hand(what);
        });
        heard ||= stream.lastId !== undefined || performance.now() - began > LIMITS.longestRetryMs / 4;
        lastId = stream.lastId ?? lastId;
        retryMs = stream.retryMs ?? retryMs;
      } catch {
        if (isOver()) return;
      }
      failures = heard ? 0 : failures + 1;
      if (failures === LIMITS.retries) unheard();
      await this.pause(pauseOf(retryMs, failures));
    }
  }

  /** The stream; "none" from a server that has none, "forgotten" from one that does not know the session any more. */
  async #get(lastId: string | undefined, signal: AbortSignal): Promise<Response | "none" | "forgotten"> {
    const session = this.id;
    const response = await this.#connection.request({
      method: "GET",
      headers: { ...sessionHeader(session), ...(lastId ? { "last-event-id": lastId } : {}) },
      signal: AbortSignal.any([this.#ended.signal, signal]),
      isRepeatable: true,
    });
    if (response.ok && typeOf(response) === EVENTS) return response;
    await discard(response);
    if (response.status >= 500 || response.status === 429) throw new Refused(this.#explain(response));
    return response.status === 404 && session !== undefined ? "forgotten" : "none";
  }

  #explain(response: Response, words?: string): string {
    return explain(response, words, this.secrets, this.#endpoint.advice);
  }
}

/** Requests that change nothing at the server, or only begin what it forgets again. A tool's call is none. */
const ONLY_ASKS = /^(?:initialize|ping|server\/discover|(?:tools|prompts|resources|resources\/templates)\/list)$/;

/** Visible ASCII, of a length that leaves room for other headers. */
const IN_A_HEADER = /^[\x21-\x7e]{1,100}$/;

const sessionHeader = (id: string | undefined): Record<string, string> =>
  id === undefined ? {} : { "mcp-session-id": id };

/** RFC 8259, section 8.1: who reads JSON may pass over a byte order mark. */
const withoutMark = (body: Buffer): Buffer =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;

/** The pause before a stream is asked for again: what the server asks for, and longer after each failure. */
const pauseOf = (asked: number | undefined, failures: number): number => {
  const least = Math.max(asked ?? LIMITS.firstRetryMs, LIMITS.shortestRetryMs);
  return Math.min(least * 2 ** Math.min(Math.max(0, failures - 1), 16), LIMITS.longestRetryMs);
};
