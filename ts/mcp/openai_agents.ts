/** `inkan/openai-agents`: a server for OpenAI's agents, over a client of an MCP SDK, behind a gate. */
import { invalidOption, readOptions, readText } from "../input/options.js";
import { gateClient } from "./client.js";
import type { Gate } from "./gate/gate.js";
import { isObject, own } from "./message/message.js";
import type { McpTransport } from "./transport.js";

// biome-ignore lint/suspicious/noExplicitAny: the client keeps the types of its SDK, the server those of the agents
type Loose = any;

export interface GatedServerOptions {
  /** The name under which the agent knows the server. */
  readonly name: string;
  /** A client of an MCP SDK, v1 or v2. */
  readonly client: object;
  readonly gate: Gate;
  /** The transport that `connect` uses. Leave it out if the client is connected already. */
  readonly transport?: McpTransport;
}

/** The type that `@openai/agents` accepts as an `MCPServer`. */
export interface GatedServer {
  cacheToolsList: boolean;
  readonly name: string;
  connect(): Promise<void>;
  close(): Promise<void>;
  listTools(): Promise<Loose[]>;
  callTool(tool: string, args: Record<string, unknown> | null, meta?: Record<string, unknown> | null): Promise<Loose>;
  callToolResult(
    tool: string,
    args: Record<string, unknown> | null,
    meta?: Record<string, unknown> | null,
  ): Promise<Loose>;
  listResources(params?: Loose): Promise<Loose>;
  listResourceTemplates(params?: Loose): Promise<Loose>;
  readResource(uri: string): Promise<Loose>;
  invalidateToolsCache(): Promise<void>;
}

/** Makes an `MCPServer` for `new Agent({ mcpServers: [server] })`. */
export function gatedMcpServer(options: GatedServerOptions): GatedServer {
  const what = "gatedMcpServer";
  const read = readOptions(what, options, ["name", "client", "gate", "transport"]);
  const client: Loose = gateClient(read.client as object, read.gate as Gate);
  const call = (name: string, args: unknown, meta: unknown): Promise<Loose> =>
    client.callTool({ name, arguments: args ?? {}, ...(isObject(meta) && { _meta: meta }) });
  return {
    // Each turn asks the gate, because names may be revoked between turns.
    cacheToolsList: false,
    name: readText(`${what}.name`, read.name),
    connect: async () => {
      if (read.transport !== undefined) await client.connect(read.transport);
    },
    close: () => client.close(),
    listTools: async () => distinct(await allPages(client)),
    callTool: async (tool, args, meta) => own(await call(tool, args, meta), "content"),
    callToolResult: call,
    listResources: (params) => client.listResources(params),
    listResourceTemplates: (params) => client.listResourceTemplates(params),
    readResource: (uri) => client.readResource({ uri }),
    invalidateToolsCache: async () => {},
  };
}

const MOST_PAGES = 1_000;

async function allPages(client: Loose): Promise<Loose[]> {
  const tools: Loose[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const result = await client.listTools(cursor === undefined ? undefined : { cursor });
    tools.push(...result.tools);
    if (result.nextCursor === undefined || result.nextCursor === cursor) break;
    cursor = result.nextCursor;
  }
  return tools;
}

/** The agents write every character except letters, digits and `_` as `_`. Two tools must not get the same name. */
function distinct(tools: Loose[]): Loose[] {
  const names = new Map<string, string>();
  for (const { name } of tools) {
    const written = String(name).replace(/[^a-zA-Z0-9_]/g, "_");
    const other = names.get(written);
    if (other !== undefined && other !== name) {
      const hint = "The agents would call one in place of the other; ask the publisher to rename one of them.";
      throw invalidOption(
        "gatedMcpServer.listTools",
        "tools whose names the agents can tell apart",
        `${other}, ${name}`,
        hint,
      );
    }
    names.set(written, name);
  }
  return tools;
}
