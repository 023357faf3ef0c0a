/** Which members of two definitions differ. */
import { differencesOf } from "../../catalogue/difference.js";
import { type Json, membersOf, writeJson } from "../json.js";

export interface FieldChange {
  /** Such as `description` or `inputSchema.properties.path`. */
  readonly field: string;
  /** Whether a model or a client that decides by it gets to see it. */
  readonly matters: boolean;
  /** The texts; a value that is no text as JSON. Absent where the member is. */
  readonly old?: string;
  readonly new?: string;
}

/** Members that neither models read nor clients decide by. Unknown members matter: somebody added them for a reason. */
const DECORATION: ReadonlySet<string> = new Set(["_meta", "icons"]);

export const matters = (field: string): boolean => !DECORATION.has(field.replace(/[.[].*$/s, ""));

/** The differing members, each as deep as it can be named, in the order of the older definition. */
export const fieldChanges = (field: string, older: Json | undefined, newer: Json | undefined): FieldChange[] =>
  changesIn({ field, member: field }, older, newer);

/** The place of a value: how people read it, and the name under which it stands in its object. */
interface Place {
  readonly field: string;
  readonly member: string;
}

function changesIn(place: Place, older: Json | undefined, newer: Json | undefined): FieldChange[] {
  if (isSame(place.member, older, newer)) return [];
  const { field } = place;
  const [one, other] = [membersOf(older), membersOf(newer)];
  if (one !== undefined && other !== undefined) {
    return [...new Set([...one.keys(), ...other.keys()])].flatMap((member) =>
      changesIn({ field: field === "" ? member : `${field}.${member}`, member }, one.get(member), other.get(member)),
    );
  }
  if (Array.isArray(older) && Array.isArray(newer) && older.length === newer.length) {
    return older.flatMap((item: Json, index) =>
      changesIn({ field: `${field}[${index}]`, member: "" }, item, newer[index]),
    );
  }
  const sides = [older === undefined ? {} : { old: shown(older) }, newer === undefined ? {} : { new: shown(newer) }];
  return [Object.assign({ field, matters: matters(field) }, ...sides)];
}

/** By what makes definitions equal: numbers are doubles, and the order of `required` does not count. */
function isSame(member: string, older: Json | undefined, newer: Json | undefined): boolean {
  if (older === undefined || newer === undefined) return older === newer;
  return differencesOf(plain(member, older), plain(member, newer)).length === 0;
}

const plain = (member: string, value: Json): object => JSON.parse(writeJson(new Map([[member, value]])));

const shown = (value: Json): string => (typeof value === "string" ? value : writeJson(value));
