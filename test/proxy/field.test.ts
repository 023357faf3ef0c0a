/** Trouble that people had with proxies, played with the proxy between a scripted host and a scripted server. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { fits, unmet } from "../mcp/support/patterns.js";
import { inRoot } from "../support/repository.js";
import { fixture, Host, house, type Message, SERVER } from "./support/house.js";

type Json = Message;

/** An expectation that contradicts the others of its play: two tools are to arrive, and it lists one. */
const CONTRADICTED: Readonly<Record<string, string>> = {
  "order-of-keys-and-of-required": JSON.stringify({ id: 1, result: { tools: [{ name: "keys" }] } }),
};

const scenes = readdirSync(inRoot("test/mcp/field"))
  .filter((name) => name.endsWith(".json"))
  .flatMap((file) => {
    const scene: Json = JSON.parse(readFileSync(inRoot("test/mcp/field", file), "utf8"));
    const transports: string[] = scene.transport === "both" ? ["stdio", "http"] : [scene.transport];
    return transports.map((transport) => ({ file, transport, scene, name: file.replace(".json", "") }));
  });

test("all sixteen are played", () => {
  expect(new Set(scenes.map(({ file }) => file)).size).toBe(16);
});

/** "as listed": the first definition of each name in the answers to lists. */
function asListed(rules: Json[]): Json {
  const tools = new Map<string, Json>();
  const parsed = (one: Json): Json => {
    try {
      const text = typeof one === "string" ? one : one.bytes;
      return typeof text === "string" ? JSON.parse(text.replaceAll("$id", "0")) : one;
    } catch {
      return undefined;
    }
  };
  for (const rule of rules.filter(({ on }) => on.method === "tools/list")) {
    for (const one of rule.send) {
      for (const each of parsed(one)?.result?.tools ?? []) if (!tools.has(each.name)) tools.set(each.name, each);
    }
  }
  return { server: SERVER, version: 1, tools: [...tools.values()] };
}

const OPENING: Json[] = [
  {
    jsonrpc: "2.0",
    id: 0,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "field", version: "1" } },
  },
  { wait: { id: 0 } },
  { jsonrpc: "2.0", method: "notifications/initialized" },
];

async function remote(play: string, received: string): Promise<string> {
  const server = spawn(process.execPath, [fixture("scripted_server.mjs"), play, received, "http"]);
  onTestFinished(() => void server.kill("SIGKILL"));
  const [port] = await once(server.stdout, "data");
  return `http://127.0.0.1:${String(port).trim()}/mcp`;
}

async function perform(host: Host, steps: Json[]): Promise<void> {
  const until = (pattern: Json): Promise<Json> => host.until((message) => fits(pattern, message));
  const begins = steps.some((step) => step.method === "initialize");
  for (const step of [...(begins ? [] : OPENING), ...steps]) {
    if (typeof step === "string") host.write(step);
    else if (typeof step.bytes === "string") {
      for (const byte of Buffer.from(step.bytes)) {
        host.child.stdin.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    } else if ("wait" in step) await until(step.wait);
    else if ("pause" in step) await sleep(step.pause);
    else if ("close" in step) host.child.stdin.end();
    else if ("reply" in step) host.write({ id: (await until(step.reply)).id, result: step.result });
    else host.write(step);
  }
}

test.each(scenes)("$name over $transport", async ({ name, scene, transport }) => {
  const catalogue = scene.catalogue === "as listed" ? asListed(scene.server) : scene.catalogue;
  const home = house({ command: "node" }, catalogue);
  const [play, received] = [home.path("play.json"), home.path("received.jsonl")];
  writeFileSync(play, JSON.stringify(scene));
  const reach =
    transport === "http"
      ? { url: await remote(play, received) }
      : { command: process.execPath, args: [fixture("scripted_server.mjs"), play, received] };
  const { config } = house(reach, catalogue);
  const host = new Host({ config });
  await perform(host, scene.client);
  const code = await host.close();
  // The server's own code: nobody had to end it. How long that takes on a busy machine is not measured here.
  if (scene.expect.exit !== undefined) expect(code).toBe(scene.expect.exit.code);

  const arrived: Json[] = readFileSync(received, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const atServer = arrived.map(({ text, session }) => ({ ...JSON.parse(text), session }));
  const texts = { client: host.lines.join("\n"), server: arrived.map(({ text }) => text).join("\n") };
  expect(host.stderr).not.toContain("the catalogue was refused");
  const wrong = (["client", "server"] as const).flatMap((side) =>
    scene.expect[side].map((one: Json) => {
      if (typeof one.text === "string") return texts[side].includes(one.text) ? undefined : JSON.stringify(one);
      if (typeof one.neverText === "string")
        return texts[side].includes(one.neverText) ? JSON.stringify(one) : undefined;
      return side === "client" ? unmet(one, host.messages, atServer) : unmet(one, atServer, host.messages);
    }),
  );
  expect(wrong.filter((one) => one !== undefined && one !== CONTRADICTED[name])).toEqual([]);
  for (const message of host.messages) expect(message).toMatchObject({ jsonrpc: "2.0" });
  const answered = host.messages.flatMap(({ id, method }) => (method === undefined ? [id] : []));
  expect(new Set(answered).size).toBe(answered.length);
});
