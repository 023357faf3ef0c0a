/** The parts of a catalogue that rules judge, and the texts in them. */
import type { CatalogueFile } from "../catalogue.js";
import { type Definition, KINDS, type Kind, MEMBERS } from "../definition.js";
import { type Json, type Members, membersOf } from "../json.js";
import type { About } from "./finding.js";
import { type SchemaNode, schemaNodes } from "./schema/walk.js";

/**
 * What a text is for: `identifier` names the definition; `prose` is written to be read; `data` a model sees as part of a
 * schema; `default` is such data that a server may fill in; `unseen` no model sees (icons, `_meta`).
 */
export type Role = "identifier" | "prose" | "data" | "default" | "unseen";

export interface Text {
  readonly text: string;
  readonly pointer: string;
  readonly role: Role;
}

interface Place {
  readonly pointer: string;
  readonly isAlternative: boolean;
}

/** A definition, or the instructions. */
export class Subject {
  readonly about: About;
  readonly pointer: string;
  /** Its members; none for the instructions. */
  readonly members: Members;
  readonly isAlternative: boolean;
  readonly texts: readonly Text[];
  readonly #raw: Members;
  #schemas: readonly SchemaNode[] | undefined;

  private constructor(about: About, place: Place, members: Members, raw: Members, texts?: readonly Text[]) {
    this.about = about;
    this.pointer = place.pointer;
    this.isAlternative = place.isAlternative;
    this.members = members;
    this.#raw = raw;
    this.texts = texts ?? textsOf(this);
  }

  /** `raw` has the members under the names that the file has for them. */
  static definition(about: About, place: Place, members: Members, raw: Members): Subject {
    return new Subject(about, place, members, raw);
  }

  static instructions(text: string, place: Place): Subject {
    const none: Members = new Map();
    return new Subject({ kind: "instructions" }, place, none, none, [{ text, pointer: place.pointer, role: "prose" }]);
  }

  get name(): string {
    return this.about.name ?? "";
  }

  /** Where a member stands, by the name that the file has for it. */
  at(member: string): string {
    const written = this.#raw.has(member) ? member : member.replace("Schema", "_schema");
    return `${this.pointer}/${escapePointer(this.#raw.has(written) ? written : member)}`;
  }

  /** All schemas in its input and output schemas; those first that hold others. */
  get schemas(): readonly SchemaNode[] {
    this.#schemas ??= ["inputSchema", "outputSchema"].flatMap((member) => {
      const schema = this.members.get(member);
      return schema === undefined || schema === null ? [] : schemaNodes(schema, this.at(member));
    });
    return this.#schemas;
  }
}

export const escapePointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

export function subjectsOf(file: CatalogueFile): Subject[] {
  const alternatives = membersOf(file.members.get("alternatives")) ?? new Map<string, Json>();
  const [hasMain, main] = [file.members.has("instructions"), file.instructions[0]];
  const others = hasMain ? file.instructions.slice(1) : file.instructions;
  return [
    ...(hasMain && main !== undefined
      ? [Subject.instructions(main, { pointer: "/instructions", isAlternative: false })]
      : []),
    ...others.map((text, index) =>
      Subject.instructions(text, { pointer: `/alternatives/instructions/${index}`, isAlternative: true }),
    ),
    ...KINDS.flatMap((kind) => [
      ...readSubjects(kind, file.lists[kind], file.members, ""),
      ...readSubjects(kind, file.alternatives[kind], alternatives, "/alternatives"),
    ]),
  ];
}

function readSubjects(kind: Kind, definitions: readonly Definition[], holder: Members, before: string): Subject[] {
  const raw = holder.get(MEMBERS[kind]) as readonly Json[] | undefined;
  return definitions.map(({ name, value }, index) => {
    const place = { pointer: `${before}/${MEMBERS[kind]}/${index}`, isAlternative: before !== "" };
    return Subject.definition({ kind, name }, place, value, membersOf(raw?.[index]) ?? value);
  });
}

const IDENTIFIERS: ReadonlySet<string> = new Set([
  "tool name",
  "prompt name",
  "resource uri",
  "resourceTemplate uriTemplate",
]);
const UNSEEN: ReadonlySet<string> = new Set(["icons", "_meta", "execution"]);
const PROSE: ReadonlySet<string> = new Set(["title", "description"]);

function textsOf(subject: Subject): Text[] {
  const texts: Text[] = [];
  for (const [name, value] of subject.members) {
    const pointer = subject.at(name);
    if (name === "inputSchema" || name === "outputSchema") addSchema(texts, value, pointer);
    else if (UNSEEN.has(name)) addAll(texts, value, pointer, "unseen");
    else if (IDENTIFIERS.has(`${subject.about.kind} ${name}`)) addAll(texts, value, pointer, "identifier");
    else addNamed(texts, name, value, pointer);
  }
  return texts;
}

/** A member whose name says whether it is prose, here and in what it holds: `annotations`, `arguments` of a prompt. */
function addNamed(texts: Text[], name: string, value: Json, pointer: string): void {
  if (typeof value === "string") texts.push({ text: value, pointer, role: PROSE.has(name) ? "prose" : "data" });
  else if (value instanceof Map) {
    for (const [inner, each] of value as Members) addNamed(texts, inner, each, `${pointer}/${escapePointer(inner)}`);
  } else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) addNamed(texts, name, each, `${pointer}/${index}`);
  }
}

/** Keywords of a schema whose members are schemas by name. */
const NAMED: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
]);
const SCHEMA_PROSE: ReadonlySet<string> = new Set(["title", "description", "$comment"]);
const VALUES: ReadonlySet<string> = new Set(["enum", "const", "examples"]);

function addSchema(texts: Text[], schema: Json, pointer: string): void {
  if (Array.isArray(schema)) {
    for (const [index, each] of schema.entries()) addSchema(texts, each, `${pointer}/${index}`);
    return;
  }
  if (!(schema instanceof Map)) return;
  for (const [keyword, value] of schema as Members) {
    const at = `${pointer}/${escapePointer(keyword)}`;
    if (typeof value === "string") {
      const role = SCHEMA_PROSE.has(keyword) ? "prose" : keyword === "default" ? "default" : "data";
      texts.push({ text: value, pointer: at, role });
    } else if (keyword === "default" || VALUES.has(keyword)) {
      addAll(texts, value, at, keyword === "default" ? "default" : "data");
    } else if (NAMED.has(keyword) && value instanceof Map) {
      for (const [name, each] of value as Members) {
        const inner = `${at}/${escapePointer(name)}`;
        texts.push({ text: name, pointer: inner, role: "data" });
        addSchema(texts, each, inner);
      }
    } else if (keyword === "required" || keyword === "type") addAll(texts, value, at, "data");
    else addSchema(texts, value, at);
  }
}

/** Every text in a value, and every name of a member. */
function addAll(texts: Text[], value: Json, pointer: string, role: Role): void {
  if (typeof value === "string") texts.push({ text: value, pointer, role });
  else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) addAll(texts, each, `${pointer}/${index}`, role);
  } else if (value instanceof Map) {
    for (const [name, each] of value as Members) {
      const at = `${pointer}/${escapePointer(name)}`;
      texts.push({ text: name, pointer: at, role });
      addAll(texts, each, at, role);
    }
  }
}
