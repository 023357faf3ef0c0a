/**
 * An agent's endpoint as a Cloudflare Worker. It verifies the catalogue of an MCP server, and connects to the server through
 * the gate. A Durable Object remembers the newest catalogue, so that no isolate of the Worker accepts an older one.
 *
 *   GET  /tools   the signed tools, who signed them, and what the gate withholds
 *   POST /call    {"name": "add", "arguments": {"a": 2, "b": 3}}
 */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { InkanError, KeyedVerifier } from "inkan";
import { createGate, gateClient } from "inkan/mcp";
import { DurableObjectStateStore, StateDurableObject } from "inkan/state-durable-object";
import publisher from "./publisher.pub";

export { StateDurableObject };

/** One for all requests of an isolate: the state store of a running Worker keeps a floor of its own. */
let verifier;

/** Bytes of a file. A server that sends without end must not fill the memory. */
const LONGEST = 4 * 2 ** 20;

/** Fetches a file from the well-known place of the server. Nothing is trusted until it is verified. */
async function published(name, serverUrl) {
  const url = new URL(`/.well-known/${name}`, serverUrl);
  // A redirect is not followed: the server has no say in what else this Worker asks.
  const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
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

/** Connects through the gate, passes the client to `use`, and closes the connection. */
async function withServer({ SERVER, SERVER_URL, INKAN_STATE }, use) {
  verifier ??= new KeyedVerifier({
    keys: publisher,
    stateStore: new DurableObjectStateStore({ namespace: INKAN_STATE }),
  });
  const [file, bundle] = await Promise.all([
    published("mcp-catalogue.json", SERVER_URL),
    published("mcp-catalogue.sigstore.json", SERVER_URL),
  ]);
  const catalogue = await verifier.verify({ catalogue: file, bundle, server: SERVER, scope: "sums" });

  /** What the gate keeps from the agent, by name. It may decide more than once, because it lists again by itself. */
  const withheld = new Map();
  const onDecision = ({ decision, kind, name, code }) => {
    if (kind === "tool" && decision !== "allowed") withheld.set(name, { name, code });
  };
  const gate = createGate({ server: SERVER, catalogue, onDecision });
  const client = gateClient(new Client({ name: "agent", version: "1.0.0" }), gate);
  await client.connect(new StreamableHTTPClientTransport(new URL(SERVER_URL)));
  try {
    // First the list, also for a call: from it the gate learns which definitions were changed.
    const { tools } = await client.listTools();
    return await use({ client, catalogue, tools, withheld: [...withheld.values()] });
  } finally {
    await client.close();
  }
}

const answer = (status, value) =>
  new Response(`${JSON.stringify(value, null, 2)}\n`, { status, headers: { "content-type": "application/json" } });

/** The verifier throws an InkanError. The gate answers a call with a JSON-RPC error, and its data says why. */
function refusalOf(error) {
  if (!(error instanceof InkanError)) return error.data?.code === undefined ? undefined : error.data;
  const { code, summary, expected, found, hint } = error;
  return { code, summary, expected, found, hint };
}

const routes = {
  "GET /tools": (_, env) =>
    withServer(env, ({ catalogue, tools, withheld }) =>
      answer(200, {
        signer: catalogue.signer,
        version: catalogue.version,
        tools: tools.map(({ name, description }) => ({ name, description })),
        withheld,
      }),
    ),
  "POST /call": async (request, env) => {
    const call = await request.json().catch(() => undefined);
    if (typeof call?.name !== "string") return answer(400, { error: "the body must be JSON with the name of a tool" });
    return withServer(env, async ({ client }) => {
      const { structuredContent, content } = await client.callTool({ name: call.name, arguments: call.arguments });
      return answer(200, structuredContent ?? content);
    });
  },
};

export default {
  async fetch(request, env) {
    const route = `${request.method} ${new URL(request.url).pathname}`;
    if (!Object.hasOwn(routes, route)) return answer(404, { error: `use ${Object.keys(routes).join(" or ")}` });
    try {
      return await routes[route](request, env);
    } catch (error) {
      const refused = refusalOf(error);
      return refused === undefined ? answer(502, { error: error.message }) : answer(403, { refused });
    }
  },
};
