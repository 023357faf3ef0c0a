/** A server with everything that the official conformance package asks of servers, and a bridge from HTTP to stdio. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
  SetLevelRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { onTestFinished } from "vitest";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
const text = (value: string) => ({ type: "text" as const, text: value });
const image = { type: "image" as const, data: PNG, mimeType: "image/png" };
const embedded = (uri: string) => ({ type: "resource" as const, resource: { uri, mimeType: "text/plain", text: "R" } });

const strings = (...names: string[]) => ({
  type: "object" as const,
  properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
  ...(names.length > 0 && { required: names }),
});
const plain = (name: string, ...args: string[]) => ({
  name,
  description: `Does ${name}.`,
  inputSchema: strings(...args),
});

/** Everything that it lists: the content of its catalogue. */
export const CONTENT = {
  tools: [
    ...["test_simple_text", "test_image_content", "test_audio_content", "test_embedded_resource"].map((name) =>
      plain(name),
    ),
    ...["test_multiple_content_types", "test_tool_with_logging", "test_error_handling"].map((name) => plain(name)),
    ...["test_tool_with_progress", "test_elicitation_sep1034_defaults", "test_elicitation_sep1330_enums"].map((name) =>
      plain(name),
    ),
    plain("test_sampling", "prompt"),
    plain("test_elicitation", "message"),
    {
      name: "json_schema_2020_12_tool",
      description: "Has a schema of 2020-12.",
      inputSchema: {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object" as const,
        $defs: { address: { type: "object", properties: { street: { type: "string" }, city: { type: "string" } } } },
        properties: { name: { type: "string" }, address: { $ref: "#/$defs/address" } },
        additionalProperties: false,
      },
    },
  ],
  prompts: [
    { name: "test_simple_prompt", description: "P." },
    {
      name: "test_prompt_with_arguments",
      description: "P.",
      arguments: ["arg1", "arg2"].map((name) => ({ name, description: "A.", required: true })),
    },
    {
      name: "test_prompt_with_embedded_resource",
      description: "P.",
      arguments: [{ name: "resourceUri", description: "U.", required: true }],
    },
    { name: "test_prompt_with_image", description: "P." },
  ],
  resources: [
    { uri: "test://static-text", name: "text", description: "T.", mimeType: "text/plain" },
    { uri: "test://static-binary", name: "binary", description: "B.", mimeType: "image/png" },
    { uri: "test://watched-resource", name: "watched", description: "W.", mimeType: "text/plain" },
  ],
  resourceTemplates: [
    { uriTemplate: "test://template/{id}/data", name: "template", description: "T.", mimeType: "application/json" },
  ],
};

const DEFAULTS = {
  name: { type: "string", default: "John Doe" },
  age: { type: "integer", default: 30 },
  score: { type: "number", default: 95.5 },
  status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
  verified: { type: "boolean", default: true },
};
const titled = [1, 2, 3].map((at) => ({ const: `value${at}`, title: `Choice ${at}` }));
const ENUMS = {
  untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
  titledSingle: { type: "string", oneOf: titled },
  legacyEnum: { type: "string", enum: ["opt1", "opt2", "opt3"], enumNames: ["One", "Two", "Three"] },
  untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
  titledMulti: { type: "array", items: { anyOf: titled } },
};

function makeServer(): Server {
  const capabilities = { tools: {}, prompts: {}, resources: { subscribe: true }, completions: {}, logging: {} };
  const server = new Server({ name: "conformance", version: "1" }, { capabilities });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: CONTENT.tools }));
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: CONTENT.prompts }));
  server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources: CONTENT.resources }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: CONTENT.resourceTemplates,
  }));
  server.setRequestHandler(CompleteRequestSchema, () => ({
    completion: { values: ["test"], total: 1, hasMore: false },
  }));
  for (const schema of [SetLevelRequestSchema, SubscribeRequestSchema, UnsubscribeRequestSchema])
    server.setRequestHandler(schema, () => ({}));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => ({
    contents: [
      uri === "test://static-binary"
        ? { uri, mimeType: "image/png", blob: PNG }
        : uri.startsWith("test://template/")
          ? { uri, mimeType: "application/json", text: JSON.stringify({ id: uri.split("/")[3] }) }
          : { uri, mimeType: "text/plain", text: "text" },
    ],
  }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params: { name, arguments: given = {} } }) => {
    const said = (content: ReturnType<typeof text> | typeof image | ReturnType<typeof embedded>) => ({
      role: "user" as const,
      content,
    });
    if (name === "test_prompt_with_image") return { messages: [said(image), said(text("Look."))] };
    if (name === "test_prompt_with_embedded_resource") return { messages: [said(embedded(given.resourceUri ?? ""))] };
    return { messages: [said(text(`With '${given.arg1}' and '${given.arg2}'.`))] };
  });
  server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, arguments: given = {} } }, extra) => {
    const log = (data: string) =>
      extra.sendNotification({ method: "notifications/message", params: { level: "info", data } });
    const elicit = async (message: string, properties: object, required: string[] = []) => {
      const requestedSchema = { type: "object" as const, properties, required };
      const answer = await server.elicitInput({ message, requestedSchema } as never, {
        relatedRequestId: extra.requestId,
      });
      return {
        content: [text(`Elicitation completed: action=${answer.action}, content=${JSON.stringify(answer.content)}`)],
      };
    };
    switch (name) {
      case "test_image_content":
        return { content: [image] };
      case "test_audio_content":
        return { content: [{ type: "audio", data: WAV, mimeType: "audio/wav" }] };
      case "test_embedded_resource":
        return { content: [embedded("test://embedded-resource")] };
      case "test_multiple_content_types":
        return { content: [text("Several:"), image, embedded("test://mixed-content-resource")] };
      case "test_tool_with_logging":
        for (const said of ["started", "processing", "completed"]) {
          await log(said);
          await sleep(50);
        }
        return { content: [text("logged")] };
      case "test_error_handling":
        return { isError: true, content: [text("This tool intentionally returns an error for testing")] };
      case "test_tool_with_progress":
        for (const progress of [0, 50, 100]) {
          const progressToken = extra._meta?.progressToken ?? 0;
          await extra.sendNotification({
            method: "notifications/progress",
            params: { progressToken, progress, total: 100 },
          });
          await sleep(50);
        }
        return { content: [text("progressed")] };
      case "test_sampling": {
        const content = text(String(given.prompt));
        const params = { messages: [{ role: "user" as const, content }], maxTokens: 100 };
        const answer = await server.createMessage(params, { relatedRequestId: extra.requestId });
        return { content: [text(`LLM response: ${JSON.stringify(answer.content)}`)] };
      }
      case "test_elicitation":
        return elicit(String(given.message), strings("username", "email").properties, ["username", "email"]);
      case "test_elicitation_sep1034_defaults":
        return elicit("defaults", DEFAULTS);
      case "test_elicitation_sep1330_enums":
        return elicit("enums", ENUMS);
      default:
        return { content: [text("This is a simple text response for testing.")] };
    }
  });
  return server;
}

type Connect = (transport: StreamableHTTPServerTransport) => Promise<void>;

/** Serves Streamable HTTP with sessions. `connect` is given each new session's transport. */
async function serve(connect: Connect): Promise<URL> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // A page of another name that resolves to this machine.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
      response.writeHead(403).end();
      return;
    }
    const known = sessions.get(String(request.headers["mcp-session-id"]));
    if (known !== undefined) return known.handleRequest(request, response);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await connect(transport);
    return transport.handleRequest(request, response);
  };
  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const one of sessions.values()) await one.close();
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
}

export const conformanceServer = (): Promise<URL> => serve((transport) => makeServer().connect(transport as never));

/** A server by HTTP for a command on stdio: each session starts one, and messages pass as they are. */
export const bridgeTo = (command: string, args: string[]): Promise<URL> =>
  serve(async (http) => {
    const stdio = new StdioClientTransport({ command, args, stderr: "ignore" });
    http.onmessage = (message) => void stdio.send(message).catch(() => {});
    http.onclose = () => void stdio.close();
    // What the command asks for belongs to the request that is open, as on a stream of its own.
    const open = new Set<string | number>();
    const note = http.onmessage;
    http.onmessage = (message, extra) => {
      if ("method" in message && "id" in message) open.add(message.id);
      note(message, extra as never);
    };
    stdio.onmessage = (message) => {
      const answers = !("method" in message) && "id" in message;
      const [related] = open;
      if (answers) open.delete((message as { id: string | number }).id);
      void http
        .send(message, answers || related === undefined ? undefined : { relatedRequestId: related })
        .catch(() => {});
    };
    await stdio.start();
    await http.start();
  });
