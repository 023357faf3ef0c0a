/** Small files and the choices in the fragment of the page's address. Browsers do not send the fragment to a server. */

import { type Choices, Missing } from "./engine/calls.js";
import { fromBase64 } from "./engine/inspected.js";
import { bytesOf, type Given } from "./files.js";

/** Links above this are cut by mail and chat programs. */
const LONGEST_LINK = 32_000;
const LONGEST_TEXT = 4 * 1024 * 1024;
const PREFIX = "#1.";

export interface Shared {
  readonly files: readonly { readonly name: string; readonly blob: Blob }[];
  readonly choices: Choices;
}

export async function fragmentOf(files: readonly Given[], choices: Choices): Promise<string> {
  if (files.length === 0) throw new Missing("There is nothing to share. Add files first.");
  const total = files.reduce((sum, { blob }) => sum + blob.size, 0);
  const tooLarge = new Missing("These files are too large for a link. Send the files themselves.");
  if (total > LONGEST_TEXT / 2) throw tooLarge;
  const contents = await Promise.all(files.map(async (given) => [given.name, toBase64(await bytesOf(given))]));
  const packed = await through(
    new CompressionStream("deflate-raw"),
    new TextEncoder().encode(JSON.stringify([contents, choices])),
  );
  const fragment = PREFIX + toBase64(packed).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  if (fragment.length > LONGEST_LINK) throw tooLarge;
  return fragment;
}

/** Reads a fragment. Undefined if it is none of this page. */
export async function sharedIn(fragment: string): Promise<Shared | undefined> {
  if (!fragment.startsWith(PREFIX)) return undefined;
  const broken = new Missing("This link is damaged. Ask for it again, or for the files.");
  if (fragment.length > LONGEST_LINK) throw broken;
  try {
    const packed = fromBase64(fragment.slice(PREFIX.length).replaceAll("-", "+").replaceAll("_", "/"));
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      await through(new DecompressionStream("deflate-raw"), packed),
    );
    const [files, choices]: [unknown, Record<string, unknown>] = JSON.parse(text);
    return { files: filesIn(files), choices: choicesIn(choices) };
  } catch {
    throw broken;
  }
}

function filesIn(given: unknown): Shared["files"] {
  if (!Array.isArray(given) || given.length > 8) throw new TypeError("no files");
  return given.map(([name, content]: [unknown, unknown]) => ({
    name: String(name).slice(0, 200),
    blob: new Blob([fromBase64(content)]),
  }));
}

function choicesIn(given: Record<string, unknown>): Choices {
  const text = (name: string): string => (typeof given[name] === "string" ? given[name] : "");
  const root = text("root");
  if (root !== "public-good" && root !== "file" && root !== "none") throw new TypeError("no trust root");
  return {
    root,
    identity: text("identity"),
    match: text("match") === "pattern" ? "pattern" : "exact",
    issuer: text("issuer"),
    server: text("server"),
  };
}

/** A small link must not become a large text: a megabyte of zeros is a kilobyte here. */
async function through(
  stream: CompressionStream | DecompressionStream,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > LONGEST_TEXT) {
      await reader.cancel();
      throw new RangeError("too long");
    }
    parts.push(next.value as Uint8Array<ArrayBuffer>);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
