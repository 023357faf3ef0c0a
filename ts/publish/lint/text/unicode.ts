/** Characters that people do not see, or that steer a terminal. */
import { isPrintable } from "../../../input/printable.js";
import type { Problem } from "../finding.js";
import type { Text } from "../subject.js";

const ASCII = /^[\t\n\r -~]*$/;

/** `U+200B`. */
export const nameOf = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;

/** ANSI escape sequences begin with ESC or CSI. */
const [ESC, CSI] = [0x1b, 0x9b];

const isControl = (code: number): boolean => code < 0x20 || (code >= 0x7f && code <= 0x9f);

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Control characters but for tab and line ends. A carriage return alone lets the rest of a line overwrite its start. */
export function* controlCharacters({ text }: Text): Iterable<Problem> {
  if (ASCII.test(text) && !text.includes("\r")) return;
  for (const { 0: character, index: at } of text.matchAll(CONTROL)) {
    const code = character.charCodeAt(0);
    if (code === 0x0d && (text.charAt(at + 1) === "\n" || at === text.length - 1)) continue;
    const what = code === ESC || code === CSI ? ", with which an ANSI escape sequence begins" : ", a control character";
    yield { text: `The text has ${nameOf(code)}${what}.` };
    return;
  }
}

/** All that may not be printed, and a little more: most texts have none of it. */
const SUSPECT =
  /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufff0-\uffff\u{13430}-\u{1345f}\u{16fe4}\u{e0000}-\u{e0fff}]/gu;
/** After so many there are enough. */
const MOST_COUNTED = 1_000;

/** Invisible characters, marks of direction, private and unassigned ones, but for honest uses of them. */
export function* hiddenCharacters({ text, role }: Text): Iterable<Problem> {
  if (ASCII.test(text)) return;
  const found = new Map<number, number>();
  let count = 0;
  let honest = 0;
  for (const { 0: character, index: at } of text.matchAll(SUSPECT)) {
    const code = character.codePointAt(0) ?? 0;
    if (at < honest || isControl(code) || isPrintable(code)) continue;
    honest = role === "identifier" ? at : honestUntil(text, at, code);
    if (honest > at) continue;
    found.set(code, (found.get(code) ?? 0) + 1);
    count += 1;
    if (count === MOST_COUNTED) break;
  }
  if (found.size === 0) return;
  const listed = [...found]
    .slice(0, 5)
    .map(([code, count]) => `${nameOf(code)}${count > 1 ? ` (${count} times)` : ""}`);
  const more = found.size > 5 ? ` and ${found.size - 5} others` : "";
  const tags = decodedTags(text);
  const hidden = tags === "" ? "" : ` Its tag characters spell ${JSON.stringify(tags.slice(0, 100))}.`;
  yield {
    text: `The text has ${listed.join(", ")}${more}: people do not see ${found.size > 1 ? "them" : "it"}.${hidden}`,
  };
}

/** What the block of tag characters (U+E0020 to U+E007E) spells in ASCII. */
function decodedTags(text: string): string {
  if (!/[\u{e0020}-\u{e007e}]/u.test(text)) return "";
  return [...text.matchAll(/[\u{e0020}-\u{e007e}]/gu)]
    .map(([tag]) => String.fromCharCode((tag.codePointAt(0) ?? 0) - 0xe0000))
    .join("");
}

const [ZWNJ, ZWJ, LRM, RLM, ALM] = [0x200c, 0x200d, 0x200e, 0x200f, 0x061c];
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Scripts in which a joiner changes the shape of letters: those of Unicode's chapters 9, 12, 13 and 16. */
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Thai}\p{Script=Lao}\p{Script=Tibetan}]$/u;
const BEFORE_JOINER = /(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}]|\u{fe0f})$/u;
const AFTER_JOINER = /^\p{Extended_Pictographic}|^[\u2640\u2642\u2695\u2696\u2708]/u;
/** The flags of England, Scotland and Wales are a black flag and tag letters: the only such sequences that Unicode recommends. */
const SUBDIVISION = /\u{1f3f4}$/u;
const SUBDIVISION_TAGS =
  /^\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}/u;

/** Where an honest use of the character at `at` ends; `at` itself if it is none. */
function honestUntil(text: string, at: number, code: number): number {
  const before = text.slice(Math.max(0, at - 2), at);
  const end = at + (code > 0xffff ? 2 : 1);
  const after = text.slice(end, end + 2);
  if (code === 0xfe0f || code === 0xfe0e) return /[\p{Emoji}\p{Extended_Pictographic}]$/u.test(before) ? end : at;
  // One variation of one ideograph, as in Japanese names (UTS #37).
  if (code >= 0xe0100 && code <= 0xe01ef) return /\p{Script=Han}$/u.test(before) ? end : at;
  if (code >= 0xfe00 && code <= 0xfe02) return /[\p{Script=Han}\p{S}]$/u.test(before) ? end : at;
  if (code === ZWJ && BEFORE_JOINER.test(before) && AFTER_JOINER.test(after)) return end;
  if (code === ZWJ || code === ZWNJ) return JOINING.test(before) ? end : at;
  if (code >= 0x180b && code <= 0x180f) return /\p{Script=Mongolian}$/u.test(before) ? end : at;
  if (code === LRM || code === RLM || code === ALM) return isNearRightToLeft(text, at) ? end : at;
  // Isolates are what Unicode recommends in mixed texts (UAX #9). Overrides and embeddings are not.
  if (code >= 0x2066 && code <= 0x2069) return isNearRightToLeft(text, at) ? end : at;
  if (code === 0xe0067 && SUBDIVISION.test(before))
    return end - 2 + (SUBDIVISION_TAGS.exec(text.slice(at, at + 12))?.[0].length ?? 0);
  return at;
}

const NEAR = 60;

/** Whether letters that are written from right to left stand near: a bound, so that a long text costs no more. */
const isNearRightToLeft = (text: string, at: number): boolean =>
  RIGHT_TO_LEFT.test(text.slice(Math.max(0, at - NEAR), at + NEAR));

/** HTML comments and long gaps: a viewer of Markdown hides the one, and the other pushes text out of sight. */
export function* hiddenText({ text, role }: Text): Iterable<Problem> {
  if (role !== "prose") return;
  if (/<!--/.test(text)) yield { text: "The text has an HTML comment: most viewers hide it, and a model reads it." };
  if (/[ \t\u00a0\u3000]{100}|(?:\r?\n){12}/.test(text)) {
    yield { text: "The text has a long gap: what stands behind it is out of sight." };
  }
}
