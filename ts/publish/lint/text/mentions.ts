/** Names of tools in the texts of others: one pass over each text, with a set of names. */
import type { Problem } from "../finding.js";
import type { Subject, Text } from "../subject.js";

const TOKEN = /[\p{L}\p{N}_][\p{L}\p{N}_.-]*/gu;
const LONGEST = 128;
const MOST_NAMED = 5;

/** A name that no prose has by chance: with a joint, or a capital inside. */
const isCompound = (name: string): boolean =>
  /[a-z0-9][_.-][a-z0-9]|[a-z][A-Z]/i.test(name) && /[_.-]|[a-z][A-Z]/.test(name);

interface Mention {
  readonly word: string;
  /** Set in code or quotes, and followed by the word tool. */
  readonly asTool: boolean;
}

/** Words that may be names of tools. */
function* mentionsIn(text: string): Iterable<Mention> {
  for (const match of text.matchAll(TOKEN)) {
    const word = match[0].replace(/[.-]+$/, "");
    if (word.length > LONGEST || word.length < 2) continue;
    const end = match.index + word.length;
    const quoted = isQuote(text.charAt(match.index - 1)) && isQuote(text.charAt(end));
    const followed = /^[`'"\u2019\u201d]?\s(?:MCP )?(?:tool|function)\b(?!-)/.test(text.slice(end, end + 16));
    if (
      isCompound(word) ||
      (quoted && followed) ||
      (text.charAt(end) === "`" && text.charAt(match.index - 1) === "`")
    ) {
      yield { word, asTool: followed && (quoted || word.includes("_")) };
    }
  }
}

const isQuote = (character: string): boolean => character !== "" && "`'\"\u2018\u2019\u201c\u201d".includes(character);

/** Tools of this catalogue that a tool's text names. */
export function* siblings(subject: Subject, names: ReadonlySet<string>): Iterable<Problem> {
  if (subject.about.kind !== "tool") return;
  const found = new Map<string, string>();
  for (const { text, pointer, role } of subject.texts) {
    if (role !== "prose") continue;
    for (const { word } of mentionsIn(text)) {
      if (word !== subject.name && names.has(word) && !found.has(word)) found.set(word, pointer);
    }
  }
  if (found.size === 0) return;
  const [first = ""] = found.values();
  const named = [...found.keys()].slice(0, MOST_NAMED).join(", ");
  const more = found.size > MOST_NAMED ? ` and ${found.size - MOST_NAMED} more` : "";
  yield { text: `The text names another tool of this catalogue: ${named}${more}.`, pointer: first };
}

/** Words that say of themselves that they are a tool, and are none of this catalogue. */
export function* strangers({ text, role }: Text, subject: Subject, names: ReadonlySet<string>): Iterable<Problem> {
  if (role !== "prose") return;
  for (const { word, asTool } of mentionsIn(text)) {
    if (!asTool || word === subject.name || names.has(word)) continue;
    yield { text: `The text names a tool that is not in this catalogue: ${word}.` };
    return;
  }
}
