/**
 * Makes texts safe to print. A text from an attacker must not control a terminal, be invisible, or change the order of
 * the text around it. `crates/core/src/printable.rs` has the same list and says why each kind is in it. A test compares
 * the two.
 */

/** Characters that are always escaped: first and last of each range, in ascending order. */
const UNPRINTABLE: readonly (readonly [first: number, last: number])[] = [
  [0x0000, 0x001f],
  [0x007f, 0x009f],
  [0x00ad, 0x00ad],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x2800, 0x2800],
  [0x3164, 0x3164],
  // Lone surrogates. Texts in Rust cannot contain them.
  [0xd800, 0xdfff],
  [0xe000, 0xf8ff],
  [0xfdd0, 0xfdef],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffc],
  [0x13430, 0x1343f],
  [0x16fe4, 0x16fe4],
  [0x1bca0, 0x1bca3],
  [0x1d159, 0x1d159],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
  [0xf0000, 0x10ffff],
];

const ASCII = /^[ -~]*$/;

/** Whether the character with this code point may be printed as it is. */
export function isPrintable(code: number): boolean {
  if (code >= 0x20 && code <= 0x7e) return true;
  // Each plane ends with two noncharacters.
  return (code & 0xfffe) !== 0xfffe && !UNPRINTABLE.some(([first, last]) => first <= code && code <= last);
}

/** `text`, with each character that is not printable replaced by the result of `write`. */
export function escapeUnprintable(text: string, write: (character: string) => string = braced): string {
  if (ASCII.test(text)) return text;
  let out = "";
  for (const character of text) out += isPrintable(character.codePointAt(0) ?? 0) ? character : write(character);
  return out;
}

/** As `\u{1b}`, as the core writes it. */
const braced = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** `text`, with characters that are not printable escaped, and at most `longest` characters of it. */
export function printable(text: string, longest = 200): string {
  if (text.length <= longest) return escapeUnprintable(text);
  // A character may have two units, and must not be cut in half.
  const cut = [...text.slice(0, 2 * longest)].slice(0, longest).join("");
  return escapeUnprintable(cut) + (cut.length < text.length ? "…" : "");
}

/** A text as one word of a POSIX shell: printable, and quoted where it must be. For commands that a person may copy. */
export const shellWord = (text: string): string =>
  /^[\w./~:@+=,-]+$/.test(text) ? text : `'${printable(text, LONGEST_WORD).replaceAll("'", "'\\''")}'`;

const LONGEST_WORD = 1_000;
