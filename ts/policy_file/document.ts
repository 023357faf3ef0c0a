/** A JSON text as values that know their line, for messages that name it. One name twice in an object is refused. */
import { type AnyNode, type MemberNode, parse } from "@humanwhocodes/momoa";
import { errorOf, InkanError, refusal } from "../errors.js";
import { printable } from "../input/printable.js";
import { suggestion } from "../input/suggestion.js";

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

  /** Runs `read`, and gives what it throws this place. */
  locate<T>(read: () => T): T {
    try {
      const result = read();
      if (result instanceof Promise) return result.catch((thrown) => this.#rethrow(thrown)) as T;
      return result;
    } catch (thrown) {
      return this.#rethrow(thrown);
    }
  }

  #rethrow(thrown: unknown): never {
    if (!(thrown instanceof InkanError)) throw thrown;
    const { code, summary: message, hint, expected, found, subject } = thrown;
    const { place } = this.#named(subject ?? "");
    const where = subject === undefined || place !== this.place ? place : `${place} (${subject})`;
    const facts = { ...(expected === undefined ? {} : { expected }), ...(found === undefined ? {} : { found }) };
    throw errorOf({ code, message, hint, subject: where, ...facts }, thrown);
  }

  /** The value inside this one that an option's path such as `KeyedVerifier.thresholds.scts` names: as deep as it leads. */
  #named(path: string): Entry {
    let named: Entry = this;
    for (const name of path.split(/[.[\]]/)) {
      if (named.#node.type !== "Object") break;
      named = named.members().get(name) ?? named;
    }
    return named;
  }

  /** A number of seconds that is not 0, by itself or as the member `name`. */
  secondsOr<Name extends string>(name: Name): number {
    const entry = this.#node.type === "Number" ? this : this.object([name])[name];
    if (entry === undefined) throw this.refuse(`a number of seconds, or { "${name}": … }`, "neither");
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
      const path = this.#path === "" ? name : `${this.#path}.${name}`;
      const entry = new Entry(this.#file, path, member.value, member.loc.start.line);
      const first = members.get(name);
      if (first !== undefined) throw entry.refuse("each name once", `it stands in line ${first.line} too`);
      members.set(name, entry);
    }
    return members;
  }

  /** The members of an object that has no others than `known`. */
  object<Name extends string>(known: readonly Name[]): { readonly [name in Name]?: Entry } {
    const read: { [name in Name]?: Entry } = Object.create(null);
    for (const [name, entry] of this.members()) {
      const right = known.find((candidate) => candidate === name);
      if (right === undefined) {
        const meant = suggestion(name, known);
        throw entry.refuse(
          `one of ${known.join(", ")}`,
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
    if (word === undefined) throw this.refuse(`one of ${words.join(", ")}`, printable(text));
    return word;
  }

  count(): number {
    const value = this.#node.type === "Number" ? this.#node.value : undefined;
    if (value === undefined || !Number.isSafeInteger(value) || value < 0) {
      throw this.refuse("an integer of 0 or more", value === undefined ? this.kind : String(value));
    }
    return value;
  }

  /** A list of texts, or one text. */
  texts(): readonly string[] {
    return this.#node.type === "Array" ? this.list().map((entry) => entry.text()) : [this.text()];
  }

  /** The plain value, whose objects have no prototype. */
  plain(): unknown {
    switch (this.#node.type) {
      case "Object": {
        const read: Record<string, unknown> = Object.create(null);
        for (const [name, entry] of this.members()) read[name] = entry.plain();
        return read;
      }
      case "Array":
        return this.list().map((entry) => entry.plain());
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
    const kind = this.#node.type.toLowerCase();
    return kind === "null" ? kind : /^[ao]/.test(kind) ? `an ${kind}` : `a ${kind}`;
  }
}

/** The whole file. */
export function parseDocument(file: string, text: string): Entry {
  try {
    const { body } = parse(text, { mode: "json" });
    // The reader that knows lines may be more lenient than the standard's.
    JSON.parse(text);
    return new Entry(file, "", body, 1);
  } catch (cause) {
    const { line, message } = cause as { line?: number; message: string };
    const place = line === undefined ? printable(file) : `${printable(file)}:${line}`;
    const found = cause instanceof RangeError ? "values that are nested too deeply" : printable(message, 200);
    const hint = "Correct the file; comments and trailing commas are no JSON.";
    throw refusal("ERR_POLICY_FILE", { subject: place, expected: "one JSON object", found, hint }, cause);
  }
}

const nameOf = ({ name }: MemberNode): string => (name.type === "Identifier" ? name.name : name.value);
