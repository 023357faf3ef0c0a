/** A JSON text as values that know their line, for messages that name it. One name twice in an object is refused. */
import { type AnyNode, evaluate, type MemberNode, type ObjectNode, parse } from "@humanwhocodes/momoa";
import { errorOf, InkanError, refusal } from "../errors.js";
import { printable } from "../input/printable.js";
import { suggestion } from "../input/suggestion.js";
import { hintInMembers } from "./words.js";

/** Levels of a value that is read as a whole. */
const DEEPEST = 32;

/** A value of the policy file, with the file and the member that it stands under. */
export class Entry {
  readonly #file: string;
  readonly #path: string;
  readonly #node: AnyNode;
  readonly line: number;

  constructor(file: string, path: string, node: AnyNode, line: number) {
    this.#file = file;
    this.#path = path;
    this.#node = node;
    this.line = line;
  }

  /** `inkan.config.json:7: servers.files.keys`. */
  get place(): string {
    return `${printable(this.#file)}:${this.line}: ${this.#path === "" ? "the whole file" : printable(this.#path)}`;
  }

  /** The refusal of this value. */
  refuse(expected: string, found: string, hint?: string): InkanError {
    return refusal("ERR_POLICY_FILE", { subject: this.place, expected, found: printable(found), hint });
  }

  /**
   * Runs `read`, and gives what it throws this place. `aliases` are the entries behind the names that what is run has for
   * them.
   */
  locate<T>(read: () => T, aliases: Aliases = {}): T {
    try {
      const result = read();
      if (result instanceof Promise) return result.catch((thrown) => this.#rethrow(thrown, aliases)) as T;
      return result;
    } catch (thrown) {
      return this.#rethrow(thrown, aliases);
    }
  }

  #rethrow(thrown: unknown, aliases: Aliases): never {
    // What this file refuses has its place.
    if (!(thrown instanceof InkanError) || thrown.code === "ERR_POLICY_FILE") throw thrown;
    const { code, summary: message, expected, found, subject } = thrown;
    const hint = hintInMembers(thrown.hint);
    const { place } = this.#named(subject ?? "", aliases);
    const isOption = /^(?:policy|Key(?:ed|less)Verifier|identityPolicy|IdentityPolicy|TrustRoot)\b/.test(subject ?? "");
    const where = subject === undefined || isOption || place !== this.place ? place : `${place} (${subject})`;
    const facts = { ...(expected === undefined ? {} : { expected }), ...(found === undefined ? {} : { found }) };
    throw errorOf({ code, message, hint, subject: where, ...facts }, thrown);
  }

  /** The value inside this one that an option's path such as `KeyedVerifier.thresholds.scts` names: as deep as it leads. */
  #named(path: string, aliases: Aliases): Entry {
    let named: Entry = this;
    for (const name of path.split(/[.[\]]/)) {
      const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
      if (alias !== undefined) named = alias;
      else if (named.#node.type === "Object") named = named.members().get(name) ?? named;
      else if (named.#node.type === "Array") named = named.list()[/^\d+$/.test(name) ? Number(name) : -1] ?? named;
    }
    return named;
  }

  /** A number of seconds that is not 0, by itself or as the member `name`. */
  secondsOr<Name extends string>(name: Name): number {
    const expected = `a number of seconds, or { "${name}": … }`;
    if (this.#node.type !== "Number" && this.#node.type !== "Object") throw this.refuse(expected, this.kind);
    const entry = this.#node.type === "Number" ? this : this.object([name])[name];
    if (entry === undefined) throw this.refuse(expected, "neither");
    const seconds = entry.count();
    if (seconds === 0) throw entry.refuse("an integer of 1 or more", "0");
    return seconds;
  }

  /** The members of an object by name, in their order. */
  members(): ReadonlyMap<string, Entry> {
    if (this.#node.type !== "Object") throw this.refuse("an object", this.kind);
    const members = new Map<string, Entry>();
    for (const member of this.#node.members) {
      const name = nameOf(member);
      const path = pathTo(this.#path, name);
      const entry = new Entry(this.#file, path, member.value, member.loc.start.line);
      const first = members.get(name);
      if (first !== undefined) throw entry.refuse("each name once", `it stands in line ${first.line} too`);
      members.set(name, entry);
    }
    return members;
  }

  /** The members of an object that has no others than `known`. `foreign` are names that other programs have for them. */
  object<Name extends string>(
    known: readonly Name[],
    foreign: Readonly<Record<string, Name>> = {},
  ): { readonly [name in Name]?: Entry } {
    const read: { [name in Name]?: Entry } = Object.create(null);
    for (const [name, entry] of this.members()) {
      const right = known.find((candidate) => candidate === name);
      if (right === undefined) {
        const meant = Object.hasOwn(foreign, name) ? foreign[name] : suggestion(name, known);
        throw entry.refuse(
          meant === undefined ? `one of ${known.join(", ")}` : meant,
          name,
          meant === undefined
            ? "Correct the name, or update inkan if it is newer than this build."
            : `Did you mean ${meant}?`,
        );
      }
      read[right] = entry;
    }
    return read;
  }

  list(): readonly Entry[] {
    if (this.#node.type !== "Array") throw this.refuse("a list", this.kind);
    return this.#node.elements.map(
      ({ value }, index) => new Entry(this.#file, `${this.#path}[${index}]`, value, value.loc.start.line),
    );
  }

  /** A text, which may be empty. */
  anyText(): string {
    if (this.#node.type !== "String") throw this.refuse("a text", this.kind);
    return this.#node.value;
  }

  text(): string {
    const text = this.anyText();
    if (text === "") throw this.refuse("a text that is not empty", "an empty text");
    return text;
  }

  oneOf<Word extends string>(words: readonly Word[]): Word {
    const text = this.text();
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) {
      const meant = suggestion(text, words);
      const hint = meant === undefined ? undefined : `Did you mean ${meant}?`;
      throw this.refuse(`one of ${words.join(", ")}`, printable(text), hint);
    }
    return word;
  }

  count(): number {
    const value = this.#node.type === "Number" ? this.#node.value : undefined;
    if (value === undefined || !Number.isSafeInteger(value) || value < 0) {
      throw this.refuse("an integer of 0 or more", value === undefined ? this.kind : String(value));
    }
    return value;
  }

  /** The entries of a list, or the one that stands in its place. */
  oneOrMore(): readonly Entry[] {
    return this.#node.type === "Array" ? this.list() : [this];
  }

  /** The plain value, whose objects have no prototype. Nothing in a policy is nested deeply. */
  plain(levels = DEEPEST): unknown {
    if (levels === 0) throw this.refuse(`at most ${DEEPEST} levels of values`, "more");
    switch (this.#node.type) {
      case "Object": {
        const read: Record<string, unknown> = Object.create(null);
        for (const [name, entry] of this.members()) read[name] = entry.plain(levels - 1);
        return read;
      }
      case "Array":
        return this.list().map((entry) => entry.plain(levels - 1));
      case "String":
      case "Number":
      case "Boolean":
        return this.#node.value;
      case "Null":
        return null;
      default:
        throw this.refuse("a JSON value", this.kind);
    }
  }

  private get kind(): string {
    const { type } = this.#node;
    const words: Readonly<Record<string, string>> = { String: "a text", Array: "a list", Object: "an object" };
    return words[type] ?? (type === "Null" ? "null" : `a ${type.toLowerCase()}`);
  }
}

/** Entries by the names that an option's path may have for them. */
export type Aliases = Readonly<Record<string, Entry | undefined>>;

const pathTo = (path: string, name: string): string => {
  if (!/^[\w$-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
};

/** The whole file. */
export function parseDocument(file: string, text: string): Entry {
  try {
    const { body } = parse(text, { mode: "json" });
    // The reader that knows lines may be more lenient than the standard's.
    JSON.parse(text);
    return new Entry(file, "", body, 1);
  } catch (cause) {
    const { line, column = 1, message } = cause as { line?: number; column?: number; message: string };
    const place = line === undefined ? printable(file) : `${printable(file)}:${line}`;
    const found =
      cause instanceof RangeError
        ? { found: "values that are nested too deeply" }
        : line === undefined
          ? { found: printable(message, 200) }
          : oddityAt(text, line, column, message);
    throw refusal(
      "ERR_POLICY_FILE",
      { subject: place, expected: "one JSON object", hint: SYNTAX_HINT, ...found },
      cause,
    );
  }
}

const SYNTAX_HINT = "Correct the file; comments and trailing commas are no JSON.";

/** What stands where a JSON text goes wrong, in words. */
function oddityAt(
  text: string,
  line: number,
  column: number,
  message: string,
): { readonly found: string; readonly hint?: string } {
  if (text.startsWith("\ufeff")) return { found: "a byte order mark", hint: "Save the file as UTF-8 without one." };
  if (text.trim() === "") return { found: "an empty file", hint: 'Write { "servers": { … } }.' };
  const lines = text.split(/\r\n|\n|\r/).slice(line - 1);
  const rest = (lines[0] ?? "").slice(column - 1);
  // Where nothing follows, the parser may name the last token in place of the end.
  const isLast = /^[{[:,]\s*$/.test(rest) && lines.slice(1).every((one) => one.trim() === "");
  if (isLast || /\bend of input\b/.test(message)) {
    return { found: "the end of the file", hint: "Close what is open: a brace, a bracket or a quote." };
  }
  const where = ` in column ${column}`;
  if (/^\/[/*]/.test(rest)) return { found: `a comment${where}` };
  if (/^[}\]]/.test(rest)) return { found: `${rest[0]}${where}, perhaps after a comma too many` };
  const [character] = rest;
  return { found: `${character === undefined ? "the end of the line" : JSON.stringify(character)}${where}` };
}

export type { MemberNode, ObjectNode };

/** A value in a text: where it stands, and what it is as a plain value. */
export type TextNode = AnyNode;
export const plainOf = (node: TextNode): unknown => evaluate(node as Parameters<typeof evaluate>[0]);

/** The tree of a JSON text, for who edits it in place. With `comments`, comments and trailing commas pass. */
export const parseTree = (text: string, comments: boolean): TextNode =>
  parse(text, { mode: comments ? "jsonc" : "json", allowTrailingCommas: comments, ranges: true }).body;

/** The name of a member. */
export const nameOf = ({ name }: MemberNode): string => (name.type === "Identifier" ? name.name : name.value);
