/** Standard output. Node's stream for it takes longer to load than all of this command's own code. */
import { fstatSync, writeSync } from "node:fs";

const STDOUT = 1;

/** Writes the whole text. A reader that has gone away has seen enough: the exit code still tells. */
export function print(text: string): void {
  if (mayBeTerminal()) {
    process.stdout.write(text);
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
    process.stdout.write(bytes.subarray(written));
  }
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
