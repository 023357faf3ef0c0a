/** The words in which a diff is told, to people on a terminal and in a comment. */
import { WORDS } from "../definition.js";
import type { CatalogueDiff, Change } from "./diff.js";
import type { FieldChange } from "./fields.js";

export function titleOf({ subject, name, change }: Change): {
  readonly what: string;
  readonly name?: string;
  readonly change: string;
} {
  if (subject === "instructions") return { what: "instructions", change };
  if (subject === "catalogue") return { what: "catalogue's", name, change };
  return { what: WORDS[subject], name, change };
}

export function summaryOf({ changes }: CatalogueDiff): string {
  if (changes.length === 0) return "Both catalogues say the same.";
  const matter = changes.filter((change) => change.matters).length;
  const all = changes.length === 1 ? "1 change" : `${changes.length} changes`;
  if (matter === 0) return `${all}, of which a model sees none.`;
  return matter === changes.length ? `${all}, which a model sees.` : `${all}, of which a model sees ${matter}.`;
}

/** Lines that go, and lines that come; texts that differ in a few lines only show these. */
export function linesOf({ old, new: text }: FieldChange): {
  readonly old: readonly string[];
  readonly new: readonly string[];
} {
  const [before, after] = [old?.split("\n") ?? [], text?.split("\n") ?? []];
  if (before.length < 2 || after.length < 2) return { old: before, new: after };
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  return { old: before.slice(start, before.length - end), new: after.slice(start, after.length - end) };
}
