/**
 * The gate in process, out of the built package: microseconds for a message of each kind, for lists, and memory of many
 * gates. Prints JSON. `--expose-gc` for the memory.
 */
import { generateKeyPairSync, sign } from "node:crypto";
import { KeyedVerifier } from "../../../dist/entry/node.js";
import { createGate } from "../../../dist/mcp/index.js";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const verifier = new KeyedVerifier({ keys: publicKey.export({ type: "spki", format: "pem" }) });
const server = "npm:@acme/bench";

const tool = (index) => ({
  name: `tool_${index}`,
  title: `Tool ${index}`,
  description: `Does what tool ${index} does, with a description of about the length that real tools have.`,
  inputSchema: {
    type: "object",
    properties: {
      path: { type: "string", description: "The path of the file." },
      limit: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
      recursive: { type: "boolean" },
    },
    required: ["path"],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
});

async function catalogueOf(count) {
  const text = JSON.stringify({ server, version: 1, tools: Array.from({ length: count }, (_, index) => tool(index)) });
  const catalogue = new TextEncoder().encode(text);
  return verifier.verify({ catalogue, signature: sign("sha256", catalogue, privateKey).toString("base64"), server });
}

/** Microseconds of each of `rounds` runs of `batch` pieces of work, for one piece. */
async function timed(rounds, batch, work) {
  const times = [];
  for (let round = 0; round < rounds + 5; round += 1) {
    const started = performance.now();
    for (let count = 0; count < batch; count += 1) await work();
    if (round >= 5) times.push(((performance.now() - started) * 1000) / batch);
  }
  return times;
}

let id = 0;
const ask = (method, params) => {
  id += 1;
  return { jsonrpc: "2.0", id, method, params };
};
const both = (gate, method, params, result) => async () => {
  const request = ask(method, params);
  await gate.outbound(request);
  await gate.inbound({ jsonrpc: "2.0", id: request.id, result });
};

const hundred = await catalogueOf(100);
/** What is in use once everything that can be collected is. */
async function used() {
  for (let times = 0; times < 3; times += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}

const listed = () => ({ tools: Array.from({ length: 100 }, (_, index) => tool(index)) });
await both(createGate({ server, catalogue: hundred }), "tools/list", undefined, listed())();
const before = await used();
const gates = Array.from({ length: 1_000 }, () => createGate({ server, catalogue: hundred }));
for (const one of gates) await both(one, "tools/list", undefined, listed())();
const kibibytesPerGate = ((await used()) - before) / gates.length / 1024;
gates.length = 0;

const gate = createGate({ server, catalogue: hundred });
const call = { name: "tool_7", arguments: { path: "/a", limit: 5 } };
const messages = {
  "a call and its result": both(gate, "tools/call", call, { content: [{ type: "text", text: "done" }] }),
  "a refused call": () => gate.outbound(ask("tools/call", { name: "evil", arguments: {} })),
  "a ping and its answer": both(gate, "ping", undefined, {}),
  "a notification of progress": () =>
    gate.inbound({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: 1, progress: 1 } }),
  "an answer that nobody asked for": () => gate.inbound({ jsonrpc: "2.0", id: "no", result: {} }),
};
const perMessage = {};
for (const [name, work] of Object.entries(messages)) perMessage[name] = await timed(40, 1_000, work);
const checked = createGate({ server, catalogue: hundred, validate: "arguments" });
perMessage["a call with its arguments checked"] = await timed(
  40,
  200,
  both(checked, "tools/call", call, { content: [] }),
);

const perTool = {};
const within = [];
for (const [count, batch] of [
  [1, 500],
  [100, 20],
  [10_000, 1],
]) {
  const catalogue = await catalogueOf(count);
  const listing = createGate({ server, catalogue });
  const text = JSON.stringify(Array.from({ length: count }, (_, index) => tool(index)));
  const times = await timed(10, batch, async () => {
    // Parsed each time, and not timed: what a transport hands over was never seen before.
    const offers = JSON.parse(text);
    const request = ask("tools/list");
    await listing.outbound(request);
    const started = performance.now();
    await listing.inbound({ jsonrpc: "2.0", id: request.id, result: { tools: offers } });
    within.push(((performance.now() - started) * 1000) / count);
  });
  perTool[count] = within.splice(0).slice(-times.length * batch);
}

console.log(JSON.stringify({ perMessage, perTool, kibibytesPerGate }));
