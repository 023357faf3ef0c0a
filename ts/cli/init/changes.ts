/** Writes several files as one: each whole or not at all, and all of them or none. */
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { InkanError } from "../../errors.js";
import { printable } from "../../input/printable.js";
import { createFile } from "../../publish/write.js";
import { ExitCode, Stop } from "../exit.js";
import { readForEdit, type Seen } from "./seen.js";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "there is no room left on the disk",
  EDQUOT: "this user's share of the disk is full",
  EFBIG: "the file is larger than what may be written",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the disk is read-only",
  EEXIST: "another file of this name is there",
  ENOENT: "there is no such folder",
  ENOTDIR: "a file stands where the path has a folder",
};

export class Changes {
  readonly #undo: (() => void)[] = [];

  /** Makes a folder for this user alone, if it is not there. */
  folder(path: string): void {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    this.#do(path, () => {
      // The first folder that was made has all others in it.
      const made = mkdirSync(path, { recursive: true, mode: 0o700 });
      if (made !== undefined) this.#undo.push(() => rmSync(made, { recursive: true, force: true }));
    });
  }

  /** Creates a file that must not be there. */
  create(path: string, text: string, mode: number): void {
    this.#do(path, () => {
      createFile(path, text, mode);
      this.#undo.push(() => rmSync(path, { force: true }));
    });
  }

  /** Puts a text in the place of what was seen. What was changed since then is not overwritten. */
  replace(seen: Seen, text: string): void {
    const { path, mode } = seen;
    if (seen.text === text) return;
    if (readForEdit(path).text !== seen.text) {
      throw new Stop(ExitCode.Misuse, `${printable(path)} was changed meanwhile, and is left as it is; try again`);
    }
    this.#do(path, () => putWhole(seen, text));
    const before = seen.text;
    this.#undo.push(() => (before === undefined ? rmSync(path, { force: true }) : putWhole({ ...seen, mode }, before)));
  }

  /** Takes back what was written, the last first. */
  undo(): void {
    for (const step of this.#undo.splice(0).reverse()) step();
  }

  #do(path: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      throw new Stop(ExitCode.Misuse, `cannot write ${printable(path)}: ${whyNotWritten(error)}; nothing was changed`);
    }
  }
}

function putWhole({ path, mode, owner }: Seen, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString("hex")}.tmp`);
  createFile(temporary, text, mode === undefined ? 0o644 : 0o600);
  try {
    if (owner !== undefined && (owner.uid !== process.getuid?.() || owner.gid !== process.getgid?.())) {
      chownSync(temporary, owner.uid, owner.gid);
    }
    if (mode !== undefined) chmodSync(temporary, mode);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function whyNotWritten(error: unknown): string {
  const cause = error instanceof InkanError ? (error.cause ?? error) : error;
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return REASONS[code] ?? (code === "" ? printable(message) : code);
}
