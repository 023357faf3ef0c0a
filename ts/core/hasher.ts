/** Digests in the core. */
import * as glue from "../../pkg/inkan.js";
import { enter, OwnedObject } from "./instance.js";

/** The largest part of a file that is in the core's memory at once, in bytes. */
const PIECE = 2 ** 20;

/**
 * One hash of bytes that come in pieces. Must be freed, whether or not it was finished.
 * @internal
 */
export class CoreHasher {
  readonly #object: OwnedObject<glue.Hasher>;

  constructor(algorithm: string) {
    this.#object = new OwnedObject(() => glue.Hasher.by(algorithm));
  }

  update(piece: Uint8Array): void {
    for (let from = 0; from < piece.length; from += PIECE) {
      this.#object.use((object) => object.update(piece.subarray(from, from + PIECE)));
    }
  }

  /** The digest. Can be called once. */
  finish(): string {
    return this.#object.consume((object) => object.finish());
  }

  free(): void {
    this.#object.free();
  }
}

/** Name and digest of one definition, as JSON text in UTF-8. The core must be loaded. */
export function definitionDigest(
  kind: string,
  definition: Uint8Array,
): { readonly name: string; readonly digest: string } {
  return JSON.parse(enter(() => glue.definitionDigest(kind, definition)));
}
