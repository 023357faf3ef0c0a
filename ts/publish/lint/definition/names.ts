/** Names that hosts and the APIs of models do not take, or take for one another. */
import type { Problem } from "../finding.js";
import type { Subject } from "../subject.js";

/** MCP 2025-11-25, "Tool names", and the APIs of Anthropic and Google: at most 128 characters. */
const LONGEST = 128;
/** OpenAI's function names, Amazon Bedrock's and older APIs: at most 64; hosts count the server's name in (`mcp__SERVER__`). */
const SHORT = 64;

export function* tooLong({ about, name }: Subject): Iterable<Problem> {
  if (about.kind !== "tool" && about.kind !== "prompt") return;
  if (name.length > LONGEST)
    yield { text: `The name has ${name.length} characters: MCP and the APIs of models allow ${LONGEST}.` };
}

export function* long({ about, name }: Subject): Iterable<Problem> {
  if (about.kind !== "tool" || name.length <= SHORT || name.length > LONGEST) return;
  yield {
    text: `The name has ${name.length} characters: several APIs of models take ${SHORT}, and hosts put the server's name before it.`,
  };
}

/** MCP 2025-11-25: letters, digits, `_`, `-` and `.`. */
export function* characters({ about, name }: Subject): Iterable<Problem> {
  if (about.kind !== "tool") return;
  const [found] = /[^A-Za-z0-9_.-]/u.exec(name) ?? [];
  if (found !== undefined)
    yield { text: `The name has ${JSON.stringify(found)}: MCP allows letters, digits, _, - and . in names of tools.` };
}

/** `^[a-zA-Z0-9_-]+$` at Anthropic and OpenAI; Google wants a letter or _ first. */
export function* renamed({ about, name }: Subject): Iterable<Problem> {
  if (about.kind !== "tool" || /[^A-Za-z0-9_.-]/u.test(name)) return;
  if (name.includes("."))
    yield { text: "The name has a dot: APIs of models take none, and hosts refuse the tool or rename it." };
  else if (/^[\d-]/.test(name))
    yield { text: "The name does not begin with a letter or _: some APIs of models refuse it." };
}

/** The same identifier twice in one list. */
export function* duplicates(subjects: readonly Subject[]): Iterable<readonly [Subject, Problem]> {
  const seen = new Set<string>();
  for (const subject of subjects) {
    const { kind, name } = subject.about;
    if (subject.isAlternative || name === undefined) continue;
    const key = `${kind} ${name}`;
    if (seen.has(key))
      yield [subject, { text: `${JSON.stringify(name)} stands twice in the list: verifiers refuse the file.` }];
    seen.add(key);
  }
}

/** What SDKs make of a name: other characters become `_` (OpenAI's Agents SDK), long ones are cut, and some hosts ignore case. */
const keyOf = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^a-z0-9_]/gu, "_")
    .slice(0, SHORT);

export function* collisions(subjects: readonly Subject[]): Iterable<readonly [Subject, Problem]> {
  const seen = new Map<string, string>();
  for (const subject of subjects) {
    if (subject.about.kind !== "tool" || subject.isAlternative) continue;
    const key = keyOf(subject.name);
    // Names of other scripts become blanks altogether: another rule is about them.
    if (!/[a-z0-9]/.test(key)) continue;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, subject.name);
    else if (first !== subject.name) {
      const both = `${JSON.stringify(subject.name)} and ${JSON.stringify(first)}`;
      yield [subject, { text: `${both} become one name, ${key}, where SDKs rename tools.` }];
    }
  }
}
