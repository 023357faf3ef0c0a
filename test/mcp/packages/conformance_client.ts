/**
 * The client that the official conformance package starts, with the URL of its server: an SDK's client, with nothing
 * between them (`plain`), a gate (`gate`) or the proxy (`proxy`). `list` writes what the server lists to LISTED.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { createGate, gateTransport } from "../../../ts/mcp/index.js";
import { SERVER, signedCatalogue } from "../support/catalogue.js";

const { MODE = "", LISTED = "", CONFIG = "", COMMAND = "", MCP_CONFORMANCE_SCENARIO = "" } = process.env;
const url = process.argv.at(-1) ?? "";

async function transport() {
  if (MODE === "proxy") {
    // The policy was written before the server's port was known.
    writeFileSync(CONFIG, readFileSync(CONFIG, "utf8").replace(/"url": "[^"]*"/, `"url": ${JSON.stringify(url)}`));
    return new StdioClientTransport({
      command: process.execPath,
      args: [COMMAND, "proxy", "--config", CONFIG, "--server", "field"],
    });
  }
  const http = new StreamableHTTPClientTransport(new URL(url));
  if (MODE !== "gate") return http;
  const catalogue = await signedCatalogue({ tools: JSON.parse(readFileSync(LISTED, "utf8")) });
  return gateTransport(http as never, createGate({ server: SERVER, catalogue }));
}

const client = new Client(
  { name: "conformance", version: "1" },
  { capabilities: { elicitation: { form: { applyDefaults: true } } } },
);
client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept" as const, content: {} }));
await client.connect((await transport()) as never);
const { tools } = await client.listTools();
if (MODE === "list") writeFileSync(LISTED, JSON.stringify(tools));
const calls: Record<string, [string, object]> = {
  tools_call: ["add_numbers", { a: 5, b: 3 }],
  "elicitation-sep1034-client-defaults": ["test_client_elicitation_defaults", {}],
  "sse-retry": ["test_reconnection", {}],
};
const call = calls[MCP_CONFORMANCE_SCENARIO];
if (call !== undefined) {
  const result = await client.callTool({ name: call[0], arguments: call[1] as Record<string, unknown> });
  console.log(JSON.stringify(result));
}
await client.close();
