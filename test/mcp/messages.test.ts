/** Envelopes: ids, answers, batches, what is malformed; and tools that a server makes up for sampling. */
import { beforeAll, describe, expect, test } from "vitest";
import type { VerifiedCatalogue } from "../../ts/index.js";
import { SERVER, signedCatalogue, tool } from "./support/catalogue.js";
import { type Message, Play } from "./support/play.js";

let catalogue: VerifiedCatalogue;
beforeAll(async () => {
  catalogue = await signedCatalogue({ tools: [tool("index")] });
});

describe("answers of the server", () => {
  test("come once, to the id that was asked with, and not after it was cancelled", async () => {
    const play = new Play(catalogue);
    await play.out({ id: 1, method: "tools/list" });
    await play.out({ id: "1", method: "ping" });
    expect(await play.in({ id: 2, result: { tools: [tool("evil")] } })).toEqual([]);
    const [ping] = await play.in({ id: "1", result: { tools: [tool("evil")] } });
    expect(ping.message).toEqual({ jsonrpc: "2.0", id: "1", result: { tools: [tool("evil")] } });
    const [list] = await play.in({ id: 1, result: { tools: [tool("evil"), tool("index")] } });
    expect(list.message.result.tools).toEqual([tool("index")]);
    expect(await play.in({ id: 1, result: { tools: [tool("evil")] } })).toEqual([]);
    expect(await play.in({ id: 1, error: { code: 1, message: "again" } })).toEqual([]);
    await play.out({ id: 3, method: "tools/call", params: { name: "index" } });
    expect(await play.out({ method: "notifications/cancelled", params: { requestId: 3 } })).toHaveLength(1);
    expect(await play.in({ id: 3, result: { content: [] } })).toEqual([]);
    expect(play.codes().filter((code) => code === "ERR_MESSAGE_UNEXPECTED")).toHaveLength(4);
  });

  test("to a second request with an open id are not to be had: it is dropped", async () => {
    const play = new Play(catalogue);
    await play.out({ id: 1, method: "tools/list" });
    expect(await play.out({ id: 1, method: "ping" })).toEqual([]);
    const [list] = await play.in({ id: 1, result: { tools: [tool("evil")] } });
    expect(list.message.result.tools).toEqual([]);
    expect(await play.out({ id: 1, method: "ping" })).toHaveLength(1);
  });

  test("that are errors stay as they are", async () => {
    const play = new Play(catalogue);
    await play.out({ id: 1, method: "prompts/list" });
    const error = { code: -32601, message: "Method not found", data: { method: "prompts/list" } };
    expect((await play.in({ id: 1, error }))[0].message).toEqual({ jsonrpc: "2.0", id: 1, error });
  });
});

test("requests of the server have ids of their own, and each is answered once", async () => {
  const play = new Play(catalogue);
  await play.out({ id: 2, method: "ping" });
  expect(await play.in({ id: 2, method: "roots/list" })).toHaveLength(1);
  expect(await play.in({ id: 2, method: "roots/list" })).toEqual([]);
  expect(await play.out({ id: "2", result: { roots: [] } })).toEqual([]);
  expect(await play.out({ id: 2, result: { roots: [] } })).toHaveLength(1);
  expect(await play.out({ id: 2, result: { roots: [] } })).toEqual([]);
  await play.in({ id: 3, method: "roots/list" });
  await play.in({ method: "notifications/cancelled", params: { requestId: 3 } });
  expect(await play.out({ id: 3, result: { roots: [] } })).toEqual([]);
});

test("what waits for an answer is bounded", async () => {
  const play = new Play(catalogue, { limits: { pendingRequests: 2 } });
  await play.out({ id: 1, method: "ping" });
  await play.out({ id: 2, method: "ping" });
  const [answer] = await play.out({ id: 3, method: "ping" });
  expect(answer.message.error.data.code).toBe("ERR_MESSAGE_LIMIT");
  await play.in({ id: 1, result: {} });
  expect((await play.out({ id: 3, method: "ping" }))[0].to).toBe("server");
  await play.in({ id: 1, method: "ping" });
  await play.in({ id: 2, method: "ping" });
  expect((await play.in({ id: 3, method: "ping" }))[0]).toMatchObject({ to: "server", message: { error: {} } });
});

describe("batches", () => {
  test("of the client are answered with one error for each request", async () => {
    const play = new Play(catalogue);
    const batch = [
      { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "index" } },
      { jsonrpc: "2.0", id: "1", method: "ping" },
      { jsonrpc: "2.0", method: "notifications/initialized" },
      { jsonrpc: "2.0", id: 9, result: {} },
      [{ jsonrpc: "2.0", id: 5, method: "ping" }],
      5,
    ];
    const outcome = await play.gate.outbound(batch);
    expect(outcome.map(({ to, message }) => [to, message.id, (message as Message).error.data.code])).toEqual([
      ["client", 1, "ERR_MESSAGE_BATCH"],
      ["client", "1", "ERR_MESSAGE_BATCH"],
    ]);
    expect(await play.gate.outbound([])).toEqual([]);
  });

  test("of the server reach nobody; what they answer fails", async () => {
    const play = new Play(catalogue);
    await play.out({ id: 1, method: "tools/list" });
    const outcome = await play.gate.inbound([
      { jsonrpc: "2.0", id: 1, result: { tools: [tool("evil")] } },
      { jsonrpc: "2.0", id: 7, method: "sampling/createMessage", params: { tools: [tool("evil")] } },
      { jsonrpc: "2.0", id: 8, result: {} },
    ]);
    expect(outcome.map(({ to, message }) => [to, message.id, (message as Message).error.data.code])).toEqual([
      ["server", 7, "ERR_MESSAGE_BATCH"],
      ["client", 1, "ERR_MESSAGE_BATCH"],
    ]);
    expect(JSON.stringify(outcome)).not.toContain("evil");
  });
});

test.each([
  ["no object", 5],
  ["null", null],
  ["a text", "{}"],
  ["nothing", {}],
  ["another version", { jsonrpc: "1.0", id: 1, method: "ping" }],
  ["no version", { id: 1, method: "ping" }],
  ["a method that is no text", { jsonrpc: "2.0", id: 1, method: 5 }],
  ["a request with a result", { jsonrpc: "2.0", id: 1, method: "ping", result: { tools: [] } }],
  ["a result and an error", { jsonrpc: "2.0", id: 1, result: {}, error: {} }],
  ["neither", { jsonrpc: "2.0", id: 1 }],
  ["an id that is null", { jsonrpc: "2.0", id: null, result: {} }],
  ["an id that is an object", { jsonrpc: "2.0", id: { a: 1 }, method: "ping" }],
  ["parameters that are a list", { jsonrpc: "2.0", id: 1, method: "tools/call", params: ["index"] }],
  ["members of its prototype", Object.create({ jsonrpc: "2.0", id: 1, method: "ping" })],
  ["members under __proto__", JSON.parse('{"__proto__":{"jsonrpc":"2.0","id":1,"method":"ping"}}')],
])("a message with %s is never forwarded", async (_what, message) => {
  const play = new Play(catalogue);
  const sent = await play.gate.outbound(message);
  expect(sent.filter(({ to }) => to === "server")).toEqual([]);
  expect(await play.gate.inbound(message)).toEqual([]);
  expect(play.codes().every((code) => code === "ERR_MESSAGE_MALFORMED")).toBe(true);
  const isRequest = typeof message === "object" && message !== null && "method" in message && message.id === 1;
  if (Object.hasOwn(Object(message), "method") && isRequest)
    expect(sent).toMatchObject([{ message: { id: 1, error: {} } }]);
});

test.each([
  ["another version", { jsonrpc: "1.0", id: 1, result: { tools: [tool("evil")] } }],
  ["no version", { id: 1, result: { tools: [tool("evil")] } }],
  [
    "a result and an error",
    { jsonrpc: "2.0", id: 1, result: { tools: [tool("evil")] }, error: { code: 1, message: "evil" } },
  ],
  ["neither", { jsonrpc: "2.0", id: 1 }],
])("an answer with %s fails its request, once, and no other", async (_what, message) => {
  const play = new Play(catalogue);
  await play.out({ id: 1, method: "tools/list" });
  await play.out({ id: 2, method: "tools/list" });
  const failed = await play.gate.inbound(message);
  expect(failed).toMatchObject([
    { to: "client", message: { id: 1, error: { data: { code: "ERR_MESSAGE_MALFORMED" } } } },
  ]);
  expect(JSON.stringify(failed)).not.toContain("evil");
  expect(await play.gate.inbound(message)).toEqual([]);
  expect(await play.in({ id: 1, result: { tools: [] } })).toEqual([]);
  expect((await play.in({ id: 2, result: { tools: [tool("index")] } }))[0].message.result.tools).toHaveLength(1);
});

test("unknown methods pass, and are events", async () => {
  const play = new Play(catalogue);
  const extension = { id: 1, method: "acme/extension", params: { a: 1 } };
  expect((await play.out(extension))[0]).toEqual({ to: "server", message: { jsonrpc: "2.0", ...extension } });
  expect((await play.in({ method: "notifications/acme" }))[0].to).toBe("client");
  expect((await play.in({ id: 1, method: "acme/ask" }))[0].to).toBe("client");
  expect(play.events.map(({ direction, kind, method, decision }) => [direction, kind, method, decision])).toEqual([
    ["outbound", "message", "acme/extension", "allowed"],
    ["inbound", "message", "notifications/acme", "allowed"],
    ["inbound", "message", "acme/ask", "allowed"],
  ]);
});

describe("tools made for sampling", () => {
  const request = { method: "sampling/createMessage", params: { messages: [], maxTokens: 1, tools: [tool("evil")] } };

  test("in a request of the server are answered with an error", async () => {
    const play = new Play(catalogue);
    const [answer] = await play.in({ id: 4, ...request });
    expect(answer).toMatchObject({
      to: "server",
      message: { id: 4, error: { code: -32602, data: { code: "ERR_SAMPLING_TOOLS", server: SERVER } } },
    });
    expect(play.events).toMatchObject([{ kind: "sampling", decision: "refused", direction: "inbound" }]);
    const none = { ...request, params: { ...request.params, tools: [] } };
    expect((await play.in({ id: 4, ...none }))[0].to).toBe("client");
    expect(await play.in({ method: request.method, params: request.params })).toEqual([]);
  });

  test.each([
    ["input_required", { resultType: "input_required", inputRequests: { a: request } }],
    ["a list of requests", { resultType: "input_required", inputRequests: [request] }],
    ["the state of a task", { task: { taskId: "1", status: "input_required", inputRequests: { a: request } } }],
    ["the result of a task", { result: { inputRequests: { a: { ...request, params: { tools: { a: 1 } } } } } }],
  ])("in %s fail the whole answer", async (_what, result) => {
    const play = new Play(catalogue);
    for (const [id, method] of [
      [1, "tools/call"],
      [2, "tasks/result"],
      [3, "prompts/list"],
      [4, "tasks/get"],
    ] as const) {
      const answer = await play.ask(id, method, method === "tools/call" ? { name: "index" } : {}, result);
      expect(answer.error).toMatchObject({ code: -32602, data: { code: "ERR_SAMPLING_TOOLS" } });
      expect(JSON.stringify(answer)).not.toContain("evil");
    }
    const allowed = new Play(catalogue, { sampling: "allow" });
    expect((await allowed.ask(1, "tools/call", { name: "index" }, result)).result).toEqual(result);
    expect((await allowed.in({ id: 4, ...request }))[0].to).toBe("client");
  });

  test("are looked for in notifications and errors, too; other questions pass", async () => {
    const play = new Play(catalogue);
    expect(await play.in({ method: "notifications/tasks/status", params: { inputRequests: { a: request } } })).toEqual(
      [],
    );
    await play.out({ id: 1, method: "ping" });
    const [answer] = await play.in({ id: 1, error: { code: 1, message: "", data: { inputRequests: { a: request } } } });
    expect(answer.message.error.data.code).toBe("ERR_SAMPLING_TOOLS");
    const asks = { resultType: "input_required", inputRequests: { a: { method: "elicitation/create", params: {} } } };
    expect((await play.ask(2, "tools/call", { name: "index" }, asks)).result).toEqual(asks);
  });
});
