/** Letters of another script that look like those around them: UTS #39, section 5 (mixed scripts) and section 4 (skeletons). */
import type { Problem } from "../finding.js";
import type { Subject, Text } from "../subject.js";
import { PROTOTYPES } from "./confusables.js";
import { nameOf } from "./unicode.js";

const ASCII = /^[\0-\x7f]*$/;

/** What a text looks like in ASCII, where it looks like it. */
export function folded(text: string): string {
  if (ASCII.test(text)) return text;
  return text.normalize("NFKC").replace(/[^\0-\x7f]/gu, (character) => PROTOTYPES.get(character) ?? character);
}

/** Equal for identifiers that one cannot tell apart. */
export const skeletonOf = (name: string): string =>
  folded(name).replace(/[1I|]/g, "l").replaceAll("0", "O").replaceAll("m", "rn");

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const LATIN = /\p{Script=Latin}/u;
const LETTER = /\p{L}/u;

/**
 * A word that looks Latin and is not: it has three Latin letters or more, and every other letter in it looks like one.
 * A word as a whole in another script is honest, and so is one with letters that do not look Latin, such as PDFы or Δx.
 */
export function* lookAlikes({ text, role }: Text): Iterable<Problem> {
  if (role === "unseen" || ASCII.test(text)) return;
  for (const [word] of text.matchAll(WORD)) {
    if (ASCII.test(word)) continue;
    const letters = [...word].filter((character) => LETTER.test(character));
    const others = letters.filter((letter) => !LATIN.test(letter));
    if (others.length === 0 || letters.length - others.length < (role === "identifier" ? 1 : 3)) continue;
    if (!others.every((letter) => PROTOTYPES.has(letter))) continue;
    const [other = ""] = others;
    // Cyrillic endings on Latin words are honest in a text that is Cyrillic (PDFа): there the other letters come last.
    if (role !== "identifier" && isEnding(letters) && /\p{Script=Cyrillic}{4}/u.test(text)) continue;
    const code = nameOf(other.codePointAt(0) ?? 0);
    yield {
      text: `${JSON.stringify(word.slice(0, 60))} has ${code}, which looks like ${PROTOTYPES.get(other)} and is another letter.`,
    };
    return;
  }
}

/** Latin letters first, others only behind them. */
function isEnding(letters: readonly string[]): boolean {
  const first = letters.findIndex((letter) => !LATIN.test(letter));
  return first > 0 && letters.slice(first).every((letter) => !LATIN.test(letter));
}

/** Identifiers of one kind that look the same, and are not. */
export function* lookAlikeNames(subjects: readonly Subject[]): Iterable<readonly [Subject, Problem]> {
  const seen = new Map<string, Subject>();
  for (const subject of subjects) {
    if (subject.isAlternative || subject.about.name === undefined) continue;
    const key = `${subject.about.kind} ${skeletonOf(subject.name)}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, subject);
    else if (first.name !== subject.name) {
      yield [subject, { text: `${JSON.stringify(subject.name)} looks like ${JSON.stringify(first.name)}.` }];
    }
  }
}
