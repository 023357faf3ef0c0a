/** Words of a command line to copy. */
import { printable } from "./printable.js";

const LONGEST = 1_000;

/** A text as one word of a POSIX shell, quoted where it must be. */
export const shellWord = (text: string): string =>
  /^[\w./~:@+=,-]+$/.test(text) ? text : `'${printable(text, LONGEST).replaceAll("'", "'\\''")}'`;
