/** The agent, on the server: it verifies the catalogue of an MCP server, and connects to the server through the gate. */
import "server-only";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { KeyedVerifier } from "inkan";
import { createGate, gateTransport } from "inkan/mcp";
import { JsonStateStore } from "inkan/state-json";

/** What the catalogue must be signed for, and where the server is reached. In production both are the same. */
export const SERVER = "https://sums.example.com/mcp";
const SERVER_URL = process.env.SERVER_URL ?? "http://127.0.0.1:8900/mcp";

const verifier = new KeyedVerifier({
  keys: readFileSync(join(process.cwd(), "publisher.pub"), "utf8"),
  // For one machine. Where the app runs on several, use RedisStateStore of inkan/redis.
  stateStore: new JsonStateStore(process.env.STATE_FILE ?? "inkan.state.json"),
});

/** Bytes of a file. A server that sends without end must not fill the memory. */
const LONGEST = 4 * 2 ** 20;

/** Fetches a file from the well-known place of the server. Nothing is trusted until it is verified. */
async function published(name) {
  const url = new URL(`/.well-known/${name}`, SERVER_URL);
  // No redirect is followed: it could lead into the network of this machine.
  const how = { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(10_000) };
  const response = await fetch(url, how);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  const pieces = [];
  let length = 0;
  for await (const piece of response.body) {
    length += piece.length;
    if (length > LONGEST) throw new Error(`${url} has more than ${LONGEST} bytes`);
    pieces.push(piece);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** Connects through the gate, passes the client and its tools to `use`, and closes the connection. */
export async function withServer(use) {
  const [catalogue, bundle] = await Promise.all([
    published("mcp-catalogue.json"),
    published("mcp-catalogue.sigstore.json"),
  ]);
  const report = await verifier.report({ catalogue, bundle, server: SERVER, scope: "sums" });

  /** What the gate keeps from the agent, by name. It may decide more than once, because it lists again by itself. */
  const withheld = new Map();
  const onDecision = ({ decision, kind, name, code, difference }) => {
    if (kind === "tool" && decision !== "allowed") withheld.set(name, { name, code, difference });
  };
  // A catalogue that does not verify closes the gate: it lists nothing, and refuses each call with the reason.
  const held = report.verdict === "verified" ? { catalogue: report.catalogue } : { closedBy: report.error };
  const gate = createGate({ server: SERVER, ...held, onDecision });
  const client = new Client({ name: "agent", version: "1.0.0" });
  await client.connect(gateTransport(new StreamableHTTPClientTransport(new URL(SERVER_URL)), gate));
  try {
    // First the list, also for a call: from it the gate learns which definitions were changed.
    const { tools } = await client.listTools();
    return await use({ report, client, tools, withheld: [...withheld.values()] });
  } finally {
    await client.close();
  }
}
