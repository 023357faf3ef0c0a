/** What the command writes, and its end. Node's streams take longer to load than all of this command's own code. */
import { fstatSync, writeSync } from "node:fs";
import { escapeUnprintable } from "../../input/printable.js";
import { ExitCode } from "../exit.js";
import { documentOf } from "./document.js";
import { layOut, wrap } from "./layout.js";
import type { Line } from "./line.js";
import { styleOf } from "./style.js";

const STDOUT = 1;
/** Columns of a page of help where there is no terminal that says how wide it is. */
const PAGE_WIDTH = 80;
/** Narrower than this, lines are not wrapped: nothing would be readable. */
const NARROWEST = 20;

/** The streams that were written to, which may not have passed everything on yet. */
const streamed = new Set<NodeJS.WriteStream>();
/** What the exit says because standard output failed. */
let failure: ExitCode | undefined;

/**
 * Prints lines, wrapped to the terminal's width. In a pipe or a file every line stays whole, for programs that read
 * lines, unless COLUMNS says how wide they are to be.
 */
export function print(lines: readonly Line[]): void {
  const terminal = isTerminal();
  const width = terminal ? widthOf(process.stdout) : statedWidth();
  write(layOut(lines, styleOf({ isTTY: terminal }, process.env), width));
}

/** Prints lines for people: in a pipe or a file they are wrapped to the width of a page. */
export function printPage(lines: readonly Line[]): void {
  const terminal = isTerminal();
  const width = (terminal ? widthOf(process.stdout) : statedWidth()) ?? PAGE_WIDTH;
  write(layOut(lines, styleOf({ isTTY: terminal }, process.env), width));
}

/** Prints a value as JSON. */
export const printJson = (value: unknown): void => write(documentOf(value));

/** The columns of the terminal that is printed to, if there is one. */
export const terminalWidth = (): number | undefined => (isTerminal() ? widthOf(process.stdout) : statedWidth());

/** Prints text as it is: a file's content, in which nothing is left that a terminal must not get. */
export const printText = (text: string): void => write(text);

/** Prints lines to standard error. */
export function printError(lines: readonly Line[]): void {
  const { stderr } = process;
  const width = stderr.isTTY ? widthOf(stderr) : undefined;
  stream(stderr, layOut(lines, styleOf(stderr, process.env), width));
}

/** Whether standard error shows a line that can be written over. */
export const hasStatus = (): boolean => process.stderr.isTTY === true && process.env.TERM !== "dumb";

/** Writes a line of a terminal's standard error over, as far as it is wide. An empty text takes it away. */
export function printStatus(text: string): void {
  if (!hasStatus()) return;
  const [{ end } = { end: 0 }] = wrap(escapeUnprintable(text), (widthOf(process.stderr) ?? PAGE_WIDTH) - 1, 0);
  stream(process.stderr, `\r\u001b[K${escapeUnprintable(text).slice(0, end)}`);
}

/** Writes the whole text. A reader that has gone away has seen enough: the exit code still tells. */
function write(text: string): void {
  if (mayBeTerminal()) {
    stream(process.stdout, text);
    return;
  }
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(STDOUT, bytes, written);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPIPE") return;
    if (code !== "EAGAIN") throw error;
    // A pipe that does not block, and is full: the stream knows how to wait.
    stream(process.stdout, bytes.subarray(written));
  }
}

function stream(to: NodeJS.WriteStream, content: string | Uint8Array): void {
  if (!streamed.has(to)) to.on("error", failed);
  streamed.add(to);
  to.write(content);
}

/** A document that could not be written is no verdict. Without its line for people, or its reader, there still is one. */
function failed(this: NodeJS.WriteStream, { code }: NodeJS.ErrnoException): void {
  if (this === process.stderr || code === "EPIPE") return;
  failure = ExitCode.Internal;
  process.exitCode = failure;
}

/** Ends the command: at once, if everything is written, without the time that it takes to take a process down in order. */
export function end(exitCode: ExitCode): void {
  process.exitCode = failure ?? exitCode;
  if (streamed.size === 0) process.exit();
}

const isTerminal = (): boolean => mayBeTerminal() && process.stdout.isTTY === true;

/** Files and pipes are none, which can be told without the stream. */
function mayBeTerminal(): boolean {
  try {
    return fstatSync(STDOUT).isCharacterDevice();
  } catch {
    return true;
  }
}

/** The columns that COLUMNS states, else the terminal's own. */
function widthOf({ columns }: NodeJS.WriteStream): number | undefined {
  const width = statedWidth() ?? columns;
  return width !== undefined && width >= NARROWEST ? width : undefined;
}

function statedWidth(): number | undefined {
  const { COLUMNS = "" } = process.env;
  return /^\d{1,4}$/.test(COLUMNS) && Number(COLUMNS) >= NARROWEST ? Number(COLUMNS) : undefined;
}
