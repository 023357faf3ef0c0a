/** The state of one session: what is open, what was declared. Its size is that of what is open. */

import type { Walk } from "../lists/walk.js";
import { Walks } from "../lists/walk.js";
import { isObject, type JsonObject, type MessageId, own, ownText } from "./message.js";
import type { Surface } from "./surfaces.js";

/** A request of the client that the server has not answered. */
export interface OpenRequest {
  readonly method: string;
  /** The tool of a call. */
  readonly name?: string;
  /** Of a subscription: the changed lists that it asked to hear of. */
  readonly hears?: ReadonlySet<Surface["capability"]>;
  /** For a list. */
  readonly page?: { readonly surface: Surface; readonly walk: Walk; readonly cursor: string };
}

const VERSION = "io.modelcontextprotocol/protocolVersion";
const SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";

/** Whether a request belongs to the era of 2026-07-28, in which each one says of which version it is. */
export const isStateless = (params: unknown): boolean => ownText(own(params, "_meta"), VERSION) !== undefined;

export class Session {
  /** Requests of the client, by id. A `Map` keeps 1 and "1" apart. */
  readonly client = new Map<MessageId, OpenRequest>();
  /** Requests of the server, by id, with their method. */
  readonly server = new Map<MessageId, string>();
  readonly walks: Readonly<Record<Surface["member"], Walks>>;
  /** What the server said that it can do. */
  #capabilities: unknown;
  #initializing = false;
  #answered = false;
  /** The metadata of the client's last request, in the era that wants some with each. */
  #meta: JsonObject | undefined;

  constructor(walks: number) {
    const make = (): Walks => new Walks(walks);
    this.walks = { tools: make(), prompts: make(), resources: make(), resourceTemplates: make() };
  }

  /** Everything that was open is lost with its connection. */
  reset(): void {
    this.client.clear();
    this.server.clear();
    for (const walks of Object.values(this.walks)) walks.clear();
    this.#capabilities = undefined;
    this.#initializing = false;
    this.#answered = false;
    this.#meta = undefined;
  }

  /** The client sends a request. */
  asks(method: string, params: JsonObject): void {
    if (method === "initialize") this.#initializing = true;
    this.#meta = isStateless(params) ? withoutToken(own(params, "_meta")) : undefined;
  }

  /** The server has answered a request: with a result, or with an error. */
  answered(method: string, result: unknown): void {
    // A client may ask whether the server is there before the session begins.
    if (result !== undefined && method !== "ping") this.#answered = true;
    if (method === "initialize") this.#initializing = false;
    if (method === "initialize" || method === "server/discover") this.#capabilities = own(result, "capabilities");
  }

  /** Whether the gate may ask the server something of its own. */
  get ready(): boolean {
    return this.#answered && !this.#initializing;
  }

  /** The metadata for requests of the gate's own. */
  get meta(): JsonObject | undefined {
    return this.#meta;
  }

  /** Whether the server has declared that it tells of changes of such lists. */
  declares(capability: Surface["capability"]): boolean {
    return own(own(this.#capabilities, capability), "listChanged") === true;
  }

  /** The notifications that tell the client of a changed list: where it has subscriptions, one for each that asked for it. */
  notifications({ notification: method, capability }: Surface): JsonObject[] {
    const subscriptions = [...this.client].filter(([, { hears }]) => hears !== undefined);
    if (subscriptions.length === 0) return [{ jsonrpc: "2.0", method }];
    const hearing = subscriptions.filter(([, { hears }]) => hears?.has(capability));
    return hearing.map(([id]) => ({ jsonrpc: "2.0", method, params: { _meta: { [SUBSCRIPTION]: id } } }));
  }
}

/** A request of the gate's own has no progress to tell the client about. */
function withoutToken(meta: unknown): JsonObject | undefined {
  if (!isObject(meta)) return undefined;
  const { progressToken: _, ...rest } = meta;
  return rest;
}
