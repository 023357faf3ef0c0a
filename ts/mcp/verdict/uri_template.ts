/**
 * Whether a URI can be an expansion of a URI template (RFC 6570). Each expression matches a stretch of text, and its
 * operator decides which characters that may have. The search keeps the set of reached positions, so its cost is at
 * most the product of both lengths.
 */

/** A fixed text. */
interface Literal {
  readonly literal: string;
}

/** The text of an expression. */
interface Stretch {
  readonly literal?: never;
  /** Characters that it may not contain. */
  readonly without: string;
  /** The text that it begins with, if it is present. */
  readonly start: string;
  /** Whether it may be absent or empty. */
  readonly optional: boolean;
  /** How many characters it has at most (RFC 6570, section 2.4.1). */
  readonly most?: number;
  readonly row?: Row;
}

/** Members that are `name=value`. */
interface Row {
  /** What stands between two of them. */
  readonly between: string;
  readonly names: ReadonlySet<string>;
  /** How many characters the longest name has. */
  readonly longest: number;
}

type Piece = Literal | Stretch;

/** What the operator of an expression begins with and rules out (RFC 6570, section 2.2). */
const OPERATORS: Readonly<Record<string, Omit<Stretch, "row" | "most">>> = {
  "": { without: "/?#", start: "", optional: false },
  "+": { without: "", start: "", optional: false },
  "#": { without: "", start: "#", optional: true },
  ".": { without: "/?#", start: ".", optional: true },
  "/": { without: "?#", start: "/", optional: true },
  ";": { without: "/?#", start: ";", optional: true },
  "?": { without: "#", start: "?", optional: true },
  "&": { without: "#", start: "&", optional: true },
};

/** What stands between two members of a row, by the operator. */
const BETWEEN: Readonly<Record<string, string>> = { ";": ";", "?": "&", "&": "&" };

const MOST_PIECES = 200;

/** The pieces of the template. Undefined if it is not a template. */
function pieces(template: string): Piece[] | undefined {
  const found: Piece[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf("{", at);
    const literal = template.slice(at, open < 0 ? undefined : open);
    if (literal.includes("}")) return undefined;
    if (literal !== "") found.push({ literal });
    if (open < 0) break;
    const close = template.indexOf("}", open);
    if (close < 0) return undefined;
    const stretches = expression(template.slice(open + 1, close));
    if (stretches === undefined) return undefined;
    found.push(...stretches);
    at = close + 1;
  }
  return found.length > MOST_PIECES ? undefined : found;
}

/** What stands between braces. Several path segments are several stretches. */
function expression(text: string): Stretch[] | undefined {
  const [, operator = "", list = ""] = /^([+#./;?&]?)(.+)$/s.exec(text) ?? [];
  const stretch = OPERATORS[operator];
  if (list === "" || list.includes("{") || stretch === undefined) return undefined;
  const names = list.split(",");
  // A variable with a star is a list or a map of any length, with names of its own.
  if (names.some((name) => name.endsWith("*"))) return [stretch];
  if (operator === "/") return names.map(() => ({ ...stretch, without: "/?#" }));
  const between = BETWEEN[operator];
  if (between !== undefined) return [{ ...stretch, row: rowOf(between, names.map(withoutLength)) }];
  const most = names.length === 1 ? /:([1-9][0-9]{0,3})$/.exec(list)?.[1] : undefined;
  return [most === undefined ? stretch : { ...stretch, most: Number(most) }];
}

function rowOf(between: string, names: readonly string[]): Row {
  return { between, names: new Set(names), longest: names.reduce((most, { length }) => Math.max(most, length), 0) };
}

const withoutLength = (name: string): string => name.replace(/:[0-9]+$/, "");

/** Positions in a URI, with a flag for each. A set of numbers takes twenty times as long. */
type Positions = Uint8Array;

interface Target {
  readonly uri: string;
  /** Positions that belong to a character that has begun before. */
  readonly continues: Uint8Array;
}

/** Whether `uri` can be an expansion of `template`. */
export function matchesTemplate(template: string, uri: string): boolean {
  const parts = pieces(template);
  if (parts === undefined || !uri.startsWith(parts[0]?.literal ?? "")) return false;
  const target: Target = { uri, continues: continuations(uri) };
  let reached: Positions = new Uint8Array(uri.length + 1);
  reached[0] = 1;
  for (const part of parts) {
    reached = part.literal === undefined ? stretched(part, target, reached) : after(part.literal, uri, reached);
    if (!reached.includes(1)) return false;
  }
  return reached[uri.length] === 1;
}

function after(literal: string, uri: string, from: Positions): Positions {
  const to = new Uint8Array(from.length);
  for (let at = uri.indexOf(literal); at >= 0; at = uri.indexOf(literal, at + 1)) {
    if (from[at] === 1) to[at + literal.length] = 1;
  }
  return to;
}

/** Every position where a stretch can end that begins at one of `from`. */
function stretched(stretch: Stretch, target: Target, from: Positions): Positions {
  const { uri } = target;
  const { without, start, optional, most, row } = stretch;
  const to = optional ? from.slice() : new Uint8Array(from.length);
  if (row !== undefined) return inRow(stretch, row, uri, from, to);
  if (most !== undefined) return inFew(stretch, target, from, to);
  // A stretch without forbidden characters can end anywhere behind the first place where it can begin.
  if (without === "" && start === "") return to.fill(1, from.indexOf(1) + 1);
  let furthest = -1;
  for (let at = from.indexOf(1); at >= 0; at = from.indexOf(1, at + 1)) {
    if (!uri.startsWith(start, at)) continue;
    // A stretch from further left has reached the same end.
    let end = Math.max(at + start.length, furthest);
    while (end < uri.length && !without.includes(uri[end] ?? "")) {
      end += 1;
      to[end] = 1;
    }
    furthest = Math.max(furthest, end);
  }
  return to;
}

/** A stretch of at most so many characters. The one that begins last reaches furthest, so that only this one is followed. */
function inFew(
  { without, start, most = 0 }: Stretch,
  { uri, continues }: Target,
  from: Positions,
  to: Positions,
): Positions {
  let begun: number | undefined;
  let length = 0;
  for (let at = 0; at <= uri.length; at += 1) {
    if (begun !== undefined && at > begun && length <= most) to[at] = 1;
    if (from[at] === 1 && uri.startsWith(start, at)) {
      begun = at + start.length;
      length = 0;
    }
    if (begun === undefined || at < begun) continue;
    if (without.includes(uri[at] ?? "")) begun = undefined;
    else if (continues[at] !== 1) length += 1;
  }
  return to;
}

/** Which positions belong to a character that has begun before: in `%E6%97%A5`, all but the first. */
function continuations(uri: string): Uint8Array {
  const found = new Uint8Array(uri.length);
  for (const { 0: escapes, index } of uri.matchAll(/%[0-9A-Fa-f]{2}(?:%[89ABab][0-9A-Fa-f])*/g)) {
    found.fill(1, index + 1, index + escapes.length);
  }
  return found;
}

/** A row of `name=value`, in any order. Of `name` alone there may be one where `;` stands between them. */
function inRow({ without, start }: Stretch, row: Row, uri: string, from: Positions, to: Positions): Positions {
  const { between, names, longest } = row;
  const ends = between + without;
  // Where a member may begin, behind what stands before it.
  const begins = new Uint8Array(from.length + 1);
  for (let at = from.indexOf(1); at >= 0; at = from.indexOf(1, at + 1)) {
    if (uri.startsWith(start, at)) begins[at + start.length] = 1;
  }
  let furthest = -1;
  for (let at = begins.indexOf(1); at >= 0; at = begins.indexOf(1, at + 1)) {
    let end = at;
    while (end < uri.length && end - at <= longest && uri[end] !== "=" && !ends.includes(uri[end] ?? "")) end += 1;
    if (!names.has(uri.slice(at, end))) continue;
    if (uri[end] === "=") {
      // A value from further left has reached the same end.
      if (end < furthest) continue;
      do {
        end += 1;
        to[end] = 1;
      } while (end < uri.length && !ends.includes(uri[end] ?? ""));
      furthest = end;
    } else if (between === ";") to[end] = 1;
    else continue;
    if (uri[end] === between) begins[end + 1] = 1;
  }
  return to;
}
