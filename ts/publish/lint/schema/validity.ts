/** Schemas that clients reject, or that JSON Schema does not allow. */
import { mismatch } from "../../../mcp/schema/json_schema.js";
import { Digits, type Json, type Members, membersOf } from "../../json.js";
import type { Problem } from "../finding.js";
import { escapePointer, type Subject } from "../subject.js";
import { METASCHEMA, OLDER_METASCHEMA } from "./metaschema.js";

const MEMBERS = ["inputSchema", "outputSchema"] as const;

function* eachSchema(subject: Subject): Iterable<readonly [pointer: string, schema: Json]> {
  for (const member of MEMBERS) {
    const schema = subject.members.get(member);
    if (schema !== undefined && schema !== null) yield [subject.at(member), schema];
  }
}

/** `type` of the outermost schema is "object": SDK v1 rejects the whole list without it. */
export function* roots(subject: Subject): Iterable<Problem> {
  for (const [pointer, schema] of eachSchema(subject)) {
    const type = membersOf(schema)?.get("type");
    if (type === "object") continue;
    const found = type === undefined ? "no type" : `the type ${quoted(type)}`;
    yield { text: `The schema has ${found}, and not "object": MCP's SDK v1 rejects the server's whole list.`, pointer };
  }
}

/** `true` or `false` as the schema of a property of the outermost schema. */
export function* booleanProperties(subject: Subject): Iterable<Problem> {
  for (const [pointer, schema] of eachSchema(subject)) {
    for (const [name, inner] of membersOf(membersOf(schema)?.get("properties")) ?? []) {
      if (typeof inner !== "boolean") continue;
      const at = `${pointer}/properties/${escapePointer(name)}`;
      yield {
        text: `The schema of ${quoted(name)} is ${inner}: MCP's SDK v1 rejects the server's whole list.`,
        pointer: at,
      };
    }
  }
}

const HINTS = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

/** Members whose type SDK v1 rejects, and with it the whole list. */
export function* memberTypes(subject: Subject): Iterable<Problem> {
  const wrong = (pointer: string, wanted: string): Problem => ({
    text: `${pointer.replace(/^.*\//s, "")} is no ${wanted}: MCP's SDK v1 rejects the server's whole list.`,
    pointer,
  });
  for (const name of ["title", "description"]) {
    const value = subject.members.get(name);
    if (value !== undefined && typeof value !== "string") yield wrong(subject.at(name), "text");
  }
  const annotations = subject.members.get("annotations");
  if (annotations !== undefined && !(annotations instanceof Map)) yield wrong(subject.at("annotations"), "object");
  if (subject.about.kind !== "tool") return;
  for (const name of HINTS) {
    const value = membersOf(annotations)?.get(name);
    if (value !== undefined && typeof value !== "boolean")
      yield wrong(`${subject.at("annotations")}/${name}`, "boolean");
  }
  for (const name of ["outputSchema", "_meta", "execution"]) {
    const value = subject.members.get(name);
    if (value !== undefined && !(value instanceof Map)) yield wrong(subject.at(name), "object");
  }
}

/** Values of a schema that are judged: a definition of one megabyte may have some hundred thousand. */
const MOST_VALUES = 200_000;

export function* validity(subject: Subject): Iterable<Problem> {
  for (const [pointer, schema] of eachSchema(subject)) {
    const metaschema = metaschemaOf(schema);
    if (metaschema === undefined) continue;
    const budget = { left: MOST_VALUES };
    const value = plain(schema, budget);
    if (budget.left < 0) {
      yield { text: `The schema has more than ${MOST_VALUES} values: it was not judged.`, pointer };
      continue;
    }
    const dialect = metaschema === METASCHEMA ? "2020-12" : "7";
    const where = mismatch(
      { schema: metaschema, draft: dialect, partly: false, comparesItems: false, cost: () => 0 },
      value,
    );
    const [, fragment = "", keyword = ""] = /^#(.*) \((.*)\)$/s.exec(where ?? "") ?? [];
    if (where !== undefined) {
      const name = dialect === "7" ? "its dialect" : "JSON Schema 2020-12";
      yield { text: `The schema is not allowed by ${name} here (${keyword}).`, pointer: pointer + decoded(fragment) };
    }
  }
}

/** Undefined for a dialect that is not known: what it allows is not known either. */
function metaschemaOf(schema: Json): (object & Record<string, unknown>) | undefined {
  const dialect = membersOf(schema)?.get("$schema");
  if (dialect === undefined) return METASCHEMA;
  const [, draft] =
    /^https?:\/\/json-schema\.org\/(draft-0[467]|draft\/20(?:19-09|20-12))\/schema#?$/.exec(String(dialect)) ?? [];
  if (draft === undefined) return undefined;
  return draft === "draft/2020-12" ? METASCHEMA : OLDER_METASCHEMA;
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** As `JSON.parse` gives it, in objects without a prototype. */
function plain(value: Json, budget: { left: number }): unknown {
  budget.left -= 1;
  if (budget.left < 0) return null;
  if (value instanceof Digits) return Number(value.text);
  if (Array.isArray(value)) return value.map((each) => plain(each, budget));
  if (!(value instanceof Map)) return value;
  const members = Object.create(null) as Record<string, unknown>;
  for (const [name, each] of value as Members) members[name] = plain(each, budget);
  return members;
}

const quoted = (value: Json): string =>
  typeof value === "string"
    ? JSON.stringify(value.slice(0, 60))
    : Array.isArray(value)
      ? "that is a list"
      : String(value instanceof Map ? "that is an object" : value);

/** References out of the schema: a client would have to fetch what nobody signed. */
export function* referencesElsewhere({ schemas }: Subject): Iterable<Problem> {
  for (const { schema, pointer } of schemas) {
    for (const keyword of ["$ref", "$dynamicRef", "$recursiveRef"]) {
      const reference = membersOf(schema)?.get(keyword);
      if (typeof reference !== "string" || reference.startsWith("#")) continue;
      yield { text: `The reference ${quoted(reference)} leads out of the schema.`, pointer: `${pointer}/${keyword}` };
    }
  }
}

/** References to a place that the schema does not have. */
export function* referencesNowhere({ schemas }: Subject): Iterable<Problem> {
  for (const { schema, pointer, root } of schemas) {
    const reference = membersOf(schema)?.get("$ref");
    if (typeof reference !== "string" || !/^#(?:\/|$)/.test(reference) || isThere(root, decoded(reference.slice(1))))
      continue;
    yield { text: `The reference ${quoted(reference)} leads nowhere.`, pointer: `${pointer}/$ref` };
  }
}

function isThere(root: Json, pointer: string): boolean {
  let at: Json | undefined = root;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    at = Array.isArray(at)
      ? (at as readonly Json[])[/^\d{1,9}$/.test(name) ? Number(name) : -1]
      : membersOf(at)?.get(name);
    if (at === undefined) return false;
  }
  return true;
}

const LONGEST_INTEGER = 400;

/** Integers that a double cannot hold: a client in JavaScript tells the model another number. */
export function* roundedIntegers(subject: Subject): Iterable<Problem> {
  const open: [Json, string][] = [[subject.members, subject.pointer]];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [value, pointer] = at;
    if (value instanceof Digits) {
      const { text } = value;
      if (!/^-?\d{16,}$/.test(text) || text.length > LONGEST_INTEGER) continue;
      if (BigInt(text) !== BigInt(Number(text))) {
        yield {
          text: `JavaScript reads ${text.slice(0, 60)} as ${BigInt(Number(text)).toString().slice(0, 60)}.`,
          pointer,
        };
      }
    } else if (value instanceof Map) {
      const members = [...(value as Members)].reverse();
      for (const [name, each] of members) {
        if (typeof each === "object" && each !== null) open.push([each, pointerOf(subject, pointer, name)]);
      }
    } else if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index -= 1) open.push([value[index], `${pointer}/${index}`]);
    }
  }
}

const pointerOf = (subject: Subject, pointer: string, name: string): string =>
  pointer === subject.pointer ? subject.at(name) : `${pointer}/${escapePointer(name)}`;
