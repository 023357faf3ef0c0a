/** Plays of test/mcp/field for the library: a scripted server as a transport, the gate around it, a scripted client. */
import { setTimeout as sleep } from "node:timers/promises";
import { createGate, gateTransport } from "../../../ts/mcp/index.js";
import { until } from "../../support/until.js";
import { SERVER, signedCatalogue } from "./catalogue.js";
import { fits } from "./patterns.js";

// biome-ignore lint/suspicious/noExplicitAny: plays are JSON of many forms
type Json = any;

export interface Scene {
  readonly transport: "stdio" | "http" | "both";
  readonly server: Json[];
  readonly client: Json[];
  readonly catalogue: Json;
  readonly expect: { readonly client: Json[]; readonly server: Json[] };
}

/** A scripted server. What it writes as text is read as the lines of a child process. */
class ScriptedServer {
  readonly received: Json[] = [];
  onmessage?: (message: Json) => void;
  onclose?: () => void;
  readonly #rules: { rule: Json; used: boolean }[];
  readonly #open: Json[] = [];
  #line = "";

  constructor(rules: Json[]) {
    this.#rules = rules.map((rule) => ({ rule, used: false }));
  }

  async start(): Promise<void> {
    await this.#play({ start: true }, undefined);
  }

  async close(): Promise<void> {
    this.onclose?.();
  }

  async send(message: Json): Promise<void> {
    this.received.push(message);
    const isRequest = message.method !== undefined && message.id !== undefined;
    if (isRequest) this.#open.push(message);
    if ((await this.#play(message, isRequest ? message : undefined)) || !isRequest) return;
    if (message.method === "initialize") {
      const { protocolVersion } = message.params;
      const result = {
        protocolVersion,
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: "field", version: "1" },
      };
      this.#write({ jsonrpc: "2.0", id: message.id, result });
    } else if (message.method === "ping") this.#write({ jsonrpc: "2.0", id: message.id, result: {} });
    else this.#write({ jsonrpc: "2.0", id: message.id, error: { code: -32601, message: "Method not found" } });
  }

  /** Whether a rule was found. Its sending is not awaited. */
  async #play(message: Json, request: Json): Promise<boolean> {
    const found = this.#rules.find(({ rule, used }) => !used && fits(rule.on, message));
    if (found === undefined) return false;
    found.used = found.rule.repeat !== true;
    void (async () => {
      await sleep(found.rule.after ?? 0);
      for (const one of found.rule.send) this.#send(one, request ?? this.#open.at(-1));
    })();
    return true;
  }

  #send(one: Json, request: Json): void {
    const token = request?.params?._meta?.progressToken;
    const filled = (value: Json): Json => {
      if (value === "$id") return request?.id;
      if (value === "$token") return token;
      if (Array.isArray(value)) return value.map(filled);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]));
    };
    if (typeof one === "object" && typeof one.bytes !== "string") {
      this.#write(filled(one));
      return;
    }
    const text: string = typeof one === "string" ? one : one.bytes;
    this.#line += text.replaceAll("$id", JSON.stringify(request?.id)).replaceAll("$token", JSON.stringify(token));
    const lines = this.#line.split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) {
      try {
        this.#write(JSON.parse(line));
      } catch {
        // A transport drops what is no JSON.
      }
    }
  }

  #write(message: Json): void {
    const answered = this.#open.findIndex(({ id }) => id === message?.id && message?.method === undefined);
    if (answered >= 0) this.#open.splice(answered, 1);
    this.onmessage?.(message);
  }
}

/** "as listed": the first definition of each name in the answers to lists. */
function asListed(rules: Json[]): Json {
  const tools = new Map<string, Json>();
  for (const rule of rules.filter(({ on }) => on.method === "tools/list")) {
    for (const message of rule.send) {
      for (const one of message?.result?.tools ?? []) if (!tools.has(one.name)) tools.set(one.name, one);
    }
  }
  return { server: SERVER, version: 1, tools: [...tools.values()] };
}

/** Plays a scene; resolves with what reached each side. */
export async function playScene(scene: Scene): Promise<{ readonly client: Json[]; readonly server: Json[] }> {
  const server = new ScriptedServer(scene.server);
  const catalogue = await signedCatalogue(scene.catalogue === "as listed" ? asListed(scene.server) : scene.catalogue);
  const transport = gateTransport(server, createGate({ server: SERVER, catalogue }));
  const client: Json[] = [];
  transport.onmessage = (message) => client.push(message);
  await transport.start();

  const received = (pattern: Json): Promise<Json> =>
    until(
      () => client.find((one) => fits(pattern, one)),
      () => `nothing came that fits ${JSON.stringify(pattern)}`,
    );
  const send = (message: Json): void => void transport.send(message);
  const begins = scene.client.some((step) => step.method === "initialize");
  const opening: Json[] = [
    {
      jsonrpc: "2.0",
      id: 0,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "field", version: "1" } },
    },
    { wait: { id: 0 } },
    { jsonrpc: "2.0", method: "notifications/initialized" },
  ];
  for (const step of [...(begins ? [] : opening), ...scene.client]) {
    if (typeof step === "string" || typeof step.bytes === "string") send(JSON.parse(step.bytes ?? step));
    else if ("wait" in step) await received(step.wait);
    else if ("pause" in step) await sleep(step.pause);
    else if ("close" in step) await sleep(1_000);
    else if ("reply" in step) send({ jsonrpc: "2.0", id: (await received(step.reply)).id, result: step.result });
    else send(step);
  }
  await sleep(50);
  await transport.close();
  return { client, server: server.received };
}
