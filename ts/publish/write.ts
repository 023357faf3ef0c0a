/** Writes what was made: whole or not at all. */
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { refusal } from "../errors.js";
import { printable } from "../input/printable.js";

/** Creates a file that must not be there yet. */
export function createFile(path: string, text: string, mode: number): void {
  create(path, text, mode, (cause) => refused(path, "a file that does not exist yet, in a folder that does", cause));
}

function create(path: string, text: string, mode: number, refuse: (cause: unknown) => Error): void {
  let file: number;
  try {
    file = openSync(path, "wx", mode);
  } catch (cause) {
    throw refuse(cause);
  }
  try {
    writeAll(file, text);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Replaces a file, by way of another one beside it. A key is never replaced. */
export function replaceFile(path: string, text: string, mode = 0o644): void {
  if (existsSync(path)) {
    if (!statSync(path).isFile()) throw refused(path, "a plain file to write to");
    if (beginsLikePem(path))
      throw refused(path, "a file that holds no key or certificate", undefined, "Name another file.");
  }
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString("hex")}.tmp`);
  create(temporary, text, mode, (cause) => refused(path, "a file in a folder that can be written to", cause));
  try {
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw refused(path, "a file that can be written", cause);
  }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
  fsyncSync(file);
}

function beginsLikePem(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(4096);
    return start.toString("latin1", 0, readSync(file, start, 0, start.length, 0)).includes("-----BEGIN ");
  } finally {
    closeSync(file);
  }
}

function refused(path: string, expected: string, cause?: unknown, hint?: string): Error {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  const found = code === undefined ? "another" : code === "EEXIST" ? "it exists" : code;
  const told = hint ?? "Nothing was written. Name another file, or make the folder writable.";
  return refusal("ERR_OPTION_INVALID", { subject: printable(path), expected, found, hint: told }, cause);
}
