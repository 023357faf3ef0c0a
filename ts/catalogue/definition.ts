/** The definitions that a verified catalogue holds. */
import { definitionDigest } from "../core/hasher.js";
import { type DefinitionIndex, deepFreeze, type FrozenJson, type ToolDefinition } from "../core/release.js";
import { withoutPrototype } from "../input/json.js";
import type { DefinitionKind } from "./kinds.js";

export type { DefinitionKind };

/** One definition as signed. */
export interface SignedDefinition {
  readonly kind: DefinitionKind;
  /** A tool's or prompt's `name`, a resource's `uri`, a template's `uriTemplate`. */
  readonly name: string;
  /** `sha256:<hex>` of the canonical form (docs/catalogue-format.md), computed on demand. */
  readonly digest: string;
  /** In the publisher's order of members, deeply frozen. Numbers are doubles. */
  readonly definition: { readonly [member: string]: FrozenJson };
  /** False for the main list, true for `alternatives`. */
  readonly alternative: boolean;
  /** The definition as JSON in one line, in the publisher's order of members and with the publisher's digits. */
  readonly text: string;
}

/** One tool as signed. */
export type SignedTool = SignedDefinition & { readonly kind: "tool"; readonly definition: ToolDefinition };

/** Parses and hashes its text on demand. */
class Signed implements SignedDefinition {
  static readonly #lazy = {
    digest: withoutPrototype({
      enumerable: true,
      get(this: Signed): string {
        this.#digest ??= definitionDigest(this.kind, new TextEncoder().encode(this.#text)).digest;
        return this.#digest;
      },
    }),
    definition: withoutPrototype({
      enumerable: true,
      get(this: Signed): SignedDefinition["definition"] {
        this.#definition ??= deepFreeze(JSON.parse(this.#text) as SignedDefinition["definition"]);
        return this.#definition;
      },
    }),
  };

  readonly kind: DefinitionKind;
  readonly name: string;
  declare readonly digest: string;
  declare readonly definition: SignedDefinition["definition"];
  readonly alternative: boolean;
  readonly #text: string;
  #digest: string | undefined;
  #definition: SignedDefinition["definition"] | undefined;

  constructor(kind: DefinitionKind, name: string, text: string, alternative: boolean) {
    this.kind = kind;
    this.name = name;
    this.alternative = alternative;
    this.#text = text;
    // One property at a time: defining both at once takes twice as long, and a catalogue may have a hundred thousand
    // definitions.
    Object.defineProperty(this, "digest", Signed.#lazy.digest);
    Object.defineProperty(this, "definition", Signed.#lazy.definition);
    Object.freeze(this);
  }

  get text(): string {
    return this.#text;
  }
}

Object.freeze(Signed.prototype);

/** Cuts the texts of a release into definitions, list by list, in the order in which the core wrote them. */
export class DefinitionReader {
  readonly #texts: string;
  #at = 0;

  constructor(texts: string) {
    this.#texts = texts;
  }

  read(kind: DefinitionKind, index: DefinitionIndex | undefined, alternative: boolean): readonly SignedDefinition[] {
    const list = (index ?? []).map(([name, length]) => {
      const start = this.#at;
      this.#at += length;
      return new Signed(kind, name, this.#texts.slice(start, this.#at), alternative);
    });
    return Object.freeze(list);
  }
}
