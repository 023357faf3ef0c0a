/** The known name that somebody most likely meant. */

/** Longer texts are no misspelt names, and comparing them costs. */
const LONGEST = 64;

/** `; did you mean NAME?`, or nothing where no name is near. */
export function didYouMean(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  return near === undefined ? "" : `; did you mean ${near}?`;
}

export function nearest(given: string, known: readonly string[]): string | undefined {
  if (given.length > LONGEST) return undefined;
  const text = given.toLowerCase();
  const letters = text.replaceAll(/[^a-z0-9]/g, "").length;
  const ranked = known
    .map((name) => ({ name, edits: distance(text, name) }))
    .filter(({ edits }) => edits <= Math.max(1, Math.floor(letters / 3)) && edits < letters)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.name ?? known.find((name) => holdsWords(name, text));
}

/** Whether all words of `given` are words of `name`: `--identity` for `--certificate-identity`. */
function holdsWords(name: string, given: string): boolean {
  const [words, wanted] = [name, given].map((text) => text.split("-").filter((word) => word !== ""));
  return wanted !== undefined && wanted.length > 0 && wanted.every((word) => words?.includes(word));
}

/** Letters to add, drop, change or swap with their neighbour to make one text of the other. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      }
      line.push(best);
    }
    [beforeLast, last] = [last, line];
  }
  return last[b.length] ?? 0;
}
