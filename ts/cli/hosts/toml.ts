/** Sets one table `[mcp_servers.NAME]` of a TOML text (Codex), and leaves every other byte as it is. */
import { type AST, getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import { type HostEntry, Unfit } from "./unfit.js";

const PARENT = "mcp_servers";

/** The server's table as a plain value; undefined where there is none. */
export function tableIn(text: string, name: string): unknown {
  const servers = serversIn(parsed(text));
  return Object.hasOwn(servers, name) ? servers[name] : undefined;
}

/** The text with this table. An existing one keeps its sub-tables, such as `env`. */
export function withTable(text: string, name: string, { command, args }: HostEntry): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const list = args.map(quoted).join(", ");
  const table = [`[${PARENT}.${keyOf(name)}]`, `command = ${quoted(command)}`, `args = [${list}]`].join(eol);
  const program = parsed(text);
  const edited = Object.hasOwn(serversIn(program), name)
    ? replaced(text, tableOf(program, name), table)
    : appended(text, table, eol);
  const after = tableIn(edited, name) as Partial<HostEntry> | undefined;
  if (after?.command !== command || JSON.stringify(after.args) !== JSON.stringify(args)) {
    throw new Unfit("the edited text does not read back");
  }
  return edited;
}

function appended(text: string, table: string, eol: string): string {
  const gap = text.trim() === "" ? "" : text.endsWith("\n") ? eol : eol + eol;
  return `${text}${gap}${table}${eol}`;
}

function replaced(text: string, { range: [start, end] }: AST.TOMLTable, table: string): string {
  return text.slice(0, start) + table + text.slice(end);
}

function parsed(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text.replace(/^\ufeff/, " "));
  } catch (error) {
    const { lineNumber } = error as { lineNumber?: number };
    throw new Unfit(lineNumber === undefined ? "it is no TOML" : `it is no TOML, from line ${lineNumber} on`);
  }
}

function serversIn(program: AST.TOMLProgram): Readonly<Record<string, unknown>> {
  const value = getStaticTOMLValue(program) as Record<string, unknown>;
  if (!Object.hasOwn(value, PARENT)) return {};
  const servers = value[PARENT];
  const isInline = program.body[0].body.some(
    (node) => node.type === "TOMLKeyValue" && node.key.keys.length === 1 && segment(node.key.keys[0]) === PARENT,
  );
  if (isInline || typeof servers !== "object" || servers === null || Array.isArray(servers)) {
    throw new Unfit(`its ${PARENT} is written in one line, or is no table: write a table for each server`);
  }
  return servers as Readonly<Record<string, unknown>>;
}

function tableOf(program: AST.TOMLProgram, name: string): AST.TOMLTable {
  const table = program.body[0].body.find(
    (node): node is AST.TOMLTable =>
      node.type === "TOMLTable" &&
      node.kind === "standard" &&
      node.resolvedKey.length === 2 &&
      node.resolvedKey[0] === PARENT &&
      node.resolvedKey[1] === name,
  );
  if (table === undefined) {
    throw new Unfit(`its server ${name} is not written as a table of its own, [${PARENT}.${name}]: write it so`);
  }
  return table;
}

const segment = (key: AST.TOMLBare | AST.TOMLQuoted | undefined): string | undefined =>
  key?.type === "TOMLBare" ? key.name : key?.value;

/** A basic string. JSON has the same escapes, but for U+007F (TOML 1.0, String). */
const quoted = (text: string): string => JSON.stringify(text).replaceAll("\u007f", "\\u007f");

const keyOf = (name: string): string => (/^[\w-]+$/.test(name) ? name : quoted(name));
