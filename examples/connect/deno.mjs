/**
 * Verifies the catalogue of an MCP server, and connects to the server through the gate.
 *
 *   npm install inkan @modelcontextprotocol/sdk
 *   deno run --allow-read --allow-env --allow-run deno.mjs
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { KeyedVerifier } from "inkan";
import { createGate, gateTransport } from "inkan/mcp";

const server = "npm:@acme/sums";
const verifier = new KeyedVerifier({ keys: await Deno.readTextFile("publisher.pub") });
const catalogue = await verifier.verify({
  catalogue: await Deno.readFile("catalogue.json"),
  signature: await Deno.readTextFile("catalogue.json.sig"),
  server,
});
const gate = createGate({ server, catalogue });

const transport = new StdioClientTransport({
  command: Deno.execPath(),
  args: ["run", "--allow-read", "--allow-env", "server.mjs"],
});
const client = new Client({ name: "agent", version: "1.0.0" });
await client.connect(gateTransport(transport, gate));

const { tools } = await client.listTools();
console.log("tools:", tools.map(({ name }) => name).join(", "));

const { content } = await client.callTool({ name: "add", arguments: { a: 2, b: 3 } });
console.log("2 + 3 =", content[0].text);

try {
  await client.callTool({ name: "send_mail", arguments: { text: "hello" } });
} catch (error) {
  console.log("send_mail is refused:", error.data.code); // the server never saw this call
}
await client.close();
