/** A text file that is to be edited, as it stands. */
import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { printable } from "../../input/printable.js";
import { ExitCode, Stop } from "../exit.js";
import { readOpened, whyUnreadable } from "../files.js";

/** No file of settings is larger; Claude Code keeps histories in its own. */
const LARGEST = 1 << 25;

export interface Seen {
  /** The file itself: where the named one is a link, what the link leads to. */
  readonly path: string;
  /** Undefined where there is no such file. */
  readonly text: string | undefined;
  readonly mode: number | undefined;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/** Ends the command where the file cannot be read, or must not be written. */
export function readForEdit(file: string): Seen {
  const path = behindLinks(resolve(file));
  const refuse = (why: string): Stop => new Stop(ExitCode.Misuse, `${printable(path)} is left as it is: ${why}`);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) {
      return { path, text: undefined, mode: undefined, owner: undefined };
    }
    throw new Stop(ExitCode.Misuse, `there is no folder ${printable(dirname(path))}; nothing was written`);
  }
  let opened: number | undefined;
  try {
    opened = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const { mode, uid, gid } = fstatSync(opened);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw refuse("it is no plain file");
    // Root may write to it all the same: what its owner made read-only stays as it is.
    if ((mode & 0o200) === 0) throw refuse("it is read-only");
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readOpened(opened, path, LARGEST));
    return { path, text, mode: mode & 0o7777, owner: { uid, gid } };
  } catch (error) {
    if (error instanceof Stop) throw error;
    throw refuse(error instanceof TypeError ? "it is not UTF-8" : whyUnreadable(error));
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

/** A link is followed, so that it stays one when its file is replaced. */
function behindLinks(path: string): string {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined)
      return join(realpathSync(dirname(path)), basename(path));
    return realpathSync(path);
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === "ENOENT" &&
      lstatSync(path, { throwIfNoEntry: false }) === undefined
    ) {
      return path;
    }
    throw new Stop(ExitCode.Misuse, `${printable(path)} is left as it is: its link leads nowhere`);
  }
}
