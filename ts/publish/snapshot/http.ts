/** A server behind a URL: MCP's Streamable HTTP. A session of its own for each pass. */
import { secretsIn, shownUrl, withoutSecrets } from "../../input/secrets.js";
import type { Bounds } from "./bounds.js";
import { AnsweredError, SnapshotFailure } from "./failure.js";
import type { Listener, OpenWire, Wire } from "./peer.js";

/** How a server is reached. */
export interface Endpoint {
  readonly url: string;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  /** What to do where the server wants to know who asks. */
  readonly hint: string;
}

/** Redirects are followed so often, and within the origin only. */
const REDIRECTS = 3;

export function httpWire(endpoint: Endpoint, bounds: Bounds): OpenWire {
  return (listener) => new HttpWire(endpoint, bounds, listener);
}

class HttpWire implements Wire {
  readonly #endpoint: Endpoint;
  readonly #shownUrl: string;
  readonly #secrets: readonly string[];
  readonly #longest: number;
  readonly #listener: Listener;
  readonly #abort = new AbortController();
  #bytes = 0;
  #version: string | undefined;
  #session: string | undefined;

  constructor(endpoint: Endpoint, bounds: Bounds, listener: Listener) {
    this.#endpoint = endpoint;
    this.#shownUrl = shownUrl(endpoint.url);
    this.#secrets = secretsIn(endpoint.url, endpoint.headers);
    this.#longest = bounds.bytes;
    this.#listener = listener;
  }

  shown(text: string): string {
    return withoutSecrets(text, this.#secrets);
  }

  agree(version: string): void {
    this.#version = version;
  }

  async send(text: string, method: string): Promise<void> {
    const response = await this.#fetch("POST", method, text);
    this.#session ??= response.headers.get("mcp-session-id") ?? undefined;
    if (!response.ok) throw await this.#refused(method, response);
    if (method === "notifications/initialized") this.#listen();
    // What the body says is read beside this: a stream may stay open for long.
    const reading = this.#readBody(response);
    if (method === "answer" || method.startsWith("notifications/")) {
      // Nobody waits for it. What matters of its end was told to the listener.
      reading.catch(() => {});
      return;
    }
    await reading;
    throw new SnapshotFailure(`the server's answer to ${method} ended before there was a result`);
  }

  async close(): Promise<void> {
    if (this.#session !== undefined) {
      const response = await this.#fetch("DELETE", "", undefined, AbortSignal.timeout(2_000)).catch(() => undefined);
      await response?.body?.cancel().catch(() => {});
    }
    this.#abort.abort();
  }

  /** The stream of what the server says by itself. Servers need not have one. */
  #listen(): void {
    this.#fetch("GET", "", undefined)
      .then((response) => (response.ok ? this.#readBody(response) : response.body?.cancel()))
      .catch(() => {});
  }

  async #fetch(verb: string, method: string, body?: string, signal = this.#abort.signal): Promise<Response> {
    const headers = new Headers();
    for (const [name, value] of this.#endpoint.headers) headers.set(name, value);
    headers.set("accept", verb === "GET" ? "text/event-stream" : "application/json, text/event-stream");
    if (body !== undefined) headers.set("content-type", "application/json");
    if (this.#version !== undefined) headers.set("mcp-protocol-version", this.#version);
    if (this.#version === "2026-07-28" && method !== "" && method !== "answer") headers.set("mcp-method", method);
    if (this.#session !== undefined) headers.set("mcp-session-id", this.#session);
    // Headers may hold secrets: they go to no other place than the one that was named.
    const init = { method: verb, headers, redirect: "manual", signal } as const;
    let { url } = this.#endpoint;
    for (let redirects = 0; ; redirects += 1) {
      const response = await this.#ask(url, body === undefined ? init : { ...init, body });
      // Other redirects turn a POST into a GET.
      const location = [307, 308].includes(response.status) ? response.headers.get("location") : null;
      const next = location !== null && URL.canParse(location, url) ? new URL(location, url) : undefined;
      if (next === undefined || next.origin !== new URL(url).origin || redirects === REDIRECTS) return response;
      await response.body?.cancel();
      url = next.href;
    }
  }

  async #ask(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, init);
    } catch (error) {
      // Never the message of an error of `fetch`: it may quote a header.
      const { code } = (error instanceof Error ? (error.cause ?? error) : {}) as NodeJS.ErrnoException;
      throw new SnapshotFailure(
        `no answer from ${this.#shownUrl}: ${typeof code === "string" ? code : "the connection failed"}`,
      );
    }
  }

  async #refused(method: string, response: Response): Promise<SnapshotFailure> {
    const { status } = response;
    const location = response.headers.get("location");
    if (status >= 300 && status < 400 && location !== null) {
      await response.body?.cancel();
      return new SnapshotFailure(
        `${this.#shownUrl} redirects to ${shownUrl(location)}: give that URL, if you trust it`,
      );
    }
    const said = this.shown(await this.#textOf(response).catch(() => ""));
    const hint = status === 401 || status === 403 ? `; ${this.#endpoint.hint}` : "";
    return new AnsweredError(
      `the server answered ${method} with the HTTP status ${status}${hint}${said === "" ? "" : `; it wrote: ${said.slice(0, 300)}`}`,
    );
  }

  async #readBody(response: Response): Promise<void> {
    const type = response.headers.get("content-type") ?? "";
    if (response.status === 202 || response.body === null) {
      await response.body?.cancel();
      return;
    }
    if (!type.startsWith("text/event-stream")) {
      const text = (await this.#textOf(response)).trim();
      if (text !== "") this.#listener.text(text);
      return;
    }
    const events = new Events((text) => this.#listener.text(text));
    for await (const text of this.#texts(response)) events.add(text);
  }

  async #textOf(response: Response): Promise<string> {
    let whole = "";
    for await (const text of this.#texts(response)) whole += text;
    return whole;
  }

  /** The body as text. Stops at the limit, and at what is not UTF-8. */
  async *#texts(response: Response): AsyncGenerator<string> {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      this.#bytes += piece.length;
      if (this.#bytes > this.#longest) {
        throw this.#end(`the server sent more than the limit of ${this.#longest} bytes`);
      }
      yield this.#decoded(() => decoder.decode(piece, { stream: true }));
    }
    yield this.#decoded(() => decoder.decode());
  }

  #decoded(decode: () => string): string {
    try {
      return decode();
    } catch {
      throw this.#end("the server sent bytes that are not UTF-8");
    }
  }

  #end(reason: string): SnapshotFailure {
    const failure = new SnapshotFailure(reason);
    this.#listener.end(failure);
    return failure;
  }
}

/** The data of server-sent events (WHATWG HTML, section 9.2). Names and ids of events are of no use here. */
class Events {
  readonly #tell: (data: string) => void;
  #rest: string[] = [];
  #data: string[] = [];

  constructor(tell: (data: string) => void) {
    this.#tell = tell;
  }

  add(text: string): void {
    this.#rest.push(text);
    // A long line comes in many pieces, which are joined once.
    if (!/[\r\n]/.test(text)) return;
    const lines = this.#rest.join("").split(/\r\n|\n|\r(?!$)/);
    this.#rest = [lines.pop() ?? ""];
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (line.startsWith("data:")) this.#data.push(line.slice(5).replace(/^ /, ""));
    if (line !== "" || this.#data.length === 0) return;
    const data = this.#data.join("\n");
    this.#data = [];
    if (data !== "") this.#tell(data);
  }
}
