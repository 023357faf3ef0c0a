/** A fleet in one process: a publisher, a site with the catalogue, one Redis, and replicas that each have their own client. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { onTestFinished } from "vitest";
import { type Gate, type GateDecision, signedBehind } from "../../ts/mcp/index.js";
import { loadPolicy } from "../../ts/policy_file/index.js";
import { RedisStateStore } from "../../ts/state/redis.js";
import "../../ts/entry/node.js";
import { fileServer } from "../support/file_server.js";
import { RedisServer } from "../support/redis_server.js";
import { until } from "../support/until.js";

// biome-ignore lint/suspicious/noExplicitAny: messages are looked into freely here
type Message = any;

export const SERVER = "npm:@acme/field";
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const publisherPem = publicKey.export({ type: "spki", format: "pem" }).toString();

export const tool = (name: string, description = `Does ${name}.`) => ({
  name,
  description,
  inputSchema: { type: "object" },
});

/** One release of a catalogue, signed. */
export interface Release {
  readonly catalogue: string;
  readonly signature: string;
}

export function release(version: number, tools: readonly object[], more: object = {}): Release {
  const catalogue = JSON.stringify({ server: SERVER, version, tools, ...more });
  return { catalogue, signature: sign("sha256", Buffer.from(catalogue), privateKey).toString("base64") };
}

/** A site that hands out what is put on it, with ETags. */
export class Site {
  origin = "";
  now: Release;
  isDown = false;
  /** The status of each answer. */
  readonly answered: number[] = [];

  constructor(first: Release) {
    this.now = first;
  }

  async open(): Promise<this> {
    const { origin } = await fileServer((request, response) => {
      if (this.isDown) {
        response.destroy();
        return;
      }
      const text = request.url === "/catalogue.json" ? this.now.catalogue : this.now.signature;
      const etag = `"${createHash("sha256").update(text).digest("hex")}"`;
      const status = request.headers["if-none-match"] === etag ? 304 : 200;
      this.answered.push(status);
      response.writeHead(status, { etag }).end(status === 200 ? text : undefined);
    });
    this.origin = origin;
    return this;
  }
}

export const siteWith = (first: Release): Promise<Site> => new Site(first).open();

export async function redisServer(...options: string[]): Promise<RedisServer> {
  const redis = await RedisServer.start(...options);
  onTestFinished(() => redis.remove());
  return redis;
}

export interface ReplicaOptions {
  readonly site: Site;
  /** The URL of Redis. */
  readonly redis: string;
  /** Members of the policy file. */
  readonly policy?: object;
  readonly now?: () => number;
}

/** One process of the fleet: its gate, its events, and an agent and a server on the two sides. */
export class Replica {
  readonly gate: Gate;
  readonly events: GateDecision[];
  #id = 0;

  private constructor(gate: Gate, events: GateDecision[]) {
    this.gate = gate;
    this.events = events;
  }

  static async start({ site, redis, policy = {}, now }: ReplicaOptions): Promise<Replica> {
    const store = new RedisStateStore({ url: redis, timeoutMs: 1_000 });
    onTestFinished(() => store.close());
    const field = {
      server: SERVER,
      command: "node",
      catalogue: `${site.origin}/catalogue.json`,
      signature: `${site.origin}/catalogue.sig`,
      keys: ["publisher.pem"],
      state: redis,
      refresh: { everySeconds: 1 },
      ...policy,
    };
    const loaded = await loadPolicy({
      file: "inkan.config.json",
      readFile: async (_path, _longest, kind) =>
        new TextEncoder().encode(kind === "policy" ? JSON.stringify({ servers: { field } }) : publisherPem),
      openStore: () => store,
    });
    const events: GateDecision[] = [];
    const server = await loaded.server("field");
    const gate = await server.gate({ onDecision: (event) => events.push(event), ...(now && { now }) });
    return new Replica(gate, events);
  }

  /** The code of what keeps the gate closed. */
  get closed(): string | undefined {
    return this.gate.closedBy?.code;
  }

  /** The names that the agent sees if the server offers these tools. */
  async list(...offered: readonly object[]): Promise<string[]> {
    const answer = await this.#ask("tools/list", {}, { tools: offered });
    return answer.result.tools.map((one: { name: string; description: string }) => {
      if (signedBehind(one) === undefined) throw new Error(`${one.name} is not signed, and was listed`);
      return one.name;
    });
  }

  /** The code with which a call is refused; undefined if the server got it. */
  async call(name: string): Promise<string | undefined> {
    return (await this.#ask("tools/call", { name, arguments: {} }, { content: [] })).error?.data.code;
  }

  /** The codes of refreshes that failed, in order. */
  get failures(): (string | undefined)[] {
    return this.events
      .filter(({ kind, decision, method }) => kind === "message" && decision === "dropped" && method === undefined)
      .map(({ code }) => code);
  }

  /** Does something until it is so, as an agent that goes on working. */
  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const missing = () => `it never was so: ${isSo}; ${JSON.stringify(this.events.slice(-3))}`;
    await until(isSo, missing, { pause: 20 });
  }

  async #ask(method: string, params: object, result: object): Promise<Message> {
    this.#id += 1;
    const id = this.#id;
    const [first] = await this.gate.outbound({ jsonrpc: "2.0", id, method, params });
    if (first?.to !== "server") return first?.message;
    const [answer] = await this.gate.inbound({ jsonrpc: "2.0", id, result });
    return answer?.message;
  }
}
