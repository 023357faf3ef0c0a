import { HttpClient, type HttpOptions, parseJson } from "./http.js";
import type { ConsistencyPair, ConsistencySource } from "./source.js";

const LONGEST_PROOF = 64 << 10;
const LONGEST_LOG = 1 << 20;

/**
 * Proofs of a Rekor v1 log, which computes them (`/api/v1/log/proof`). One source serves all shards: the tree is the
 * number at the end of the origin. If the older tree's size is a power of two, its proofs leave that tree out: a fork at such
 * a size is then refused, but not proven.
 */
export class RekorV1Consistency implements ConsistencySource {
  readonly #http: HttpClient;

  constructor(options: HttpOptions) {
    this.#http = new HttpClient("RekorV1Consistency", options);
  }

  async prove({ origin, older, newer }: ConsistencyPair): Promise<readonly Uint8Array[]> {
    const query = `firstSize=${older.treeSize}&lastSize=${newer.treeSize}&treeID=${treeOf(origin)}`;
    const bytes = await this.#http.converse((get) => get(`api/v1/log/proof?${query}`, LONGEST_PROOF));
    if (bytes === undefined) throw new Error("the log serves no consistency proofs");
    const { hashes } = objectOf("the proof", parseJson("the proof", bytes));
    if (!Array.isArray(hashes)) throw new Error("the proof has no hashes");
    return hashes.map(hashOf);
  }

  /** The newest checkpoint of the tree that an origin names, a signed note. Nothing of it is verified. */
  async checkpoint(origin: string): Promise<string> {
    const tree = treeOf(origin);
    const bytes = await this.#http.converse((get) => get("api/v1/log", LONGEST_LOG));
    if (bytes === undefined) throw new Error("the log serves no checkpoint");
    const log = objectOf("the log", parseJson("the log", bytes));
    const shards: unknown[] = Array.isArray(log.inactiveShards) ? log.inactiveShards : [];
    const shard = [log, ...shards].map((one) => objectOf("a shard", one)).find(({ treeID }) => treeID === tree);
    if (typeof shard?.signedTreeHead !== "string") throw new Error(`the log has no tree ${tree}`);
    return shard.signedTreeHead;
  }
}

function treeOf(origin: string): string {
  const [, tree] = / - (\d+)$/.exec(origin) ?? [];
  if (tree === undefined) throw new Error(`${origin} is no origin of a Rekor v1 log: it names no tree`);
  return tree;
}

function objectOf(what: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${what} is no object`);
}

function hashOf(text: unknown): Uint8Array {
  if (typeof text !== "string" || !/^[0-9a-f]{64}$/.test(text)) throw new Error("the proof has a hash in another form");
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
