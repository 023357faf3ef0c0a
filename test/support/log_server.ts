/** Log servers on loopback: with real tiles, with those of trees made here, and with whatever else a server may do. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { consistencyProof, leafHash, rootOf } from "./merkle.js";
import { vectorFile } from "./repository.js";

/** What is served at a path: bytes, text, nothing, or an answer of another kind. */
export type Served = Uint8Array | string | undefined | ((response: ServerResponse) => void);
export type Site = (path: string) => Served;

const running = new Set<LogServer>();

/** Stops every server that a test left running. */
export async function stopLogServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()));
}

export class LogServer {
  readonly requests: string[] = [];
  readonly #server: Server;

  private constructor(public site: Site) {
    // Where a busy machine holds a client up, it must not find its connection closed.
    this.#server = createServer({ keepAliveTimeout: 0 }, ({ url = "" }, response) => {
      this.requests.push(url);
      const served = this.site(url);
      if (typeof served === "function") return served(response);
      response.statusCode = served === undefined ? 404 : 200;
      response.end(served);
    });
  }

  static async start(site: Site): Promise<LogServer> {
    const server = new LogServer(site);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    running.add(server);
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    running.delete(this);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const TILES = "/api/v2/";

/** A recorded Rekor v2 log: its files as they were served. */
export const recordedLog =
  (name: "a" | "fork"): Site =>
  (path) => {
    const file = vectorFile("real/catalogues/logs", name, "rekor2/log", path.replace(TILES, ""));
    return path.startsWith(TILES) && existsSync(file) ? readFileSync(file) : undefined;
  };

/** A log made here: its leaves, its key, its checkpoints and what a server of either kind serves of it. */
export class MadeLog {
  readonly pem: string;
  readonly #key: KeyObject;
  readonly #keyId: Uint8Array;
  readonly #roots = new Map<number, Uint8Array>();

  /** `other` is a log whose key this one has too. */
  constructor(
    readonly origin: string,
    readonly leaves: readonly Uint8Array[],
    other?: MadeLog,
  ) {
    this.#key = other === undefined ? generateKeyPairSync("ed25519").privateKey : other.#key;
    const publicKey = createPublicKey(this.#key);
    this.pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    const named = Buffer.concat([Buffer.from(`${this.#name}\n\x01`), raw]);
    this.#keyId = createHash("sha256").update(named).digest().subarray(0, 4);
  }

  /** A log with this many leaves. `name` tells histories apart. */
  static ofSize(size: number, name = "leaf", origin = "log.test"): MadeLog {
    return new MadeLog(
      origin,
      Array.from({ length: size }, (_, index) => leafHash(`${name} ${index}`)),
    );
  }

  /** The same key and origin with another history from leaf `from` on. */
  fork(from: number): MadeLog {
    const leaves = this.leaves.map((leaf, index) => (index < from ? leaf : leafHash(`forked ${index}`)));
    return new MadeLog(this.origin, leaves, this);
  }

  get #name(): string {
    return this.origin.split(" - ")[0] ?? "";
  }

  /** Kept, because a large tree takes long on a busy machine. */
  root(size: number): Uint8Array {
    const root = this.#roots.get(size) ?? rootOf(this.leaves.slice(0, size));
    this.#roots.set(size, root);
    return root;
  }

  tree(size: number): { treeSize: string; rootHash: string } {
    return { treeSize: `${size}`, rootHash: Buffer.from(this.root(size)).toString("base64") };
  }

  pair(older: number, newer: number) {
    return { origin: this.origin, logKey: "", older: this.tree(older), newer: this.tree(newer) };
  }

  checkpoint(size: number): string {
    const text = `${this.origin}\n${size}\n${this.tree(size).rootHash}\n`;
    const blob = Buffer.concat([this.#keyId, sign(null, Buffer.from(text), this.#key)]);
    return `${text}\n— ${this.#name} ${blob.toString("base64")}\n`;
  }

  /** The tiles of a tree, and its checkpoint. `partial: false`: only full tiles, as after a cleaning up. */
  tiles(size: number, { partial = true } = {}): Site {
    const rows = [this.leaves.slice(0, size)];
    for (let row = rows[0]; row !== undefined && row.length >= 256; row = rows.at(-1)) {
      const whole = Math.floor(row.length / 256);
      const below = row;
      rows.push(Array.from({ length: whole }, (_, tile) => rootOf(below.slice(tile * 256, tile * 256 + 256))));
    }
    return (path) => {
      if (path === `${TILES}checkpoint`) return this.checkpoint(size);
      const [, level, index = "", width] =
        /^\/api\/v2\/tile\/(\d+)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(path) ?? [];
      const start = Number(index.replace(/\D/g, "")) * 256;
      const hashes = rows[Number(level)]?.slice(start, start + Number(width ?? 256)) ?? [];
      if (hashes.length !== Number(width ?? 256) || (width !== undefined && !partial)) return undefined;
      return Buffer.concat(hashes);
    };
  }

  /** A Rekor v1 server with this tree. */
  rekorV1(size: number): Site {
    const [, treeID = ""] = this.origin.split(" - ");
    return (path) => {
      if (path === "/api/v1/log") {
        const signedTreeHead = this.checkpoint(size);
        return JSON.stringify({ inactiveShards: null, rootHash: "", signedTreeHead, treeID, treeSize: size });
      }
      const query = new URL(path, "http://log.test").searchParams;
      const [older, newer] = [Number(query.get("firstSize")), Number(query.get("lastSize"))];
      if (query.get("treeID") !== treeID || newer > size) return undefined;
      const hashes = consistencyProof(older, this.leaves.slice(0, newer)).map((hash) =>
        Buffer.from(hash).toString("hex"),
      );
      return JSON.stringify({ rootHash: Buffer.from(this.root(newer)).toString("hex"), hashes });
    };
  }
}
