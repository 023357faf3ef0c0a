/** A malicious server behind the proxy, as rules of `scripted_server.mjs`: on both wires, in both eras of the protocol. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import { jsonLines } from "../../support/json_lines.js";
import { fixture, Host, type House, house, type Message, tool } from "./house.js";

export interface Setting {
  readonly wire: "stdio" | "http json" | "http events";
  readonly era: "2025-11-25" | "2026-07-28";
}

export const SETTINGS: readonly Setting[] = [
  { wire: "stdio", era: "2025-11-25" },
  { wire: "stdio", era: "2026-07-28" },
  { wire: "http events", era: "2025-11-25" },
  { wire: "http json", era: "2026-07-28" },
];

/** What a rule sends: a message, or the text of one, in which `$id` is the id of the request. */
export type Sent = object | string;

export interface Rule {
  readonly on: object;
  readonly send: readonly Sent[];
  readonly repeat?: boolean;
}

export const answer = (result: object): object => ({ jsonrpc: "2.0", id: "$id", result });

/** Always sends the same. */
export const always = (on: object | string, ...send: Sent[]): Rule => ({
  on: typeof on === "string" ? { method: on } : on,
  send,
  repeat: true,
});

/** Sends once; the next time the rule after it counts. */
export const first = (on: object | string, ...send: Sent[]): Rule => ({ ...always(on, ...send), repeat: false });

export interface Stage {
  readonly host: Host;
  /** Asks as a client of the setting's era does. */
  ask(method: string, params?: object, id?: string | number): Promise<Message>;
  call(name: string, args?: object): Promise<Message>;
  /** Writes a request without waiting for its answer. */
  write(id: string | number, method: string, params?: object): void;
  /** What the server has received. */
  received(): Message[];
  readonly home: House;
}

export interface Staging {
  readonly rules: readonly Rule[];
  readonly catalogue?: object | string;
  /** More members of the server in the policy file. */
  readonly more?: object;
  /** Done to the folder before the proxy starts. */
  readonly before?: (home: House) => void;
  readonly args?: readonly string[];
}

const CAPABILITIES = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  completions: {},
};
const ABOUT = { capabilities: CAPABILITIES, serverInfo: { name: "villain", version: "1" } };
const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** Starts the server and the proxy before it, and begins a session. */
export async function stage(setting: Setting, staging: Staging): Promise<Stage> {
  const { catalogue = { tools: [tool("index")] }, more = {} } = staging;
  const { wire, era } = setting;
  const modern = era === "2026-07-28";
  const files = house({ command: "node" });
  const [play, log] = [files.path("play.json"), files.path("received.jsonl")];
  const began = modern
    ? always(
        "server/discover",
        answer({ supportedVersions: [era], resultType: "complete", ttlMs: 0, cacheScope: "private", ...ABOUT }),
      )
    : always("initialize", answer({ protocolVersion: era, ...ABOUT }));
  const ordinary = [always("tools/call", answer({ content: [{ type: "text", text: "done" }] })), began];
  const events = wire === "http events" ? { http: { type: "sse" } } : {};
  const onWire = (one: Sent): Sent =>
    typeof one !== "string" ? one : wire === "stdio" ? `${one}\n` : `data: ${one}\n\n`;
  const rules = [...staging.rules, ...ordinary].map((rule) => ({ ...events, ...rule, send: rule.send.map(onWire) }));
  writeFileSync(play, JSON.stringify({ server: rules }));
  writeFileSync(log, "");
  const args = [fixture("scripted_server.mjs"), play, log];
  const home = house(
    wire === "stdio" ? { command: process.execPath, args } : { url: await served(args) },
    catalogue,
    more,
  );
  staging.before?.(home);
  const host = new Host(home, staging.args);
  const filled = (params: object | undefined): object | undefined => (modern ? { _meta: META, ...params } : params);
  const made: Stage = {
    host,
    home,
    ask: (method, params, id) => host.ask(method, filled(params), id),
    call: (name, args = {}) => host.ask("tools/call", filled({ name, arguments: args })),
    write: (id, method, params) => host.write({ id, method, params: filled(params) ?? {} }),
    received: () => jsonLines(log).map(({ text }) => JSON.parse(text)),
  };
  if (modern) await made.ask("server/discover", {}, "init");
  else await host.initialize(era);
  return made;
}

async function served(args: readonly string[]): Promise<string> {
  const server = spawn(process.execPath, [...args, "http"]);
  onTestFinished(() => void server.kill("SIGKILL"));
  const [port] = await once(server.stdout, "data");
  return `http://127.0.0.1:${String(port).trim()}/mcp`;
}
