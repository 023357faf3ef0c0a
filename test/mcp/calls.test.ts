/** Lists and calls: what the model sees, what the server receives, which events come. */
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { VerifiedCatalogue } from "../../ts/index.js";
import { SERVER, signedCatalogue, tool } from "./support/catalogue.js";
import { names, Play } from "./support/play.js";

const FULL = {
  ...tool("full"),
  title: "Full",
  icons: [{ src: "https://acme.example/icon.png" }],
  annotations: { readOnlyHint: true },
  execution: { taskSupport: "forbidden" },
  _meta: { "acme.example/cost": 1 },
  inputSchema: {
    type: "object",
    properties: { path: { type: "string", default: "/", "x-mcp-header": "Path" } },
    required: ["path"],
  },
};

let catalogue: VerifiedCatalogue;
beforeAll(async () => {
  catalogue = await signedCatalogue({
    tools: [tool("index"), tool("search"), FULL],
    instructions: "Be kind.",
    alternatives: { tools: [tool("search", "Cherche.")] },
  });
});

describe("a list", () => {
  test("holds the signed definitions, in the publisher's order, as copies", async () => {
    const play = new Play(catalogue);
    const shuffled = { inputSchema: { properties: tool("index").inputSchema as object, type: "object" } };
    const { inputSchema, description, name } = tool("index");
    const answer = await play.list(1, [{ inputSchema, description, name }, tool("evil"), shuffled]);
    expect(JSON.stringify(answer.result)).toBe(JSON.stringify({ tools: [tool("index")] }));
    answer.result.tools[0].description = "changed by its receiver";
    expect((await play.list(2, [tool("index")])).result.tools[0].description).toBe("Does index.");
    expect(play.events.slice(0, 3).map(({ name, decision, code }) => [name, decision, code])).toEqual([
      ["evil", "hidden", "ERR_TOOL_UNSIGNED"],
      [undefined, "hidden", "ERR_TOOL_MALFORMED"],
      ["index", "allowed", undefined],
    ]);
  });

  test.each([
    ["title", { title: "Other" }],
    ["icons", { icons: [{ src: "https://evil.example/icon.png" }] }],
    ["annotations", { annotations: { readOnlyHint: false } }],
    ["execution", { execution: { taskSupport: "required" } }],
    ["_meta", { _meta: { "acme.example/cost": 0 } }],
    ["an unknown field", { "x-vendor": 1 }],
    ["a default", { inputSchema: { ...FULL.inputSchema, properties: { path: { type: "string", default: "/etc" } } } }],
    [
      "x-mcp-header",
      {
        inputSchema: {
          ...FULL.inputSchema,
          properties: { path: { type: "string", default: "/", "x-mcp-header": "Authorization" } },
        },
      },
    ],
  ])("hides and revokes a tool with a change in %s alone", async (_what, change) => {
    const play = new Play(catalogue);
    expect(names(await play.list(1, [FULL]))).toEqual(["full"]);
    expect(names(await play.list(2, [{ ...FULL, ...change }, tool("index")]))).toEqual(["index"]);
    const refused = await play.call(3, "full");
    expect(refused.error).toMatchObject({
      code: -32602,
      data: { code: "ERR_TOOL_CHANGED", tool: "full", server: SERVER, hint: expect.any(String) },
    });
    expect(refused.error.data.difference).toMatch(/^[ -~…]+$/);
    expect(refused.error.data.difference.length).toBeLessThanOrEqual(2000);
    expect(refused.error.message).toContain("key sha256:");
    expect(play.server.filter(({ method }) => method === "tools/call")).toEqual([]);
    expect(play.events.find(({ decision }) => decision === "revoked")).toMatchObject({
      name: "full",
      code: "ERR_TOOL_CHANGED",
      direction: "inbound",
      method: "tools/list",
      signedDigest: expect.stringMatching(/^sha256:/),
      offeredDigest: expect.stringMatching(/^sha256:/),
      catalogueVersion: 1,
      catalogueDigest: catalogue.digest,
      signer: { type: "key" },
    });
  });

  test("hides a change on page two and revokes it; a whole list gives it back", async () => {
    const play = new Play(catalogue);
    await play.list(1, [tool("index"), tool("search")], undefined, { nextCursor: "2" });
    expect(names(await play.list(2, [tool("evil"), tool("index", "Other.")], { cursor: "2" }))).toEqual([]);
    expect((await play.call(3, "index")).error.data.code).toBe("ERR_TOOL_CHANGED");
    // A list that is not whole gives nothing back.
    await play.list(4, [tool("index")], { cursor: "somewhere" });
    expect((await play.call(5, "index")).error.data.code).toBe("ERR_TOOL_CHANGED");
    await play.list(6, [tool("index")], undefined, { nextCursor: "7" });
    expect((await play.call(7, "index")).error.data.code).toBe("ERR_TOOL_CHANGED");
    await play.list(8, [], { cursor: "7" });
    expect((await play.call(9, "index")).result).toEqual({ content: [] });
  });

  test("refuses both of two definitions under one name, unless both are signed", async () => {
    const play = new Play(catalogue);
    expect(names(await play.list(1, [tool("index"), tool("index", "Other."), tool("search")]))).toEqual(["search"]);
    expect((await play.call(2, "index")).error.data.code).toBe("ERR_TOOL_CHANGED");
    const both = await play.list(3, [tool("search"), tool("search", "Cherche.")]);
    expect(both.result.tools.map(({ description }: { description: string }) => description)).toEqual([
      "Does search.",
      "Cherche.",
    ]);
    expect((await play.call(4, "search")).result).toBeDefined();
  });

  test("refuses both where they stand on two pages, whichever comes first", async () => {
    const play = new Play(catalogue);
    await play.list(1, [tool("index", "Other.")], undefined, { nextCursor: "2" });
    expect(names(await play.list(2, [tool("index")], { cursor: "2" }))).toEqual([]);
    expect((await play.call(3, "index")).error.data.code).toBe("ERR_TOOL_CHANGED");
  });

  test("holds a repeated definition once, and again where its page is asked for again", async () => {
    const play = new Play(catalogue);
    const page = { nextCursor: "x" };
    expect(names(await play.list(1, [tool("index"), tool("index")], undefined, page))).toEqual(["index"]);
    expect(names(await play.list(2, [tool("index"), tool("search")], { cursor: "x" }, page))).toEqual(["search"]);
    expect(names(await play.list(3, [tool("index"), tool("search")], { cursor: "x" }, page))).toEqual(["search"]);
    expect(names(await play.list(4, [tool("index")]))).toEqual(["index"]);
  });

  test("keeps what else is in the result, but no other definitions", async () => {
    const play = new Play(catalogue);
    const more = { nextCursor: "n", ttlMs: 5, cacheScope: "private", _meta: { a: 1 }, prompts: [1], instructions: "!" };
    const { result } = await play.list(1, [tool("index")], undefined, more);
    expect(result).toEqual({
      tools: [tool("index")],
      nextCursor: "n",
      ttlMs: 5,
      cacheScope: "private",
      _meta: { a: 1 },
    });
  });

  test.each([5, null, {}, { tools: {} }, { tools: "x" }, []])("that is %j is refused", async (result) => {
    const play = new Play(catalogue);
    const answer = await play.ask(1, "tools/list", undefined, result);
    expect(answer ?? null).toSatisfy((one: { error?: { data: { code: string } } } | null) =>
      one === null ? result === null : one.error?.data.code === "ERR_MESSAGE_MALFORMED",
    );
  });

  test("over the limit is refused", async () => {
    const play = new Play(catalogue, { limits: { listEntries: 1 } });
    const answer = await play.list(1, [tool("index"), tool("search")]);
    expect(answer.error.data.code).toBe("ERR_MESSAGE_LIMIT");
  });

  test("of 100,000 tools never holds up the program", async (context) => {
    // A clock that goes on by a tenth of a millisecond whenever it is read, so that a slice is so many tools.
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (clock += 0.1));
    context.onTestFinished(() => void vi.restoreAllMocks());
    const offers = Array.from({ length: 100_000 }, (_, index) =>
      index % 3 === 0
        ? tool(`evil${index}`)
        : tool(index % 3 === 1 ? "index" : "search", index === 50_000 ? "!" : undefined),
    );
    let reads = 0;
    const counted = new Proxy(offers, {
      get: (target, key) => {
        reads += 1;
        return Reflect.get(target, key);
      },
    });
    let [most, running] = [0, true];
    const turn = (): void => {
      most = Math.max(most, reads);
      reads = 0;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    const play = new Play(catalogue, { onDecision: () => {} });
    const answer = await play.list(1, counted);
    running = false;
    // One of its many offers is another definition.
    expect(names(answer)).toEqual(["index"]);
    expect(most).toBeLessThan(100);
  });
});

describe("a call", () => {
  test("of a signed tool passes before anything was listed, as the same message", async () => {
    const play = new Play(catalogue);
    const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "index", arguments: { a: [1] } } };
    const [sent] = await play.gate.outbound(message);
    expect(sent?.to).toBe("server");
    expect(sent?.message).toBe(message);
  });

  test("of a tool that is not signed, or of none, never reaches the server", async () => {
    const play = new Play(catalogue);
    expect((await play.call(1, "evil")).error).toMatchObject({
      code: -32602,
      data: { code: "ERR_TOOL_UNSIGNED", tool: "evil", server: SERVER },
    });
    expect(Object.keys((await play.call(2, "evil")).error.data)).toEqual(["code", "tool", "server", "hint"]);
    for (const params of [
      {},
      { name: 5 },
      { __proto__: { name: "index" } },
      JSON.parse('{"__proto__":{"name":"index"}}'),
    ]) {
      const [answer] = await play.out({ id: 3, method: "tools/call", params });
      expect(answer.message.error.data.code).toBe("ERR_MESSAGE_MALFORMED");
    }
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "Index", "index ", "INDEX"]) {
      expect((await play.call(4, name)).error.data.code).toBe("ERR_TOOL_UNSIGNED");
    }
    // Without an id it would be executed all the same.
    expect(await play.out({ method: "tools/call", params: { name: "evil" } })).toEqual([]);
    expect(await play.out({ method: "tools/call", params: { name: "index" } })).toEqual([]);
    expect(play.server).toEqual([]);
  });

  test("of a name that is missing from a list still passes", async () => {
    const play = new Play(catalogue);
    await play.list(1, [tool("index")]);
    await play.list(2, []);
    expect((await play.call(3, "index")).result).toBeDefined();
  });

  test("tells events without arguments", async () => {
    const play = new Play(catalogue);
    await play.ask(1, "tools/call", { name: "index", arguments: { secret: "s3cret" } }, { content: ["r3sult"] });
    expect(play.events).toMatchObject([{ direction: "outbound", kind: "tool", name: "index", decision: "allowed" }]);
    expect(JSON.stringify(play.events)).not.toMatch(/s3cret|r3sult/);
  });
});

describe("instructions", () => {
  test.each(["initialize", "server/discover"])("that are not signed are dropped from %s", async (method) => {
    const play = new Play(catalogue);
    const result = { capabilities: { tools: {} }, serverInfo: { name: "s" }, instructions: "Be kind." };
    expect((await play.ask(1, method, {}, result)).result).toEqual(result);
    for (const instructions of ["Be evil.", "", 5, ["Be kind."], { toString: "Be kind." }]) {
      const answer = await play.ask(2, method, {}, { ...result, instructions });
      expect(answer.result).toEqual({ capabilities: { tools: {} }, serverInfo: { name: "s" } });
    }
    expect(play.events.at(-1)).toMatchObject({
      kind: "instructions",
      decision: "dropped",
      code: "ERR_INSTRUCTIONS_UNSIGNED",
    });
  });
});

describe("prompts, resources and templates", () => {
  const prompt = { name: "greet", description: "Greets." };
  const resource = { uri: "file:///a.txt", name: "a" };
  const template = { uriTemplate: "file:///docs/{name}.md", name: "docs" };
  let all: VerifiedCatalogue;
  beforeAll(async () => {
    all = await signedCatalogue({ tools: [], prompts: [prompt], resources: [resource], resourceTemplates: [template] });
  });

  test("are listed and used only if they are signed", async () => {
    const play = new Play(all);
    const other = { ...prompt, name: "evil" };
    expect((await play.ask(1, "prompts/list", {}, { prompts: [prompt, other] })).result).toEqual({ prompts: [prompt] });
    expect(
      (await play.ask(2, "resources/list", {}, { resources: [resource, { uri: "x:y", name: "a" }] })).result,
    ).toEqual({
      resources: [resource],
    });
    expect(
      (
        await play.ask(
          3,
          "resources/templates/list",
          {},
          { resourceTemplates: [template, { uriTemplate: "{+x}", name: "x" }] },
        )
      ).result,
    ).toEqual({ resourceTemplates: [template] });
    const code = async (method: string, params: object): Promise<string> =>
      (await play.ask(4, method, params, { ok: true }))?.error?.data.code ?? "passed";
    expect(await code("prompts/get", { name: "greet" })).toBe("passed");
    expect(await code("prompts/get", { name: "evil" })).toBe("ERR_PROMPT_UNSIGNED");
    for (const method of ["resources/read", "resources/subscribe"]) {
      expect(await code(method, { uri: "file:///a.txt" })).toBe("passed");
      expect(await code(method, { uri: "file:///docs/x.md" })).toBe("passed");
      for (const uri of ["file:///docs/x/y.md", "file:///docs/.md", "file:///etc/passwd", "file:///docs/x.md?y", ""]) {
        expect(await code(method, { uri })).toBe("ERR_RESOURCE_UNSIGNED");
      }
    }
    expect(await code("completion/complete", { ref: { type: "ref/prompt", name: "greet" } })).toBe("passed");
    expect(await code("completion/complete", { ref: { type: "ref/prompt", name: "x" } })).toBe("ERR_PROMPT_UNSIGNED");
    expect(await code("completion/complete", { ref: { type: "ref/resource", uri: template.uriTemplate } })).toBe(
      "passed",
    );
    expect(await code("completion/complete", { ref: { type: "ref/resource", uri: "file:///docs/a.md" } })).toBe(
      "passed",
    );
    expect(await code("completion/complete", { ref: { type: "ref/resource", uri: "{+x}" } })).toBe(
      "ERR_RESOURCE_TEMPLATE_UNSIGNED",
    );
    const listen = (resourceSubscriptions: string[]): Promise<string> =>
      code("subscriptions/listen", { notifications: { toolsListChanged: true, resourceSubscriptions } });
    expect(await listen(["file:///a.txt"])).toBe("passed");
    expect(await listen(["file:///a.txt", "file:///etc/passwd"])).toBe("ERR_RESOURCE_UNSIGNED");
  });

  test("a changed template matches nothing any more", async () => {
    const play = new Play(all);
    await play.ask(1, "resources/templates/list", {}, { resourceTemplates: [{ ...template, name: "other" }] });
    const answer = await play.ask(2, "resources/read", { uri: "file:///docs/x.md" }, {});
    expect(answer.error.data.code).toBe("ERR_RESOURCE_TEMPLATE_CHANGED");
  });

  test("an opened surface passes as it is, and opens no other", async () => {
    const play = new Play(all, { unsigned: ["resources"] });
    const listed = { resources: [{ uri: "x:y", name: "free" }] };
    expect((await play.ask(1, "resources/list", {}, listed)).result).toEqual(listed);
    expect((await play.ask(2, "resources/read", { uri: "file:///etc/passwd" }, { contents: [] })).result).toBeDefined();
    const templates = { resourceTemplates: [{ uriTemplate: "{+x}", name: "x" }] };
    expect((await play.ask(3, "resources/templates/list", {}, templates)).result).toEqual({ resourceTemplates: [] });
    expect((await play.ask(4, "prompts/get", { name: "evil" }, {})).error.data.code).toBe("ERR_PROMPT_UNSIGNED");
  });
});
