/** Bytes to lines. A line ends with a newline; a carriage return before it is no part of it. */

/** A whole line, or what is known of one that was too long to keep. */
export type Line =
  | { readonly bytes: Buffer }
  | { readonly tooLong: number; readonly head: Buffer; readonly tail: Buffer };

/** Bytes of a line too long that are kept, of its beginning and of its end. */
const KEPT = 1_024;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

export class Lines {
  readonly #longest: number;
  #pieces: Buffer[] = [];
  #length = 0;
  /** Of a line that is too long. */
  #head: Buffer | undefined;
  #tail = Buffer.alloc(0);

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that end in this piece. */
  push(piece: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      this.#add(piece.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    if (start < piece.length) this.#add(piece.subarray(start));
    return lines;
  }

  /** What came after the last newline, if anything did. */
  end(): Line | undefined {
    return this.#length === 0 ? undefined : this.#take();
  }

  #add(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#head === undefined) {
      if (piece.length > 0) this.#pieces.push(piece);
      if (this.#length <= this.#longest) return;
      const kept = Buffer.concat(this.#pieces);
      this.#head = Buffer.from(kept.subarray(0, KEPT));
      this.#tail = Buffer.from(kept.subarray(-KEPT));
      this.#pieces = [];
      return;
    }
    this.#tail = Buffer.from(Buffer.concat([this.#tail, piece.subarray(-KEPT)]).subarray(-KEPT));
  }

  #take(): Line {
    const [first] = this.#pieces;
    const whole = this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces);
    const line: Line =
      this.#head === undefined
        ? { bytes: whole.at(-1) === RETURN ? whole.subarray(0, -1) : whole }
        : { tooLong: this.#length, head: this.#head, tail: this.#tail };
    this.#pieces = [];
    this.#length = 0;
    this.#head = undefined;
    this.#tail = Buffer.alloc(0);
    return line;
  }
}
