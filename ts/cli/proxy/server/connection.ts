/** Requests to a server by HTTP: its URL and headers, redirects, and patience with answers that take long. */
import { secretsIn } from "../../../input/secrets.js";
import { shown } from "../notes.js";
import { discard, Unanswered } from "./http_answers.js";

export const EVENTS = "text/event-stream";
export const JSON_TYPE = "application/json";
const REDIRECTS = 3;

export interface HttpRequest {
  readonly method: "POST" | "GET" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export class Connection {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #shownUrl: string;
  /** What is sent to the server and may be secret. */
  readonly secrets: readonly string[];
  /** The protocol version of the session. */
  version: string | undefined;

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#url = url;
    this.#headers = headers;
    const { origin, pathname } = new URL(url);
    this.#shownUrl = `${origin}${pathname}`;
    this.secrets = secretsIn(url, Object.entries(headers));
  }

  /** One request, with the redirects within the server's origin. */
  async request({ method, headers: more, body, signal }: HttpRequest): Promise<Response> {
    const own = {
      accept: method === "GET" ? EVENTS : `${JSON_TYPE}, ${EVENTS}`,
      ...(body === undefined ? {} : { "content-type": JSON_TYPE }),
      ...(this.version === undefined ? {} : { "mcp-protocol-version": this.version }),
      ...more,
    };
    // Not as one object: what differs in letter case alone would be sent as one header with both values.
    const headers = new Headers(this.#headers);
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
    let url = this.#url;
    for (let redirects = 0; ; redirects += 1) {
      const response = await fetch(url, init);
      const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
      if (location === null) return response;
      await discard(response);
      url = redirected(url, location, response.status, redirects === REDIRECTS);
    }
  }

  /** Why a request failed. Never the message of an error of `fetch`: it may quote a header. */
  why(error: unknown): string {
    if (error instanceof Unanswered) return error.message;
    const cause = (error as { cause?: { code?: unknown } }).cause?.code ?? (error as { code?: unknown }).code;
    const name = (error as Error).name === "TimeoutError" ? "no answer in time" : undefined;
    return `Cannot reach ${shown(this.#shownUrl)}: ${typeof cause === "string" ? cause : (name ?? "the connection failed")}.`;
  }
}

function redirected(from: string, location: string, status: number, isLast: boolean): string {
  let next: URL;
  try {
    next = new URL(location, from);
  } catch {
    throw new Unanswered(`The server redirects with ${status} to what is no URL.`);
  }
  if (next.origin !== new URL(from).origin) {
    throw new Unanswered(
      `The server redirects to ${shown(next.origin)}, which is another origin; write its URL into the policy file if it is right.`,
    );
  }
  // Others than these turn a POST into a GET.
  if ((status !== 307 && status !== 308) || isLast) {
    throw new Unanswered(`The server redirects with ${status}; write the right URL into the policy file.`);
  }
  return next.href;
}

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
