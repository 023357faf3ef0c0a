/** Honest servers, with and without the gate: every result is the same. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as HttpV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGate, type GateDecision, gateClient, gateTransport } from "../../../ts/mcp/index.js";
import { house } from "../../proxy/support/house.js";
import { COMMAND } from "../../support/command.js";
import { until } from "../../support/until.js";
import { SERVER, signedCatalogue } from "../support/catalogue.js";

// biome-ignore lint/suspicious/noExplicitAny: two SDKs and raw messages, one test
type Loose = any;

const folder = mkdtempSync(join(tmpdir(), "inkan-honest-"));
writeFileSync(join(folder, "a.txt"), "hello");
writeFileSync(join(folder, "memory.json"), "");
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string =>
  new URL(`node_modules/@modelcontextprotocol/server-${name}/dist/index.js`, import.meta.url).pathname;
const child = (name: string) => ({
  command: process.execPath,
  args: [path(name), ...(name === "filesystem" ? [folder] : [])],
  env: { ...(process.env as Record<string, string>), MEMORY_FILE_PATH: join(folder, "memory.json") },
  stderr: "ignore" as const,
});

const CAPABILITIES = { roots: { listChanged: true }, sampling: {}, elicitation: {} };
const LISTS = {
  "tools/list": "tools",
  "prompts/list": "prompts",
  "resources/list": "resources",
  "resources/templates/list": "resourceTemplates",
} as const;

/** What a server lists on the wire, with and without capabilities of the client: a catalogue's content. */
async function snapshot(name: string): Promise<object> {
  const lists: Record<string, Map<string, Loose>> = {};
  let instructions: string | undefined;
  for (const capabilities of [CAPABILITIES, {}]) {
    const transport = new StdioV1(child(name));
    const open = new Map<number, (message: Loose) => void>();
    transport.onmessage = (message: Loose) => {
      if (message.method === undefined) open.get(message.id)?.(message);
      else if (message.id !== undefined)
        transport.send({ jsonrpc: "2.0", id: message.id, result: { roots: [] } }).catch(() => {});
    };
    await transport.start();
    let count = 0;
    const ask = (method: string, params: object): Promise<Loose> => {
      count += 1;
      const id = count;
      const answer = new Promise<Loose>((resolve) => open.set(id, resolve));
      void transport.send({ jsonrpc: "2.0", id, method, params } as never);
      return answer;
    };
    const params = { protocolVersion: "2025-11-25", capabilities, clientInfo: { name: "snapshot", version: "1" } };
    instructions = (await ask("initialize", params)).result.instructions;
    await transport.send({ jsonrpc: "2.0", method: "notifications/initialized" });
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const [method, member] of Object.entries(LISTS)) {
      const found = (await ask(method, {})).result?.[member] ?? [];
      lists[member] ??= new Map();
      for (const one of found) lists[member].set(one.uri ?? one.uriTemplate ?? one.name, one);
    }
    await transport.close();
  }
  const members = Object.entries(lists).map(([member, found]) => [member, [...found.values()]]);
  return { ...Object.fromEntries(members), ...(instructions && { instructions }) };
}

/** What a client gets to see and to do, as far as it is the same each time. */
const SCRIPTS: Record<string, (client: Loose) => Promise<Loose>[]> = {
  everything: (client) => [
    client.callTool({ name: "echo", arguments: { message: "hi" } }),
    client.callTool({ name: "get-sum", arguments: { a: 1, b: 2 } }),
    client.callTool({ name: "get-structured-content", arguments: { location: "Chicago" } }),
    client.callTool({ name: "get-tiny-image", arguments: {} }),
    client.callTool({ name: "get-resource-links", arguments: { count: 2 } }),
    client.callTool({ name: "get-sum", arguments: { a: "x" } }),
    client.callTool({ name: "trigger-elicitation-request", arguments: {} }),
    client.callTool({ name: "trigger-sampling-request", arguments: { prompt: "hi", maxTokens: 5 } }),
    client.callTool({ name: "get-roots-list", arguments: {} }),
    client.getPrompt({ name: "args-prompt", arguments: { city: "Bern" } }),
    client.readResource({ uri: "demo://resource/static/document/features.md" }),
    client.complete({
      ref: { type: "ref/prompt", name: "completable-prompt" },
      argument: { name: "department", value: "E" },
    }),
    client.setLoggingLevel("debug"),
    client.subscribeResource({ uri: "demo://resource/static/document/features.md" }),
    client.unsubscribeResource({ uri: "demo://resource/static/document/features.md" }),
  ],
  filesystem: (client) => [
    client.callTool({ name: "read_text_file", arguments: { path: join(folder, "a.txt") } }),
    client.callTool({ name: "list_directory", arguments: { path: folder } }),
    client.callTool({ name: "read_text_file", arguments: { path: "/etc/passwd" } }),
  ],
  memory: (client) => [client.callTool({ name: "read_graph", arguments: {} })],
};

async function seen(client: Loose, name: string): Promise<Loose> {
  const settled = (work: Promise<Loose>): Promise<Loose> =>
    work.then(
      (value) => value,
      (error: Error) => String(error),
    );
  const progress: number[] = [];
  const long = name === "everything";
  return {
    capabilities: client.getServerCapabilities(),
    version: client.getServerVersion(),
    instructions: client.getInstructions(),
    tools: await settled(client.listTools()),
    prompts: await settled(client.listPrompts()),
    resources: await settled(client.listResources()),
    templates: await settled(client.listResourceTemplates()),
    results: await Promise.all((SCRIPTS[name]?.(client) ?? []).map(settled)),
    ping: await settled(client.ping()),
    ...(long && {
      long: await settled(
        client.request(
          {
            method: "tools/call",
            params: { name: "trigger-long-running-operation", arguments: { duration: 1, steps: 3 } },
          },
          ...(client.getProtocolEra === undefined
            ? [(await import("@modelcontextprotocol/sdk/types.js")).CallToolResultSchema]
            : []),
          { onprogress: ({ progress: step }: { progress: number }) => progress.push(step) },
        ),
      ),
      // The last step may come together with the answer, and is then heard or not.
      progress: progress.slice(0, 2),
      cancelled: await settled(
        client.callTool(
          { name: "trigger-long-running-operation", arguments: { duration: 5, steps: 1 } },
          ...(client.getProtocolEra === undefined ? [undefined] : []),
          { signal: AbortSignal.timeout(100) },
        ),
      ),
    }),
  };
}

type Kind = "v1" | "v2" | "v2 auto";

/** A client that answers what servers ask for, and notes what it hears. */
async function answersRequests(kind: Kind, client: Loose, heard: string[]): Promise<void> {
  const types = await import("@modelcontextprotocol/sdk/types.js");
  const v1 = kind === "v1";
  const answer = (method: string, schema: unknown, result: object): void =>
    client.setRequestHandler(v1 ? schema : method, () => {
      heard.push(method);
      return result;
    });
  const text = { type: "text", text: "sampled" };
  answer("elicitation/create", types.ElicitRequestSchema, { action: "decline" });
  answer("sampling/createMessage", types.CreateMessageRequestSchema, { role: "assistant", content: text, model: "m" });
  answer("roots/list", types.ListRootsRequestSchema, { roots: [{ uri: "file:///work", name: "work" }] });
  client.setNotificationHandler(
    v1 ? types.ResourceUpdatedNotificationSchema : "notifications/resources/updated",
    () => void heard.push("updated"),
  );
}

/** The command that a host starts in place of the server. */
function proxied(name: string, content: object, url?: URL) {
  const { command, args } = child(name);
  const env = { MEMORY_FILE_PATH: join(folder, "memory.json") };
  const home = house(url === undefined ? { command, args, env } : { url: url.href }, content);
  const audit = home.path("audit.jsonl");
  return {
    audit,
    start: {
      command: process.execPath,
      args: [COMMAND, "proxy", "--config", home.config, "--server", "field", "--audit", audit],
      stderr: "ignore" as const,
    },
  };
}

/** Through the proxy: what the client sees, and what the proxy has decided. */
async function behindProxy(kind: Kind, name: string, content: object, url?: URL) {
  const { audit, start } = proxied(name, content, url);
  const inner = kind === "v1" ? new StdioV1(start) : new StdioV2(start);
  const result = await talk(kind, name, makeClient(kind), inner);
  const lines = readFileSync(audit, "utf8").trimEnd().split("\n");
  return { result, events: lines.map((line) => JSON.parse(line) as GateDecision) };
}

async function session(kind: Kind, name: string, gated: "no" | "transport" | "client", content: object, url?: URL) {
  const events: GateDecision[] = [];
  const catalogue = await signedCatalogue(content);
  const gate = createGate({ server: SERVER, catalogue, onDecision: (event) => events.push(event) });
  const inner =
    url === undefined
      ? kind === "v1"
        ? new StdioV1(child(name))
        : new StdioV2(child(name))
      : kind === "v1"
        ? new HttpV1(url)
        : new HttpV2(url);
  let client = makeClient(kind);
  if (gated === "client") client = gateClient(client, gate);
  const transport = gated === "transport" ? gateTransport(inner as never, gate) : inner;
  return { result: await talk(kind, name, client, transport), events };
}

function makeClient(kind: Kind): Loose {
  const about = { name: "test", version: "1" };
  return kind === "v1"
    ? new ClientV1(about, { capabilities: CAPABILITIES })
    : new ClientV2(about, {
        capabilities: CAPABILITIES,
        ...(kind === "v2 auto" && { versionNegotiation: { mode: "auto" as const } }),
      });
}

/** One session from its beginning to its end. */
async function talk(kind: Kind, name: string, client: Loose, transport: Loose): Promise<Loose> {
  const heard: string[] = [];
  await answersRequests(kind, client, heard);
  await client.connect(transport);
  // Servers that list more once they know the client: they have done so by now.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const result = { ...(await seen(client, name)), heard: [...new Set(heard)].sort() };
  await client.close();
  return result;
}

describe.each(["everything", "filesystem", "memory"])("server-%s", (name) => {
  let content: object;
  beforeAll(async () => {
    content = await snapshot(name);
  });

  test.each(["v1", "v2", "v2 auto"] as Kind[])("%s", async (kind) => {
    const plain = await session(kind, name, "no", content);
    expect(plain.result.tools.tools.length).toBeGreaterThan(5);
    const ways = ["transport", "client"] as const;
    for (const gated of ways) {
      const { result, events } = await session(kind, name, gated, content);
      expect(result).toEqual(plain.result);
      expect(events.filter(({ decision }) => decision !== "allowed")).toEqual([]);
    }
  });

  test.each(["v1", "v2", "v2 auto"] as Kind[])("%s, behind the proxy", async (kind) => {
    const plain = await session(kind, name, "no", content);
    const { result, events } = await behindProxy(kind, name, content);
    expect(result).toEqual(plain.result);
    expect(events.length).toBeGreaterThan(5);
    expect(events.filter(({ decision }) => decision !== "allowed")).toEqual([]);
  });

  test("behind the proxy, it ends by itself when its input ends, and its exit code is handed on", async () => {
    const { start } = proxied(name, content);
    const host = spawn(start.command, start.args, { stdio: ["pipe", "pipe", "ignore"] });
    const ended = new Promise((resolve) => host.once("exit", (code) => resolve(code)));
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
    host.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params })}\n`);
    await new Promise((resolve) => host.stdout.once("data", resolve));
    host.stdin.end();
    expect(await ended).toBe(0);
  });
});

describe("server-everything over Streamable HTTP", () => {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const server = spawn(process.execPath, [path("everything"), "streamableHttp"], {
    env: { ...process.env, PORT: String(port) },
    stdio: "ignore",
  });
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  let content: object;
  beforeAll(async () => {
    content = await snapshot("everything");
    const isUp = () =>
      fetch(url).then(
        () => true,
        () => false,
      );
    await until(isUp, () => "the server does not start", { pause: 100 });
  });
  // It waits for its sessions on SIGTERM.
  afterAll(() => void server.kill("SIGKILL"));

  test.each(["v1", "v2", "v2 auto"] as Kind[])("%s", async (kind) => {
    const plain = await session(kind, "everything", "no", content, url);
    expect(plain.result.tools.tools.length).toBeGreaterThan(5);
    const { result, events } = await session(kind, "everything", "transport", content, url);
    expect(result).toEqual(plain.result);
    expect(events.filter(({ decision }) => decision !== "allowed")).toEqual([]);
    const proxy = await behindProxy(kind, "everything", content, url);
    expect(proxy.result).toEqual(plain.result);
    expect(proxy.events.filter(({ decision }) => decision !== "allowed")).toEqual([]);
  });
});
