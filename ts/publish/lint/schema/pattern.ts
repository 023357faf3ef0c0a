/**
 * Regular expressions in schemas: do they compile, and can a checker that tries all ways take for ever?
 *
 * The second is a simple test. It finds a repetition whose body can be split in several ways, such as `(a+)+`, `(\w+\s?)*` and
 * `(a|a)*`. It does not follow back references, and does not find repetitions that merely stand beside each other.
 */
import { membersOf } from "../../json.js";
import type { Problem } from "../finding.js";
import { escapePointer, type Subject } from "../subject.js";

const LONGEST = 10_000;

function* patternsOf({ schemas }: Subject): Iterable<readonly [pattern: string, pointer: string]> {
  for (const { schema, pointer } of schemas) {
    const pattern = membersOf(schema)?.get("pattern");
    if (typeof pattern === "string") yield [pattern, `${pointer}/pattern`];
    for (const name of membersOf(membersOf(schema)?.get("patternProperties"))?.keys() ?? []) {
      yield [name, `${pointer}/patternProperties/${escapePointer(name)}`];
    }
  }
}

/** JSON Schema wants ECMA-262; checkers compile it in Unicode mode. */
export function* brokenPatterns(subject: Subject): Iterable<Problem> {
  for (const [pattern, pointer] of patternsOf(subject)) {
    if (pattern.length > LONGEST) {
      yield { text: `The pattern has more than ${LONGEST} characters: it was not judged.`, pointer };
      continue;
    }
    try {
      new RegExp(pattern, "u");
    } catch (error) {
      const why = (error instanceof Error ? error.message : String(error)).replace(/^.*: /s, "");
      yield { text: `The pattern is no regular expression of ECMA-262 in Unicode mode: ${why}.`, pointer };
    }
  }
}

export function* costlyPatterns(subject: Subject): Iterable<Problem> {
  for (const [pattern, pointer] of patternsOf(subject)) {
    if (pattern.length > LONGEST) continue;
    const found = ambiguousRepetition(pattern);
    if (found === undefined) continue;
    yield {
      text: `The pattern can take for ever: ${JSON.stringify(found.slice(0, 80))} repeats what can be split in several ways.`,
      pointer,
    };
  }
}

/** The characters that an atom may match: ASCII by code, and one place for all others. */
type Characters = ReadonlySet<number>;
const OTHER = 128;
const ALL: Characters = new Set(Array.from({ length: OTHER + 1 }, (_, code) => code));

interface Item {
  /** What it may begin with or consist of. */
  readonly characters: Characters;
  readonly isUnbounded: boolean;
  readonly isNullable: boolean;
  /** For a group: it is repeated without end, and its body is ambiguous. */
  readonly ambiguous: string | undefined;
}

interface Group {
  readonly start: number;
  readonly isLookaround: boolean;
  readonly branches: Item[][];
}

export function ambiguousRepetition(pattern: string): string | undefined {
  const groups: Group[] = [{ start: 0, isLookaround: false, branches: [[]] }];
  const top = (): Group => groups.at(-1) as Group;
  let at = 0;
  while (at < pattern.length) {
    const character = pattern.charAt(at);
    let item: Item | undefined;
    const start = at;
    if (character === "(") {
      const [opening = "("] = /^\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/.exec(pattern.slice(at, at + 200)) ?? [];
      groups.push({ start: at, isLookaround: /^\(\?<?[=!]/.test(opening), branches: [[]] });
      at += opening.length;
      continue;
    }
    if (character === "|") {
      top().branches.push([]);
      at += 1;
      continue;
    }
    if (character === ")") {
      const group = groups.pop();
      if (group === undefined || groups.length === 0) return undefined;
      at += 1;
      const repeat = quantifierAt(pattern, at);
      at += repeat.length;
      if (group.isLookaround) continue;
      const whole = pattern.slice(group.start, at);
      if (repeat.isUnbounded && isAmbiguous(group.branches)) return whole;
      item = {
        characters: union(group.branches.flat().map(({ characters }) => characters)),
        isUnbounded:
          repeat.isUnbounded || group.branches.some((branch) => branch.some(({ isUnbounded }) => isUnbounded)),
        isNullable: repeat.isNullable || group.branches.some((branch) => branch.every(({ isNullable }) => isNullable)),
        ambiguous: undefined,
      };
    } else if (character === "^" || character === "$") {
      at += 1;
      continue;
    } else {
      const atom = atomAt(pattern, at);
      if (atom === undefined) return undefined;
      at += atom.length;
      const repeat = quantifierAt(pattern, at);
      at += repeat.length;
      if (atom.isAssertion) continue;
      item = {
        characters: atom.characters,
        isUnbounded: repeat.isUnbounded,
        isNullable: repeat.isNullable,
        ambiguous: undefined,
      };
    }
    if (at === start) return undefined;
    top().branches.at(-1)?.push(item);
  }
  return undefined;
}

/** A branch that is one repetition, with nothing in it that such a repetition could not match as well; or two equal branches. */
function isAmbiguous(branches: readonly (readonly Item[])[]): boolean {
  const within = branches.some((branch) => {
    const must = distinct(branch.filter(({ isNullable }) => !isNullable));
    return distinct(branch.filter(({ isUnbounded }) => isUnbounded)).some((repeated) =>
      must.every((other) => other === repeated || overlap(other, repeated)),
    );
  });
  if (within) return true;
  const singles = branches.filter(({ length }) => length === 1).map(([item]) => item as Item);
  return singles.some((one, index) =>
    singles.slice(0, Math.min(index, 50)).some((other) => overlap(one.characters, other.characters)),
  );
}

/** Each set of characters once: a pattern of thousands of items has few, and each is compared with each. */
function distinct(items: readonly Item[]): readonly Characters[] {
  const sets = new Map<string, Characters>();
  for (const { characters } of items) {
    const key = characters.size > OTHER ? "all" : [...characters].sort((one, other) => one - other).join();
    if (!sets.has(key)) sets.set(key, characters);
  }
  return [...sets.values()];
}

function overlap(one: Characters, other: Characters): boolean {
  for (const code of one) if (other.has(code)) return true;
  return false;
}

const union = (sets: readonly Characters[]): Characters => {
  const all = new Set<number>();
  for (const set of sets) for (const code of set) all.add(code);
  return all;
};

interface Quantifier {
  readonly length: number;
  readonly isUnbounded: boolean;
  readonly isNullable: boolean;
}

function quantifierAt(pattern: string, at: number): Quantifier {
  const [text = "", least, comma, most] = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(pattern.slice(at, at + 40)) ?? [];
  if (text === "") return { length: 0, isUnbounded: false, isNullable: false };
  const isCounted = least !== undefined;
  return {
    length: text.length,
    isUnbounded: isCounted ? comma === "," && most === "" : !text.startsWith("?"),
    isNullable: isCounted ? Number(least) === 0 : !text.startsWith("+"),
  };
}

interface Atom {
  readonly length: number;
  readonly characters: Characters;
  readonly isAssertion: boolean;
}

const codesOf = (test: RegExp): Characters =>
  new Set([...ALL].filter((code) => (code === OTHER ? test.test("\u4e00") : test.test(String.fromCharCode(code)))));

const CLASSES: Readonly<Record<string, Characters>> = {
  d: codesOf(/\d/),
  D: codesOf(/\D/),
  w: codesOf(/\w/),
  W: codesOf(/\W/),
  s: codesOf(/\s/),
  S: codesOf(/\S/),
  ".": codesOf(/./),
};

/** One character, class or escape. Undefined for what is not understood. */
function atomAt(pattern: string, at: number): Atom | undefined {
  const character = pattern.charAt(at);
  if (character === "[") {
    const end = classEnd(pattern, at);
    if (end === undefined) return undefined;
    return { length: end - at, characters: classCodes(pattern.slice(at, end)), isAssertion: false };
  }
  if (character === ".") return { length: 1, characters: CLASSES["."] ?? ALL, isAssertion: false };
  if (character === "\\") return escapeAt(pattern, at);
  if ("*+?{".includes(character)) return undefined;
  return { length: 1, characters: single(character.charCodeAt(0)), isAssertion: false };
}

const single = (code: number): Characters => new Set([Math.min(code, OTHER)]);

function escapeAt(pattern: string, at: number): Atom {
  const letter = pattern.charAt(at + 1);
  if (letter === "b" || letter === "B") return { length: 2, characters: new Set(), isAssertion: true };
  const known = CLASSES[letter];
  if (known !== undefined && letter !== ".") return { length: 2, characters: known, isAssertion: false };
  const [long] =
    /^\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[pP]\{[^}]*\}|k<[^>]*>)/i.exec(pattern.slice(at, at + 60)) ?? [];
  if (long !== undefined) return { length: long.length, characters: ALL, isAssertion: false };
  return { length: 2, characters: single(letter.charCodeAt(0)), isAssertion: false };
}

function classEnd(pattern: string, at: number): number | undefined {
  for (let end = at + 1; end < pattern.length; end += 1) {
    if (pattern.charAt(end) === "\\") end += 1;
    else if (pattern.charAt(end) === "]") return end + 1;
  }
  return undefined;
}

/** By asking the class itself, character by character. */
function classCodes(text: string): Characters {
  try {
    return codesOf(new RegExp(text, "u"));
  } catch {
    return ALL;
  }
}
