/** Headers that say again what a message says (MCP 2026-07-28, SEP-2243), for servers that route by headers. */
import type { SignedDefinition } from "../catalogue/definition.js";
import { isHeaderName } from "../input/header.js";
import { isObject, own, ownText } from "../mcp/message/message.js";

const VERSION = "io.modelcontextprotocol/protocolVersion";

/** The parameter that `Mcp-Name` repeats, by method. */
const NAME_OF: Readonly<Record<string, string>> = {
  "tools/call": "name",
  "prompts/get": "name",
  "resources/read": "uri",
  "tasks/get": "taskId",
  "tasks/update": "taskId",
  "tasks/cancel": "taskId",
};

/** The version that a request states for itself, in the era where each one does. */
export const statedVersion = (message: unknown): string | undefined =>
  ownText(own(own(message, "params"), "_meta"), VERSION);

/** The headers that a request of that era needs. `signed` is the definition of the tool that it calls. */
export function repeatedHeaders(message: unknown, signed: SignedDefinition | undefined): Record<string, string> {
  const version = statedVersion(message);
  const method = ownText(message, "method");
  if (version === undefined || method === undefined || own(message, "id") === undefined) return {};
  const params = own(message, "params");
  const named = NAME_OF[method];
  const name = named === undefined ? undefined : ownText(params, named);
  return {
    "mcp-protocol-version": encoded(version),
    "mcp-method": encoded(method),
    ...(name === undefined ? {} : { "mcp-name": encoded(name) }),
    ...(signed === undefined || method !== "tools/call"
      ? {}
      : repeatedParameters(own(signed.definition, "inputSchema"), own(params, "arguments"), LEVELS)),
  };
}

const LEVELS = 8;
const LONGEST_NAME = 100;

/** Arguments whose schema has `x-mcp-header`, which names the header. */
function repeatedParameters(schema: unknown, value: unknown, levels: number): Record<string, string> {
  const properties = own(schema, "properties");
  if (levels === 0 || !isObject(properties) || !isObject(value)) return {};
  const headers: Record<string, string> = {};
  for (const [name, property] of Object.entries(properties)) {
    const header = ownText(property, "x-mcp-header");
    const argument = own(value, name);
    const text = header === undefined ? undefined : textOf(argument);
    if (header !== undefined && text !== undefined && header.length <= LONGEST_NAME && isHeaderName(header)) {
      headers[`mcp-param-${header}`] = encoded(text);
    }
    Object.assign(headers, repeatedParameters(property, argument, levels - 1));
  }
  return headers;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  const isExact =
    typeof value === "number" && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? String(value) : undefined;
}

/** What is no plain ASCII is written as base64 of its UTF-8, marked as such. */
function encoded(text: string): string {
  const isPlain = /^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text, "utf8").toString("base64")}?=`;
}
