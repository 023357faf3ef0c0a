/** Texts in commands that a person may copy. */
import { printable } from "../../input/printable.js";

/** A text as one word of a shell: quoted unless it means itself, and printable. A longer one than any name is cut. */
export const shellWord = (text: string): string =>
  /^[\w./:@+-]+$/.test(text) ? text : `'${printable(text, LONGEST).replaceAll("'", "'\\''")}'`;

const LONGEST = 1_000;
