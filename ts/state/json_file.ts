/** A file that one process at a time replaces as a whole. Other users may neither read nor write it. */
import { constants, lstatSync, promises, readlinkSync, type Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import process from "node:process";
import { type InkanError, refusal } from "../errors.js";
import { printable, shellWord } from "../input/printable.js";

/** A larger file is not read, so that a foreign file cannot exhaust the memory. */
const LARGEST_BYTES = 64 << 20;
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** Modes and owners mean nothing on Windows, where a folder cannot be flushed either. */
const POSIX = process.platform !== "win32";

/** Looks at what a path names. At once, or while this process goes on: a file system may never answer. */
interface Look {
  readonly lstat: (path: string) => Stats | Promise<Stats>;
  readonly readlink: (path: string) => string | Promise<string>;
}

const AT_ONCE: Look = { lstat: (path) => lstatSync(path), readlink: (path) => readlinkSync(path) };
// `promises` is named only where it is used, since Node loads it then.
const MEANWHILE: Look = { lstat: (path) => promises.lstat(path), readlink: (path) => promises.readlink(path) };

/**
 * The file's bytes, or undefined if there is none. Refuses anything but a plain file, a file that others than its
 * owner may read or write, and a path on which others may replace it.
 */
export async function readPrivate(path: string): Promise<Uint8Array | undefined> {
  let file: FileHandle;
  try {
    await checkFolders(dirname(path), MEANWHILE);
    if ((await promises.lstat(path)).isSymbolicLink()) throw permissions(path, "a plain file", "a symbolic link");
    file = await promises.open(path, READ);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (codeOf(error) === "ELOOP") throw permissions(path, "a plain file", "a symbolic link");
    throw error;
  }
  try {
    await checkFile(path, file);
    return await readBounded(path, file);
  } finally {
    await file.close();
  }
}

/** Reads to the end of the file, whatever size the file system states. */
async function readBounded(path: string, file: FileHandle): Promise<Uint8Array> {
  let bytes = new Uint8Array((await file.stat()).size + 1);
  let filled = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
    checkSize(path, filled);
    if (filled < bytes.length) continue;
    const larger = new Uint8Array(bytes.length * 2);
    larger.set(bytes);
    bytes = larger;
  }
}

async function checkFile(path: string, file: FileHandle): Promise<void> {
  const found = await file.stat();
  if (!found.isFile()) throw permissions(path, "a plain file", "something else");
  if (POSIX && (found.mode & 0o077) !== 0)
    throw permissions(path, "the mode 600", `the mode ${octal(found.mode)}`, "chmod 600");
  const user = currentUser();
  if (user !== undefined && found.uid !== user) {
    throw permissions(path, `a file of the user ${user}`, `one of the user ${found.uid}`);
  }
  checkSize(path, found.size);
}

/** The most links on a path. Links that lead to each other end here. */
const MOST_LINKS = 40;

/**
 * Refuses a path on which somebody else could put another file in this one's place: whoever may rename in a folder may
 * replace everything below it. As OpenSSH does for its keys, every folder from the root on must belong to root or to this
 * user, and nobody else may write to it. In a sticky folder, such as /tmp, others may write: they cannot rename what is not
 * theirs. Links are followed one by one, since who owns a link decides where it leads.
 *
 * Throws the file system's errors: ENOENT if a folder is missing.
 */
async function checkFolders(folder: string, look: Look): Promise<void> {
  if (!POSIX) return;
  let reached = "/";
  checkOwner(reached, await look.lstat(reached));
  const names = folder.split("/");
  for (let links = 0, name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      reached = dirname(reached);
      continue;
    }
    const next = join(reached, name);
    const found = await look.lstat(next);
    checkOwner(next, found);
    if (!found.isSymbolicLink()) {
      checkWriters(next, found.mode);
      // No file can be kept there, and a request for one may never be answered.
      if (next === "/proc" || next === "/sys") throw new Error(`${next} holds the kernel's files, and no others`);
      reached = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw permissions(next, `at most ${MOST_LINKS} links on the way`, "more");
    const target = await look.readlink(next);
    if (target.startsWith("/")) reached = "/";
    names.unshift(...target.split("/"));
  }
}

/**
 * Refuses a file that others could change or replace: it, its folders and the links to it must belong to this user or to
 * root, and nobody else may write to them. Others may read it. Gives what the path leads to, so that its reader can tell
 * that it has opened that very file; undefined on Windows, where nothing is checked. Looks at once, as its callers read such
 * a file at once: a process can do nothing before it is read.
 */
export async function checkUnchangeableByOthers(path: string, links = 0): Promise<Stats | undefined> {
  if (!POSIX) return undefined;
  await checkFolders(dirname(path), AT_ONCE);
  const found = lstatSync(path);
  checkOwner(path, found);
  if (found.isSymbolicLink()) {
    if (links >= MOST_LINKS) throw permissions(path, `at most ${MOST_LINKS} links on the way`, "more");
    return checkUnchangeableByOthers(resolve(dirname(path), readlinkSync(path)), links + 1);
  }
  if ((found.mode & 0o022) !== 0) {
    throw permissions(path, "a file that nobody else may write to", `the mode ${octal(found.mode)}`, "chmod go-w");
  }
  return found;
}

function checkOwner(path: string, { uid }: { readonly uid: number }): void {
  const user = currentUser();
  if (user === undefined || uid === user || uid === 0) return;
  throw permissions(path, `a folder of the user ${user} or of root, on the way to the file`, `one of the user ${uid}`);
}

function checkWriters(folder: string, mode: number): void {
  const sticky = (mode & 0o1000) !== 0;
  if ((mode & 0o022) === 0 || sticky) return;
  const expected = "a folder in which nobody else may rename, on the way to the file";
  throw permissions(folder, expected, `the mode ${octal(mode)}`, "chmod go-w");
}

/** The user that this process acts for. Undefined on Windows, and in Deno without the permission to ask. */
function currentUser(): number | undefined {
  try {
    return process.geteuid?.();
  } catch {
    return undefined;
  }
}

function checkSize(path: string, size: number): void {
  if (size <= LARGEST_BYTES) return;
  const facts = { subject: printable(path), expected: `at most ${LARGEST_BYTES} bytes`, found: `${size} bytes` };
  throw refusal("ERR_STATE_CORRUPT", facts);
}

/** Makes the folder and the missing folders above it, for this user alone. */
export async function makeFolder(folder: string): Promise<void> {
  if (await makeOne(folder)) return;
  const above = dirname(folder);
  // A second ENOENT is final: /proc has folders in which no folder can be made.
  if (above !== folder) await makeFolder(above);
  if (!(await makeOne(folder))) throw new Error(`the folder ${folder} cannot be made`);
}

/** False if the folder above is missing. */
async function makeOne(folder: string): Promise<boolean> {
  try {
    await promises.mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    // A folder that exists already, or cannot be changed, is checked where it is used.
    if (codeOf(error) === "EEXIST" || (await isThere(folder))) return true;
    throw error;
  }
  await flushFolder(dirname(folder));
  return true;
}

const isThere = (path: string): Promise<boolean> =>
  promises.lstat(path).then(
    () => true,
    () => false,
  );

async function flushFolder(folder: string): Promise<void> {
  if (!POSIX) return;
  const handle = await promises.open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A claim of this age counts as abandoned, whichever process made it. */
const LONGEST_CLAIM_MS = 10_000;

/** The claims of this process that are in use. */
const ownClaims = new Set<string>();

/**
 * The right to replace a file: a temporary file beside it. It is the lock, and it becomes the content.
 *
 * A process that wants to replace the file creates a temporary file with a name that is never used twice. Then it looks
 * for the temporary files of others. If it finds one, it gives up. If it finds an abandoned one, it removes that first.
 * So of two processes that overlap, at least one sees the other. A process whose file was removed cannot commit,
 * because the rename fails. So a file that is wrongly taken for abandoned costs a retry, and never a record.
 */
export class Claim {
  readonly #path: string;
  readonly #name: string;
  readonly #file: FileHandle;

  private constructor(path: string, name: string, file: FileHandle) {
    this.#path = path;
    this.#name = name;
    this.#file = file;
  }

  /**
   * A claim, or undefined while somebody else has one. What is read after this is current until {@link commit}
   * succeeds. Must be committed or released.
   */
  static async take(path: string): Promise<Claim | undefined> {
    if (!(await isFree(path))) return undefined;
    const name = `${basename(path)}.${HOST}.${process.pid}.${randomText()}.tmp`;
    ownClaims.add(name);
    let claim: Claim | undefined;
    try {
      claim = new Claim(path, name, await promises.open(join(dirname(path), name), "wx", 0o600));
      if (await isFree(path, name)) return claim;
    } catch (error) {
      await claim?.release();
      ownClaims.delete(name);
      throw error;
    }
    await claim.release();
    return undefined;
  }

  /** Replaces the file durably. False if this claim was taken for abandoned. Then nothing has changed. */
  async commit(text: string): Promise<boolean> {
    const bytes = new TextEncoder().encode(text);
    checkSize(this.#path, bytes.length);
    await this.#file.chmod(0o600);
    await this.#file.writeFile(bytes);
    await this.#file.sync();
    await this.#file.close();
    try {
      await promises.rename(join(dirname(this.#path), this.#name), this.#path);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    }
    await flushFolder(dirname(this.#path));
    return true;
  }

  /** Gives the claim up, if it still stands. */
  async release(): Promise<void> {
    await this.#file.close().catch(() => {});
    await remove(join(dirname(this.#path), this.#name));
    ownClaims.delete(this.#name);
  }
}

/** 64 random bits, in 16 characters. */
const randomText = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The name of this machine in the names of claims, as far as a file's name can contain it. */
const HOST = hostOf();

function hostOf(): string {
  try {
    return (
      hostname()
        .replace(/[^A-Za-z0-9-]/g, "_")
        .slice(0, 48) || "_"
    );
  } catch {
    return "_"; // Deno, without the permission to ask.
  }
}

/** Whether no claim other than `own` is in use. Removes abandoned claims. */
async function isFree(path: string, own?: string): Promise<boolean> {
  const prefix = `${basename(path)}.`;
  for (const name of await promises.readdir(dirname(path))) {
    if (!name.startsWith(prefix) || name === own) continue;
    const [, host, pid] = /^([\w-]+)\.(\d+)\.[0-9a-f]{16}\.tmp$/.exec(name.slice(prefix.length)) ?? [];
    if (host === undefined) continue;
    const claim = join(dirname(path), name);
    const found = await lookAt(claim);
    // Only plain files of this user are claims. In a folder where everybody may write, others could give their files
    // such names, and would otherwise block this process for as long as they like.
    const user = currentUser();
    if (found === undefined || !found.isFile() || (user !== undefined && found.uid !== user)) continue;
    const isOld = Math.abs(Date.now() - found.mtimeMs) > LONGEST_CLAIM_MS;
    if (!hasEnded(name, host, Number(pid)) && !isOld) return false;
    await remove(claim);
  }
  return true;
}

async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await promises.lstat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether the process that made a claim is known to have ended. */
function hasEnded(name: string, host: string, pid: number): boolean {
  if (host !== HOST || host === "_") return false;
  // A container that starts again often gets the same process id.
  if (pid === process.pid) return !ownClaims.has(name);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}

async function remove(file: string): Promise<void> {
  try {
    await promises.unlink(file);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

const octal = (mode: number): string => (mode & 0o7777).toString(8);

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

/** `mend` is the command that takes the rights of others away, if they are what is wrong. */
function permissions(path: string, expected: string, found: string, mend?: string): InkanError {
  const hint =
    mend === undefined ? undefined : `Find out whether somebody changed it; then run: ${mend} ${shellWord(path)}`;
  return refusal("ERR_STATE_PERMISSIONS", { subject: printable(path), expected, found, hint });
}
