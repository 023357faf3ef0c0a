/** Bytes to lines. A line ends with a newline; a carriage return before it is no part of it. */
import { Gathered } from "./gathered.js";

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
  /** The pieces of a line before the present one. */
  readonly #before = new Gathered();
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
      lines.push(this.#line(piece.subarray(start, end)));
      start = end + 1;
    }
    if (start < piece.length) this.#add(piece.subarray(start));
    return lines;
  }

  /** What came after the last newline, if anything did. */
  end(): Line | undefined {
    return this.#length === 0 ? undefined : this.#line(Buffer.alloc(0));
  }

  #add(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#head === undefined) {
      this.#before.add(piece);
      if (this.#length <= this.#longest) return;
      const kept = this.#kept();
      this.#head = Buffer.from(kept.subarray(0, KEPT));
      this.#tail = Buffer.from(kept.subarray(-KEPT));
      return;
    }
    this.#tail = Buffer.from(Buffer.concat([this.#tail, piece.subarray(-KEPT)]).subarray(-KEPT));
  }

  /** The line that ends with this piece. One that came whole is not copied. */
  #line(last: Buffer): Line {
    if (this.#length === 0 && last.length <= this.#longest) return whole(last);
    this.#add(last);
    const line: Line =
      this.#head === undefined ? whole(this.#kept()) : { tooLong: this.#length, head: this.#head, tail: this.#tail };
    this.#length = 0;
    this.#head = undefined;
    this.#tail = Buffer.alloc(0);
    return line;
  }

  #kept(): Buffer {
    const { buffer, byteOffset, length } = this.#before.take();
    return Buffer.from(buffer, byteOffset, length);
  }
}

const whole = (bytes: Buffer): Line => ({ bytes: bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes });
