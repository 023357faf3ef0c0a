import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { LIMITS } from "../generated/limits.js";
import { printable } from "../input/printable.js";
import { ExitCode, Stop } from "./exit.js";

/** No file that a command reads whole is larger, but for artifacts. */
const LARGEST = LIMITS.catalogue;

/** So much is read at once of what has no size: a pipe, a terminal, a device. */
const PIECE = 2 ** 20;

/**
 * A file's bytes; `-` is standard input. Reads one byte more than `largest` at most, whatever the file is and says of its
 * own size.
 */
export const readBytes = (file: string, largest: number = LARGEST): Uint8Array =>
  readFrom(file, largest, () => (file === "-" ? STDIN : openSync(file, constants.O_RDONLY)));

/** The bytes of a regular file. A link, a folder, a pipe or a device in its place is refused, and is never waited for. */
export const readRegularFile = (file: string, largest: number): Uint8Array =>
  readFrom(file, largest, () => openRegularFile(file));

const STDIN = 0;

/** Windows lacks these flags: there the comparison with what `lstat` saw is the check. */
const NO_LINK = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

function openRegularFile(file: string): number {
  const seen = lstatSync(file, BIG);
  if (!seen.isFile()) throw new Stop(ExitCode.Misuse, `${printable(file)} is ${kindOf(seen)}, and no regular file`);
  const opened = openSync(file, constants.O_RDONLY | NO_LINK);
  const { ino, dev } = fstatSync(opened, BIG);
  if (ino === seen.ino && dev === seen.dev) return opened;
  closeSync(opened);
  throw new Stop(ExitCode.Misuse, `${printable(file)} was replaced while it was read`);
}

const BIG = { bigint: true } as const;

const kindOf = (stats: BigIntStats): string =>
  stats.isSymbolicLink() ? "a link" : stats.isDirectory() ? "a folder" : "a pipe or a device";

function readFrom(file: string, largest: number, open: () => number): Uint8Array {
  let opened: number | undefined;
  try {
    opened = open();
    const { size } = fstatSync(opened);
    if (size > largest) throw tooLarge(file, largest, `${size} bytes`);
    return readAll(opened, file, size, largest);
  } catch (error) {
    if (error instanceof Stop) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: "there is no such file",
      EISDIR: "it is a folder",
      EACCES: "no permission",
      ELOOP: "it is a link",
    };
    const reason = reasons[code ?? ""] ?? code ?? String(error);
    throw new Stop(ExitCode.Misuse, `cannot read ${printable(file)}: ${reason}`);
  } finally {
    if (opened !== undefined && opened !== STDIN) closeSync(opened);
  }
}

/** What there is to read, in pieces: `size` is a guess, which pipes and devices do not make. */
function readAll(opened: number, file: string, size: number, largest: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const room = Math.min(largest + 1 - length, Math.max(size + 1 - length, PIECE));
    const piece = new Uint8Array(room);
    const read = readSome(opened, piece);
    if (read === 0) break;
    length += read;
    if (length > largest) throw tooLarge(file, largest, "more");
    pieces.push(read < room ? piece.slice(0, read) : piece);
  }
  const [only] = pieces;
  return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces, length);
}

/** Waits where a pipe that does not block has nothing yet. */
function readSome(opened: number, piece: Uint8Array): number {
  for (;;) {
    try {
      return readSync(opened, piece, 0, piece.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

const tooLarge = (file: string, largest: number, found: string): Stop =>
  new Stop(
    ExitCode.Misuse,
    `ERR_INPUT_TOO_LARGE: ${printable(file)} exceeds the limit of what is read here. Expected: at most ${largest} bytes. Found: ${found}.`,
  );

export const readUtf8 = (file: string, largest?: number): string =>
  Buffer.from(readBytes(file, largest)).toString("utf8");
