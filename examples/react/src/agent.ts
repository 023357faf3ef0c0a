/** Connects to the MCP server through the gate. The page gets no tool from anywhere else. */
import { Client, StreamableHTTPClientTransport, type Tool } from "@modelcontextprotocol/client";
import { type CatalogueReport, KeyedVerifier } from "inkan";
import { createGate, type GateDecision, gateClient } from "inkan/mcp";
import { IndexedDbStateStore } from "inkan/state-indexeddb";
import publisherKey from "../publisher.pub?raw";

/** What the publisher's catalogue names. The page decides this, never the server. */
const SERVER = "com.example/notes";
/** Where the server is. */
export const SERVER_URL: string = import.meta.env.VITE_MCP_SERVER;

/** The store remembers the newest catalogue in this browser, so that nobody can present an older one again. */
const verifier = new KeyedVerifier({ keys: publisherKey, stateStore: new IndexedDbStateStore() });

export interface Listeners {
  /** The gate has decided something: it hid, revoked or refused a tool, or let a call pass. */
  readonly onDecision: (decision: GateDecision) => void;
  /** The server says that its tools have changed. */
  readonly onToolsChanged: () => void;
}

export interface Agent {
  listTools(): Promise<Tool[]>;
  callTool(name: string, args: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

/** The report says who signed. There is an agent only if the catalogue was verified. */
export async function connect(listeners: Listeners): Promise<{ report: CatalogueReport; agent?: Agent }> {
  const [catalogue, bundle] = await Promise.all([
    fetchFile("mcp-catalogue.json"),
    fetchFile("mcp-catalogue.sigstore.json"),
  ]);
  const report = await verifier.report({ catalogue, bundle, server: SERVER });
  if (report.verdict === "refused") return { report };

  const gate = createGate({ server: SERVER, catalogue: report.catalogue, onDecision: listeners.onDecision });
  const client = gateClient(new Client({ name: "notes-agent", version: "1.0.0" }), gate);
  client.setNotificationHandler("notifications/tools/list_changed", listeners.onToolsChanged);
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", SERVER_URL)));
  const agent: Agent = {
    listTools: async () => (await client.listTools()).tools,
    callTool: async (name, args) => {
      const { content } = await client.callTool({ name, arguments: args });
      return content.map((part) => (part.type === "text" ? part.text : `(${part.type})`)).join("\n");
    },
    close: () => client.close(),
  };
  return { report, agent };
}

async function fetchFile(name: string): Promise<Uint8Array> {
  const response = await fetch(new URL(`/.well-known/${name}`, SERVER_URL), { cache: "no-cache" }).catch((cause) => {
    throw new Error(`The server at ${SERVER_URL} does not answer.`, { cause });
  });
  if (!response.ok) throw new Error(`The server answered with ${response.status} in place of ${name}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The answer of the gate to a refused call. Its texts are printable, whatever the server sent. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly difference?: string;
}

export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !("data" in error)) return undefined;
  const data = error.data as Partial<Refusal> | undefined;
  if (typeof data?.code !== "string" || typeof data.hint !== "string") return undefined;
  const { code, hint, difference } = data;
  return { code, hint, message: error.message, ...(difference === undefined ? {} : { difference }) };
}
