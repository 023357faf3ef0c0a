/** What a definition says of itself: descriptions and annotations. */
import { type Json, membersOf } from "../../json.js";
import type { Problem } from "../finding.js";
import { escapePointer, type Subject } from "../subject.js";

const MOST_NAMED = 5;

const isBlank = (value: Json | undefined): boolean => typeof value !== "string" || value.trim() === "";

/** Resources and templates are chosen by people, who see the name. */
export function* noDescription({ about, members }: Subject): Iterable<Problem> {
  if (about.kind !== "tool" && about.kind !== "prompt") return;
  if (isBlank(members.get("description")))
    yield { text: `The ${about.kind} has no description: a model must guess what it does.` };
}

/** Parameters of a tool, and arguments of a prompt. One finding for all of them. */
export function* noParameterDescription(subject: Subject): Iterable<Problem> {
  const bare = subject.about.kind === "prompt" ? bareArguments(subject) : bareParameters(subject);
  const [first] = bare;
  if (first === undefined) return;
  const names = bare.slice(0, MOST_NAMED).map(([name]) => name);
  const more = bare.length > MOST_NAMED ? ` and ${bare.length - MOST_NAMED} more` : "";
  const what = bare.length === 1 ? "The parameter" : "These parameters";
  yield {
    text: `${what} ${bare.length === 1 ? "has" : "have"} no description: ${names.join(", ")}${more}.`,
    pointer: first[1],
  };
}

function bareParameters(subject: Subject): [name: string, pointer: string][] {
  const properties =
    membersOf(membersOf(subject.members.get("inputSchema"))?.get("properties")) ?? new Map<string, Json>();
  return [...properties]
    .filter(([, schema]) => {
      const members = membersOf(schema);
      // A reference may lead to a description, and a constant has nothing to choose.
      return (
        members !== undefined &&
        !members.has("$ref") &&
        !members.has("const") &&
        isBlank(members.get("description")) &&
        isBlank(members.get("title"))
      );
    })
    .map(([name]) => [name, `${subject.at("inputSchema")}/properties/${escapePointer(name)}`]);
}

function bareArguments(subject: Subject): [name: string, pointer: string][] {
  const given = subject.members.get("arguments");
  if (!Array.isArray(given)) return [];
  return given.flatMap((argument: Json, index): [string, string][] => {
    const members = membersOf(argument);
    if (members === undefined || !isBlank(members.get("description"))) return [];
    return [[String(members.get("name") ?? index), `${subject.at("arguments")}/${index}`]];
  });
}

const DESTROYS = /^(?:delete|remove|drop|destroy|purge|wipe|erase|truncate)(?:[_.-]|[A-Z]|$)/;

/** A tool that only reads destroys nothing (MCP, `ToolAnnotations`). */
export function* contradictions(subject: Subject): Iterable<Problem> {
  const annotations = membersOf(subject.members.get("annotations"));
  if (subject.about.kind !== "tool" || annotations?.get("readOnlyHint") !== true) return;
  const pointer = `${subject.at("annotations")}/readOnlyHint`;
  if (annotations.get("destructiveHint") === true)
    yield { text: "readOnlyHint and destructiveHint are both true.", pointer };
  else if (DESTROYS.test(subject.name))
    yield { text: `readOnlyHint is true, and the name says ${JSON.stringify(subject.name.slice(0, 60))}.`, pointer };
}
