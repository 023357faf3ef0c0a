/** The catalogue file: members and definitions in a fixed order, so that two snapshots differ where the server does. */
import { escapeUnprintable } from "../../input/printable.js";
import { type Definition, KINDS, type Kind, MEMBERS } from "../definition.js";
import { compareUnits, Digits, type Json, writeJson } from "../json.js";
import type { Union } from "./union.js";

/** What the publisher adds to what the server says. */
export interface Statement {
  readonly server?: string | undefined;
  readonly version?: number | undefined;
  readonly issuedAt?: string | undefined;
  readonly expires?: string | undefined;
  /** The publisher's own, kept from the file before. */
  readonly meta?: Json | undefined;
}

/** The file's text. Characters that cannot be seen are written as `\uXXXX`, so that who reviews the file sees them. */
export function composeCatalogue(union: Union, { server, version, issuedAt, expires, meta }: Statement): string {
  const [instructions, ...others] = union.instructions;
  const lists = KINDS.map((kind) => [kind, sorted(union, kind)] as const);
  const mains = lists.flatMap(([kind, names]): [string, Json][] => {
    const list = names.map(([main]) => main.value);
    return list.length === 0 && kind !== "tool" ? [] : [[MEMBERS[kind], list]];
  });
  const alternatives = new Map<string, Json>(
    lists.flatMap(([kind, names]): [string, Json][] => {
      const list = names.flatMap(([, ...rest]) => rest.map(({ value }) => value));
      return list.length === 0 ? [] : [[MEMBERS[kind], list]];
    }),
  );
  if (others.length > 0) alternatives.set("instructions", others);
  const members: [string, Json | undefined][] = [
    ["server", server],
    ["version", version === undefined ? undefined : new Digits(String(version))],
    ["issuedAt", issuedAt],
    ["expires", expires],
    ["instructions", instructions],
    ...mains,
    ["alternatives", alternatives.size === 0 ? undefined : alternatives],
    ["_meta", meta],
  ];
  const stated = members.filter((member): member is [string, Json] => member[1] !== undefined);
  const lines = writeJson(new Map(stated), "  ").split("\n");
  return `${lines.map((line) => escapeUnprintable(line, jsonEscape)).join("\n")}\n`;
}

type Group = readonly [main: Definition, ...alternatives: Definition[]];

/** By name; the alternatives of a name by their text. */
function sorted(union: Union, kind: Kind): Group[] {
  const groups = [...union.kinds[kind].definitions].sort(([one], [other]) => compareUnits(one, other));
  return groups.map(([, [main, ...rest]]) => [
    main as Definition,
    ...rest.sort((one, other) => compareUnits(writeJson(one.value), writeJson(other.value))),
  ]);
}

const jsonEscape = (character: string): string =>
  character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
