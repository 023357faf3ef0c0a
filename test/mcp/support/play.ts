/** A gate whose two ends are arrays: what each side received, in order. */
import type { VerifiedCatalogue } from "../../../ts/index.js";
import { createGate, type Gate, type GateDecision, type GateOptions } from "../../../ts/mcp/index.js";
import { SERVER } from "./catalogue.js";

// biome-ignore lint/suspicious/noExplicitAny: messages are looked into freely here
export type Message = any;

export class Play {
  readonly gate: Gate;
  readonly client: Message[] = [];
  readonly server: Message[] = [];
  readonly events: GateDecision[] = [];

  constructor(catalogue?: VerifiedCatalogue, options: Partial<GateOptions> = {}) {
    this.gate = createGate({
      server: SERVER,
      ...(catalogue !== undefined && { catalogue }),
      onDecision: (event) => this.events.push(event),
      emit: ({ to, message }) => this[to].push(message),
      ...options,
    });
  }

  /** A message of the client. Returns what it gave rise to. */
  async out(message: Message): Promise<Message[]> {
    return this.#take(await this.gate.outbound({ jsonrpc: "2.0", ...message }));
  }

  /** A message of the server. */
  async in(message: Message): Promise<Message[]> {
    return this.#take(await this.gate.inbound({ jsonrpc: "2.0", ...message }));
  }

  /** A request of the client, and the server's answer to it if it gets there. Returns what the client got. */
  async ask(id: string | number, method: string, params: Message, result: Message): Promise<Message> {
    const [first] = await this.out({ id, method, ...(params !== undefined && { params }) });
    if (first?.to !== "server") return first?.message;
    const [answer] = await this.in({ id, result });
    return answer?.message;
  }

  async initialize(capabilities: Message = { tools: { listChanged: true } }, more: Message = {}): Promise<Message> {
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
    const result = { protocolVersion: "2025-11-25", capabilities, serverInfo: { name: "s", version: "1" }, ...more };
    const answer = await this.ask("init", "initialize", params, result);
    await this.out({ method: "notifications/initialized" });
    return answer;
  }

  list(id: string | number, tools: Message[], params?: Message, more: Message = {}): Promise<Message> {
    return this.ask(id, "tools/list", params, { tools, ...more });
  }

  call(id: string | number, name: string): Promise<Message> {
    return this.ask(id, "tools/call", { name, arguments: {} }, { content: [] });
  }

  codes(): (string | undefined)[] {
    return this.events.map(({ code }) => code);
  }

  #take(outcome: { to: "client" | "server"; message: Message }[]): Message[] {
    for (const { to, message } of outcome) this[to].push(message);
    return outcome;
  }
}

export const names = (answer: Message): string[] => answer.result.tools.map((one: { name: string }) => one.name);
