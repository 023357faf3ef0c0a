/**
 * What a publisher has looked at and wants to hear no more of. It stands in the file's `_meta`, and so is signed with it:
 *
 *     "_meta": { "inkan/lint": { "ignore": ["no-expiry"], "tools": { "get-sum": ["mentions-tool"] } } }
 *
 * The name is one of MCP's form for `_meta`: a prefix, a slash, a name. A definition's own `_meta` is the server's, and is not read.
 */
import { suggestion } from "../../input/suggestion.js";
import type { CatalogueFile } from "../catalogue.js";
import { KINDS, MEMBERS } from "../definition.js";
import { type Json, membersOf } from "../json.js";
import type { About, Problem } from "./finding.js";
import { escapePointer } from "./subject.js";

const KEY = "inkan/lint";
const AT = `/_meta/${escapePointer(KEY)}`;
/** The one rule that nobody can switch off: it is about what is switched off. */
const ALWAYS = "ignore-unknown";

export interface Ignores {
  readonly problems: readonly Problem[];
  isIgnored(rule: string, about: About): boolean;
}

export function readIgnores({ members, lists, instructions }: CatalogueFile, rules: readonly string[]): Ignores {
  const problems: Problem[] = [];
  const everywhere = new Set<string>();
  const somewhere = new Set<string>();
  const given = membersOf(members.get("_meta"))?.get(KEY);
  const read = (value: Json, pointer: string, add: (rule: string) => void): void => {
    if (!Array.isArray(value)) {
      problems.push({ text: "This is no list of names of rules.", pointer });
      return;
    }
    for (const [index, rule] of value.entries()) {
      if (typeof rule === "string" && rule !== ALWAYS && rules.includes(rule)) add(rule);
      else problems.push({ text: unknownRule(rule, rules), pointer: `${pointer}/${index}` });
    }
  };
  if (given !== undefined && !(given instanceof Map)) problems.push({ text: "This is no object.", pointer: AT });
  for (const [member, value] of membersOf(given) ?? []) {
    const pointer = `${AT}/${escapePointer(member)}`;
    const kind = KINDS.find((one) => MEMBERS[one] === member);
    if (member === "ignore") read(value, pointer, (rule) => everywhere.add(rule));
    else if (member === "instructions" && instructions.length > 0) {
      read(value, pointer, (rule) => somewhere.add(keyOf(rule, { kind: "instructions" })));
    } else if (kind !== undefined && value instanceof Map) {
      const known = new Set(lists[kind].map(({ name }) => name));
      for (const [name, names] of membersOf(value) ?? []) {
        const at = `${pointer}/${escapePointer(name)}`;
        if (known.has(name)) read(names, at, (rule) => somewhere.add(keyOf(rule, { kind, name })));
        else problems.push({ text: `There is no ${JSON.stringify(name)} among the ${member}.`, pointer: at });
      }
    } else {
      const names = ["ignore", ...KINDS.map((one) => MEMBERS[one]), "instructions"].join(", ");
      problems.push({ text: `${JSON.stringify(member)} is none of ${names}, or has another form.`, pointer });
    }
  }
  return {
    problems,
    isIgnored: (rule, about) => rule !== ALWAYS && (everywhere.has(rule) || somewhere.has(keyOf(rule, about))),
  };
}

const keyOf = (rule: string, { kind, name }: About): string => JSON.stringify([rule, kind, name]);

function unknownRule(rule: Json | undefined, rules: readonly string[]): string {
  if (typeof rule !== "string") return "This is no name of a rule.";
  if (rule === ALWAYS) return `${ALWAYS} cannot be ignored.`;
  const meant = suggestion(rule, rules);
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return `There is no rule ${JSON.stringify(rule.slice(0, 60))}.${hint}`;
}
