/** The state of one session: open requests, and declared capabilities. Its size is that of the open requests. */

import type { Walk } from "../lists/walk.js";
import { Walks } from "../lists/walk.js";
import { isObject, type JsonObject, type MessageId, own, ownText } from "./message.js";
import type { Surface } from "./surfaces.js";

/** A request of the client that the server has not answered. */
export interface OpenRequest {
  readonly method: string;
  /** The tool of a call. */
  readonly name?: string;
  /** The changed lists that a subscription asks for. */
  readonly hears?: ReadonlySet<Surface["capability"]>;
  /** For a list. */
  readonly page?: { readonly surface: Surface; readonly walk: Walk; readonly cursor: string };
}

const VERSION = "io.modelcontextprotocol/protocolVersion";
const SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";

/** Whether a request belongs to version 2026-07-28, in which each request states its version. */
export const isStateless = (params: unknown): boolean => ownText(own(params, "_meta"), VERSION) !== undefined;

export class Session {
  /** Requests of the client, by id. A `Map` keeps 1 and "1" apart. */
  readonly client = new Map<MessageId, OpenRequest>();
  /** Requests of the server, by id, with their method. */
  readonly server = new Map<MessageId, string>();
  readonly walks: Readonly<Record<Surface["member"], Walks>>;
  /** The capabilities that the server declared. */
  #capabilities: unknown;
  #initializing = false;
  #answered = false;
  /** The metadata of the client's last request, for versions that require some with each request. */
  #meta: JsonObject | undefined;

  constructor(walks: number) {
    const make = (): Walks => new Walks(walks);
    this.walks = { tools: make(), prompts: make(), resources: make(), resourceTemplates: make() };
  }

  /** The connection has ended, and with it all open requests. */
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
    // A client may send a ping before the session begins.
    if (result !== undefined && method !== "ping") this.#answered = true;
    if (method === "initialize") this.#initializing = false;
    if (method === "initialize" || method === "server/discover") this.#capabilities = own(result, "capabilities");
  }

  /** Whether the gate may send requests of its own to the server. */
  get ready(): boolean {
    return this.#answered && !this.#initializing;
  }

  /** The metadata for the gate's own requests. */
  get meta(): JsonObject | undefined {
    return this.#meta;
  }

  /** Whether the server has declared that it notifies of changes of such lists. */
  declares(capability: Surface["capability"]): boolean {
    return own(own(this.#capabilities, capability), "listChanged") === true;
  }

  /**
   * The notifications that tell the client of a changed list. If it has subscriptions, there is one for each that asked
   * for it.
   */
  notifications({ notification: method, capability }: Surface): JsonObject[] {
    const subscriptions = [...this.client].filter(([, { hears }]) => hears !== undefined);
    if (subscriptions.length === 0) return [{ jsonrpc: "2.0", method }];
    const hearing = subscriptions.filter(([, { hears }]) => hears?.has(capability));
    return hearing.map(([id]) => ({ jsonrpc: "2.0", method, params: { _meta: { [SUBSCRIPTION]: id } } }));
  }
}

/** A request of the gate has no progress to report to the client. */
function withoutToken(meta: unknown): JsonObject | undefined {
  if (!isObject(meta)) return undefined;
  const { progressToken: _, ...rest } = meta;
  return rest;
}
