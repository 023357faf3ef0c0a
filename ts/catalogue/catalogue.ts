import {
  type CatalogueContent,
  type DefinitionIndex,
  type DefinitionLists,
  deepFreeze,
  type LogPosition,
  type Proof,
  type Release,
  type Signer,
  type Statement,
  type ToolDefinition,
} from "../core/release.js";
import { withoutPrototype } from "../input/json.js";
import { invalidOption, kindOf } from "../input/options.js";
import { type DefinitionKind, DefinitionReader, type SignedDefinition, type SignedTool } from "./definition.js";
import { type CatalogueDecision, isDefinitionKind, judgeOffer, type SignedNames } from "./judgement.js";
import { KINDS, LISTS } from "./kinds.js";

const verified = Symbol();

// Set by the class, because only the class sees its private field. No property leads to it, so nobody can replace it.
let hasVerifiedNames: (value: object) => value is VerifiedCatalogue;

/**
 * A catalogue whose signature was verified. Only a verifier makes one. It holds what the core read from its own copy of the
 * signed bytes. Nobody can change anything in it.
 */
class VerifiedCatalogue implements Proof {
  readonly #names: Names;
  readonly #instructions: ReadonlySet<string>;
  /** The main lists, in the publisher's order. Definitions are parsed on demand. */
  readonly tools: readonly SignedTool[];
  readonly prompts: readonly SignedDefinition[];
  readonly resources: readonly SignedDefinition[];
  readonly resourceTemplates: readonly SignedDefinition[];
  /** The server that the catalogue is signed for, if it names one. */
  readonly server: string | undefined;
  /** The publisher's version, which never goes back, if stated. */
  readonly version: number | undefined;
  readonly issuedAt: string | undefined;
  readonly expires: string | undefined;
  readonly instructions: string | undefined;
  readonly signer: Signer;
  readonly signedAt: readonly string[];
  readonly digest: string;
  readonly log: readonly LogPosition[];
  /** The signed statement about the catalogue, if the catalogue was not signed directly. */
  readonly attestation: Statement | undefined;

  constructor(token: symbol, proof: Proof, given: CatalogueContent, texts: string, attestation?: Statement) {
    if (token !== verified) throw invalidOption("VerifiedCatalogue", "a verifier's verify()", "new");
    const content = withoutPrototype(given);
    const alternatives = withoutPrototype(content.alternatives);
    this.#names = new Names(content, alternatives, new DefinitionReader(texts));
    this.#instructions = new Set(alternatives.instructions);
    const { tool, prompt, resource, resourceTemplate } = this.#names.lists;
    this.tools = tool as readonly SignedTool[];
    this.prompts = prompt;
    this.resources = resource;
    this.resourceTemplates = resourceTemplate;
    this.server = content.server;
    this.version = content.version;
    this.issuedAt = content.issuedAt;
    this.expires = content.expires;
    this.instructions = content.instructions;
    this.signer = proof.signer;
    this.signedAt = proof.signedAt;
    this.digest = proof.digest;
    this.log = proof.log;
    this.attestation = attestation;
    Object.freeze(this);
  }

  static {
    hasVerifiedNames = (value): value is VerifiedCatalogue => #names in value;
  }

  /**
   * The signed definition that equals `tool` in every field. Use what is returned, not what was passed in.
   * Throws `ERR_TOOL_UNSIGNED` if no tool of this name is signed, `ERR_TOOL_CHANGED` if its signed definition differs,
   * `ERR_TOOL_MALFORMED` if `tool` is not a tool definition.
   */
  require(tool: object): ToolDefinition {
    const decision = judgeOffer(this.#names, "tool", tool);
    if (decision.verdict !== "signed") throw decision.error();
    return decision.signed.definition as ToolDefinition;
  }

  /** Whether `require` would return instead of throwing. */
  has(tool: object): boolean {
    return judgeOffer(this.#names, "tool", tool).verdict === "signed";
  }

  /** Every signed definition of a name: the main one, then its alternatives. Empty if the name is not signed. */
  signed(kind: DefinitionKind, name: string): readonly SignedDefinition[] {
    checkKind(kind);
    const main = this.#names.main(kind, name);
    return Object.freeze(main === undefined ? [] : [main, ...this.#names.alternatives(kind, name)]);
  }

  /** Judges what a server offers, as an object that was parsed from its JSON. Never throws for what was offered. */
  judge(kind: DefinitionKind, offered: unknown): CatalogueDecision {
    checkKind(kind);
    return judgeOffer(this.#names, kind, offered);
  }

  /** Whether these instructions are signed: the main ones or an alternative. */
  signsInstructions(text: string): boolean {
    return typeof text === "string" && (text === this.instructions || this.#instructions.has(text));
  }
}

// Only the type of the class leaves this file. A program that reaches the class through a catalogue can neither call nor change it.
Object.freeze(VerifiedCatalogue.prototype);
Object.freeze(VerifiedCatalogue);

export type { VerifiedCatalogue };

/** The definitions by kind and name. */
class Names implements SignedNames {
  readonly lists: Readonly<Record<DefinitionKind, readonly SignedDefinition[]>>;
  readonly #main: Readonly<Record<DefinitionKind, ReadonlyMap<string, SignedDefinition>>>;
  readonly #alternatives: Readonly<Record<DefinitionKind, ReadonlyMap<string, readonly SignedDefinition[]>>>;

  constructor(content: DefinitionLists, alternatives: DefinitionLists, reader: DefinitionReader) {
    const read = (kind: DefinitionKind, index: DefinitionIndex | undefined, alternative: boolean) =>
      reader.read(kind, index, alternative);
    this.lists = byKind((kind) => read(kind, content[LISTS[kind]], false));
    this.#main = byKind((kind) => new Map(this.lists[kind].map((one) => [one.name, one])));
    this.#alternatives = byKind((kind) => groupByName(read(kind, alternatives[LISTS[kind]], true)));
  }

  main(kind: DefinitionKind, name: string): SignedDefinition | undefined {
    return this.#main[kind].get(name);
  }

  alternatives(kind: DefinitionKind, name: string): readonly SignedDefinition[] {
    return this.#alternatives[kind].get(name) ?? [];
  }

  count(kind: DefinitionKind): number {
    return this.lists[kind].length;
  }
}

function byKind<T>(make: (kind: DefinitionKind) => T): Readonly<Record<DefinitionKind, T>> {
  return Object.fromEntries(KINDS.map((kind) => [kind, make(kind)])) as Record<DefinitionKind, T>;
}

function groupByName(definitions: readonly SignedDefinition[]): ReadonlyMap<string, readonly SignedDefinition[]> {
  const groups = new Map<string, SignedDefinition[]>();
  for (const one of definitions) {
    const group = groups.get(one.name);
    if (group === undefined) groups.set(one.name, [one]);
    else group.push(one);
  }
  return groups;
}

function checkKind(kind: unknown): void {
  if (!isDefinitionKind(kind)) throw invalidOption("kind", `one of ${KINDS.join(", ")}`, kindText(kind));
}

const kindText = (kind: unknown): string => (typeof kind === "string" ? kind : kindOf(kind));

/** Only verifiers call this. */
export function verifiedCatalogue(proof: Proof, content: CatalogueContent, release: Release): VerifiedCatalogue {
  const { texts, attestation } = release;
  return new VerifiedCatalogue(verified, deepFreeze(proof), content, texts, deepFreeze(attestation));
}

/** Whether `value` came from a verifier. */
export function isVerifiedCatalogue(value: unknown): value is VerifiedCatalogue {
  return typeof value === "object" && value !== null && hasVerifiedNames(value);
}
