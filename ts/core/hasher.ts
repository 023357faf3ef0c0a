/** Digests in the core. */
import * as glue from "../../pkg/inkan.js";
import { boundText, checkSize } from "../input/size.js";
import { enter, OwnedObject } from "./instance.js";

/** So many bytes of a file are in the core's memory at once. */
const PIECE = 2 ** 20;

/**
 * One hash, piece by piece. Free it in the end, finished or not.
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

  /** The digest, once. */
  finish(): string {
    return this.#object.consume((object) => object.finish());
  }

  free(): void {
    this.#object.free();
  }
}

/** Name and digest of one tool definition, as JSON text. The core must be loaded. */
export function toolDigest(definition: string): { readonly name: string; readonly digest: string } {
  const bytes = new TextEncoder().encode(boundText("tool", "definition", definition));
  checkSize("tool", "definition", bytes.length);
  return JSON.parse(enter(() => glue.toolDigest(bytes)));
}
