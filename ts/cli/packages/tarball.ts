/**
 * Reads a few named files out of an npm tarball (gzip around POSIX pax, IEEE 1003.1, "ustar Interchange Format" and "pax
 * Header Block"), without writing anything to the disk. An entry counts if it stands in the root folder of the archive,
 * whose name is free, as for npm. It must be a regular file, and stand there once.
 *
 * Nothing is verified here but the checksum of each header: the bytes are signed, or they are refused later.
 */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { printable } from "../../input/printable.js";

const BLOCK = 512;
/** Bytes of the whole archive after decompression. */
const UNPACKED = 512 * 2 ** 20;
/** Bytes of an entry that says something about the next one: a long name, say. */
const ABOUT_NEXT = 64 * 1024;

/** The files of these names, each with its largest size. A file that is missing is left out. */
export async function readTarball(
  path: string,
  files: ReadonlyMap<string, number>,
  largest: number = UNPACKED,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const reader = new TarReader(files, largest);
  const packed = createReadStream(path);
  const unpacked = createGunzip();
  packed.on("error", (error) => unpacked.destroy(error)).pipe(unpacked);
  try {
    for await (const chunk of unpacked) reader.push(chunk);
  } finally {
    packed.destroy();
  }
  return reader.end();
}

/** What becomes of an entry's content. */
type Use = { readonly name: string } | "about next" | "global" | "skip";

class TarReader {
  readonly #files: ReadonlyMap<string, number>;
  readonly #largest: number;
  readonly #found = new Map<string, Uint8Array>();
  readonly #header = Buffer.alloc(BLOCK);
  /** Bytes of the header that are there. */
  #filled = 0;
  #total = 0;
  #isEnded = false;
  /** The content of the entry that is being read, where it is kept. */
  #content: Buffer[] = [];
  #use: Use = "skip";
  #type = "";
  /** Bytes of the entry that are still to come, and of what fills its last block. */
  #left = 0;
  #padding = 0;
  /** What stands before an entry about its name and size. */
  #next: { path?: string; size?: number } = {};

  constructor(files: ReadonlyMap<string, number>, largest: number) {
    this.#files = files;
    this.#largest = largest;
  }

  push(chunk: Buffer): void {
    this.#total += chunk.length;
    if (this.#total > this.#largest) {
      throw new Error(`the tarball has more than ${this.#largest} bytes after decompression`);
    }
    let at = 0;
    while (at < chunk.length && !this.#isEnded) {
      if (this.#left > 0) {
        const piece = chunk.subarray(at, at + this.#left);
        if (this.#use !== "skip") this.#content.push(piece);
        this.#left -= piece.length;
        at += piece.length;
        if (this.#left === 0) this.#endEntry();
      } else if (this.#padding > 0) {
        const step = Math.min(this.#padding, chunk.length - at);
        this.#padding -= step;
        at += step;
      } else {
        const step = chunk.copy(this.#header, this.#filled, at, at + BLOCK - this.#filled);
        this.#filled += step;
        at += step;
        if (this.#filled === BLOCK) {
          this.#filled = 0;
          this.#beginEntry();
        }
      }
    }
  }

  end(): ReadonlyMap<string, Uint8Array> {
    if (this.#left > 0 || this.#padding > 0 || this.#filled > 0) throw new Error("the tarball ends within an entry");
    return this.#found;
  }

  #beginEntry(): void {
    const header = this.#header;
    if (header.every((byte) => byte === 0)) {
      this.#isEnded = true;
      return;
    }
    if (!isChecked(header)) throw new Error("the tarball has a header with a wrong checksum");
    this.#type = String.fromCharCode(header[156] ?? 0);
    const stated = sizeIn(header);
    const isAbout = ABOUT.includes(this.#type);
    const size = isAbout ? stated : (this.#next.size ?? stated);
    if (isAbout) {
      if (size > ABOUT_NEXT) throw new Error(`the tarball has a name of more than ${ABOUT_NEXT} bytes`);
      this.#use = this.#type === "g" ? "global" : "about next";
    } else {
      this.#use = this.#useOf(this.#next.path ?? nameIn(header), size);
      this.#next = {};
    }
    this.#left = size;
    this.#padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if (size === 0) this.#endEntry();
  }

  /** Whether the entry of this name is one of the files, and then one that may be read. */
  #useOf(path: string, size: number): Use {
    const [, name] = /^[^/]+\/([^/]+)$/.exec(path) ?? [];
    const longest = name === undefined ? undefined : this.#files.get(name);
    if (name === undefined || longest === undefined) return "skip";
    if (!REGULAR.includes(this.#type)) throw new Error(`${name} in the tarball is a link, and no regular file`);
    if (this.#found.has(name)) throw new Error(`${name} stands in the tarball twice`);
    if (size > longest) throw new Error(`${name} in the tarball has more than ${longest} bytes`);
    return { name };
  }

  #endEntry(): void {
    const use = this.#use;
    if (use === "skip") return;
    // Chunks are copied: what they are a part of may be much larger.
    const content = Buffer.concat(this.#content);
    this.#content = [];
    this.#use = "skip";
    if (typeof use === "object") this.#found.set(use.name, new Uint8Array(content));
    else if (this.#type === "L") this.#next.path = untilNul(content);
    else if (this.#type === "x" || this.#type === "g") this.#readRecords(content, use === "global");
  }

  /** The records `LENGTH NAME=VALUE` of a pax header; the length counts the whole record with its newline. */
  #readRecords(content: Buffer, isGlobal: boolean): void {
    for (let at = 0; at < content.length; ) {
      const blank = content.indexOf(" ", at);
      const length = blank === -1 ? Number.NaN : Number(content.toString("latin1", at, blank));
      if (!Number.isSafeInteger(length) || length < blank - at + 2 || at + length > content.length) {
        throw new Error("the tarball has a pax header that cannot be read");
      }
      const record = content.toString("utf8", blank + 1, at + length - 1);
      at += length;
      const [, name, value = ""] = /^(path|size)=(.*)$/s.exec(record) ?? [];
      if (name === undefined) continue;
      // Readers disagree on a name or a size for all entries that follow.
      if (isGlobal) throw new Error(`the tarball states one ${name} for all its entries`);
      if (name === "path") this.#next.path = value;
      else this.#next.size = integer(value, 10);
    }
  }
}

/** Entries about the next one: pax, pax for all, and the long name and long link of GNU tar. */
const ABOUT = ["x", "g", "L", "K"];
/** A regular file: of POSIX, of Unix V7, and one that is contiguous. */
const REGULAR = ["0", "\0", "7"];

function isChecked(header: Buffer): boolean {
  let sum = 0;
  // The checksum counts as eight blanks.
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  return sum === integer(untilNul(header.subarray(148, 156)).trim(), 8);
}

function nameIn(header: Buffer): string {
  const name = untilNul(header.subarray(0, 100));
  // GNU tar has times where POSIX has the first part of a long name.
  const prefix = header.toString("latin1", 257, 263) === "ustar\0" ? untilNul(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** Octal digits; or, of GNU tar and with the first bit set, a number in base 256. */
function sizeIn(header: Buffer): number {
  const field = header.subarray(124, 136);
  if (((field[0] ?? 0) & 0x80) === 0) return integer(untilNul(field).trim() || "0", 8);
  let size = (field[0] ?? 0) & 0x7f;
  for (const byte of field.subarray(1)) size = size * 256 + byte;
  if (!Number.isSafeInteger(size)) throw new Error("the tarball has an entry of no possible size");
  return size;
}

function integer(digits: string, base: 8 | 10): number {
  const value = (base === 8 ? /^[0-7]+$/ : /^\d+$/).test(digits) ? Number.parseInt(digits, base) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new Error(`the tarball has the number ${printable(digits, 40)}`);
  return value;
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? bytes.length : end);
}
