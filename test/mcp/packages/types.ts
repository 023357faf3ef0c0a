/** Compiled, never run: gated transports and clients fit where the SDKs and frameworks take theirs. */
import { createMCPClient } from "@ai-sdk/mcp";
import { loadMcpTools } from "@langchain/mcp-adapters";
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as HttpV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Agent } from "@openai/agents";
import { type Gate, gateClient, gateTransport } from "../../../ts/mcp/index.js";
import { gatedMcpServer } from "../../../ts/mcp/openai_agents.js";

export async function fits(gate: Gate): Promise<void> {
  const about = { name: "a", version: "1" };
  const child = { command: "node" };
  const url = new URL("http://127.0.0.1/");
  await new ClientV1(about).connect(gateTransport(new StdioV1(child), gate));
  await new ClientV1(about).connect(gateTransport(new HttpV1(url), gate));
  await new ClientV2(about).connect(gateTransport(new StdioV2(child), gate));
  await new ClientV2(about).connect(gateTransport(new HttpV2(url), gate));
  const one = gateClient(new ClientV1(about), gate);
  await one.connect(new StdioV1(child));
  const two = gateClient(new ClientV2(about), gate);
  await two.connect(new StdioV2(child));
  await createMCPClient({ transport: gateTransport(new StdioV1(child), gate) });
  await loadMcpTools("server", one);
  new Agent({ name: "agent", mcpServers: [gatedMcpServer({ name: "server", client: one, gate })] });
}
