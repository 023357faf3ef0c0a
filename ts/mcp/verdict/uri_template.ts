/**
 * Whether a URI can be an expansion of a URI template (RFC 6570). Each expression matches a stretch of text, and its
 * operator decides which characters that may have. The search keeps the set of reached positions, so its cost is at
 * most the product of both lengths.
 */

interface Piece {
  /** A fixed text, or undefined for a stretch. */
  readonly literal?: string;
  /** Characters that a stretch may not contain. */
  readonly without?: string;
  /** The text that a stretch begins with, if the stretch is present. */
  readonly start?: string;
  /** Whether the stretch may be absent or empty. */
  readonly optional?: boolean;
}

/** The stretches, by the operator of an expression (RFC 6570, section 2.2). */
const OPERATORS: Readonly<Record<string, Omit<Piece, "literal">>> = {
  "": { without: "/?#" },
  "+": { without: "" },
  "#": { without: "", start: "#", optional: true },
  ".": { without: "/?#", start: ".", optional: true },
  "/": { without: "?#", start: "/", optional: true },
  ";": { without: "/?#", start: ";", optional: true },
  "?": { without: "#", start: "?", optional: true },
  "&": { without: "#", start: "&", optional: true },
};

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
    const [, operator = "", names = ""] = /^([+#./;?&]?)(.+)$/s.exec(template.slice(open + 1, close)) ?? [];
    const stretch = OPERATORS[operator];
    if (names === "" || names.includes("{") || stretch === undefined) return undefined;
    found.push(stretch);
    at = close + 1;
  }
  return found.length > MOST_PIECES ? undefined : found;
}

/** Positions in a URI, with a flag for each. A set of numbers takes twenty times as long. */
type Positions = Uint8Array;

/** Whether `uri` can be an expansion of `template`. */
export function matchesTemplate(template: string, uri: string): boolean {
  const parts = pieces(template);
  if (parts === undefined || !uri.startsWith(parts[0]?.literal ?? "")) return false;
  let reached: Positions = new Uint8Array(uri.length + 1);
  reached[0] = 1;
  for (const part of parts) {
    reached = part.literal === undefined ? stretched(part, uri, reached) : after(part.literal, uri, reached);
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
function stretched({ without = "", start = "", optional = false }: Piece, uri: string, from: Positions): Positions {
  const to = optional ? from.slice() : new Uint8Array(from.length);
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
