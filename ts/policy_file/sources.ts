/**
 * Fetches the files that a policy names: from the disk, by https, out of a package, or from the well-known place of a remote
 * server. A place is never a reason to trust: what comes is verified like everything else.
 */

import { DEFAULT_TIMEOUT, type FetchFunction, withDeadline } from "../consistency/http.js";
import { LIMITS } from "../generated/limits.js";
import { gatherBody } from "../input/gathered.js";
import { readTimeout } from "../input/options.js";
import { shownUrl } from "../input/secrets.js";
import type { Source } from "./shape.js";

/** What a file is read as. Who could change the first three could let anything through: their owner must be checked. */
export type FileKind = "policy" | "key" | "trustRoot" | "trustRootRecord" | "catalogue" | "bundle" | "signature";

/** What the policy file cannot do by itself; the command passes the disk, npm and the runtime's `fetch`. */
export interface SourceReaders {
  /** Reads a file of at most `longest` bytes. But for the policy file's own, `path` is relative to its folder. */
  readonly readFile: (path: string, longest: number, kind: FileKind) => Promise<Uint8Array>;
  /** Reads one regular file out of the root of an npm package: of this exact version if there is one, else as installed. */
  readonly readPackage?:
    | ((name: string, file: string, longest: number, version: string | undefined) => Promise<Uint8Array>)
    | undefined;
  /** In place of the runtime's `fetch`. */
  readonly fetch?: FetchFunction | undefined;
  /** For one file with its redirects; 10,000 by default. */
  readonly timeoutMs?: number | undefined;
}

type Field = "catalogue" | "bundle" | "signature";

/** The file names of the convention: in the root of an npm package, and under `/.well-known/` of a server's origin. */
export const CONVENTION: Readonly<Record<Field, string>> = {
  catalogue: "mcp-catalogue.json",
  bundle: "mcp-catalogue.sigstore.json",
  signature: "mcp-catalogue.json.sig",
};

const REDIRECTS = 5;

/** A file that was verified, and the ETag that its server gave it (RFC 9110, section 8.8.3). */
export interface KeptFile {
  /** Where it was, after redirects. */
  readonly url: string;
  readonly etag: string;
  readonly bytes: Uint8Array;
}

/** A file that was read. If it verifies, `keep` may be passed as `kept` the next time. */
export interface ReadFile {
  readonly bytes: Uint8Array;
  readonly keep: KeptFile | undefined;
}

/** One file to read. */
interface Wanted {
  readonly source: Source;
  readonly field: Field;
  /** The server that a well-known place belongs to: where it is reached, and its identifier. */
  readonly remote: { readonly url: string; readonly server: string } | undefined;
  /** What was verified last. */
  readonly kept: KeptFile | undefined;
}

const longestOf = (field: Field): number => (field === "catalogue" ? LIMITS.catalogue : LIMITS.bundle);

/** Reads one file. */
export async function readSource(wanted: Wanted, readers: SourceReaders): Promise<ReadFile> {
  const { source, field, remote } = wanted;
  const longest = longestOf(field);
  switch (source.kind) {
    case "file":
      return { bytes: await readers.readFile(source.path, longest, field), keep: undefined };
    case "url":
      return fetchFile(source.url, wanted, readers);
    case "npm": {
      const { name, version } = source;
      if (readers.readPackage === undefined) throw new Error("packages of npm cannot be read here");
      return { bytes: await readers.readPackage(name, CONVENTION[field], longest, version), keep: undefined };
    }
    case "well-known": {
      if (remote === undefined) throw new Error("well-known: is for servers with a url");
      return fetchFile(wellKnown(field, remote), wanted, readers);
    }
  }
}

/**
 * The place below the origin of the server's URL (RFC 8615). One origin may have several servers, so the query says which:
 * by its identifier if that is a URL of this origin, else by the URL itself. The two differ where the URL has parameters
 * that the publisher did not sign, such as a user's key.
 */
function wellKnown(field: Field, { url, server }: NonNullable<Wanted["remote"]>): string {
  const place = new URL(`/.well-known/${CONVENTION[field]}`, url);
  const isHere = URL.canParse(server) && new URL(server).origin === place.origin;
  place.searchParams.set("server", isHere ? server : url);
  return place.href;
}

/** Characters of an ETag that is kept. */
const LONGEST_ETAG = 200;

/** The ETag of an answer, if it is well formed and short. A file without one is read whole each time. */
function etagOf(response: Response): string | undefined {
  const etag = response.headers.get("etag");
  return etag !== null && etag.length <= LONGEST_ETAG && /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(etag) ? etag : undefined;
}

/** RFC 9110, section 8.8.3.2: If-None-Match compares weakly. */
const sameEtag = (one: string, other: string): boolean => one.replace(/^W\//, "") === other.replace(/^W\//, "");

/**
 * Without `cache-control`, `fetch` adds `no-cache` to a conditional request, and many servers then answer with the whole
 * file (Fetch standard, HTTP-network-or-cache fetch, step 8).
 */
const conditional = (kept: KeptFile | undefined): Record<string, string> =>
  kept === undefined ? {} : { "if-none-match": kept.etag, "cache-control": "max-age=0" };

/**
 * What an answer 304 stands for: the bytes that were verified, which the caller verifies again. Throws if they were not
 * asked for.
 */
function unchanged(url: string, response: Response, asked: KeptFile | undefined): ReadFile {
  if (asked === undefined) throw new Error(`${shownUrl(url)} answers 304, although no ETag was sent`);
  const etag = response.headers.get("etag");
  if (etag !== null && !sameEtag(etag, asked.etag)) throw new Error(`${shownUrl(url)} answers 304 with another ETag`);
  return { bytes: asked.bytes, keep: asked };
}

/**
 * One file by https. Redirects stay within the origin; bytes (after decompression) and time are bounded. What the server says
 * of the content's type means nothing. The server is told the ETag of the file that was verified last, and need not send that
 * file again.
 */
function fetchFile(first: string, { field, kept }: Wanted, readers: SourceReaders): Promise<ReadFile> {
  const milliseconds = readTimeout("loadPolicy.timeoutMs", readers.timeoutMs, DEFAULT_TIMEOUT);
  const get = readers.fetch ?? ((url: string, init: RequestInit) => globalThis.fetch(url, init));
  const late = `${shownUrl(first)} was not read within ${milliseconds} ms`;
  return withDeadline({ milliseconds, late }, async (signal) => {
    let url = first;
    for (let redirects = 0; ; redirects += 1) {
      const asked = kept?.url === url ? kept : undefined;
      const headers = { accept: "application/json", ...conditional(asked) };
      const response = await get(url, { redirect: "manual", signal, headers } as const).catch((thrown: unknown) => {
        const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
        throw new Error(`${shownUrl(url)} could not be fetched`, { cause });
      });
      const { status, type } = response;
      if (status === 200) {
        const longest = longestOf(field);
        const tooLong = (): Error => new Error(`${shownUrl(url)} has more than ${longest} bytes`);
        const bytes = await gatherBody(response, longest, tooLong);
        const etag = etagOf(response);
        return { bytes, keep: etag === undefined ? undefined : { url, etag, bytes } };
      }
      response.body?.cancel().catch(() => {});
      if (status === 304) return unchanged(url, response, asked);
      // A browser does not tell where to.
      if (type === "opaqueredirect") throw new Error(`${shownUrl(url)} redirects, which is not followed here`);
      const location = status >= 300 && status < 400 ? response.headers.get("location") : null;
      if (location === null) throw new Error(`${shownUrl(url)} answers ${status}`);
      if (redirects === REDIRECTS) throw new Error(`${shownUrl(first)} redirects more than ${REDIRECTS} times`);
      const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
      if (next === undefined) throw new Error(`${shownUrl(url)} redirects to what is no URL`);
      if (next.origin !== new URL(first).origin) {
        throw new Error(`${shownUrl(url)} redirects to another origin, ${next.origin}`);
      }
      url = next.href;
    }
  });
}
