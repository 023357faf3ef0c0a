/**
 * An agent with version 2 of Vercel's AI SDK, which needs Node 22. It prints which tools it got and what a call gave.
 * Arguments: the server's script, the tool, its arguments; then nothing, or a catalogue, its signature and the key.
 */
import { readFileSync } from "node:fs";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { createMCPClient } from "ai-sdk-mcp-2";
import { KeyedVerifier } from "../../../dist/entry/node.js";
import { createGate, gateTransport } from "../../../dist/mcp/index.js";

const [script, tool, text, ...signed] = process.argv.slice(2);
const server = new StdioClientTransport({
  command: process.execPath,
  args: [script],
  env: process.env,
  stderr: "ignore",
});
const client = await createMCPClient({
  transport: signed.length === 0 ? server : gateTransport(server, await gate(signed)),
});
const tools = await client.tools();
const listed = Object.entries(tools).map(([name, { description, inputSchema }]) => [name, description, inputSchema]);
const result = await tools[tool].execute(JSON.parse(text), { toolCallId: "1", messages: [] });
await client.close();
process.stdout.write(JSON.stringify({ version: process.versions.node, listed, result }));

async function gate([catalogue, signature, keys]) {
  const verified = await new KeyedVerifier({ keys: readFileSync(keys, "utf8") }).verify({
    catalogue: readFileSync(catalogue),
    signature: readFileSync(signature),
    server: "npm:@acme/field",
  });
  return createGate({ server: "npm:@acme/field", catalogue: verified });
}
