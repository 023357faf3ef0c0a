/** A catalogue file as its publisher wrote it. Nothing of it is proven: only verifiers decide what may be used. */
import {
  type Definition,
  KINDS,
  type Kind,
  MEMBERS,
  type ReadDefinition,
  readDefinition,
  WORDS,
} from "./definition.js";
import { type Json, type Members, membersOf, readJson } from "./json.js";
import { reasonIn } from "./reason.js";

export interface CatalogueFile {
  readonly members: Members;
  /** The main lists. */
  readonly lists: Readonly<Record<Kind, readonly Definition[]>>;
  readonly alternatives: Readonly<Record<Kind, readonly Definition[]>>;
  /** The main text, if there is one, then its alternatives. */
  readonly instructions: readonly string[];
}

/**
 * Reads a file. Throws a `TypeError` or `SyntaxError` that says why it is no catalogue. `read` reads each definition: where the
 * core has read the whole file, `definitionOf` spares the second time.
 */
export function readCatalogue(bytes: Uint8Array, read: ReadDefinition = readDefinition): CatalogueFile {
  const members = membersOf(readJson(textOf(bytes)));
  if (members === undefined) throw new TypeError("it is no JSON object");
  if (!members.has("tools")) throw new TypeError("it has no member tools");
  const given = members.get("alternatives");
  const alternatives = given === undefined ? new Map<string, Json>() : membersOf(given);
  if (alternatives === undefined) throw new TypeError("its alternatives are no object");
  return {
    members,
    lists: readLists(members, "", read),
    alternatives: readLists(alternatives, "alternatives.", read),
    instructions: [
      members.get("instructions"),
      ...listOf(alternatives.get("instructions"), "alternatives.instructions"),
    ]
      .filter((text) => text !== undefined)
      .map((text) => {
        if (typeof text !== "string") throw new TypeError("its instructions are no text");
        return text;
      }),
  };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new TypeError("it is not UTF-8");
  }
}

const readLists = (members: Members, before: string, readOne: ReadDefinition): CatalogueFile["lists"] =>
  Object.fromEntries(
    KINDS.map((kind) => {
      const place = before + MEMBERS[kind];
      const read = (value: Json, index: number): Definition => {
        try {
          return readOne(kind, value);
        } catch (error) {
          throw new TypeError(`${place}[${index}] is no ${WORDS[kind]}: ${reasonIn(error)}`);
        }
      };
      return [kind, listOf(members.get(MEMBERS[kind]), place).map(read)];
    }),
  ) as unknown as CatalogueFile["lists"];

function listOf(value: Json | undefined, place: string): readonly Json[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new TypeError(`its ${place} is no list`);
  return value;
}
