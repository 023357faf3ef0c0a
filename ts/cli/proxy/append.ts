/** Files that lines are appended to while the proxy runs. */
import { closeSync, constants, fstatSync, openSync } from "node:fs";

const { O_APPEND, O_CREAT, O_RDWR } = constants;

/**
 * Opens a file, or makes it, to append to it. Throws for a folder, and for a pipe: who writes to a pipe waits for its reader,
 * and the messages would wait with it. To open one is not waited for either.
 */
export function openToAppend(path: string): number {
  const file = openSync(path, O_APPEND | O_CREAT | O_RDWR | (constants.O_NONBLOCK ?? 0), 0o600);
  const found = fstatSync(file);
  const other = found.isDirectory() ? "a folder" : found.isFIFO() || found.isSocket() ? "a pipe" : undefined;
  if (other === undefined) return file;
  closeSync(file);
  throw new Error(`it is ${other}, and no file`);
}
