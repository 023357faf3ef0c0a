/** Files that decide what is trusted: the policy file, keys, trust roots. Whoever could change one could let anything through. */
import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";
import { refusal } from "../errors.js";
import { printable } from "../input/printable.js";
import { checkUnchangeableByOthers } from "../state/json_file.js";
import { readOpened, whyUnreadable } from "./files.js";
import { InkanError } from "./library.js";

// A pipe that nobody writes to must not hold the command up.
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The bytes of a plain file that nobody else could have changed. It is opened first, and then its path is checked: the file
 * that passes the check is the one that is read, whatever happens to the path meanwhile. What is no plain file is refused,
 * because nobody can say who writes to a pipe or to /proc.
 */
export async function readDecisive(path: string, longest: number): Promise<Uint8Array> {
  const opened = opening(path);
  try {
    const found = fstatSync(opened);
    if (found.isDirectory()) throw new Error(`cannot read ${printable(path)}: it is a folder`);
    if (!found.isFile()) throw refused(path, "a plain file", "a pipe, a device or the like");
    const checked = await checkOwners(path);
    if (checked !== undefined && !(checked.dev === found.dev && checked.ino === found.ino)) {
      throw refused(path, "the file that was opened", "another one in its place");
    }
    return readOpened(opened, path, longest);
  } finally {
    closeSync(opened);
  }
}

function opening(path: string): number {
  try {
    return openSync(path, READ);
  } catch (error) {
    throw new Error(`cannot read ${printable(path)}: ${whyUnreadable(error)}`);
  }
}

async function checkOwners(path: string): Promise<Stats | undefined> {
  try {
    return await checkUnchangeableByOthers(path);
  } catch (error) {
    if (error instanceof InkanError) throw refused(error.subject ?? path, error.expected, error.found, error);
    throw refused(path, "a path whose owners can be read", whyUnreadable(error), error);
  }
}

const refused = (path: string, expected: string | undefined, found: string | undefined, cause?: unknown): InkanError =>
  refusal(
    "ERR_POLICY_SOURCE",
    {
      subject: printable(path),
      expected,
      found,
      hint: `Whoever can change this file decides what is trusted. ${mendedBy(cause)}`,
    },
    cause,
  );

/** What to do: the command that takes the rights of others away, where they are what is wrong. */
const mendedBy = (cause: unknown): string =>
  cause instanceof InkanError && /run: chmod /.test(cause.hint)
    ? cause.hint
    : "Give it and its folder to this user alone.";
