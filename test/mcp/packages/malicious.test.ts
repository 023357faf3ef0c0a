/** The malicious server in front of the clients of both SDKs, over stdio and Streamable HTTP. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Client as ClientV2,
  StreamableHTTPClientTransport as HttpV2,
  InMemoryResponseCacheStore,
} from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as HttpV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGate, type GateDecision, gateClient, gateTransport } from "../../../ts/mcp/index.js";
import { jsonLines } from "../../support/json_lines.js";
import { until } from "../../support/until.js";
import { SERVER, signedCatalogue, tool } from "../support/catalogue.js";

const script = new URL("malicious.mjs", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "inkan-malicious-"));
const children: (() => void)[] = [];
afterAll(() => {
  for (const end of children) end();
  rmSync(folder, { recursive: true });
});

let catalogue: Awaited<ReturnType<typeof signedCatalogue>>;
beforeAll(async () => {
  catalogue = await signedCatalogue({
    tools: ["index", "rug", "search", "sample", "silent"].map((name) => tool(name)),
  });
});

interface Setting {
  sdk: "v1" | "v2";
  wire: "stdio" | "http";
  era: "legacy" | "modern";
}

let count = 0;

/** A client behind a gate, and what the server has received so far. */
async function connected({ sdk, wire, era }: Setting, options: { prior?: unknown; cache?: unknown } = {}) {
  count += 1;
  const log = join(folder, `${count}.log`);
  writeFileSync(log, "");
  const env = { ...(process.env as Record<string, string>), LOG: log, ERA: era };
  let url = new URL("http://127.0.0.1/");
  if (wire === "http") {
    const child = spawn(process.execPath, [script, "--http"], { env, stdio: ["ignore", "pipe", "inherit"] });
    children.push(() => child.kill());
    const port = await new Promise<string>((resolve) =>
      child.stdout.once("data", (data) => resolve(String(data).trim())),
    );
    url = new URL(`http://127.0.0.1:${port}/mcp`);
  }
  const process_ = { command: process.execPath, args: [script], env };
  const inner = {
    v1: { stdio: () => new StdioV1(process_), http: () => new HttpV1(url) },
    v2: { stdio: () => new StdioV2(process_), http: () => new HttpV2(url) },
  }[sdk][wire]();
  const events: GateDecision[] = [];
  const gate = createGate({ server: SERVER, catalogue, onDecision: (event) => events.push(event) });
  const about = { name: "test", version: "1" };
  const capabilities = { sampling: { tools: {} } };
  const client =
    sdk === "v1"
      ? new ClientV1(about, { capabilities })
      : new ClientV2(about, {
          capabilities,
          versionNegotiation: { mode: "auto" },
          ...(options.cache !== undefined && { responseCacheStore: options.cache as never, defaultCacheTtlMs: 60_000 }),
        });
  const prior = options.prior === undefined ? [] : [{ prior: options.prior }];
  // biome-ignore lint/suspicious/noExplicitAny: two SDKs, one test
  await (client as any).connect(gateTransport(inner as never, gate), ...prior);
  const received = (): {
    started?: boolean;
    method?: string;
    id?: unknown;
    error?: unknown;
    params?: { name?: string };
  }[] => jsonLines(log);
  // biome-ignore lint/suspicious/noExplicitAny: two SDKs, one test
  return { client: client as any, gate, events, received };
}

const SETTINGS: Setting[] = (["stdio", "http"] as const).flatMap((wire) => [
  { sdk: "v1", wire, era: "legacy" },
  { sdk: "v2", wire, era: "legacy" },
  { sdk: "v2", wire, era: "modern" },
]);

// biome-ignore lint/suspicious/noExplicitAny: the lists of two SDKs
async function allNames(client: any): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listTools(cursor === undefined ? undefined : { cursor });
    found.push(...page.tools.map(({ name }: { name: string }) => name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found.sort();
}

const refusal = (code: string) => expect.objectContaining({ code: -32602, data: expect.objectContaining({ code }) });

describe.each(SETTINGS)("$sdk over $wire, $era", (setting) => {
  test("nothing unsigned is seen or called; a rug pull is refused", async () => {
    const { client, events, received } = await connected(setting);
    if (setting.sdk === "v2") expect(client.getProtocolEra()).toBe(setting.era);
    expect(client.getInstructions()).toBeUndefined();
    expect(await allNames(client)).toEqual(["index", "rug", "sample", "search", "silent"]);
    await expect(client.callTool({ name: "evil", arguments: {} })).rejects.toEqual(refusal("ERR_TOOL_UNSIGNED"));
    expect((await client.callTool({ name: "index", arguments: {} })).content[0].text).toBe("did index");
    await client.callTool({ name: "rug", arguments: {} });
    await until(
      () => events.some(({ decision }) => decision === "revoked"),
      () => "no tool is revoked",
    );
    await expect(client.callTool({ name: "index", arguments: {} })).rejects.toEqual(refusal("ERR_TOOL_CHANGED"));
    expect((await client.callTool({ name: "search", arguments: {} })).content[0].text).toBe("did search");
    expect(await allNames(client)).toEqual(["rug", "sample", "search", "silent"]);
    await client.close();
    const calls = received().flatMap(({ method, params }) => (method === "tools/call" ? [params?.name] : []));
    expect(calls).toEqual(["index", "rug", "search"]);
    // A probe of another child process would be a start of its own.
    expect(received().filter(({ started }) => started)).toHaveLength(1);
    expect(JSON.stringify(received())).not.toContain("POISON");
  });

  test("a silent rug pull shows in the next list", async () => {
    const { client, received } = await connected(setting);
    await allNames(client);
    await client.callTool({ name: "silent", arguments: {} });
    expect(await allNames(client)).toEqual(["rug", "sample", "search", "silent"]);
    await expect(client.callTool({ name: "index", arguments: {} })).rejects.toEqual(refusal("ERR_TOOL_CHANGED"));
    await client.close();
    expect(received().filter(({ params }) => params?.name === "index")).toEqual([]);
  });

  test("tools for sampling reach no model", async () => {
    const { client, events, received } = await connected(setting);
    let asked = 0;
    const handler = async (): Promise<object> => {
      asked += 1;
      return { role: "assistant", content: { type: "text", text: "" }, model: "m" };
    };
    if (setting.sdk === "v2") client.setRequestHandler("sampling/createMessage", handler);
    else {
      const { CreateMessageRequestSchema } = await import("@modelcontextprotocol/sdk/types.js");
      client.setRequestHandler(CreateMessageRequestSchema, handler);
    }
    const call = client.callTool({ name: "sample", arguments: {} });
    if (setting.era === "modern") await expect(call).rejects.toEqual(refusal("ERR_SAMPLING_TOOLS"));
    else expect((await call).content[0].text).toBe("did sample");
    expect(asked).toBe(0);
    expect(events).toContainEqual(expect.objectContaining({ kind: "sampling", decision: "refused" }));
    if (setting.era === "legacy") {
      const told = await until(
        () => received().find(({ id }) => id === 77),
        () => "the server is told nothing",
      );
      expect(told).toMatchObject({ error: { code: -32602 } });
    }
    await client.close();
  });
});

/** A store that others write to. */
class PoisonedStore extends InMemoryResponseCacheStore {
  poisoned = false;

  override get(key: Parameters<InMemoryResponseCacheStore["get"]>[0]): ReturnType<InMemoryResponseCacheStore["get"]> {
    const entry = super.get(key);
    if (!this.poisoned || entry === undefined || key.method !== "tools/list") return entry;
    // biome-ignore lint/suspicious/noExplicitAny: what a store holds is its client's
    const { value } = entry as any;
    const list = structuredClone(typeof value === "string" ? JSON.parse(value) : value);
    list.tools.push(tool("evil", "POISON"));
    list.tools[0].description = "POISON";
    const poison = typeof value === "string" ? JSON.stringify(list) : list;
    return { ...entry, value: poison, expiresAt: Date.now() + 60_000 } as never;
  }
}

describe("what never touches the transport", () => {
  test("a stored discovery brings no instructions through the gated client", async () => {
    const prior = {
      kind: "modern",
      discover: {
        supportedVersions: ["2026-07-28"],
        capabilities: { tools: {} },
        serverInfo: { name: "m", version: "1" },
        instructions: "POISON",
      },
    };
    const { client, gate } = await connected({ sdk: "v2", wire: "http", era: "modern" }, { prior });
    expect(client.getInstructions()).toBe("POISON");
    const gated = gateClient(client, gate);
    expect(gated.getInstructions()).toBeUndefined();
    expect(JSON.stringify(gated.getDiscoverResult())).not.toContain("POISON");
    await client.close();
  });

  test("a shared cache that another filled brings no tool through the gated client", async () => {
    const cache = new PoisonedStore();
    const setting: Setting = { sdk: "v2", wire: "http", era: "modern" };
    const first = await connected(setting, { cache });
    await first.client.listTools();
    cache.poisoned = true;
    const gated = gateClient(first.client, first.gate) as typeof first.client;
    expect(JSON.stringify(await first.client.listTools())).toContain("POISON");
    const { tools } = await gated.listTools();
    expect(JSON.stringify(tools)).not.toContain("POISON");
    expect(tools.map(({ name }: { name: string }) => name).sort()).toEqual(["rug", "sample", "search", "silent"]);
    await expect(gated.callTool({ name: "evil", arguments: {} })).rejects.toEqual(refusal("ERR_TOOL_UNSIGNED"));
    expect((await gated.callTool({ name: "index", arguments: {} })).content[0].text).toBe("did index");
    await first.client.close();
  });

  test("a definition that the caller brings does not replace the signed one", async () => {
    const { client, gate } = await connected({ sdk: "v2", wire: "stdio", era: "modern" });
    const strict = { ...tool("index"), outputSchema: { type: "object", required: ["x"] } };
    const options = { toolDefinition: strict };
    await expect(client.callTool({ name: "index", arguments: {} }, options)).rejects.toThrow(/structured content/);
    const gated = gateClient(client, gate) as typeof client;
    expect((await gated.callTool({ name: "index", arguments: {} }, options)).content[0].text).toBe("did index");
    await client.close();
  });

  test("a gated client gates the transport that it is connected to", async () => {
    const log = join(folder, "own.log");
    writeFileSync(log, "");
    const inner = new StdioV1({
      command: process.execPath,
      args: [script],
      env: { ...process.env, LOG: log } as never,
    });
    const client = gateClient(new ClientV1({ name: "t", version: "1" }), createGate({ server: SERVER, catalogue }));
    await client.connect(inner);
    expect(await allNames(client)).toEqual(["index", "rug", "sample", "search", "silent"]);
    await client.close();
  });
});
