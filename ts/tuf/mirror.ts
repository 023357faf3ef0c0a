/** Downloads from a TUF repository: a bound for each file, for all of them together, and for the time. */
import { type FetchFunction, type Get, HttpClient } from "../consistency/http.js";
import { printable } from "../input/printable.js";

/** All files of one fetch, in bytes. Sigstore's repository needs 60,000. */
const LONGEST_TOTAL = 16 << 20;
/** The same bound as tuf-js has; Sigstore's have 6,000. */
const LONGEST_ROOT = 512_000;
/** So many newer versions of the root are followed in one fetch: Sigstore's repository made sixteen in five years. */
const MOST_ROOTS = 64;

/** Buckets of some clouds answer 403 for what is not there. */
const ABSENT = [403, 404];

export interface MirrorOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly fetch: FetchFunction | undefined;
}

/** One conversation with a mirror. */
export class Mirror {
  readonly #base: string;
  readonly #get: Get;
  readonly #roots = new Map<string, Uint8Array>();
  #left = LONGEST_TOTAL;
  /** Why a download failed: what the TUF client throws then says less. */
  failure: Error | undefined;

  private constructor(base: string, get: Get) {
    this.#base = base;
    this.#get = get;
  }

  /** Runs `talk` under one deadline. */
  static converse<T>({ url, timeoutMs, fetch }: MirrorOptions, talk: (mirror: Mirror) => Promise<T>): Promise<T> {
    const options = fetch === undefined ? { url, timeoutMs } : { url, timeoutMs, fetch };
    return new HttpClient("mirror", options, ABSENT).converse((get) => talk(new Mirror(url, get)));
  }

  /**
   * Downloads the versions of the root after `version`, which the client then asks for, and says how many there are. Which
   * of them are genuine is the client's to say.
   */
  async prefetchRoots(version: number): Promise<number> {
    for (let next = version + 1; ; next += 1) {
      const path = `${next}.root.json`;
      const bytes = await this.#download(path, LONGEST_ROOT);
      if (bytes === undefined) return next - version - 1;
      if (next - version > MOST_ROOTS) throw this.#failed(`${path} is more than ${MOST_ROOTS} versions ahead`);
      this.#roots.set(path, bytes);
      // The client refuses this one; there is no use in going on.
      if (versionIn(bytes) !== next) return next - version;
    }
  }

  /** Downloads a file by the URL that the client makes. */
  async file(url: string, longest: number): Promise<Uint8Array> {
    const path = url.startsWith(`${this.#base}/`) ? url.slice(this.#base.length + 1) : undefined;
    if (path === undefined) throw this.#failed(`${printable(url)} is not on the mirror`);
    const bytes = this.#roots.get(path) ?? (await this.#download(path, longest));
    if (bytes === undefined) throw this.#failed(`${printable(url)} does not exist`);
    return bytes;
  }

  async #download(path: string, longest: number): Promise<Uint8Array | undefined> {
    try {
      const bytes = await this.#get(path, Math.min(longest, this.#left));
      this.#left -= bytes?.length ?? 0;
      return bytes;
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  #failed(reason: string): Error {
    this.failure ??= new Error(reason);
    return this.failure;
  }
}

function versionIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)).signed.version;
  } catch {
    return undefined;
  }
}
