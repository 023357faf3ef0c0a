/**
 * The parts of a schema that can be checked safely. Signed schemas come from the publisher, and may still contain
 * things that no checker should run: patterns that take exponential time, references to other documents, and recursion
 * that doubles at each level.
 */
import { isObject, type JsonObject } from "../message/message.js";
import { MANY, NAMED, ONE } from "./keywords.js";

export interface CheckableSchema {
  readonly schema: JsonObject;
  readonly draft: "4" | "7" | "2019-09" | "2020-12";
  /** Whether parts of it were left out and are not checked. */
  readonly partly: boolean;
  /** Whether items of arrays are compared with each other somewhere (`uniqueItems`). */
  readonly comparesItems: boolean;
  /** The number of schema applications for checking one value, by the depth of the value. */
  readonly cost: (depth: number) => number;
}

/** Keywords that apply to the value itself and not to a part of it. */
const IN_PLACE: ReadonlySet<string> = new Set([
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "if",
  "then",
  "else",
  "dependentSchemas",
  "$ref",
]);
/**
 * Keywords under which a more permissive schema makes the whole more restrictive. Nothing may be left out below or
 * beside them.
 */
const CONTRARY: ReadonlySet<string> = new Set([
  "not",
  "oneOf",
  "if",
  "contains",
  "unevaluatedProperties",
  "unevaluatedItems",
]);
/** Left out, because patterns may take exponential time. */
const LEFT_OUT: ReadonlySet<string> = new Set(["pattern", "patternProperties"]);
/** Keywords that the checker does not support, or applies wrongly. */
const BEYOND: ReadonlySet<string> = new Set([
  "$dynamicRef",
  "$dynamicAnchor",
  "$recursiveRef",
  "$recursiveAnchor",
  "$anchor",
  "$vocabulary",
  "dependencies",
]);
/** Annotations, which have no effect on the result. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "id",
  "$comment",
  "format",
  "default",
  "examples",
  "title",
  "description",
]);

const MOST_NODES = 20_000;
const MOST_DEPTH = 64;

/** The part of a schema that can be checked, or undefined if it cannot be. */
export function checkable(schema: unknown): CheckableSchema | undefined {
  const draft = isObject(schema) ? draftOf(schema) : undefined;
  if (!isObject(schema) || draft === undefined) return undefined;
  const reading = new Reading(draft);
  try {
    const copy = reading.copy(schema, 0, true);
    if (!isObject(copy) || (reading.leftOut && reading.contrary)) return undefined;
    const { leftOut: partly, comparesItems } = reading;
    return { schema: copy, draft, partly, comparesItems, cost: costOf(copy) };
  } catch {
    return undefined;
  }
}

function draftOf(schema: JsonObject): CheckableSchema["draft"] | undefined {
  const dialect = Object.hasOwn(schema, "$schema") ? schema.$schema : undefined;
  if (dialect === undefined) return "2020-12";
  const [, draft] =
    /^https?:\/\/json-schema\.org\/(draft-04|draft-06|draft-07|draft\/2019-09|draft\/2020-12)\/schema#?$/.exec(
      typeof dialect === "string" ? dialect : "",
    ) ?? [];
  if (draft === "draft-04") return "4";
  if (draft === "draft-06" || draft === "draft-07") return "7";
  return draft === "draft/2019-09" ? "2019-09" : draft === "draft/2020-12" ? "2020-12" : undefined;
}

class NotCheckable extends Error {}

/** Copies a schema into objects without a prototype, keyword by keyword, and collects its properties. */
class Reading {
  leftOut = false;
  contrary = false;
  comparesItems = false;
  #nodes = 0;
  readonly #draft: string;

  constructor(draft: string) {
    this.#draft = draft;
  }

  copy(schema: unknown, depth: number, isRoot = false): unknown {
    this.#nodes += 1;
    if (this.#nodes > MOST_NODES || depth > MOST_DEPTH) throw new NotCheckable();
    if (!isObject(schema)) {
      if (typeof schema === "boolean") return schema;
      throw new NotCheckable();
    }
    const copy = Object.create(null) as Record<string, unknown>;
    const patterns = Object.hasOwn(schema, "patternProperties");
    for (const [keyword, value] of Object.entries(schema)) {
      if (LEFT_OUT.has(keyword)) this.leftOut = true;
      else if (BEYOND.has(keyword)) throw new NotCheckable();
      else if (ANNOTATIONS.has(keyword)) {
        if (!isRoot && (keyword === "$id" || (keyword === "id" && this.#draft === "4"))) throw new NotCheckable();
      }
      // The names that the omitted patterns would have allowed are unknown.
      else if (patterns && (keyword === "additionalProperties" || keyword === "unevaluatedProperties"))
        this.leftOut = true;
      else {
        this.contrary ||= CONTRARY.has(keyword);
        this.comparesItems ||= keyword === "uniqueItems";
        copy[keyword] = this.#keyword(keyword, value, depth);
      }
    }
    return copy;
  }

  #keyword(keyword: string, value: unknown, depth: number): unknown {
    if (keyword === "$ref") {
      // Only references within the schema itself are allowed. In drafts that ignore the keywords beside a reference,
      // there may be none.
      if (typeof value !== "string" || !/^#(\/|$)/.test(value)) throw new NotCheckable();
      return value;
    }
    if (NAMED.includes(keyword) && isObject(value)) {
      const named = Object.create(null) as Record<string, unknown>;
      for (const [name, inner] of Object.entries(value)) named[name] = this.copy(inner, depth + 1);
      return named;
    }
    if (MANY.includes(keyword) && Array.isArray(value)) return value.map((inner) => this.copy(inner, depth + 1));
    const one = ONE.includes(keyword) || keyword === "unevaluatedProperties" || keyword === "unevaluatedItems";
    return one ? this.copy(value, depth + 1) : bare(value, depth);
  }
}

/** A copy of a JSON value in objects without a prototype, so that they have only the names that were written. */
export function bare(value: unknown, depth: number, most = { depth: MOST_DEPTH, values: MOST_NODES }): unknown {
  let values = 0;
  const copy = (inner: unknown, at: number): unknown => {
    values += 1;
    if (values > most.values || at > most.depth) throw new NotCheckable();
    if (Array.isArray(inner)) return inner.map((each) => copy(each, at + 1));
    if (!isObject(inner)) return inner;
    const plain = Object.create(null) as Record<string, unknown>;
    for (const [name, each] of Object.entries(inner)) plain[name] = copy(each, at + 1);
    return plain;
  };
  return copy(value, depth);
}

/** How often the schemas in a schema may be applied to one value and its parts. */
function costOf(root: JsonObject): CheckableSchema["cost"] {
  const inPlace = new Map<unknown, number>();
  const whole = new Map<unknown, number>();
  const open = new Set<unknown>();
  let recursive = false;
  let widest = 1;
  /** The schemas that a schema applies, and whether each applies to the value itself. */
  const applied = (schema: unknown): [schema: unknown, here: boolean][] =>
    !isObject(schema)
      ? []
      : Object.entries(schema).flatMap(([keyword, value]): [unknown, boolean][] => {
          const here = IN_PLACE.has(keyword);
          if (keyword === "$ref") return [[resolve(root, value), true]];
          if (keyword === "$defs" || keyword === "definitions") return [];
          if (NAMED.includes(keyword) && isObject(value)) return Object.values(value).map((one) => [one, here]);
          if (MANY.includes(keyword) && Array.isArray(value)) return value.map((one) => [one, here]);
          return ONE.includes(keyword) || keyword.startsWith("unevaluated") ? [[value, here]] : [];
        });
  const here = (schema: unknown): number => {
    const known = inPlace.get(schema);
    if (known !== undefined) return known;
    if (open.has(schema)) throw new NotCheckable();
    open.add(schema);
    const sum = applied(schema).reduce((total, [one, same]) => total + (same ? here(one) : 0), 1);
    open.delete(schema);
    inPlace.set(schema, sum);
    widest = Math.max(widest, sum);
    return sum;
  };
  const size = (schema: unknown): number => {
    const known = whole.get(schema);
    if (known !== undefined) return known;
    if (open.has(schema)) {
      recursive = true;
      return 1;
    }
    open.add(schema);
    here0(schema);
    const sum = applied(schema).reduce((total, [one]) => total + size(one), 1);
    open.delete(schema);
    whole.set(schema, sum);
    return sum;
  };
  /** `here` has a set of its own. */
  const here0 = (schema: unknown): void => {
    const outer = new Set(open);
    open.clear();
    here(schema);
    open.clear();
    for (const one of outer) open.add(one);
  };
  const total = size(root);
  return (depth) => (recursive ? total * widest ** depth : total);
}

function resolve(root: JsonObject, reference: unknown): unknown {
  const steps = String(reference).slice(1).split("/").slice(1);
  let at: unknown = root;
  for (const step of steps) {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) throw new NotCheckable();
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}
