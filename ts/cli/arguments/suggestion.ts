/** The known name that somebody most likely meant. */
import { suggestion } from "../../input/suggestion.js";

/** `; did you mean NAME?`, or nothing where no name is near. */
export function didYouMean(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  return near === undefined ? "" : `; did you mean ${near}?`;
}

export const nearest = (given: string, known: readonly string[]): string | undefined =>
  suggestion(given, known) ??
  known.find((name) => holdsWords(name, given)) ??
  known.find((name) => holdsWords(given, name));

/** Whether all words of `given` are words of `name`: `--identity` for `--certificate-identity`, `--key` for `--public-key`. */
function holdsWords(name: string, given: string): boolean {
  const words = name.split("-");
  const wanted = given.split("-").filter((word) => word !== "");
  return wanted.length > 0 && wanted.length <= words.length && wanted.every((word) => words.includes(word));
}
