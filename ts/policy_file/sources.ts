/**
 * Fetches the files that a policy names: from the disk, by https, out of a package, or from the well-known place of a remote
 * server. A place is never a reason to trust: what comes is verified like everything else.
 */
import { readBounded } from "../consistency/http.js";
import type { Source } from "./shape.js";

/** What a file is read as. Who could change the first three could let anything through: their owner must be checked. */
export type FileKind = "policy" | "key" | "trustRoot" | "trustRootRecord" | "catalogue" | "bundle" | "signature";

/** What the policy file cannot do by itself; the command passes the disk, npm and the runtime's `fetch`. */
export interface SourceReaders {
  /** Reads a file of at most `longest` bytes. But for the policy file's own, `path` is relative to its folder. */
  readonly readFile: (path: string, longest: number, kind: FileKind) => Promise<Uint8Array>;
  /** Reads one regular file out of the root of an npm package. */
  readonly readPackage?: ((name: string, file: string, longest: number) => Promise<Uint8Array>) | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** For one request with its redirects; 10,000 by default. */
  readonly timeoutMs?: number | undefined;
}

/** The file names of the convention: in the root of an npm package, and under `/.well-known/` of a server's origin. */
export const CATALOGUE_NAME = "mcp-catalogue.json";
const BUNDLE_NAME = "mcp-catalogue.sigstore.json";

const REDIRECTS = 5;

/** Reads one file. `endpoint` is the server's URL, which the well-known place belongs to. */
export async function readSource(
  source: Source,
  field: "catalogue" | "bundle" | "signature",
  longest: number,
  readers: SourceReaders,
  endpoint: string | undefined,
): Promise<Uint8Array> {
  switch (source.kind) {
    case "file":
      return readers.readFile(source.path, longest, field);
    case "url":
      return fetchFile(source.url, longest, readers);
    case "npm": {
      if (readers.readPackage === undefined) throw new Error("packages of npm cannot be read here");
      return readers.readPackage(source.name, field === "catalogue" ? CATALOGUE_NAME : BUNDLE_NAME, longest);
    }
    case "well-known": {
      if (endpoint === undefined) throw new Error("well-known: is for servers with a url");
      const name = field === "catalogue" ? CATALOGUE_NAME : BUNDLE_NAME;
      const url = new URL(`/.well-known/${name}`, endpoint);
      url.searchParams.set("server", endpoint);
      return fetchFile(url.href, longest, readers);
    }
  }
}

/** One file by https. Redirects stay within the origin; bytes and time are bounded. */
async function fetchFile(first: string, longest: number, readers: SourceReaders): Promise<Uint8Array> {
  const get = readers.fetch ?? globalThis.fetch;
  const signal = AbortSignal.timeout(readers.timeoutMs ?? 10_000);
  let url = first;
  for (let redirects = 0; ; redirects += 1) {
    const response = await get(url, { redirect: "manual", signal, headers: { accept: "application/json" } });
    const { status } = response;
    if (status === 200) return readBounded(url, response, longest);
    await response.body?.cancel();
    const location = status >= 300 && status < 400 ? response.headers.get("location") : null;
    if (location === null) throw new Error(`${url} answers ${status}`);
    if (redirects === REDIRECTS) throw new Error(`${first} redirects more than ${REDIRECTS} times`);
    const next = new URL(location, url);
    if (next.origin !== new URL(first).origin) throw new Error(`${url} redirects to another origin, ${next.origin}`);
    url = next.href;
  }
}
