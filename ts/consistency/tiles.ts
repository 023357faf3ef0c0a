import { ensureWhole } from "../core/instance.js";
import { neededTiles, proofFromTiles, type Tile } from "../core/tiles.js";
import { concatenate } from "../input/bytes.js";
import { type Get, HttpClient, type HttpOptions } from "./http.js";
import type { ConsistencyPair, ConsistencySource } from "./source.js";

/** A tile as the log numbers it, and its bytes. */
interface Fetched {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const FULL = 256;
const HASH_BYTES = 32;
const MOST_TILES = 64;
const LONGEST_CHECKPOINT = 64 << 10;

/**
 * Proofs of a Rekor v2 log (C2SP tlog-tiles), out of the tiles that it serves. A proof takes at most two tiles for each
 * power of 256 in the tree's size. Tiles that lead to a signed root are kept in memory, 64 at most.
 */
export class TileConsistency implements ConsistencySource {
  readonly #http: HttpClient;
  /** By name, the last used last. */
  readonly #genuine = new Map<string, Uint8Array>();

  constructor(options: HttpOptions) {
    this.#http = new HttpClient("TileConsistency", options);
  }

  async prove({ older, newer }: ConsistencyPair): Promise<readonly Uint8Array[]> {
    await ensureWhole();
    const tiles = neededTiles(older.treeSize, newer.treeSize);
    return this.#http.converse(async (get) => {
      const hashesOf = async (known: ReadonlyMap<string, Uint8Array>) => {
        const fetched = await Promise.all(tiles.map((tile) => fetchTile(tile, get, known)));
        const proof = proofFromTiles(
          older.treeSize,
          newer.treeSize,
          newer.rootHash,
          concatenate(fetched.map(({ bytes }) => bytes)),
        );
        if (proof.genuine) this.#keep(fetched);
        return proof;
      };
      const proof = await hashesOf(this.#genuine);
      // Tiles that led to one root need not lead to another. So the tiles are fetched again for this root.
      const stale = !proof.genuine && tiles.some((tile) => this.#genuine.has(nameOf(tile)));
      return (stale ? await hashesOf(new Map()) : proof).hashes;
    });
  }

  /** The newest checkpoint, a signed note. Nothing of it is verified. */
  async checkpoint(): Promise<string> {
    const bytes = await this.#http.converse((get) => get("api/v2/checkpoint", LONGEST_CHECKPOINT));
    if (bytes === undefined) throw new Error("the log serves no checkpoint");
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  }

  #keep(tiles: readonly Fetched[]): void {
    for (const { name, bytes } of tiles) {
      this.#genuine.delete(name);
      this.#genuine.set(name, bytes);
    }
    for (const oldest of this.#genuine.keys()) {
      if (this.#genuine.size <= MOST_TILES) break;
      this.#genuine.delete(oldest);
    }
  }
}

/** A tile of this width. Where the log no longer has the partial one, the full one begins with the same hashes. */
async function fetchTile(tile: Tile, get: Get, known: ReadonlyMap<string, Uint8Array>): Promise<Fetched> {
  const name = nameOf(tile);
  const kept = known.get(name);
  if (kept !== undefined) return { name, bytes: kept };
  const partial = await get(`api/v2/${name}`, tile.width * HASH_BYTES);
  if (partial !== undefined) return { name, bytes: ofLength(name, partial, tile.width) };
  const full = tile.width < FULL ? nameOf({ ...tile, width: FULL }) : undefined;
  const whole = full === undefined ? undefined : await get(`api/v2/${full}`, FULL * HASH_BYTES);
  if (full === undefined || whole === undefined) throw new Error(`the log does not serve ${name}`);
  return { name, bytes: ofLength(full, whole, FULL).slice(0, tile.width * HASH_BYTES) };
}

function ofLength(name: string, bytes: Uint8Array, width: number): Uint8Array {
  if (bytes.length === width * HASH_BYTES) return bytes;
  throw new Error(`${name} has ${bytes.length} bytes instead of ${width * HASH_BYTES}`);
}

/** `tile/<level>/<index>[.p/<width>]`, the index in groups of three digits: `x001/x234/067`. */
function nameOf({ level, index, width }: Tile): string {
  const groups = index.padStart(Math.ceil(index.length / 3) * 3, "0").match(/\d{3}/g) ?? [];
  const path = groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${path}${width < FULL ? `.p/${width}` : ""}`;
}
