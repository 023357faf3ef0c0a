/** `text` with every character escaped that could steer a terminal or hide text, and at most `longest` characters long. */
export function printable(text: string, longest = 200): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  // Most texts are ASCII and marks of our own, and need no tables of Unicode, which take longer to build than a command has to say.
  return /^[ -~…←]*$/.test(cut) ? cut : escaped(cut);
}

/** Escapes controls, format and bidi marks, separators, private use and lone surrogates. */
const escaped = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
