/**
 * The server by Streamable HTTP, of both eras: with sessions (up to 2025-11-25) and without (2026-07-28). Each message is
 * a POST of its own; answers come as JSON or as an event stream, and a GET stream brings what the server begins.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { SignedDefinition } from "../../../catalogue/definition.js";
import { own, ownText } from "../../../mcp/message/message.js";
import { LIMITS } from "../limits.js";
import { memberSpans } from "../message/json_spans.js";
import { type ReadMessage, readMessageBytes, type Unreadable } from "../message/message_text.js";
import { type Notes, shown } from "../notes.js";
import { EventStream } from "./event_stream.js";
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

const EVENTS = "text/event-stream";
const JSON_TYPE = "application/json";
const REDIRECTS = 3;
/** Bytes of an answer that says what is wrong. */
const COMPLAINT = 64 * 1_024;
/** Milliseconds for which what comes next waits until a notification has been taken. */
const IN_ORDER = 2_000;

/** Why something was not answered, for a person. */
class Unanswered extends Error {}

export class RemoteServer implements Upstream {
  readonly #options: RemoteOptions;
  readonly #receiver: Receiver;
  readonly #shownUrl: string;
  readonly #ended = new AbortController();
  readonly #open = new Map<MessageId, AbortController>();
  #session: string | undefined;
  #version: string | undefined;
  /** The client's own `initialize`, to begin again with. */
  #initialize: { readonly text: string; readonly id: MessageId } | undefined;
  #whenBegun: (() => void) | undefined;
  #renewals = 0;
  #renewing: Promise<void> | undefined;
  /** Ends the stream that brings what the server begins. */
  #listening: AbortController | undefined;
  /** What the next message waits for. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: RemoteOptions, receiver: Receiver) {
    this.#options = options;
    this.#receiver = receiver;
    const { origin, pathname } = new URL(options.url);
    this.#shownUrl = `${origin}${pathname}`;
  }

  send(text: string, message: unknown): Promise<void> | undefined {
    const id = own(message, "id") as MessageId | undefined;
    const method = ownText(message, "method");
    const before = this.#turn;
    if (method === "initialize" && id !== undefined) this.#initialize = { text, id };
    const sent = before.then(() => this.#exchange(text, message));
    if (id === undefined || method === undefined)
      this.#turn = Promise.race([sent, before.then(() => this.#pause(IN_ORDER))]);
    else if (method === "initialize") this.#turn = Promise.race([sent, this.#begun()]);
    else this.#turn = before;
    if (method === "notifications/cancelled" && statedVersion(message) !== undefined)
      this.#abort(own(own(message, "params"), "requestId"));
    return this.#open.size >= LIMITS.openPosts ? sent : undefined;
  }

  async end(how: "in order" | "soon"): Promise<number> {
    if (how === "in order") await Promise.race([this.#turn, this.#pause(1_000)]);
    this.#ended.abort();
    const session = this.#session;
    if (session !== undefined) {
      const signal = AbortSignal.timeout(1_000);
      await this.#fetch("DELETE", {}, undefined, signal).then(discard, () => {});
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

  #abort(id: unknown): void {
    this.#open.get(id as MessageId)?.abort();
  }

  /** Sends one message, and hands on what comes for it. Never rejects. */
  async #exchange(text: string, message: unknown): Promise<void> {
    const method = ownText(message, "method");
    const id = method === undefined ? undefined : (own(message, "id") as MessageId | undefined);
    const stop = new AbortController();
    if (id !== undefined) this.#open.set(id, stop);
    try {
      await this.#post(text, message, id, stop.signal, true);
      if (method === "notifications/initialized") this.#listen();
    } catch (error) {
      if (this.#ended.signal.aborted || stop.signal.aborted) return;
      const reason = this.#why(error);
      if (id === undefined) this.#options.notes.say(`a message of the client was not taken. ${reason}`);
      else if (this.#receiver.waits(id)) await this.#receiver.failed(id, reason);
    } finally {
      if (id !== undefined) this.#open.delete(id);
    }
  }

  async #post(
    text: string,
    message: unknown,
    id: MessageId | undefined,
    signal: AbortSignal,
    mayRenew: boolean,
  ): Promise<void> {
    const isInitialize = ownText(message, "method") === "initialize";
    const stated = statedVersion(message) !== undefined;
    const session = stated || isInitialize ? undefined : this.#session;
    const tool = ownText(own(message, "params"), "name");
    const headers = {
      ...(session === undefined ? {} : { "mcp-session-id": session }),
      ...repeatedHeaders(message, tool === undefined ? undefined : this.#options.signed(tool)),
    };
    const signals = id === undefined ? [signal, AbortSignal.timeout(LIMITS.httpSeconds * 1_000)] : [signal];
    const response = await this.#fetch("POST", headers, text, AbortSignal.any([this.#ended.signal, ...signals]));
    if (response.status === 404 && session !== undefined && mayRenew && this.#initialize !== undefined) {
      await discard(response);
      await this.#renew(session);
      return this.#post(text, message, id, signal, false);
    }
    if (isInitialize && response.ok) this.#session = response.headers.get("mcp-session-id") ?? undefined;
    await this.#answer(response, id, signal, isInitialize ? (read) => this.#learnVersion(read, id) : undefined);
  }

  /** Hands on what a response to a POST brings. */
  async #answer(
    response: Response,
    id: MessageId | undefined,
    signal: AbortSignal,
    look?: (read: ReadMessage) => void,
  ): Promise<void> {
    const type = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    const hand = async (what: ReadMessage | Unreadable): Promise<void> => {
      if ("message" in what) look?.(what);
      await this.#receiver.received(what);
    };
    if (!response.ok) {
      const body = await bodyOf(response, COMPLAINT).catch(() => Buffer.alloc(0));
      const read = type === JSON_TYPE ? readMessageBytes(body) : undefined;
      const answers = read !== undefined && "message" in read && id !== undefined && own(read.message, "id") === id;
      if (answers) return hand(read);
      throw new Unanswered(complaint(response));
    }
    if (id === undefined || response.status === 202 || response.status === 204) {
      // What a server sends beside its consent is no answer, but messages may come on a stream.
      if (type === EVENTS) await this.#events(response, hand);
      else await discard(response);
      if (id !== undefined) throw new Unanswered(`The server answers ${response.status} without a message.`);
      return;
    }
    if (type === JSON_TYPE) {
      const body = await bodyOf(response, LIMITS.messageBytes);
      const read = readMessageBytes(body[0] === 0xef ? body.subarray(3) : body);
      await hand("problem" in read && read.id === undefined ? { ...read, id, noise: false } : read);
    } else if (type === EVENTS) {
      const stream = await this.#events(response, hand);
      await this.#resume(stream, id, signal, hand);
    } else {
      await discard(response);
      throw new Unanswered(
        `The server answers with ${shown(type === "" ? "no content type" : type)} in place of ${JSON_TYPE} or ${EVENTS}.`,
      );
    }
    if (this.#receiver.waits(id)) throw new Unanswered("The server ended its answer without one to this request.");
  }

  /** A stream that broke before the answer is asked for again from its last event on, if its events have ids. */
  async #resume(
    first: EventStream,
    id: MessageId,
    signal: AbortSignal,
    hand: (what: ReadMessage | Unreadable) => Promise<void>,
  ): Promise<void> {
    let stream = first;
    let failures = 0;
    while (stream.lastId !== undefined && this.#receiver.waits(id) && !signal.aborted) {
      await this.#pause(pauseOf(stream.retryMs, failures));
      if (this.#ended.signal.aborted || !this.#receiver.waits(id)) return;
      const { lastId, retryMs } = stream;
      try {
        const response = await this.#get(lastId, signal);
        if (response === undefined) return;
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
  async #events(response: Response, hand: (what: ReadMessage | Unreadable) => Promise<void>): Promise<EventStream> {
    const stream = new EventStream(LIMITS.messageBytes);
    try {
      for await (const piece of response.body ?? []) {
        for (const event of stream.push(piece)) {
          if (event.type === "too long") {
            await hand({ problem: `an event of more than ${LIMITS.messageBytes} bytes`, noise: false });
          } else if (event.name === "" || event.name === "message") await hand(readMessageBytes(event.data));
        }
      }
    } catch (error) {
      if (this.#ended.signal.aborted) throw error;
    }
    return stream;
  }

  #learnVersion({ message }: ReadMessage, id: MessageId | undefined): void {
    if (own(message, "id") !== id) return;
    this.#version = ownText(own(message, "result"), "protocolVersion") ?? this.#version;
    this.#whenBegun?.();
  }

  /** Opens the stream on which the server begins messages, and keeps it open. */
  #listen(): void {
    this.#listening?.abort();
    const stop = new AbortController();
    this.#listening = stop;
    void this.#keepListening(stop.signal).catch(() => {});
  }

  async #keepListening(signal: AbortSignal): Promise<void> {
    let lastId: string | undefined;
    let retryMs: number | undefined;
    for (let failures = 0; failures <= LIMITS.retries && !signal.aborted && !this.#ended.signal.aborted; ) {
      let heard = false;
      try {
        const response = await this.#get(lastId, signal);
        if (response === undefined) return;
        const stream = await this.#events(response, async (what) => {
          heard = true;
          await this.#receiver.received(what);
        });
        lastId = stream.lastId ?? lastId;
        retryMs = stream.retryMs ?? retryMs;
      } catch {
        if (signal.aborted || this.#ended.signal.aborted) return;
      }
      failures = heard ? 0 : failures + 1;
      await this.#pause(pauseOf(retryMs, failures));
    }
    if (!signal.aborted && !this.#ended.signal.aborted) {
      this.#options.notes.say("the server's own messages do not arrive any more: its stream ends again and again");
    }
  }

  /** The stream, or undefined from a server that has none. */
  async #get(lastId: string | undefined, signal: AbortSignal): Promise<Response | undefined> {
    const session = this.#session;
    const headers = {
      ...(session === undefined ? {} : { "mcp-session-id": session }),
      ...(lastId === undefined ? {} : { "last-event-id": lastId }),
    };
    const response = await this.#fetch("GET", headers, undefined, AbortSignal.any([this.#ended.signal, signal]));
    const type = response.headers.get("content-type") ?? "";
    if (response.ok && type.toLowerCase().startsWith(EVENTS)) return response;
    await discard(response);
    if (response.status >= 500 || response.status === 429) throw new Unanswered(complaint(response));
    return undefined;
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
    this.#version = undefined;
    const response = await this.#fetch("POST", {}, text, signal);
    if (!response.ok) throw new Unanswered(complaint(response));
    const session = response.headers.get("mcp-session-id") ?? undefined;
    let begun = false;
    const take = async (what: ReadMessage | Unreadable): Promise<void> => {
      if ("message" in what && own(what.message, "id") === id) {
        begun = own(what.message, "result") !== undefined;
        this.#learnVersion(what, id);
      } else await this.#receiver.received(what);
    };
    const type = response.headers.get("content-type") ?? "";
    if (type.toLowerCase().startsWith(EVENTS)) await this.#events(response, take);
    else await take(readMessageBytes(await bodyOf(response, LIMITS.messageBytes)));
    if (!begun) throw new Unanswered("The server has forgotten the session and begins no other one.");
    this.#session = session;
    const initialized = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
    const headers: Record<string, string> = session === undefined ? {} : { "mcp-session-id": session };
    await this.#fetch("POST", headers, initialized, signal).then(discard);
    this.#listen();
    this.#receiver.begunAgain();
  }

  /** One request, with the redirects within the server's origin. */
  async #fetch(
    method: string,
    more: Record<string, string>,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    const version = this.#version;
    const headers = {
      ...this.#options.headers,
      accept: method === "GET" ? EVENTS : `${JSON_TYPE}, ${EVENTS}`,
      ...(body === undefined ? {} : { "content-type": JSON_TYPE }),
      ...(version === undefined ? {} : { "mcp-protocol-version": version }),
      ...more,
    };
    let { url } = this.#options;
    for (let redirects = 0; ; redirects += 1) {
      const response = await fetch(url, { method, headers, body: body ?? null, redirect: "manual", signal });
      const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
      if (location === null) return response;
      await discard(response);
      const next = new URL(location, url);
      if (next.origin !== new URL(url).origin) {
        throw new Unanswered(
          `The server redirects to ${shown(next.origin)}, which is another origin; write its URL into the policy file if it is right.`,
        );
      }
      // Others than these turn a POST into a GET.
      if ((response.status !== 307 && response.status !== 308) || redirects === REDIRECTS) {
        throw new Unanswered(`The server redirects with ${response.status}; write the right URL into the policy file.`);
      }
      url = next.href;
    }
  }

  /** Never the message of an error of `fetch`: it may quote a header. */
  #why(error: unknown): string {
    if (error instanceof Unanswered) return error.message;
    const cause = (error as { cause?: { code?: unknown } }).cause?.code ?? (error as { code?: unknown }).code;
    const name = (error as Error).name === "TimeoutError" ? "no answer in time" : undefined;
    return `Cannot reach ${shown(this.#shownUrl)}: ${typeof cause === "string" ? cause : (name ?? "the connection failed")}.`;
  }
}

function complaint({ status, headers }: Response): string {
  if (status === 401) {
    const asks = headers.has("www-authenticate") ? " It asks for a token." : "";
    return `The server answers 401: it does not know who calls.${asks} Give a bearer token in the policy file, "headers": { "Authorization": "Bearer \${env:NAME}" }, or use a bridge that signs in, "command": "npx", "args": ["mcp-remote", URL].`;
  }
  if (status === 403) return "The server answers 403: this caller may not do that. Check the token and its scopes.";
  if (status === 404) return "The server answers 404: there is nothing at this URL. Check the URL in the policy file.";
  return `The server answers ${status}.`;
}

const pauseOf = (asked: number | undefined, failures: number): number => {
  const least = asked ?? LIMITS.firstRetryMs;
  return Math.min(least * 2 ** Math.max(0, failures - 1), Math.max(LIMITS.longestRetryMs, 0));
};

/** A body of at most `longest` bytes. */
async function bodyOf(response: Response, longest: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > longest) throw new Unanswered(`The server's answer has more than ${longest} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, length);
}

async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}
