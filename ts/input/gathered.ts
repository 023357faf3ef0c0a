/** Bytes that arrive in pieces, as one. */

const NOTHING = new Uint8Array(0);

/**
 * Keeps a copy of each piece in one buffer. Pieces that are kept themselves cost more than their bytes: a hundred bytes each,
 * and all of the larger buffer that one is a part of. Whoever chooses the pieces chooses that cost. How many bytes there may
 * be is the caller's to check.
 */
export class Gathered {
  #bytes: Uint8Array = NOTHING;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  /** What was added. What is added from now on is another whole. */
  take(): Uint8Array {
    const whole = this.#bytes.subarray(0, this.#length);
    this.#bytes = NOTHING;
    this.#length = 0;
    return whole;
  }
}

/**
 * The whole body of an answer, of at most `longest` bytes; `tooLong` makes the error for a longer one. `arrived` is told of
 * the bytes of each piece, and what it throws ends the reading. So does `late` when it is aborted: what has arrived by then
 * is the body.
 */
export async function gatherBody(
  response: Response,
  longest: number,
  tooLong: () => Error,
  arrived?: (bytes: number) => void,
  late?: AbortSignal,
): Promise<Uint8Array> {
  const body = new Gathered();
  const reader = response.body?.getReader();
  late?.addEventListener("abort", () => void reader?.cancel().catch(() => {}), { once: true });
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      arrived?.(part.value.length);
      if (body.length + part.value.length > longest) throw tooLong();
      body.add(part.value);
    }
  } catch (error) {
    // It does not arrive any more, or nobody wants it.
    reader?.cancel().catch(() => {});
    throw error;
  }
  return body.take();
}
