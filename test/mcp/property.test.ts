/**
 * Random interleavings of honest and hostile messages. Whatever comes in which order: nothing is listed that is not signed,
 * no refused call reaches the server, every request of the client gets exactly one answer, and the order is kept.
 */
import { expect, test } from "vitest";
import { createGate, type JsonRpcMessage } from "../../ts/mcp/index.js";
import { SERVER, signedCatalogue, tool } from "./support/catalogue.js";
import type { Message } from "./support/play.js";

const NAMES = ["a", "b", "c", "d"];
const SIGNED = [...NAMES.map((name) => tool(name)), tool("a", "Autre.")].map((one) => JSON.stringify(one));

/** A small generator: the same seed gives the same play. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

class Chaos {
  readonly #pick: (below: number) => number;
  readonly #gate;
  readonly #open: { id: string | number; method: string }[] = [];
  readonly asked = new Map<string | number, string>();
  readonly client: Message[] = [];
  readonly server: Message[] = [];
  /** The tags of notifications, in the order of their sending and of their arrival. */
  readonly sent = { client: [] as number[], server: [] as number[] };
  #count = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(seed: number, catalogue: Awaited<ReturnType<typeof signedCatalogue>>) {
    this.#pick = random(seed);
    this.#gate = createGate({
      server: SERVER,
      catalogue,
      limits: { listPauseSeconds: 0 },
      emit: ({ to, message }) => this.#arrive(to, message),
    });
  }

  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step += 1) {
      if (this.#pick(2) === 0) this.#clientActs();
      else this.#serverActs();
      if (this.#pick(5) === 0) await this.#work;
    }
    // In the end the server answers all that is open.
    for (let round = 0; round < 50; round += 1) {
      await this.#work;
      while (this.#open.length > 0) this.#answer(0);
    }
    await this.#work;
  }

  #one<T>(from: readonly T[]): T {
    return from[this.#pick(from.length)] as T;
  }

  #send(way: "outbound" | "inbound", message: Message): void {
    const outcome = this.#gate[way](message);
    this.#work = Promise.all([
      this.#work,
      outcome.then((all) => {
        for (const { to, message: one } of all) this.#arrive(to, one);
      }),
    ]).then(() => {});
  }

  #arrive(to: "client" | "server", message: JsonRpcMessage): void {
    this[to].push(message);
    const { id, method } = message as Message;
    if (to === "server" && id !== undefined && method !== undefined) this.#open.push({ id, method });
  }

  #clientActs(): unknown {
    this.#count += 1;
    const id = this.#pick(2) === 0 ? this.#count : `${this.#count}`;
    const ask = (method: string, params?: object): void => {
      this.asked.set(id, method);
      this.#send("outbound", { jsonrpc: "2.0", id, method, ...(params && { params }) });
    };
    switch (this.#pick(6)) {
      case 0:
        return ask("tools/list", this.#pick(3) === 0 ? { cursor: this.#one(["p", "q"]) } : undefined);
      case 1:
      case 2:
        return ask("tools/call", { name: this.#one([...NAMES, "evil", "__proto__"]), arguments: {} });
      case 3:
        return ask("ping");
      case 4:
        this.sent.client.push(this.#count);
        return this.#send("outbound", {
          jsonrpc: "2.0",
          method: "notifications/progress",
          params: { progress: this.#count },
        });
      default:
        return this.#send("outbound", this.#one<Message>([[], 5, { jsonrpc: "2.0", id: 1, result: {} }, { id: 7 }]));
    }
  }

  #serverActs(): unknown {
    this.#count += 1;
    switch (this.#pick(7)) {
      case 0:
      case 1:
      case 2:
        if (this.#open.length > 0) this.#answer(this.#pick(this.#open.length));
        return undefined;
      case 3:
        return this.#send("inbound", { jsonrpc: "2.0", method: "notifications/tools/list_changed" });
      case 4:
        this.sent.server.push(this.#count);
        return this.#send("inbound", {
          jsonrpc: "2.0",
          method: "notifications/progress",
          params: { progress: this.#count },
        });
      case 5:
        return this.#send("inbound", { jsonrpc: "2.0", id: this.#pick(50), result: { tools: [tool("evil")] } });
      default:
        return this.#send(
          "inbound",
          this.#one<Message>([[{ jsonrpc: "2.0", id: 1, method: "ping" }], null, { tools: [] }]),
        );
    }
  }

  #answer(at: number): void {
    const [request] = this.#open.splice(at, 1);
    if (request === undefined) return;
    const offers = (): Message[] =>
      Array.from({ length: this.#pick(5) }, () =>
        this.#one([tool(this.#one(NAMES)), tool("a", "Autre."), tool(this.#one(NAMES), "Evil."), tool("evil"), null]),
      );
    const result: Message =
      request.method === "tools/list"
        ? { tools: offers(), ...(this.#pick(3) === 0 && { nextCursor: this.#one(["p", "q"]) }) }
        : { content: [] };
    const answer =
      this.#pick(8) === 0
        ? { error: { code: 1, message: "no" } }
        : { result: this.#pick(20) === 0 ? { tools: 1 } : result };
    this.#send("inbound", { jsonrpc: "2.0", id: request.id, ...answer });
    if (this.#pick(4) === 0)
      this.#send("inbound", { jsonrpc: "2.0", id: request.id, result: { tools: [tool("evil")] } });
  }
}

test("invariants hold in every order", async () => {
  const catalogue = await signedCatalogue({
    tools: NAMES.map((name) => tool(name)),
    alternatives: { tools: [tool("a", "Autre.")] },
  });
  for (let seed = 1; seed <= 60; seed += 1) {
    const chaos = new Chaos(seed, catalogue);
    await chaos.run(200);
    const answers = chaos.client.filter(({ method }) => method === undefined);
    const ids = answers.map(({ id }) => id);
    expect([seed, ids.length, new Set(ids).size]).toEqual([seed, chaos.asked.size, chaos.asked.size]);
    expect(ids.filter((id) => !chaos.asked.has(id))).toEqual([]);
    for (const { id, result } of answers) {
      if (chaos.asked.get(id) !== "tools/list" || result === undefined) continue;
      for (const listed of result.tools) expect(SIGNED).toContain(JSON.stringify(listed));
    }
    const called = chaos.server.filter(({ method }) => method === "tools/call");
    expect(called.filter(({ params }) => !NAMES.includes(params.name))).toEqual([]);
    const refused = new Set(
      answers.filter(({ error }) => error?.data?.code?.startsWith("ERR_TOOL")).map(({ id }) => id),
    );
    expect(called.filter(({ id }) => refused.has(id))).toEqual([]);
    const tags = (side: Message[]): number[] =>
      side.filter(({ method }) => method === "notifications/progress").map(({ params }) => params.progress);
    expect(tags(chaos.server)).toEqual(chaos.sent.client);
    expect(tags(chaos.client)).toEqual(chaos.sent.server);
  }
});
