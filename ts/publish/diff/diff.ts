/** What two catalogues say differently: definition by definition, member by member. */
import type { CatalogueFile } from "../catalogue.js";
import { type Definition, KINDS, type Kind } from "../definition.js";
import { writeJson } from "../json.js";
import { type FieldChange, fieldChanges } from "./fields.js";

export interface Change {
  /** A kind of definition, or a member of the file. */
  readonly subject: Kind | "instructions" | "catalogue";
  /** The definition's identifier; of a member of the file its name. */
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  readonly matters: boolean;
  readonly fields: readonly FieldChange[];
}

export interface CatalogueDiff {
  readonly changes: readonly Change[];
  /** Whether any change reaches a model. */
  readonly matters: boolean;
}

/** Members of the file that verifiers and people read, and no model. */
const STATEMENTS = ["$schema", "server", "version", "issuedAt", "expires", "_meta"];
const READ_ELSEWHERE = new Set(["tools", "prompts", "resources", "resourceTemplates", "alternatives", "instructions"]);

/** Empty if they say the same: order, spelling and white space do not count (docs/catalogue-format.md). */
export function diffCatalogues(older: CatalogueFile, newer: CatalogueFile): CatalogueDiff {
  const changes = [
    ...statementChanges(older, newer),
    ...instructionChanges(older.instructions, newer.instructions),
    ...KINDS.flatMap((kind) => definitionChanges(kind, older, newer)),
  ];
  return { changes, matters: changes.some((change) => change.matters) };
}

function statementChanges({ members: older }: CatalogueFile, { members: newer }: CatalogueFile): Change[] {
  const names = new Set([...STATEMENTS, ...older.keys(), ...newer.keys()].filter((name) => !READ_ELSEWHERE.has(name)));
  return [...names].flatMap((name) => {
    const fields = fieldChanges(name, older.get(name), newer.get(name)).map((one) => ({ ...one, matters: false }));
    return fields.length === 0 ? [] : [changeOf("catalogue", name, older.has(name), newer.has(name), fields)];
  });
}

function instructionChanges(older: readonly string[], newer: readonly string[]): Change[] {
  const [before, ...othersBefore] = older;
  const [after, ...othersAfter] = newer;
  const fields = [
    ...fieldChanges("instructions", before, after),
    ...alternativeChanges(selves(othersBefore), selves(othersAfter)),
  ];
  return fields.length === 0
    ? []
    : [changeOf("instructions", "instructions", before !== undefined, after !== undefined, fields)];
}

const selves = (texts: readonly string[]): ReadonlyMap<string, string> => new Map(texts.map((text) => [text, text]));

function definitionChanges(kind: Kind, older: CatalogueFile, newer: CatalogueFile): Change[] {
  const [before, after] = [byName(older.lists[kind]), byName(newer.lists[kind])];
  const [othersBefore, othersAfter] = [byName(older.alternatives[kind]), byName(newer.alternatives[kind])];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    const [one, other] = [before.get(name)?.[0], after.get(name)?.[0]];
    const fields =
      one?.digest === other?.digest ? [] : fieldChanges("", one?.value ?? new Map(), other?.value ?? new Map());
    const more = alternativeChanges(textsOf(othersBefore.get(name)), textsOf(othersAfter.get(name)));
    const all = [...fields, ...more];
    return all.length === 0 ? [] : [changeOf(kind, name, one !== undefined, other !== undefined, all)];
  });
}

function byName(definitions: readonly Definition[]): ReadonlyMap<string, readonly Definition[]> {
  const groups = new Map<string, Definition[]>();
  for (const one of definitions) {
    const group = groups.get(one.name);
    if (group === undefined) groups.set(one.name, [one]);
    else group.push(one);
  }
  return groups;
}

/** The texts by digest. */
const textsOf = (definitions: readonly Definition[] = []): ReadonlyMap<string, string> =>
  new Map(definitions.map(({ digest, value }) => [digest, writeJson(value)]));

const alternativeChanges = (older: ReadonlyMap<string, string>, newer: ReadonlyMap<string, string>): FieldChange[] => [
  ...lacking(older, newer).map((old) => ({ field: "alternative", matters: true, old })),
  ...lacking(newer, older).map((text) => ({ field: "alternative", matters: true, new: text })),
];

/** The texts of `one` that the other has not. */
const lacking = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] =>
  [...one].filter(([key]) => !other.has(key)).map(([, text]) => text);

const changeOf = (
  subject: Change["subject"],
  name: string,
  was: boolean,
  is: boolean,
  fields: readonly FieldChange[],
): Change => ({
  subject,
  name,
  change: was === is ? "changed" : is ? "added" : "removed",
  matters: fields.some((field) => field.matters),
  fields,
});
