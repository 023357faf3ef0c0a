/** A diff as lines for a terminal. */
import { printable } from "../../input/printable.js";
import type { CatalogueDiff, Change } from "../../publish/diff/diff.js";
import type { FieldChange } from "../../publish/diff/fields.js";
import { linesOf, summaryOf, titleOf } from "../../publish/diff/words.js";
import { bad, EMPTY, faint, good, type Line, line, strong } from "./line.js";
import { widthOf } from "./width.js";

/** From this width on, old and new stand side by side. */
const WIDE = 120;
/** Longer texts are cut: the JSON has them whole. */
const LONGEST = 2_000;

/** `width` is the terminal's, if there is one. */
export const diffLines = (diff: CatalogueDiff, width?: number): Line[] => [
  ...diff.changes.flatMap((change) => [...changeLines(change, width), EMPTY]),
  line(summaryOf(diff)),
];

const MARKS = { added: good("+"), removed: bad("-"), changed: strong("~") } as const;

function changeLines(change: Change, width: number | undefined): Line[] {
  const { what, name, change: how } = titleOf(change);
  const title = `${what}${name === undefined ? "" : ` ${printable(name)}`}`;
  const weight = change.matters ? [] : [faint("  no model sees it")];
  return [
    line([MARKS[change.change], " ", strong(title), ` ${how}`, ...weight], 4),
    ...change.fields.flatMap((field) => fieldLines(field, change.matters, width)),
  ];
}

function fieldLines(field: FieldChange, inShown: boolean, width: number | undefined): Line[] {
  const weight = inShown && !field.matters ? [faint("  no model sees it")] : [];
  const lines = linesOf(field);
  const columns = width !== undefined && width >= WIDE ? sideBySide(lines.old, lines.new, width) : undefined;
  return [
    line([`    ${printable(field.field)}`, ...weight], 6),
    ...(columns ?? [
      ...lines.old.map((text) => line(["      ", bad(`- ${printable(text, LONGEST)}`)], 8)),
      ...lines.new.map((text) => line(["      ", good(`+ ${printable(text, LONGEST)}`)], 8)),
    ]),
  ];
}

/** Undefined where a line of one side is not there or has no room. */
function sideBySide(older: readonly string[], newer: readonly string[], width: number): Line[] | undefined {
  if (older.length === 0 || newer.length === 0) return undefined;
  const room = Math.floor((width - 12) / 2);
  const rows = Array.from({ length: Math.max(older.length, newer.length) }, (_, index) => {
    const [left, right] = [printable(older[index] ?? "", LONGEST), printable(newer[index] ?? "", LONGEST)];
    return { left, right };
  });
  if (rows.some(({ left, right }) => widthOf(left) > room - 2 || widthOf(right) > room - 2)) return undefined;
  return rows.map(({ left, right }) => {
    const gap = " ".repeat(Math.max(1, room - widthOf(left) - 2));
    return line(["      ", bad(left === "" ? "" : `- ${left}`), gap, good(right === "" ? "" : `+ ${right}`)], 8);
  });
}
