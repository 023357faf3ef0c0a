/**
 * A bound for what services answer. The library that asks them reads whole answers and takes no bound, no agent and no
 * `fetch` of ours. But it asks by `node:http`, which tells of each answer (`node:diagnostics_channel`) before its body is read:
 * the bytes on its connection are counted, and the connection is ended at the bound. A runtime that does not tell has no bound.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { SigningFailure } from "./failure.js";

const CHANNEL = "http.client.response.finish";

/** Bytes of an answer. Those of Sigstore's services have some thousand. */
const LONGEST = 2 ** 20;
/** Bytes of one that is packed: DEFLATE makes a thousand of one at most (RFC 1951: 258 bytes in two bits). */
const LONGEST_PACKED = 2 ** 16;
/** What the library asks for. Of any other way of packing nobody knows what one byte may become. */
const PACKED = ["gzip", "x-gzip", "deflate"];

/** The hosts that are asked now. */
const asked = new Set<string>();

/** Asks the service at `url`. Throws `SigningFailure` where its answer is too long; the connection is ended then. */
export async function withBoundedAnswers<T>(service: string, url: string, ask: () => Promise<T>): Promise<T> {
  const { host } = new URL(url);
  let refuse = (_: string): void => {};
  const refused = new Promise<never>((_, reject) => {
    refuse = (why) => reject(new SigningFailure(`${service} at ${url} ${why}`));
  });
  const watch = (told: unknown): void => {
    const { request, response } = told as { readonly request: ClientRequest; readonly response: IncomingMessage };
    const from = String(request.getHeader("host"));
    // Another call looks after this one. An answer that a redirect led to is nobody's: all look after it.
    if (from !== host && asked.has(from)) return;
    const end = (why: string): void => {
      refuse(why);
      request.destroy();
    };
    const packed = (response.headers["content-encoding"] ?? "identity").trim().toLowerCase();
    if (packed !== "identity" && !PACKED.includes(packed)) end("gave an answer that is packed as nobody asked");
    const longest = packed === "identity" ? LONGEST : LONGEST_PACKED;
    let bytes = 0;
    const { socket } = response;
    const count = (piece: Uint8Array): void => {
      bytes += piece.length;
      if (bytes > longest) end(`gave an answer of more than ${longest} bytes`);
    };
    socket.on("data", count);
    // The connection may be used again.
    response.once("close", () => socket.off("data", count));
  };
  asked.add(host);
  subscribe(CHANNEL, watch);
  try {
    return await Promise.race([ask(), refused]);
  } finally {
    unsubscribe(CHANNEL, watch);
    asked.delete(host);
  }
}
