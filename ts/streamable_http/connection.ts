/** Requests to a server by HTTP: its URL and headers, redirects, and patience with answers that take long. */
import { secretsIn, shownUrl, withoutSecrets } from "../input/secrets.js";
import { type Advice, discard, EVENTS, JSON_TYPE, shown, Unanswered } from "./answers.js";
import { LIMITS } from "./limits.js";

/** How a server is reached. */
export interface Endpoint {
  readonly url: string;
  /** What the operator sends with each request. */
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly advice: Advice;
}

export interface HttpRequest {
  readonly method: "POST" | "GET" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Whether it does no harm if the server takes it twice. */
  readonly isRepeatable: boolean;
}

export class Connection {
  readonly #endpoint: Endpoint;
  readonly #shownUrl: string;
  /** What is sent to the server and may be secret. */
  readonly secrets: readonly string[];
  /** The protocol version of the session. */
  version: string | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#shownUrl = shown(shownUrl(endpoint.url));
    this.secrets = secretsIn(endpoint.url, endpoint.headers);
  }

  /**
   * One request, with the redirects within the server's origin. Servers close connections that were idle for some seconds,
   * and a busy process may learn of it too late: what is lost then without an answer is sent once more, if it is repeatable.
   */
  async request(request: HttpRequest): Promise<Response> {
    try {
      return await this.#send(request);
    } catch (error) {
      if (!request.isRepeatable || !BROKEN.has(codeOf(error))) throw error;
      return this.#send(request);
    }
  }

  async #send({ method, headers: more, body, signal }: HttpRequest): Promise<Response> {
    const own = {
      accept: method === "GET" ? EVENTS : `${JSON_TYPE}, ${EVENTS}`,
      ...(body === undefined ? {} : { "content-type": JSON_TYPE }),
      ...(this.version === undefined ? {} : { "mcp-protocol-version": this.version }),
      ...more,
    };
    // Each is set: names that differ in letter case alone would else be sent as one header with both values.
    const headers = new Headers();
    for (const [name, value] of this.#endpoint.headers) headers.set(name, value);
    for (const [name, value] of Object.entries(own)) headers.set(name, value);
    // Node's own option, which the types of browsers lack.
    const dispatcher = await patientDispatcher();
    const init: RequestInit & { readonly dispatcher?: object } = {
      method,
      headers,
      body: body ?? null,
      redirect: "manual",
      signal,
      ...(dispatcher === undefined ? {} : { dispatcher }),
    };
    let { url } = this.#endpoint;
    for (let redirects = 0; ; redirects += 1) {
      const response = await fetch(url, init);
      const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
      if (location === null) return response;
      await discard(response);
      url = this.#redirected(url, location, response.status, redirects === LIMITS.redirects);
    }
  }

  /** Headers may hold secrets: they go to no other place than the one that was named. */
  #redirected(from: string, location: string, status: number, isLast: boolean): string {
    const next = URL.canParse(location, from) ? new URL(location, from) : undefined;
    if (next === undefined) throw new Unanswered(`The server redirects with ${status} to what is no URL.`);
    const { advice } = this.#endpoint;
    if (next.origin !== new URL(from).origin) {
      const place = shown(withoutSecrets(shownUrl(next.href), this.secrets));
      throw new Unanswered(`The server redirects to ${place}, which is another origin. ${advice.redirect}`);
    }
    // Others than these turn a POST into a GET.
    if ((status !== 307 && status !== 308) || isLast) {
      throw new Unanswered(`The server redirects with ${status}. ${advice.url}`);
    }
    return next.href;
  }

  /** Why a request failed. Never the message of an error of `fetch`: it may quote a header. */
  why(error: unknown): string {
    if (error instanceof Unanswered) return error.message;
    const code = codeOf(error);
    const name = (error as Error).name === "TimeoutError" ? "no answer in time" : undefined;
    return `Cannot reach ${this.#shownUrl}: ${typeof code === "string" ? code : (name ?? "the connection failed")}.`;
  }
}

/** The code of what made `fetch` fail. */
const codeOf = (error: unknown): unknown =>
  (error as { cause?: { code?: unknown } }).cause?.code ?? (error as { code?: unknown }).code;

/** Codes that say that a connection has ended. */
const BROKEN: ReadonlySet<unknown> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

let patient: Promise<object | undefined> | undefined;

/**
 * What sends requests and waits for as long as it takes. Node's `fetch` gives up after 300 seconds without a byte, and
 * has no option for it: a call may take longer, and event streams are silent for hours. Its dispatcher has one, and the
 * class of that is found where undici keeps the dispatcher for all copies of itself (undici, lib/global.js). It is made by
 * the first request; in Node 24 with NODE_USE_ENV_PROXY it is the one that goes through the proxy. Where there is none,
 * the 300 seconds stay.
 */
function patientDispatcher(): Promise<object | undefined> {
  patient ??= makePatient().catch(() => undefined);
  return patient;
}

async function makePatient(): Promise<object | undefined> {
  await fetch("data:,");
  const standard: unknown = Reflect.get(globalThis, Symbol.for("undici.globalDispatcher.1"));
  if (typeof standard !== "object" || standard === null) return undefined;
  const Class = standard.constructor as new (options: object) => object;
  return new Class({ headersTimeout: 0, bodyTimeout: 0 });
}
