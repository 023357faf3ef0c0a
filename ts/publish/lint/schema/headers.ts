/** Arguments that a client repeats in HTTP headers (`x-mcp-header`, MCP 2026-07-28, "Custom headers from tool parameters", SEP-2243). */
import { isHeaderName } from "../../../input/header.js";
import { type Json, membersOf } from "../../json.js";
import type { Problem } from "../finding.js";
import type { Subject } from "../subject.js";
import type { SchemaNode } from "./walk.js";

const TYPES: ReadonlySet<Json | undefined> = new Set(["string", "integer", "boolean"]);
const SECRET = /pass(?:word|phrase|wd)|secret|token|api[_-]?key|credential|private[_-]?key|session[_-]?id/i;

interface Mirrored extends SchemaNode {
  readonly header: Json;
  readonly place: string;
}

/** In the input schema only: other schemas have no arguments. */
const mirroredIn = (subject: Subject): Mirrored[] =>
  subject.schemas.flatMap((node) => {
    const header = membersOf(node.schema)?.get("x-mcp-header");
    if (header === undefined || node.root !== subject.members.get("inputSchema")) return [];
    return [{ ...node, header, place: `${node.pointer}/x-mcp-header` }];
  });

/** A client must leave out a tool whose headers break a rule. */
export function* invalidHeaders(subject: Subject): Iterable<Problem> {
  const seen = new Set<string>();
  for (const { schema, header, place, isStatic, under } of mirroredIn(subject)) {
    const wrong = (why: string): Problem => ({ text: `${why}: clients leave this tool out.`, pointer: place });
    if (typeof header !== "string" || !isHeaderName(header)) {
      yield wrong("The value of x-mcp-header is no HTTP token");
      continue;
    }
    const lower = header.toLowerCase();
    if (seen.has(lower)) yield wrong(`Another parameter has the header ${header}, too`);
    seen.add(lower);
    if (under === "root" || !isStatic) yield wrong("x-mcp-header stands where no chain of properties leads");
    else if (!TYPES.has(membersOf(schema)?.get("type"))) {
      yield wrong("x-mcp-header is for a string, an integer or a boolean only");
    }
  }
}

/** Headers are logged by what stands between client and server. */
export function* secretHeaders(subject: Subject): Iterable<Problem> {
  for (const { header, place, name } of mirroredIn(subject)) {
    if (typeof header !== "string" || !(SECRET.test(name) || SECRET.test(header))) continue;
    yield {
      text: `The parameter ${JSON.stringify(name)} is repeated in the header Mcp-Param-${header}, which proxies log.`,
      pointer: place,
    };
  }
}
