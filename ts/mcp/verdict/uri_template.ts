/**
 * Whether a URI can be an expansion of a URI template (RFC 6570). Every expression stands for a stretch of text of its
 * own kind; the search keeps the set of positions reached, so that it costs the product of both lengths at most.
 */

interface Piece {
  /** A text that must stand there, or undefined for a stretch. */
  readonly literal?: string;
  /** Characters that a stretch may not hold. */
  readonly without?: string;
  /** Text that a stretch begins with, if it is there at all. */
  readonly start?: string;
  /** Whether the stretch may be absent or empty. */
  readonly optional?: boolean;
}

/** By the operator of an expression (RFC 6570, section 2.2). */
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

/** The template's pieces, or undefined for what is no template. */
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

/** Whether `template` could have been expanded to `uri`. */
export function matchesTemplate(template: string, uri: string): boolean {
  const parts = pieces(template);
  if (parts === undefined) return false;
  let reached = new Set([0]);
  for (const part of parts) {
    reached = part.literal === undefined ? stretched(part, uri, reached) : after(part.literal, uri, reached);
    if (reached.size === 0) return false;
  }
  return reached.has(uri.length);
}

function after(literal: string, uri: string, from: Set<number>): Set<number> {
  return new Set([...from].flatMap((at) => (uri.startsWith(literal, at) ? [at + literal.length] : [])));
}

/** Every position where a stretch that begins at one of `from` may end. */
function stretched({ without = "", start = "", optional = false }: Piece, uri: string, from: Set<number>): Set<number> {
  const to = new Set<number>(optional ? from : []);
  let furthest = -1;
  for (const at of [...from].sort((a, b) => a - b)) {
    if (!uri.startsWith(start, at)) continue;
    // A stretch from further left has been here, up to the same place.
    let end = Math.max(at + start.length, furthest);
    while (end < uri.length && !without.includes(uri[end] ?? "")) {
      end += 1;
      to.add(end);
    }
    furthest = Math.max(furthest, end);
  }
  return to;
}
