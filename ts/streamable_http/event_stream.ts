/** An event stream of HTML's specification (section 9.2, server-sent events), bounded. */
import { Gathered } from "../input/gathered.js";
import { isHeaderValue } from "../input/header.js";
import { type Line, Lines } from "../input/lines.js";

/** `name` is what kind of event it is; empty for a message. */
export type StreamEvent =
  | { readonly type: "data"; readonly name: string; readonly data: Buffer }
  | { readonly type: "too long"; readonly name: string; readonly bytes: number };

const LF = 0x0a;
const NEWLINE = Buffer.of(LF);
const CR = 0x0d;
const LONGEST_ID = 1_024;

export class EventStream {
  readonly #lines: Lines;
  readonly #longest: number;
  /** The id of the last event that had one. An empty one takes back what was said before. */
  lastId: string | undefined;
  /** The pause that the server asks for, in milliseconds. */
  retryMs: number | undefined;
  /** The data lines of the event, each with a newline. */
  readonly #data = new Gathered();
  #tooLong = 0;
  #name = "";
  #id: string | undefined;
  #isFirst = true;
  #afterReturn = false;

  constructor(longest: number) {
    this.#longest = longest;
    this.#lines = new Lines(longest + 16);
  }

  /** The events that end in this piece. What comes after the last empty line is no event. */
  push(piece: Uint8Array): StreamEvent[] {
    const events: StreamEvent[] = [];
    for (const line of this.#lines.push(
      this.#withNewlines(Buffer.from(piece.buffer, piece.byteOffset, piece.length)),
    )) {
      const event = "bytes" in line ? this.#take(line.bytes) : this.#skip(line);
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  /** A carriage return ends a line as well, with a newline after it or without. */
  #withNewlines(piece: Buffer): Buffer {
    if (!piece.includes(CR) && !this.#afterReturn) return piece;
    const bytes = Buffer.allocUnsafe(piece.length);
    let length = 0;
    for (const byte of piece) {
      if (byte !== LF || !this.#afterReturn) {
        bytes[length] = byte === CR ? LF : byte;
        length += 1;
      }
      this.#afterReturn = byte === CR;
    }
    return bytes.subarray(0, length);
  }

  /** A line too long to keep: of data it makes the event too long, and of anything else it means nothing. */
  #skip({ tooLong, head }: Exclude<Line, { bytes: Buffer }>): undefined {
    if (this.#withoutMark(head).toString("latin1", 0, 5) === "data:") this.#tooLong += tooLong;
  }

  /** The first line may begin with a byte order mark. */
  #withoutMark(line: Buffer): Buffer {
    const isMarked = this.#isFirst && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf;
    this.#isFirst = false;
    return isMarked ? line.subarray(3) : line;
  }

  #take(given: Buffer): StreamEvent | undefined {
    const line = this.#withoutMark(given);
    if (line.length === 0) return this.#dispatch();
    const colon = line.indexOf(0x3a);
    if (colon === 0) return undefined;
    const field = line.toString("latin1", 0, colon < 0 ? line.length : colon);
    const start = colon < 0 ? line.length : line[colon + 1] === 0x20 ? colon + 2 : colon + 1;
    const value = line.subarray(start);
    if (field === "data") this.#add(value);
    else if (field === "event") this.#name = value.toString("utf8");
    else if (field === "id") this.#takeId(value.toString("latin1"));
    else if (field === "retry" && /^\d{1,9}$/.test(value.toString("latin1")))
      this.retryMs = Number(value.toString("latin1"));
    return undefined;
  }

  /** The id comes back to the server in a header. What no header may hold is none. */
  #takeId(id: string): void {
    if (id.length <= LONGEST_ID && isHeaderValue(id)) this.#id = id;
  }

  #add(value: Buffer): void {
    const length = this.#data.length + value.length + 1;
    if (this.#tooLong > 0) this.#tooLong += value.length + 1;
    else if (length > this.#longest) {
      this.#tooLong = length;
      this.#data.take();
    } else {
      this.#data.add(value);
      this.#data.add(NEWLINE);
    }
  }

  #dispatch(): StreamEvent | undefined {
    if (this.#id !== undefined) this.lastId = this.#id;
    const { buffer, byteOffset, length } = this.#data.take();
    const event: StreamEvent | undefined =
      this.#tooLong > 0
        ? { type: "too long", name: this.#name, bytes: this.#tooLong }
        : length === 0
          ? undefined
          : { type: "data", name: this.#name, data: Buffer.from(buffer, byteOffset, length - 1) };
    this.#tooLong = 0;
    this.#name = "";
    return event;
  }
}
