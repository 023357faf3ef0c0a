/** A definition in a file or a list, read with its digits. Whether it is one, and which are equal, the core says. */
import { KINDS, type DefinitionKind as Kind, LISTS as MEMBERS, WORDS } from "../catalogue/kinds.js";
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

/** Reads a definition. Throws the core's refusal if it can be in no catalogue. The core must be loaded. */
export function readDefinition(kind: Kind, value: Json): Definition {
  const { name, digest } = definitionDigest(kind, new TextEncoder().encode(writeJson(value)));
  const members = membersOf(value) ?? new Map();
  return { name, digest, value: kind === "tool" ? respelt(members) : members };
}

const respelt = (members: Members): Members =>
  [...SPELLINGS.keys()].some((manifest) => members.has(manifest))
    ? new Map([...members].map(([name, value]) => [SPELLINGS.get(name) ?? name, value]))
    : members;
