/** What makes two definitions equal: docs/catalogue-format.md, "Canonical form and equality". */
import { Digits, type Json, type Members, membersOf } from "./json.js";

export const KINDS = ["tool", "prompt", "resource", "resourceTemplate"] as const;
export type Kind = (typeof KINDS)[number];

/** The member of a catalogue that lists a kind. */
export const MEMBERS: Readonly<Record<Kind, string>> = {
  tool: "tools",
  prompt: "prompts",
  resource: "resources",
  resourceTemplate: "resourceTemplates",
};

const IDENTIFIERS: Readonly<Record<Kind, string>> = {
  tool: "name",
  prompt: "name",
  resource: "uri",
  resourceTemplate: "uriTemplate",
};

export const WORDS: Readonly<Record<Kind, string>> = {
  tool: "tool",
  prompt: "prompt",
  resource: "resource",
  resourceTemplate: "resource template",
};

const SPELLINGS: readonly (readonly [manifest: string, name: string])[] = [
  ["input_schema", "inputSchema"],
  ["output_schema", "outputSchema"],
];

/** One definition of a catalogue. Two are equal if their canonical forms are. */
export interface Definition {
  readonly name: string;
  readonly canonical: string;
  readonly value: Members;
}

/** Reads a definition. Throws a `TypeError` that says why it can be in no catalogue. */
export function readDefinition(kind: Kind, value: Json): Definition {
  const given = membersOf(value);
  if (given === undefined) throw new TypeError("it is no object");
  const members = kind === "tool" ? respelt(given) : given;
  const identifier = IDENTIFIERS[kind];
  const name = members.get(identifier);
  if (typeof name !== "string" || name === "") throw new TypeError(`its ${identifier} is no text, or an empty one`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) throw new TypeError(`its ${identifier} has control characters`);
  if (kind === "tool" && membersOf(members.get("inputSchema")) === undefined) {
    throw new TypeError("its inputSchema is missing, or no object");
  }
  return { name, canonical: canonicalOf(members), value: members };
}

function respelt(members: Members): Members {
  const known = SPELLINGS.filter(([manifest]) => members.has(manifest));
  if (known.length === 0) return members;
  for (const [manifest, name] of known) {
    if (members.has(name)) throw new TypeError(`it has both ${manifest} and ${name}`);
  }
  return new Map(
    [...members].map(([name, value]) => [known.find(([manifest]) => manifest === name)?.[1] ?? name, value]),
  );
}

/** RFC 8785, after arrays of distinct texts under `required` were sorted. */
export function canonicalOf(value: Json): string {
  if (value instanceof Digits) {
    const number = Number(value.text);
    if (!Number.isFinite(number)) throw new TypeError(`it has the number ${value.text}, which is beyond every double`);
    return JSON.stringify(number);
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (value instanceof Map) {
    const members = [...value].sort(([one], [other]) => compareUnits(one, other));
    return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${canonicalOf(name === "required" ? asSet(item) : item)}`).join(",")}}`;
  }
  return `[${(value as readonly Json[]).map(canonicalOf).join(",")}]`;
}

/** The texts sorted, if it is a list of distinct texts. */
function asSet(value: Json): Json {
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) return value;
  return new Set(value).size === value.length ? [...value].sort(compareUnits) : value;
}

/** By UTF-16 code units, in every locale. */
export const compareUnits = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
