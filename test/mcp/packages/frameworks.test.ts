/** Frameworks on the SDKs: what they make of a server is the same behind the gate, and nothing unsigned gets to them. */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMCPClient } from "@ai-sdk/mcp";
import { loadMcpTools } from "@langchain/mcp-adapters";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { getAllMcpTools, MCPServerStdio } from "@openai/agents";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inRoot } from "../../../scripts/build/paths.js";
import { createGate, type Gate, gateClient, gateTransport } from "../../../ts/mcp/index.js";
import { gatedMcpServer } from "../../../ts/mcp/openai_agents.js";
import { SERVER, signedCatalogue, tool } from "../support/catalogue.js";

// biome-ignore lint/suspicious/noExplicitAny: frameworks with types of their own, one test
type Loose = any;

const folder = mkdtempSync(join(tmpdir(), "inkan-frameworks-"));
afterAll(() => rmSync(folder, { recursive: true }));
const env = { ...(process.env as Record<string, string>), LOG: join(folder, "log") };
const honest = new URL("node_modules/@modelcontextprotocol/server-everything/dist/index.js", import.meta.url).pathname;
const malicious = new URL("malicious.mjs", import.meta.url).pathname;
const node24 = inRoot("test/runtimes/node_modules/node24-linux-x64/bin/node");
const child = (script: string) => ({ command: process.execPath, args: [script], env, stderr: "ignore" as const });

let everything: object;
let few: object;
beforeAll(async () => {
  const transport = new StdioClientTransport(child(honest));
  const answers: Loose[] = [];
  transport.onmessage = (message) => answers.push(message);
  await transport.start();
  const ask = async (id: number, method: string, params: object): Promise<Loose> => {
    await transport.send({ jsonrpc: "2.0", id, method, params } as Loose);
    for (;;) {
      const found = answers.find((one) => one.id === id && one.method === undefined);
      if (found !== undefined) return found.result;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const about = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
  const { instructions } = await ask(1, "initialize", about);
  // It lists more once it knows the client.
  await transport.send({ jsonrpc: "2.0", method: "notifications/initialized" });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { tools } = await ask(2, "tools/list", {});
  await transport.close();
  everything = { tools, instructions };
  few = { tools: [tool("index"), tool("search")] };
});

const gate = async (content: object): Promise<Gate> =>
  createGate({ server: SERVER, catalogue: await signedCatalogue(content) });

/** Without functions, which are never equal. */
const plain = (value: Loose): Loose => JSON.parse(JSON.stringify(value) ?? "null");

interface Framework {
  readonly name: string;
  /** The tools by name with their descriptions, what a call gives, and what a call of another tool gives. */
  readonly use: (script: string, gate: Gate | undefined, call: [string, object]) => Promise<Loose>;
}

const FRAMEWORKS: Framework[] = [
  {
    name: "ai-sdk",
    use: async (script, gate, [name, args]) => {
      const inner = new StdioClientTransport(child(script));
      const client = await createMCPClient({
        transport: gate === undefined ? inner : gateTransport(inner, gate),
      } as Loose);
      const tools: Loose = await client.tools();
      const listed = Object.entries<Loose>(tools).map(([key, { description, inputSchema }]) => [
        key,
        description,
        plain(inputSchema),
      ]);
      const result = await tools[name].execute(args, { toolCallId: "1", messages: [] });
      await client.close();
      return { listed, result: plain(result) };
    },
  },
  {
    name: "LangChain",
    use: async (script, gate, [name, args]) => {
      const client = new Client({ name: "t", version: "1" });
      const used = gate === undefined ? client : gateClient(client, gate);
      await used.connect(new StdioClientTransport(child(script)));
      const tools = await loadMcpTools("server", used as Loose);
      const listed = tools.map((one: Loose) => [one.name, one.description, plain(one.schema)]);
      const result = await tools.find((one) => one.name === name)?.invoke(args as Loose);
      await used.close();
      return { listed, result: plain(result) };
    },
  },
  {
    name: "OpenAI agents",
    use: async (script, gate, [name, args]) => {
      const server: Loose =
        gate === undefined
          ? new MCPServerStdio({ name: "server", ...child(script) } as Loose)
          : gatedMcpServer({
              name: "server",
              gate,
              client: new Client({ name: "t", version: "1" }),
              transport: new StdioClientTransport(child(script)),
            });
      await server.connect();
      const tools: Loose[] = await getAllMcpTools({ mcpServers: [server] } as Loose);
      const listed = tools.map((one) => [one.name, one.description, plain(one.parameters)]);
      const result = await server.callTool(name, args);
      await server.close();
      return { listed, result: plain(result) };
    },
  },
];

describe.each(FRAMEWORKS)("$name", ({ use }) => {
  test("is the same behind the gate", async () => {
    const call: [string, object] = ["echo", { message: "hi" }];
    const without = await use(honest, undefined, call);
    expect(without.listed.length).toBeGreaterThan(5);
    expect(await use(honest, await gate(everything), call)).toEqual(without);
  });

  test("sees and calls nothing that is not signed", async () => {
    const { listed } = await use(malicious, await gate(few), ["index", {}]);
    const names = listed.map(([name]: [string]) => name);
    expect(names).toContain("index");
    expect(names).not.toContain("evil");
    expect(JSON.stringify(listed)).not.toContain("POISON");
  });
});

test("two names that OpenAI's agents cannot tell apart are refused", async () => {
  const tools = { tools: [tool("get-sum"), tool("get_sum")] };
  const client = { callTool: () => {}, listTools: async () => tools };
  const server = gatedMcpServer({ name: "s", client, gate: await gate(tools) });
  await expect(server.listTools()).rejects.toMatchObject({ code: "ERR_OPTION_INVALID" });
});

describe("ai-sdk 2 on Node 24, with the library as it is built", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const files = ["catalogue.json", "catalogue.json.sig", "publisher.pem"].map((name) => join(folder, name));

  /** What its agent prints, in front of this server; behind a gate if there is a catalogue. */
  function use(script: string, content: object | undefined, [name, args]: [string, object]): Loose {
    if (content !== undefined) {
      const text = JSON.stringify({ server: SERVER, version: 1, ...content });
      const [catalogue, signature, key] = files as [string, string, string];
      writeFileSync(catalogue, text);
      writeFileSync(signature, sign("sha256", Buffer.from(text), privateKey).toString("base64"));
      writeFileSync(key, publicKey.export({ type: "spki", format: "pem" }));
    }
    const agent = new URL("ai_sdk_2.mjs", import.meta.url).pathname;
    const line = [agent, script, name, JSON.stringify(args), ...(content === undefined ? [] : files)];
    return JSON.parse(execFileSync(node24, line, { env, encoding: "utf8", timeout: 60_000 }));
  }

  test("is the same behind the gate", () => {
    const without = use(honest, undefined, ["echo", { message: "hi" }]);
    expect(without.version).toMatch(/^24\./);
    expect(without.listed.length).toBeGreaterThan(5);
    expect(use(honest, everything, ["echo", { message: "hi" }])).toEqual(without);
  });

  test("sees and calls nothing that is not signed", () => {
    const { listed } = use(malicious, few, ["index", {}]);
    const names = listed.map(([name]: [string]) => name);
    expect(names).toContain("index");
    expect(names).not.toContain("evil");
    expect(JSON.stringify(listed)).not.toContain("POISON");
  });
});
