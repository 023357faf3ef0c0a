/** Which members of two definitions differ. */
import { canonicalOf } from "../definition.js";
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
export function fieldChanges(field: string, older: Json | undefined, newer: Json | undefined): FieldChange[] {
  if (isSame(field, older, newer)) return [];
  const [one, other] = [membersOf(older), membersOf(newer)];
  if (one !== undefined && other !== undefined) {
    return [...new Set([...one.keys(), ...other.keys()])].flatMap((name) =>
      fieldChanges(field === "" ? name : `${field}.${name}`, one.get(name), other.get(name)),
    );
  }
  if (Array.isArray(older) && Array.isArray(newer) && older.length === newer.length) {
    return older.flatMap((item: Json, index) => fieldChanges(`${field}[${index}]`, item, newer[index]));
  }
  const sides = [older === undefined ? {} : { old: shown(older) }, newer === undefined ? {} : { new: shown(newer) }];
  return [Object.assign({ field, matters: matters(field) }, ...sides)];
}

/** By the canonical form: the order of `required` does not count. */
function isSame(field: string, older: Json | undefined, newer: Json | undefined): boolean {
  if (older === undefined || newer === undefined) return older === newer;
  const name = /[^.]*$/.exec(field)?.[0] ?? "";
  return canonicalOf(new Map([[name, older]])) === canonicalOf(new Map([[name, newer]]));
}

const shown = (value: Json): string => (typeof value === "string" ? value : writeJson(value));
