/**
 * The one way from lines to what is written: every text is escaped here, wrapped, and painted after that. What is
 * printed can so hold no control character but the newlines and colours that this file adds.
 */
import { escapeUnprintable } from "../../input/printable.js";
import type { Line, Span } from "./line.js";
import type { Style } from "./style.js";
import { columnsOf, widthOf } from "./width.js";

/** The lines as text, each ended by a newline. Without a width nothing is wrapped. */
export function layOut(lines: readonly Line[], style: Style, width?: number): string {
  return lines.map((line) => layOutLine(line, style, width)).join("");
}

function layOutLine({ spans, hang }: Line, style: Style, width = Number.POSITIVE_INFINITY): string {
  const safe = spans.map(({ text, ...look }) => ({ ...look, text: escapeUnprintable(text) }));
  const text = safe
    .map((span) => span.text)
    .join("")
    .trimEnd();
  // An indent that leaves no room for the text does not help.
  const margin = Math.min(hang, Math.floor(width / 2));
  const pieces = wrap(text, width, margin).map(
    ({ start, end, indent }) => " ".repeat(indent) + paint(safe, start, end, style),
  );
  return `${pieces.join("\n")}\n`;
}

interface Piece {
  readonly start: number;
  readonly end: number;
  /** Columns that stand free before it. */
  readonly indent: number;
}

/** A digest, a fingerprint or a record's name, which people copy and compare as a whole, with the punctuation after it. */
const WHOLE = /(?<![0-9a-z])(?:(?:sha(?:256|384|512)|log|scope|tuf):)?[0-9a-f]{40,128}(?![0-9a-z])[.,;:)]?/g;

/**
 * Where the lines of a text begin and end if the first has `width` columns, and the others `width - margin`. A digest that
 * does not fit after the margin stands on a line of its own, further to the left.
 */
export function wrap(text: string, width: number, margin: number): Piece[] {
  let left = widthOf(text);
  if (left <= width) return [{ start: 0, end: text.length, indent: 0 }];
  const digests = [...text.matchAll(WHOLE)]
    .map(({ index, 0: found }) => ({ start: index, end: index + found.length }))
    .filter(({ start, end }) => end - start <= width);
  const pieces: Piece[] = [];
  let start = 0;
  let indent = 0;
  /** The first digest that does not end before `start`. */
  let next = 0;
  const goTo = (place: number): void => {
    left -= widthOf(text.slice(start, place));
    start = place;
    while (next < digests.length && (digests[next]?.end ?? 0) <= start) next += 1;
  };
  for (;;) {
    const digest = digests[next];
    if (digest !== undefined && text.slice(start, digest.start).trim() === "") {
      const free = width - (digest.end - digest.start);
      const wanted = indent + digest.start - start;
      if (wanted > free) {
        goTo(digest.start);
        indent = free - (free % 2);
      }
    }
    if (left <= width - indent) break;
    const broken = breakIn(text, start, width - indent, width - margin);
    const near = digests.slice(next, next + width);
    const torn = near.find((one) => one.start > start && one.start < broken && broken < one.end);
    const end = torn?.start ?? broken;
    pieces.push({ start, end: start + text.slice(start, end).trimEnd().length, indent });
    goTo(end + (/^ */.exec(text.slice(end))?.[0].length ?? 0));
    indent = margin;
  }
  return start < text.length ? [...pieces, { start, end: text.length, indent }] : pieces;
}

/** After these a name or a URL may go on in the next line, if there is no space. */
const JOINTS = "/,;:@&?=-_.|";

/**
 * Where a text that does not fit is broken: at the last space. A word that does not fit the next line either, with `next`
 * columns, begins in this one, and is broken at its last joint, or at the edge.
 */
function breakIn(text: string, start: number, room: number, next: number): number {
  let used = 0;
  let at = start;
  let space: number | undefined;
  let joint: number | undefined;
  let begun = false;
  for (const character of text.slice(start)) {
    used += columnsOf(character);
    if (character === " " && begun) space = at;
    if (used > room) break;
    at += character.length;
    begun ||= character !== " ";
    if (begun && JOINTS.includes(character)) joint = at;
  }
  // So much of the word as says whether it fits.
  const from = space ?? start;
  const [word = ""] = /^ *[^ ]*/.exec(text.slice(from, from + 2 * next + 1)) ?? [];
  if (space !== undefined && widthOf(word.trimStart()) <= next) return space;
  // A joint near the start would leave most of the line empty.
  if (joint !== undefined && joint > from && joint - start > room / 2) return joint;
  const first = text.codePointAt(start) ?? 0;
  return Math.max(at, start + (first > 0xffff ? 2 : 1));
}

/** The part of a line's spans between two offsets, in colours. */
function paint(spans: readonly Span[], start: number, end: number, style: Style): string {
  let offset = 0;
  let out = "";
  for (const { text, look } of spans) {
    const part = text.slice(Math.max(0, start - offset), Math.max(0, end - offset));
    offset += text.length;
    if (part !== "") out += look === undefined ? part : style[look](part);
  }
  return out;
}
