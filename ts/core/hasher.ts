/** Digests in the core. */
import * as glue from "../../pkg/inkan.js";
import { ensureWhole, enter, OwnedObject } from "./instance.js";

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

/**
 * Name and digest of one definition, as JSON text in UTF-8. The core must be loaded. A refusal by the first core is final,
 * because nothing can be awaited here and no part is missing. It has no texts, but later ones have.
 */
export function definitionDigest(
  kind: string,
  definition: Uint8Array,
): { readonly name: string; readonly digest: string } {
  try {
    return JSON.parse(enter(() => glue.definitionDigest(kind, definition)));
  } catch (error) {
    ensureWhole().catch(() => {});
    throw error;
  }
}
