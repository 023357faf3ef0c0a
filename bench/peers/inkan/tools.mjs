/** Verifies a catalogue of so many tools, signed here with a key, and requires tools of it; prints times. */
import { generateKeyPairSync, sign } from "node:crypto";
import { InMemoryStateStore, KeyedVerifier } from "../../../dist/entry/node.js";

const count = Number(process.argv[2]);
const tools = Array.from({ length: count }, (_, index) => ({
  name: `tool_${index}`,
  title: `Tool ${index}`,
  description: "Reads one record of the index by its key, and says when it was last changed and by whom.",
  inputSchema: {
    type: "object",
    properties: { key: { type: "string", description: "The record's key." }, depth: { type: "integer", minimum: 0 } },
    required: ["key"],
  },
  annotations: { readOnlyHint: true, idempotentHint: true },
}));
const server = "https://tools.example.com/mcp";
const catalogue = Buffer.from(JSON.stringify({ server, version: 1, tools }));
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const signature = sign("sha256", catalogue, privateKey);
const keys = publicKey.export({ type: "spki", format: "pem" }).toString();
const verifier = new KeyedVerifier({ keys, stateStore: new InMemoryStateStore() });

/** @param {(index: number) => unknown} run @param {number} runs */
async function measure(run, runs) {
  const times = [];
  for (let index = -Math.ceil(runs / 2); index < runs; index += 1) {
    const began = performance.now();
    await run(Math.max(index, 0));
    if (index >= 0) times.push((performance.now() - began) * 1000);
  }
  return times;
}

const verified = await verifier.verify({ catalogue, server, signature });
const verify = await measure(() => verifier.verify({ catalogue, server, signature }), count > 1000 ? 10 : 200);
const require = await measure((index) => verified.require(tools[index % count]), 1000);
console.log(JSON.stringify({ bytes: catalogue.length, verify, require }));
