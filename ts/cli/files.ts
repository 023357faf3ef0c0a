import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { LIMITS } from "../generated/limits.js";
import { printable } from "../input/printable.js";
import { ExitCode, Stop } from "./exit.js";

/** No file that a command reads whole is larger, but for artifacts. */
const LARGEST = LIMITS.catalogue;

/** So much is read at first of what has no size: a pipe, a terminal, a device. */
const PIECE = 2 ** 16;

/**
 * A file's bytes; `-` is standard input. Reads one byte more than `largest` at most, whatever the file is and says of its
 * own size.
 */
export const readBytes = (file: string, largest: number = LARGEST): Uint8Array =>
  readFrom(file, largest, () => (file === "-" ? STDIN : openSync(file, constants.O_RDONLY)));

/** The bytes of a regular file. A link, a folder, a pipe or a device in its place is refused, and is never waited for. */
export const readRegularFile = (file: string, largest: number): Uint8Array =>
  readFrom(file, largest, () => openRegularFile(file));

/** The bytes of a file that may be reached by a link. A pipe or a device in its place is refused, and is never waited for. */
export const readPlainFile = (file: string, largest: number): Uint8Array =>
  readFrom(file, largest, () => {
    const opened = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = fstatSync(opened, BIG);
    if (found.isFile() || found.isDirectory()) return opened;
    closeSync(opened);
    throw new Stop(ExitCode.Misuse, `${printable(file)} is ${kindOf(found)}, and no plain file`);
  });

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
    return readOpened(opened, file, largest);
  } catch (error) {
    if (error instanceof Stop) throw error;
    throw new Stop(ExitCode.Misuse, `cannot read ${printable(file)}: ${whyUnreadable(error)}`);
  } finally {
    if (opened !== undefined && opened !== STDIN) closeSync(opened);
  }
}

/** The bytes of a file that is open. `file` is its name, for messages. */
export function readOpened(opened: number, file: string, largest: number): Uint8Array {
  const { size } = fstatSync(opened);
  if (size > largest) throw tooLarge(file, largest, `${size} bytes`);
  return readAll(opened, file, size, largest);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a file stands where the path has a folder",
  EISDIR: "it is a folder",
  EACCES: "no permission",
  ELOOP: "its links lead in a circle",
  ENXIO: "it is a socket, or a device that is not there",
};

/** Why the file system gave no file, in words. */
export function whyUnreadable(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? (code === "" ? printable(message) : code);
}

/** What there is to read. `size` is a guess, which pipes and devices do not make. */
function readAll(opened: number, file: string, size: number, largest: number): Uint8Array {
  // One byte more than there should be, so that the end is seen without more room.
  let bytes = new Uint8Array(Math.min(size === 0 ? PIECE : size, largest) + 1);
  let length = 0;
  for (;;) {
    const read = readSome(opened, bytes.subarray(length));
    if (read === 0) return bytes.subarray(0, length);
    length += read;
    if (length > largest) throw tooLarge(file, largest, "more");
    if (length < bytes.length) continue;
    const larger = new Uint8Array(Math.min(2 * length, largest + 1));
    larger.set(bytes);
    bytes = larger;
  }
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
