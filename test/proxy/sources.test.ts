/** The proxy with a catalogue that is at a well-known place or in a package: the same gate, and the same reasons. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileServer, filesAt } from "../support/file_server.js";
import { npmRegistry, packed } from "../support/npm_registry.js";
import { Host, type House, house, type Message, SERVER } from "./support/house.js";

const NAME = SERVER.slice("npm:".length);

/** A server that answers every request, a call with the word "called". */
const ANSWERER = `
import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const { protocolVersion } = params ?? {};
  const result = method === "initialize"
    ? { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "a", version: "1" } }
    : { content: [{ type: "text", text: "called" }] };
  console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
}`;

/** What a call of the signed tool is answered with through the proxy. */
async function call(home: House, env: NodeJS.ProcessEnv = {}): Promise<Message> {
  const host = new Host(home, [], { npm_config_fetch_retries: "0", ...env });
  host.write({ id: "i", method: "initialize", params: INITIALIZE });
  await host.until(({ id }) => id === "i");
  host.write({ method: "notifications/initialized" });
  return host.ask("tools/call", { name: "index", arguments: {} });
}
const INITIALIZE = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
const CALLED = { content: [{ type: "text", text: "called" }] };

test("npm: with no package the call is refused with the reason; npm's package lets it through, and the installed one", async () => {
  const home = house({ command: process.execPath, args: ["server.mjs"] }, undefined, {
    catalogue: SERVER,
    signature: SERVER,
  });
  writeFileSync(home.path("server.mjs"), ANSWERER);
  const empty = await npmRegistry({});
  const { error } = await call(home, { npm_config_registry: empty.origin });
  expect([error.code, error.data.code]).toEqual([-32602, "ERR_POLICY_SOURCE"]);
  expect(JSON.stringify(error)).toContain("E404");

  const files = [
    { path: "package/mcp-catalogue.json", content: readFileSync(home.path("catalogue.json")) },
    { path: "package/mcp-catalogue.json.sig", content: readFileSync(home.path("catalogue.sig")) },
  ];
  const registry = await npmRegistry({ [NAME]: { "1.0.0": packed(NAME, "1.0.0", files) } });
  expect((await call(home, { npm_config_registry: registry.origin })).result).toEqual(CALLED);

  const installed = join(home.folder, "node_modules", NAME);
  mkdirSync(installed, { recursive: true });
  copyFileSync(home.path("catalogue.json"), join(installed, "mcp-catalogue.json"));
  copyFileSync(home.path("catalogue.sig"), join(installed, "mcp-catalogue.json.sig"));
  expect((await call(home, { PATH: "" })).result).toEqual(CALLED);
});

test("well-known: a catalogue that is there lets the call through; a page in its place, and none, refuse it", async () => {
  const files: Record<string, Uint8Array> = {};
  const served = filesAt(files);
  const { origin } = await fileServer((request, response) => {
    if (request.method !== "POST") return served(request, response);
    let body = "";
    request.on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      const { id, method } = JSON.parse(body);
      if (id === undefined) return void response.writeHead(202).end();
      const initialized = {
        ...{ protocolVersion: INITIALIZE.protocolVersion, capabilities: { tools: {} } },
        serverInfo: { name: "a", version: "1" },
      };
      const result = method === "initialize" ? initialized : CALLED;
      response.setHeader("content-type", "application/json").end(JSON.stringify({ jsonrpc: "2.0", id, result }));
    });
  });
  const places = { catalogue: "well-known:", signature: "well-known:" };
  const home = house({ url: `${origin}/mcp` }, undefined, places);
  expect((await call(home)).error.data.code).toBe("ERR_POLICY_SOURCE");
  files["/.well-known/mcp-catalogue.json.sig"] = readFileSync(home.path("catalogue.sig"));
  files["/.well-known/mcp-catalogue.json"] = new TextEncoder().encode("<!doctype html>");
  expect((await call(home)).error.data.code).toBe("ERR_SIGNATURE_INVALID");
  files["/.well-known/mcp-catalogue.json"] = readFileSync(home.path("catalogue.json"));
  expect((await call(home)).result).toEqual(CALLED);
});
