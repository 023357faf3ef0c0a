/** A server behind a URL: MCP's Streamable HTTP. A session of its own for each pass. */
import { withoutSecrets } from "../../input/secrets.js";
import { own, ownText } from "../../mcp/message/message.js";
import { Refused } from "../../streamable_http/answers.js";
import type { Endpoint } from "../../streamable_http/connection.js";
import { LIMITS } from "../../streamable_http/limits.js";
import { type Arrived, HttpSession } from "../../streamable_http/session.js";
import type { Bounds } from "./bounds.js";
import { AnsweredError, SnapshotFailure } from "./failure.js";
import { type Listener, type OpenWire, tell, type Wire } from "./peer.js";

export function httpWire(endpoint: Endpoint, bounds: Bounds): OpenWire {
  return (listener) => new HttpWire(endpoint, bounds, listener);
}

/** Milliseconds for the end of the session. */
const FAREWELL = 2_000;

class HttpWire implements Wire {
  readonly #http: HttpSession;
  readonly #longest: number;
  readonly #listener: Listener;
  /** Ends with the session alone. */
  readonly #signal = new AbortController().signal;
  #bytes = 0;

  constructor(endpoint: Endpoint, bounds: Bounds, listener: Listener) {
    this.#longest = bounds.bytes;
    this.#listener = listener;
    this.#http = new HttpSession(endpoint, {
      messageBytes: bounds.bytes,
      arrived: (bytes) => this.#count(bytes),
      noticeMs: Math.min(bounds.answer, LIMITS.noticeMs),
    });
  }

  shown(text: string): string {
    return withoutSecrets(text, this.#http.secrets);
  }

  agree(version: string): void {
    this.#http.version = version;
  }

  async send(text: string, message: object): Promise<void> {
    const id = own(message, "id");
    try {
      await this.#http.post({
        text,
        message,
        waits: () => this.#listener.waits(id),
        hand: (what) => this.#hand(what),
        begun: (session) => {
          this.#http.id = session;
        },
        signal: this.#signal,
      });
    } catch (error) {
      const reason = asClause(this.#http.why(error));
      throw error instanceof Refused ? new AnsweredError(reason) : new SnapshotFailure(reason);
    }
    if (ownText(message, "method") !== "notifications/initialized") return;
    // The next request says so where the session is gone, and servers need not have such a stream.
    this.#http.listen({ hand: (what) => this.#hand(what), forgotten: () => {}, unheard: () => {} });
  }

  async close(): Promise<void> {
    await this.#http.end(FAREWELL);
  }

  #hand(what: Arrived): void {
    if ("bytes" in what) tell(this.#listener, what.bytes);
    else this.#listener.end(new SnapshotFailure(`the server sent a message of ${what.tooLong} bytes`));
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#longest) return;
    const failure = new SnapshotFailure(`the server sent more than the limit of ${this.#longest} bytes`);
    this.#listener.end(failure);
    throw failure;
  }
}

/** Sentences as the end of another one. */
const asClause = (sentences: string): string =>
  `${sentences.charAt(0).toLowerCase()}${sentences.slice(1).replace(/\.$/, "")}`;
