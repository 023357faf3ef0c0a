/** What the command writes, and its end. Node's streams take longer to load than all of this command's own code. */
import { fstatSync, writeSync } from "node:fs";
import { ExitCode } from "./exit.js";

const STDOUT = 1;

/** The streams that were written to, which may not have passed everything on yet. */
const streamed = new Set<NodeJS.WriteStream>();
/** What the exit says because standard output failed. */
let failure: ExitCode | undefined;

/** Writes the whole text. A reader that has gone away has seen enough: the exit code still tells. */
export function print(text: string): void {
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

/** Writes the text to standard error. */
export const printError = (text: string): void => stream(process.stderr, text);

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

export const isTerminal = (): boolean => mayBeTerminal() && process.stdout.isTTY === true;

/** Files and pipes are none, which can be told without the stream. */
function mayBeTerminal(): boolean {
  try {
    return fstatSync(STDOUT).isCharacterDevice();
  } catch {
    return true;
  }
}
