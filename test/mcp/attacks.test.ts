/** What attacks on the gate have found, each beside its honest twin. */
import { beforeAll, describe, expect, test } from "vitest";
import type { VerifiedCatalogue } from "../../ts/index.js";
import { SERVER, signedCatalogue, tool } from "./support/catalogue.js";
import { type Message, Play } from "./support/play.js";

const sampling = { method: "sampling/createMessage", params: { messages: [], maxTokens: 1, tools: [tool("evil")] } };
const STATELESS = { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };

let catalogue: VerifiedCatalogue;
let next: VerifiedCatalogue;
beforeAll(async () => {
  catalogue = await signedCatalogue({ tools: [tool("index"), tool("old")] });
  next = await signedCatalogue({ version: 2, tools: [tool("index")] });
});

describe("a request of the gate's own", () => {
  async function relisting(): Promise<{ play: Play; id: string }> {
    const play = new Play(catalogue);
    await play.initialize();
    await play.in({ method: "notifications/tools/list_changed" });
    const { id } = play.server.at(-1);
    expect(play.server.at(-1)).toEqual({ jsonrpc: "2.0", id, method: "tools/list" });
    return { play, id };
  }

  test("is not told to the client by a cancellation of the server's, and ends by it", async () => {
    const { play, id } = await relisting();
    const cancelled = { method: "notifications/cancelled", params: { requestId: id } };
    expect(await play.in(cancelled)).toEqual([]);
    expect(play.codes()).toContain("ERR_LIST_UNFINISHED");
    expect(await play.in({ id, result: { tools: [tool("index", "Evil.")] } })).toEqual([]);
    expect((await play.call(1, "index")).result).toBeDefined();
    expect(await play.in({ method: "notifications/cancelled", params: { requestId: 77 } })).toHaveLength(1);
  });

  test("shares its id with none of the client's, which is answered once", async () => {
    const { play, id } = await relisting();
    const [answer, ...more] = await play.out({ id, method: "ping" });
    expect([answer.to, answer.message.id, answer.message.error.data.code, more]).toEqual([
      "client",
      id,
      "ERR_MESSAGE_UNEXPECTED",
      [],
    ]);
    expect(await play.in({ id, result: { tools: [] } })).toEqual([]);
    expect((await play.out({ id, method: "ping" }))[0].to).toBe("server");
  });

  test("does not follow a cursor without end", async () => {
    const { play, id } = await relisting();
    const asked = play.server.length;
    await play.in({ id, result: { tools: [], nextCursor: "x".repeat(100_000) } });
    expect([play.server.length, play.codes().at(-1)]).toEqual([asked, "ERR_LIST_UNFINISHED"]);
  });

  test("waits for the session, whatever was asked before it", async () => {
    const play = new Play(catalogue);
    await play.ask("p", "ping", {}, {});
    await play.in({ method: "notifications/tools/list_changed" });
    expect(play.server.map(({ method }) => method)).toEqual(["ping"]);
    await play.out({ id: 1, method: "server/discover", params: STATELESS });
    await play.in({ id: 1, error: { code: -32601, message: "Method not found" } });
    expect(play.server.map(({ method }) => method)).toEqual(["ping", "server/discover"]);
    await play.initialize();
    expect(play.server.map(({ method }) => method)).toContain("tools/list");
  });
});

describe("definitions where none belong", () => {
  test.each(["initialize", "server/discover"])("do not reach the client in the answer to %s", async (method) => {
    const play = new Play(catalogue);
    const honest = { capabilities: { tools: {}, prompts: {} }, serverInfo: { name: "s" }, tools: undefined };
    const { tools: _, ...plain } = honest;
    const [, answer] = [
      await play.out({ id: 1, method, params: {} }),
      await play.in({ id: 1, result: { ...plain, tools: [tool("evil")], prompts: [], instructions: "Obey." } }),
    ];
    expect(answer[0].message).toEqual({ jsonrpc: "2.0", id: 1, result: plain });
    expect(play.events.map(({ kind, decision }) => [kind, decision])).toEqual([
      ["tool", "hidden"],
      ["prompt", "hidden"],
      ["instructions", "dropped"],
    ]);
    await play.out({ id: 2, method, params: {} });
    const message = { jsonrpc: "2.0", id: 2, result: plain };
    expect((await play.gate.inbound(message))[0]?.message).toBe(message);
  });

  test("for sampling are found in a list of tasks, and however often they are wrapped", async () => {
    const play = new Play(catalogue);
    const task = { taskId: "1", status: "input_required", inputRequests: { a: sampling } };
    expect((await play.ask(1, "tasks/list", {}, { tasks: [{ taskId: "0" }, task] })).error.data.code).toBe(
      "ERR_SAMPLING_TOOLS",
    );
    const honest = { tasks: [{ taskId: "0", status: "working" }] };
    expect((await play.ask(2, "tasks/list", {}, honest)).result).toEqual(honest);
    let wrapped: Message = sampling;
    for (let depth = 0; depth < 100_000; depth += 1) wrapped = { request: wrapped };
    await play.out({ id: 3, method: "ping" });
    const [answer] = await play.in({ id: 3, error: { code: 1, message: "", data: { inputRequests: [wrapped] } } });
    expect(answer.message.error.data.code).toBe("ERR_SAMPLING_TOOLS");
  });

  test("for sampling that the operator allows are an event", async () => {
    const play = new Play(catalogue, { sampling: "allow" });
    expect((await play.in({ id: 1, ...sampling }))[0].to).toBe("client");
    expect(play.events).toMatchObject([{ kind: "sampling", decision: "allowed", direction: "inbound" }]);
  });
});

describe("what never ends a request without an answer", () => {
  test("objects whose own code throws are dropped", async () => {
    const play = new Play(catalogue);
    const hostile = Object.defineProperty({ id: 1, method: "ping" }, "jsonrpc", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    expect(await play.gate.outbound(hostile)).toEqual([]);
    expect(await play.gate.inbound(hostile)).toEqual([]);
    expect((await play.ask(1, "ping", {}, { fine: true })).result).toEqual({ fine: true });
  });

  test("an initialize that a batch answers fails, and leaves the next one its turn", async () => {
    const play = new Play(catalogue);
    await play.out({ id: 1, method: "initialize", params: {} });
    const [failed] = await play.gate.inbound([{ jsonrpc: "2.0", id: 1, result: { capabilities: {} } }]);
    expect(failed?.message).toMatchObject({ id: 1, error: { data: { code: "ERR_MESSAGE_BATCH", server: SERVER } } });
    expect((await play.initialize()).result).toBeDefined();
    expect((await play.call(2, "index")).result).toBeDefined();
  });

  test("an id without end is not kept", async () => {
    const play = new Play(catalogue);
    const [answer] = await play.in({ id: "x".repeat(5_000), method: "roots/list" });
    expect([answer.to, play.codes()]).toEqual(["server", ["ERR_MESSAGE_LIMIT"]]);
    expect((await play.in({ id: "x".repeat(4_096), method: "roots/list" }))[0].to).toBe("client");
  });
});

describe("news of a replacement", () => {
  test("goes to the subscriptions that asked for it, with their ids", async () => {
    const play = new Play(catalogue);
    const capabilities = { tools: { listChanged: true }, prompts: { listChanged: true } };
    await play.ask("d", "server/discover", STATELESS, { capabilities });
    const listen = (id: number, notifications: object) =>
      play.out({ id, method: "subscriptions/listen", params: { ...STATELESS, notifications } });
    await listen(1, { toolsListChanged: true });
    await listen(2, { promptsListChanged: true });
    await listen(3, { toolsListChanged: false, resourceSubscriptions: [] });
    play.client.length = 0;
    play.gate.replace(next);
    const told = (method: string, id: number) => ({
      jsonrpc: "2.0",
      method,
      params: { _meta: { "io.modelcontextprotocol/subscriptionId": id } },
    });
    expect(play.client).toEqual([
      told("notifications/tools/list_changed", 1),
      told("notifications/prompts/list_changed", 2),
    ]);
  });

  test("that comes while arguments are checked counts for the call", async () => {
    const play = new Play(catalogue, { validate: "arguments" });
    const sent = play.gate.outbound({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "old" } });
    play.gate.replace(next);
    const [answer] = await sent;
    expect(answer).toMatchObject({ to: "client", message: { error: { data: { code: "ERR_TOOL_UNSIGNED" } } } });
    expect((await play.call(2, "index")).result).toBeDefined();
  });

  test("in an overlap, an event names the catalogue that signs what was used", async () => {
    const play = new Play(catalogue, { overlapSeconds: 60 });
    play.gate.replace(next);
    expect((await play.call(1, "old")).result).toBeDefined();
    expect(play.events.at(-1)).toMatchObject({ name: "old", catalogueVersion: 1, catalogueDigest: catalogue.digest });
    expect((await play.call(2, "index")).result).toBeDefined();
    expect(play.events.at(-1)).toMatchObject({ name: "index", catalogueVersion: 2, catalogueDigest: next.digest });
  });
});

test("an event is bounded, whatever a method is called", async () => {
  const play = new Play(catalogue);
  await play.out({ id: 1, method: `acme/${"x".repeat(100_000)}\u001b[2J` });
  await play.out({ id: 2, method: "tools/call", params: { name: `\u202e${"y".repeat(100_000)}` } });
  expect(JSON.stringify(play.events).length).toBeLessThan(3_000);
  expect(JSON.stringify(play.client).length).toBeLessThan(3_000);
});

test("one definition with very many members is looked at once, and not hashed", async () => {
  const play = new Play(catalogue);
  const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, index]));
  const answer = await play.list(1, [{ ...tool("index"), "x-vendor": many }, tool("old")]);
  expect(answer.result.tools).toEqual([tool("old")]);
  expect(play.events[0]).toMatchObject({ name: "index", decision: "hidden", code: "ERR_TOOL_CHANGED" });
  expect(play.events[0]?.offeredDigest).toBeUndefined();
  expect((await play.call(2, "index")).error.data.code).toBe("ERR_TOOL_CHANGED");
});

test("whatever stands in whatever member: nothing fails inside, no call of anything else reaches the server", async () => {
  const all = await signedCatalogue({
    tools: [tool("index")],
    prompts: [{ name: "p" }],
    resources: [{ uri: "a:b", name: "n" }],
    resourceTemplates: [{ uriTemplate: "t:{x}", name: "t" }],
  });
  let state = 7;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const one = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const lists = ["tools", "prompts", "resources", "resourceTemplates"];
  const members = [
    ...["name", "uri", "ref", "type", "_meta", "cursor", "nextCursor", "instructions", "inputRequests", "request"],
    ...["method", "params", "task", "tasks", "data", "requestId", "notifications", "resourceSubscriptions", "toJSON"],
    ...["__proto__", "constructor", "capabilities", "arguments", "inputSchema", "resultType", ...lists],
  ];
  const methods = [
    ...["initialize", "server/discover", "ping", "tools/list", "tools/list", "tools/call", "tools/call", "prompts/get"],
    ...["resources/list", "resources/read", "completion/complete", "subscriptions/listen", "sampling/createMessage"],
    ...["notifications/cancelled", "notifications/tools/list_changed", "tasks/list", "acme/x", "", "__proto__", 5],
  ];
  const value = (depth: number): Message => {
    const plain = [null, 1, "", "index", "evil", "a:b", "t:1", "\ud800", true, tool("index"), tool("index", "Evil.")];
    if (depth > 3 || below(3) === 0) return one(plain);
    if (below(4) === 0) return Array.from({ length: below(4) }, () => value(depth + 1));
    const entries = Array.from({ length: below(5) }, () => [one(members), value(depth + 1)]);
    return JSON.parse(JSON.stringify(Object.fromEntries(entries)));
  };
  const failed: Message[] = [];
  const called: Message[] = [];
  for (let round = 0; round < 200; round += 1) {
    const play = new Play(all, { limits: { listPauseSeconds: 0 }, ...(below(2) === 0 && { validate: "both" }) });
    for (let step = 0; step < 60; step += 1) {
      const id = one([0, 1, 2, "1", 1.5, null, "inkan-list-1", "inkan-list-2", {}]);
      const params = one([{}, { name: "index" }, { name: "evil" }, { cursor: "c" }, { uri: "t:1" }, value(0)]);
      const list = { [one(lists)]: [value(0), tool("index")], nextCursor: one(["c", 5]) };
      const asks = { id, method: one(methods), params };
      const answers = below(4) === 0 ? { id, error: value(0) } : { id, result: one([list, value(0)]) };
      const before = play.events.length;
      const message = one<Message>([asks, asks, asks, answers, answers, [{ jsonrpc: "2.0", ...asks }]]);
      if (Array.isArray(message)) await play.gate.inbound(message);
      else if (below(3) === 0) await play.out(message);
      else await (message === asks ? play.out(message) : play.in(message));
      if (play.codes().slice(before).includes("ERR_INTERNAL")) failed.push(message);
    }
    called.push(...play.server.filter(({ method }) => method === "tools/call"));
  }
  expect(failed).toEqual([]);
  expect(called.length).toBeGreaterThan(20);
  expect(called.filter(({ params }) => params.name !== "index")).toEqual([]);
});
