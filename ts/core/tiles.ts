/** The arithmetic of a log's tiles, in the core. */
import * as glue from "../../pkg/inkan.js";
import { boundBytes } from "../input/size.js";
import { enter } from "./instance.js";

/** A tile of a log (C2SP tlog-tiles): its level, its index in decimal digits, and how many hashes it has. */
export interface Tile {
  readonly level: number;
  readonly index: string;
  readonly width: number;
}

/** The tiles that a consistency proof needs. Sizes are in decimal digits. The core must be loaded. */
export function neededTiles(older: string, newer: string): Tile[] {
  const tiles: [level: number, index: string, width: number][] = JSON.parse(
    enter(() => glue.neededTiles(older, newer)),
  );
  return tiles.map(([level, index, width]) => ({ level, index, width }));
}

/** The proof from these tiles, which are concatenated, and whether all of them lead to the newer root (base64). */
export function proofFromTiles(
  older: string,
  newer: string,
  newerRoot: string,
  tiles: Uint8Array,
): { readonly hashes: Uint8Array[]; readonly genuine: boolean } {
  const bounded = boundBytes("tiles", "tiles", tiles);
  const proof: { hashes: string[]; genuine: boolean } = JSON.parse(
    enter(() => glue.proofFromTiles(older, newer, newerRoot, bounded)),
  );
  const bytes = (hash: string): Uint8Array => Uint8Array.from(atob(hash), (character) => character.charCodeAt(0));
  return { hashes: proof.hashes.map(bytes), genuine: proof.genuine };
}
