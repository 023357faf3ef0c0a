/** A definition in a file or a list, read with its digits. Whether it is one, and which are equal, the core says. */
import { IDENTIFIERS, KINDS, type DefinitionKind as Kind, LISTS as MEMBERS, WORDS } from "../catalogue/kinds.js";
import { definitionDigest } from "../core/hasher.js";
import { type Json, type Members, membersOf, writeJson } from "./json.js";

export { KINDS, type Kind, MEMBERS, WORDS };

const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["input_schema", "inputSchema"],
  ["output_schema", "outputSchema"],
]);

/** One definition of a catalogue. Two are equal if their digests are (docs/catalogue-format.md). */
export interface Definition {
  readonly name: string;
  readonly digest: string;
  readonly value: Members;
}

export type ReadDefinition = (kind: Kind, value: Json) => Definition;

/** Reads a definition. Throws the core's refusal if it can be in no catalogue. The core must be loaded. */
export const readDefinition: ReadDefinition = (kind, value) => ({
  ...digested(kind, value),
  value: respeltValue(kind, value),
});

/** Reads a definition of a catalogue that the core has read as a whole. Its digest is computed for who asks for it. */
export const definitionOf: ReadDefinition = (kind, given) => {
  const value = respeltValue(kind, given);
  const name = value.get(IDENTIFIERS[kind]);
  if (typeof name !== "string") throw new TypeError(`it has no ${IDENTIFIERS[kind]}`);
  return {
    name,
    value,
    get digest() {
      return digested(kind, given).digest;
    },
  };
};

const digested = (kind: Kind, value: Json) => definitionDigest(kind, new TextEncoder().encode(writeJson(value)));

function respeltValue(kind: Kind, value: Json): Members {
  const members: Members = membersOf(value) ?? new Map();
  return kind === "tool" ? respelt(members) : members;
}

const respelt = (members: Members): Members =>
  [...SPELLINGS.keys()].some((manifest) => members.has(manifest))
    ? new Map([...members].map(([name, value]) => [SPELLINGS.get(name) ?? name, value]))
    : members;
