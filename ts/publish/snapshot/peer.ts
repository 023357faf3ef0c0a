/** JSON-RPC with a server, over whichever wire. Answers are kept as the texts that they were. */
import { Digits, type Json, type Members, membersOf, readJson } from "../json.js";
import type { Bounds } from "./bounds.js";
import { AnsweredError, SnapshotFailure } from "./failure.js";

/** What carries messages. It tells its owner of each text that arrives, and of its end. */
export interface Wire {
  /** Resolves once the message is on its way; rejects where the request that it holds will not be answered. */
  send(text: string, message: object): Promise<void>;
  /** The protocol version that was agreed on, for the requests that follow. */
  agree?(version: string): void;
  /** The server's own words without what it was sent in secret. */
  shown?(text: string): string;
  close(): Promise<void>;
}

export interface Listener {
  text(text: string): void;
  /** Whether the request of this id waits for its answer. */
  waits(id: unknown): boolean;
  end(failure: SnapshotFailure): void;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Tells of the text in these bytes, if there is any. False where they are none: that ends the session. */
export function tell(listener: Listener, bytes: Uint8Array): boolean {
  let text: string;
  try {
    text = utf8.decode(bytes).trim();
  } catch {
    listener.end(new SnapshotFailure("the server sent bytes that are not UTF-8"));
    return false;
  }
  if (text !== "") listener.text(text);
  return true;
}

export type OpenWire = (listener: Listener) => Wire;

interface Open {
  readonly method: string;
  resolve(result: Members): void;
  reject(reason: Error): void;
}

/** So many questions of a server may wait for their answer to be on its way. */
const MOST_ASKED = 100;

const METHOD_NOT_FOUND = -32601;
const REASON = "inkan only lists";
const ONLY_LISTS = { code: METHOD_NOT_FOUND, message: REASON };

export class Peer {
  readonly #wire: Wire;
  readonly #bounds: Bounds;
  readonly #open = new Map<number, Open>();
  #lastId = 0;
  /** Answers to the server's questions that are not on their way yet. */
  #answers = 0;
  #ended: SnapshotFailure | undefined;
  /** Lines that were no JSON-RPC. */
  noise = 0;
  /** How often the server said that one of its lists is another now. */
  changes = 0;

  constructor(open: OpenWire, bounds: Bounds) {
    this.#bounds = bounds;
    this.#wire = open({
      text: (text) => this.#read(text),
      waits: (id) => this.#open.has(id as number),
      end: (failure) => this.#end(failure),
    });
  }

  /** The result of a request, with the digits that the server wrote. */
  request(method: string, params: object, wait: number = this.#bounds.answer): Promise<Members> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const { total, deadline } = this.#bounds;
    const left = deadline - Date.now();
    const late =
      left < wait
        ? `the lists took longer than the limit of ${total / 1000} seconds`
        : `the server did not answer ${method} within ${wait / 1000} seconds`;
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<Members>((resolve, reject) => {
      const timer = setTimeout(
        () => {
          settle();
          reject(new SnapshotFailure(late));
        },
        Math.min(wait, left),
      );
      const settle = (): void => {
        clearTimeout(timer);
        this.#open.delete(id);
      };
      this.#open.set(id, {
        method,
        resolve: (result) => {
          settle();
          resolve(result);
        },
        reject: (reason) => {
          settle();
          reject(reason);
        },
      });
      this.#send({ id, method, params }).catch((reason: Error) => this.#open.get(id)?.reject(reason));
    });
  }

  async notify(method: string): Promise<void> {
    await this.#send({ method });
  }

  #send(members: object): Promise<void> {
    const message = { jsonrpc: "2.0", ...members };
    return this.#wire.send(JSON.stringify(message), message);
  }

  agree(version: string): void {
    this.#wire.agree?.(version);
  }

  async close(): Promise<void> {
    this.#ended ??= new SnapshotFailure("the session is over");
    await this.#wire.close();
  }

  #read(text: string): void {
    if (this.#ended !== undefined) return;
    let message: Members | undefined;
    try {
      message = membersOf(readJson(text));
    } catch (error) {
      // A line that is no JSON is noise; JSON that says two things at once is not.
      if (text.trimStart().startsWith("{") && isJson(text)) this.#end(unreadable(error));
      else this.noise += 1;
      return;
    }
    if (message?.get("jsonrpc") !== "2.0") this.noise += 1;
    else if (message.has("method")) this.#serve(message);
    else this.#settle(message);
  }

  #settle(message: Members): void {
    const open = this.#asked(message.get("id"));
    if (open === undefined) return;
    const error = membersOf(message.get("error"));
    const result = membersOf(message.get("result"));
    if (error !== undefined) open.reject(this.#answeredError(open.method, error));
    else if (result !== undefined) open.resolve(result);
    else open.reject(new SnapshotFailure(`the server's answer to ${open.method} has no result`));
  }

  /** What an answer is to. A server that could not read a request answers it with the id null. */
  #asked(id: Json | undefined): Open | undefined {
    const number = numberOf(id);
    if (number !== undefined) return this.#open.get(number);
    return id === null && this.#open.size === 1 ? [...this.#open.values()][0] : undefined;
  }

  /** What the server asks for, or tells. A snapshot claims abilities that it does not have: nothing is ever asked by a list. */
  #serve(message: Members): void {
    const method = message.get("method");
    if (!message.has("id")) {
      if (typeof method === "string" && /^notifications\/.*list_changed$/.test(method)) this.changes += 1;
      return;
    }
    const asked = message.get("id");
    const id = typeof asked === "string" ? asked : (numberOf(asked) ?? null);
    const answer =
      method === "ping" ? { result: {} } : method === "roots/list" ? { result: { roots: [] } } : { error: ONLY_LISTS };
    if (this.#answers === MOST_ASKED) {
      this.#end(new SnapshotFailure(`the server asks more than ${MOST_ASKED} things at a time`));
      return;
    }
    this.#answers += 1;
    this.#send({ id, ...answer })
      .catch(() => {})
      .finally(() => {
        this.#answers -= 1;
      });
  }

  #answeredError(method: string, error: Members): AnsweredError {
    const number = numberOf(error.get("code"));
    const message = error.get("message");
    const words = typeof message === "string" ? (this.#wire.shown?.(message) ?? message) : "without a message";
    return new AnsweredError(
      `the server answered ${method} with the error ${number ?? "without a code"}: ${words.slice(0, 300)}`,
      number,
    );
  }

  #end(failure: SnapshotFailure): void {
    this.#ended ??= failure;
    for (const open of [...this.#open.values()]) open.reject(failure);
  }
}

const numberOf = (value: Json | undefined): number | undefined =>
  value instanceof Digits ? Number(value.text) : undefined;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const unreadable = (error: unknown): SnapshotFailure =>
  new SnapshotFailure(`a message of the server cannot be read: ${error instanceof Error ? error.message : error}`);

/** Whether an error says that a server does not know the method. */
export const isUnknownMethod = (error: unknown): boolean =>
  error instanceof AnsweredError && error.code === METHOD_NOT_FOUND;
