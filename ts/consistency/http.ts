/** Bounded requests to one log's server: a deadline, a largest answer, and no other host than the one named. */
import { gatherBody } from "../input/gathered.js";
import { withoutPrototype } from "../input/json.js";
import { invalidOption, kindOf, readOptions, readTimeout } from "../input/options.js";
import { readBaseUrl } from "../input/url.js";

/** Types of the platform, if they are declared. The published declarations must work without DOM and Node types. */
type Signal = typeof globalThis extends { AbortSignal: { prototype: infer S } } ? S : unknown;
export type FetchFunction = typeof globalThis extends { fetch: infer F } ? F : never;

export interface HttpOptions {
  /** The log's base URL, as its trust root has it: `https://log2025-1.rekor.sigstore.dev`. */
  readonly url: string;
  /** In place of the runtime's `fetch`. */
  readonly fetch?: FetchFunction;
  /** How long one proof may take, all its requests together; 10,000 by default. */
  readonly timeoutMs?: number;
  /** When it is aborted, open requests end and later ones are refused. */
  readonly signal?: Signal;
}

/** Reads the file at `path` below the base URL; undefined if there is none. Throws unless it has at most `longest` bytes. */
export type Get = (path: string, longest: number) => Promise<Uint8Array | undefined>;

/** Milliseconds for what is read over the network, if the caller does not say. */
export const DEFAULT_TIMEOUT = 10_000;
const BASE = "the base URL of a log, such as https://rekor.sigstore.dev";
const ONCE = withoutPrototype({ once: true });

export class HttpClient {
  readonly #base: string;
  readonly #fetch: typeof fetch;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #absent: readonly number[];

  /** `absent` are the answers that say that there is no such file. */
  constructor(what: string, options: HttpOptions, absent: readonly number[] = [404]) {
    this.#absent = absent;
    const read = readOptions(what, options, ["url", "fetch", "timeoutMs", "signal"]);
    this.#base = readBaseUrl(`${what}.url`, read.url, BASE, ({ protocol }) => /^https?:$/.test(protocol));
    if (read.fetch !== undefined && typeof read.fetch !== "function") {
      throw invalidOption(`${what}.fetch`, "a function like fetch", kindOf(read.fetch));
    }
    this.#fetch = (read.fetch as typeof fetch | undefined) ?? ((url, init) => globalThis.fetch(url, init));
    this.#timeoutMs = readTimeout(`${what}.timeoutMs`, read.timeoutMs, DEFAULT_TIMEOUT);
    if (read.signal !== undefined && !(read.signal instanceof AbortSignal)) {
      throw invalidOption(`${what}.signal`, "an AbortSignal", kindOf(read.signal));
    }
    this.#signal = read.signal;
  }

  /** Runs `talk` with one deadline. Requests that are still open at its end are aborted. */
  converse<T>(talk: (get: Get) => Promise<T>): Promise<T> {
    const late = `${this.#base} did not answer within ${this.#timeoutMs} ms`;
    return withDeadline({ milliseconds: this.#timeoutMs, late, caller: this.#signal }, (signal) =>
      talk((path, longest) => this.#get(path, longest, signal)),
    );
  }

  async #get(path: string, longest: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    signal.throwIfAborted();
    const url = `${this.#base}/${path}`;
    let response: Response;
    try {
      response = await this.#fetch(url, withoutPrototype({ redirect: "manual", signal } as const));
    } catch (cause) {
      const reason = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause : cause).message : cause;
      throw new Error(`${url} could not be fetched: ${reason}`, { cause });
    }
    if (this.#absent.includes(response.status)) return undefined;
    if (response.status !== 200) {
      const redirected = response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400);
      throw new Error(`${url} ${redirected ? "redirects, which is not followed" : `answers ${response.status}`}`);
    }
    return gatherBody(response, longest, () => new Error(`${url} has more than ${longest} bytes`));
  }
}

/** A time for a talk with a server, and what is said when it has passed. */
interface Deadline {
  readonly milliseconds: number;
  readonly late: string;
  readonly caller?: AbortSignal | undefined;
}

/**
 * Runs `talk` until a deadline, or until the caller ends it. Requests that have its signal are ended with it.
 * @internal
 */
export async function withDeadline<T>(
  { milliseconds, late, caller }: Deadline,
  talk: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), ONCE);
  });
  const timer = setTimeout(() => controller.abort(new Error(late)), milliseconds);
  const cancel = (): void => controller.abort(new Error("the caller ended the request"));
  caller?.addEventListener("abort", cancel, ONCE);
  if (caller?.aborted) cancel();
  try {
    // The deadline holds even if `fetch` ignores the signal.
    return await Promise.race([ended, talk(signal)]);
  } finally {
    clearTimeout(timer);
    caller?.removeEventListener("abort", cancel);
    controller.abort(new Error("ended"));
  }
}

/** The JSON value in an answer. */
export function parseJson(what: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", withoutPrototype({ fatal: true })).decode(bytes));
  } catch (cause) {
    throw new Error(`${what} is no JSON`, { cause });
  }
}
