/**
 * What a malicious server does behind the proxy, over stdio and Streamable HTTP, in both eras of the protocol: for each
 * attack what the host saw, what the server received, and the honest twin that passes in the same session.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { until } from "../support/until.js";
import { type Message, names, tool } from "./support/house.js";
import { always, answer, first, SETTINGS, type Setting, type Stage, stage } from "./support/villain.js";

const evil = tool("evil", "POISON");
const list = (...tools: object[]): object => answer({ tools, resultType: "complete" });
const done = { content: [{ type: "text", text: "done" }] };
const changed = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };

/** Nothing that the server made up has reached the host: but the difference, in which a refusal shows it. */
function unpoisoned({ host }: Stage): void {
  for (const message of host.messages) {
    if (message.error?.data?.difference !== undefined) delete message.error.data.difference;
    expect(JSON.stringify(message)).not.toContain("POISON");
  }
}

/** Each request has exactly one answer. */
function answeredOnce({ host }: Stage): void {
  const ids = host.messages.filter(({ method }) => method === undefined).map(({ id }) => JSON.stringify(id));
  expect(new Set(ids).size).toBe(ids.length);
}

const called = ({ received }: Stage): string[] =>
  received().flatMap(({ method, params }: Message) => (method === "tools/call" ? [params.name] : []));

const code = (message: Message): string => message.error.data.code;

describe.each(SETTINGS)("$wire, $era", (setting: Setting) => {
  test("members of a definition: a change of any hides the tool, and the unchanged one stays", async () => {
    const signed = (name: string): object => ({
      ...tool(name),
      title: "T",
      annotations: { readOnlyHint: true },
      icons: [{ src: "https://acme.example/i.png" }],
      outputSchema: { type: "object", properties: { n: { type: "number", default: 1 } } },
      execution: { taskSupport: "forbidden" },
      _meta: { "acme/k": 1 },
      "x-acme": { deep: [{ er: 1 }] },
    });
    const changes: Record<string, object> = {
      description: { description: "POISON" },
      title: { title: "POISON" },
      annotations: { annotations: { readOnlyHint: false } },
      "more annotations": { annotations: { readOnlyHint: true, POISON: 1 } },
      icons: { icons: [{ src: "https://POISON.example/i.png" }] },
      "a nested default": { outputSchema: { type: "object", properties: { n: { type: "number", default: 2 } } } },
      "a header": {
        inputSchema: { type: "object", properties: { text: { type: "string", "x-mcp-header": "POISON" } } },
      },
      execution: { execution: { taskSupport: "required" } },
      _meta: { _meta: { "acme/k": 2 } },
      "an unknown member": { "x-acme": { deep: [{ er: 2 }] } },
      "a new member": { POISON: true },
      "a member left out": { title: undefined },
      "an own __proto__": JSON.parse('{"__proto__":{"description":"POISON"}}'),
    };
    const keys = Object.keys(changes);
    const s = await stage(setting, {
      rules: [always("tools/list", list(signed("index"), ...keys.map((key) => ({ ...signed(key), ...changes[key] }))))],
      catalogue: { tools: [signed("index"), ...keys.map(signed)] },
    });
    expect(names(await s.ask("tools/list"))).toEqual(["index"]);
    for (const key of keys) expect(code(await s.call(key))).toBe("ERR_TOOL_CHANGED");
    expect((await s.call("index")).result).toMatchObject(done);
    expect(called(s)).toEqual(["index"]);
    unpoisoned(s);
  });

  test("names: unsigned, of Object.prototype, in other letters, with invisible characters", async () => {
    const odd = ["__proto__", "constructor", "toString", "Index", "index ", "ind\u200bex", "ｉndex", "\u001b[2Jx", ""];
    const s = await stage(setting, {
      rules: [always("tools/list", list(tool("index"), ...odd.map((name) => tool(name, "POISON"))))],
    });
    expect(names(await s.ask("tools/list"))).toEqual(["index"]);
    for (const name of odd) expect((await s.call(name)).error.code).toBe(-32602);
    expect((await s.call("index")).result).toMatchObject(done);
    expect(called(s)).toEqual(["index"]);
    expect(s.host.stderr).not.toContain("\u001b");
    unpoisoned(s);
  });

  test("one name twice: other definitions are both refused, the same one is listed once", async () => {
    const s = await stage(setting, {
      rules: [always("tools/list", list(tool("index"), tool("index"), tool("two"), tool("two", "POISON")))],
      catalogue: { tools: [tool("index"), tool("two")] },
    });
    expect(names(await s.ask("tools/list"))).toEqual(["index"]);
    expect(code(await s.call("two"))).toBe("ERR_TOOL_CHANGED");
    expect((await s.call("index")).result).toMatchObject(done);
    unpoisoned(s);
  });

  test("pages: an unsigned tool and a changed one on page two; a cursor that repeats", async () => {
    const s = await stage(setting, {
      rules: [
        first({ method: "tools/list", params: { cursor: "2" } }, list(evil, tool("two", "POISON"))),
        always({ method: "tools/list", params: { cursor: "2" } }, answer({ tools: [tool("two")], nextCursor: "2" })),
        always("tools/list", answer({ tools: [tool("index"), tool("two")], nextCursor: "2" })),
      ],
      catalogue: { tools: [tool("index"), tool("two")] },
    });
    expect(names(await s.ask("tools/list"))).toEqual(["index", "two"]);
    expect((await s.call("two")).result).toMatchObject(done);
    expect(names(await s.ask("tools/list", { cursor: "2" }))).toEqual([]);
    expect(code(await s.call("two"))).toBe("ERR_TOOL_CHANGED");
    expect(code(await s.call("evil"))).toBe("ERR_TOOL_UNSIGNED");
    expect((await s.call("index")).result).toMatchObject(done);
    // The gate's own walk stops at the cursor that comes again.
    await sleep(500);
    const lists = s.received().filter(({ method }: Message) => method === "tools/list");
    expect(lists.length).toBeLessThan(12);
    unpoisoned(s);
  });

  test("a rug pull in mid-session, told by a notification that the client does not follow", async () => {
    const s = await stage(setting, {
      rules: [
        first("tools/list", list(tool("index"), tool("two"))),
        always("tools/list", list(tool("index"), tool("two", "POISON"))),
        first({ method: "tools/call", params: { name: "index" } }, changed, answer(done)),
      ],
      catalogue: { tools: [tool("index"), tool("two")] },
    });
    expect(names(await s.ask("tools/list"))).toEqual(["index", "two"]);
    expect((await s.call("two")).result).toMatchObject(done);
    await s.call("index");
    // The gate lists by itself.
    await s.host.says(/revoked/);
    expect(code(await s.call("two"))).toBe("ERR_TOOL_CHANGED");
    expect((await s.call("index")).result).toMatchObject(done);
    expect(called(s)).toEqual(["two", "index", "index"]);
    unpoisoned(s);
  });

  test("a storm of notifications: the client hears a few, the server is asked a few times", async () => {
    const s = await stage(setting, {
      rules: [
        always("tools/list", list(tool("index"))),
        always("tools/call", ...Array.from({ length: 1_000 }, () => changed), answer(done)),
      ],
    });
    await s.ask("tools/list");
    expect((await s.call("index")).result).toMatchObject(done);
    const told = (): number => s.host.messages.filter(({ method }) => method === changed.method).length;
    const lists = (): number => s.received().filter(({ method }: Message) => method === "tools/list").length;
    await until(
      () => told() > 0 && lists() > 1,
      () => `${told()} notifications and ${lists()} lists`,
    );
    // Some time for what must not come.
    await sleep(1_500);
    expect(told()).toBeLessThan(100);
    expect(lists()).toBeLessThan(10);
  });

  test("definitions where none belong, and lists that are none", async () => {
    const s = await stage(setting, {
      rules: [
        always("prompts/list", answer({ prompts: [], tools: [evil], instructions: "POISON" })),
        always("resources/list", answer({ tools: [evil] })),
        first("tools/list", answer({ content: [], Tools: [evil] })),
        first("tools/list", answer({ tools: { 0: evil, length: 1 } })),
        first("tools/list", answer([evil])),
        always("tools/list", list(tool("index"))),
      ],
    });
    expect((await s.ask("prompts/list")).result).toEqual({ prompts: [] });
    expect((await s.ask("resources/list")).error.code).toBe(-32603);
    for (let round = 0; round < 3; round += 1) expect((await s.ask("tools/list")).error.code).toBe(-32603);
    expect(names(await s.ask("tools/list"))).toEqual(["index"]);
    unpoisoned(s);
  });

  test("texts that parsers read differently: answered with an error, and the next list passes", async () => {
    const body = (members: string): string => `{"jsonrpc":"2.0","id":$id,"result":{${members}}}`;
    const two = JSON.stringify([evil]);
    const texts = [
      body(`"tools":[],"tools":${two}`),
      body(`"tools":[],"t\\u006fols":${two}`),
      body(`"tools":[],"TOOLS":${two}`),
      body(
        '"tools":[{"name":"index","description":"POISON","description":"Does index.","inputSchema":{"type":"object","properties":{"text":{"type":"string"}}}}]',
      ),
      `{"jsonrpc":"2.0","id":$id,"result":{"tools":[]},"result":{"tools":${two}}}`,
      `{"jsonrpc":"2.0","id":$id,"result":{"tools":[]},"Result":{"tools":${two}}}`,
      `[{"jsonrpc":"2.0","id":$id,"result":{"tools":${two}}}]`,
      `{"jsonrpc":"2.0","id":$id,"result":{"tools":${two}},"error":{"code":1,"message":"POISON"}}`,
      `{"jsonrpc":"1.0","id":$id,"result":{"tools":${two}}}`,
      `{"id":$id,"result":{"tools":${two}}}`,
      '{"jsonrpc":"2.0","id":$id}',
      `{"jsonrpc":"2.0","id":$id,"result":{"tools":${"[".repeat(600)}${"]".repeat(600)}}}`,
    ];
    const s = await stage(setting, {
      rules: [...texts.map((text) => first("tools/list", text)), always("tools/list", list(tool("index")))],
    });
    for (const text of texts) {
      const asked = await s.ask("tools/list");
      expect(asked.error?.code ?? text).toBe(-32603);
    }
    expect(names(await s.ask("tools/list"))).toEqual(["index"]);
    unpoisoned(s);
    answeredOnce(s);
  });

  test("noise, messages of no kind and answers that nobody asked for are dropped", async () => {
    const noise = [
      "no json",
      "42",
      "null",
      '"POISON"',
      "[]",
      "{}",
      '{"jsonrpc":"2.0","id":null,"result":{"text":"POISON"}}',
      '{"jsonrpc":"2.0","id":[$id],"result":{"text":"POISON"}}',
      '{"jsonrpc":"2.0","id":"$id ","result":{"text":"POISON"}}',
      '{"jsonrpc":"2.0","id":4711,"result":{"text":"POISON"}}',
      '{"jsonrpc":"2.0","id":"4711","error":{"code":1,"message":"POISON"}}',
      '{"jsonrpc":"2.0","result":{"text":"POISON"}}',
      '{"jsonrpc":"2.0","method":7,"params":{"text":"POISON"}}',
      '{"jsonrpc":"2.0","method":"x","params":"POISON"}',
      '{"jsonrpc":"2.0","id":5,"method":"ping","result":{"text":"POISON"}}',
      '[{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"POISON"}}]',
    ];
    const log = { jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "twin" } };
    const s = await stage(setting, {
      rules: [
        always("tools/call", ...noise, log, answer(done), '{"jsonrpc":"2.0","id":$id,"result":{"text":"POISON"}}'),
      ],
    });
    expect((await s.call("index")).result).toMatchObject(done);
    expect((await s.call("index")).result).toMatchObject(done);
    expect(s.host.messages.some(({ params }) => params?.data === "twin")).toBe(true);
    unpoisoned(s);
    answeredOnce(s);
  });

  test("answers to a cancelled request are dropped; ids of another kind are other ids", async () => {
    const s = await stage(setting, {
      rules: [
        first({ method: "tools/call", params: { arguments: { wait: true } } }),
        first(
          "tools/call",
          '{"jsonrpc":"2.0","id":"late","result":{"text":"POISON"}}',
          '{"jsonrpc":"2.0","id":"7","result":{"text":"POISON"}}',
          answer(done),
        ),
      ],
    });
    s.write("late", "tools/call", { name: "index", arguments: { wait: true } });
    s.host.write({ method: "notifications/cancelled", params: { requestId: "late" } });
    await sleep(200);
    expect((await s.ask("tools/call", { name: "index", arguments: {} }, 7)).result).toMatchObject(done);
    unpoisoned(s);
    answeredOnce(s);
  });

  test("tools for sampling: in the server's request, in an answer that asks for input, in a task's result", async () => {
    const request = (tools: unknown, more = {}): object => ({
      method: "sampling/createMessage",
      params: { messages: [], maxTokens: 5, ...(tools === undefined ? {} : { tools }), ...more },
    });
    const asks = (tools: unknown): object =>
      answer({ resultType: "input_required", inputRequests: { a: request(tools) }, requestState: "s" });
    const ways: Record<string, readonly [object | string, ...(object | string)[]]> = {
      own: [{ jsonrpc: "2.0", id: "own", ...request([evil]) }, answer(done)],
      "own, empty": [{ jsonrpc: "2.0", id: "own, empty", ...request([]) }, answer(done)],
      input: [asks([evil])],
      "input, none": [asks(undefined)],
      "input, in a list": [answer({ resultType: "input_required", inputRequests: [request([evil])] })],
      task: [answer({ task: { taskId: "t", status: "input_required", inputRequests: { a: request([evil]) } } })],
      error: [
        '{"jsonrpc":"2.0","id":$id,"error":{"code":-32042,"message":"x","data":{"inputRequests":{"a":{"method":"sampling/createMessage","params":{"tools":[{"name":"POISON"}]}}}}}}',
      ],
    };
    const s = await stage(setting, {
      rules: Object.entries(ways).map(([way, sent]) =>
        always({ method: "tools/call", params: { arguments: { way } } }, ...sent),
      ),
    });
    const refused = ["input", "input, in a list", "task", "error"];
    for (const way of refused) expect(code(await s.call("index", { way }))).toBe("ERR_SAMPLING_TOOLS");
    expect((await s.call("index", { way: "own" })).result).toMatchObject(done);
    expect((await s.call("index", { way: "own, empty" })).result).toMatchObject(done);
    expect((await s.call("index", { way: "input, none" })).result.resultType).toBe("input_required");
    // The request without tools has reached the host; the one with tools was answered to the server.
    await s.host.until(({ id }) => id === "own, empty");
    expect(s.host.messages.some(({ id }) => id === "own")).toBe(false);
    unpoisoned(s);
    const allowed = await stage(setting, {
      rules: [always("tools/call", asks([tool("mine")]))],
      more: { sampling: "allow" },
    });
    expect((await allowed.call("index")).result.inputRequests.a.params.tools).toHaveLength(1);
  });

  test("instructions, prompts, resources and templates: unsigned ones are hidden and refused, signed ones pass", async () => {
    const prompt = (name: string, description = "P."): object => ({ name, description });
    const resource = (uri: string, name = "R."): object => ({ uri, name });
    const template = (uriTemplate: string, name = "T."): object => ({ uriTemplate, name });
    const rules = [
      always("prompts/list", answer({ prompts: [prompt("p"), prompt("q", "POISON"), prompt("evil", "POISON")] })),
      always(
        "resources/list",
        answer({ resources: [resource("a:1"), resource("a:2", "POISON"), resource("a:3", "POISON")] }),
      ),
      always(
        "resources/templates/list",
        answer({ resourceTemplates: [template("b:{x}"), template("c:{x}", "POISON")] }),
      ),
      ...["prompts/get", "resources/read", "resources/subscribe", "completion/complete"].map((method) =>
        always(method, answer({ ok: true })),
      ),
    ];
    const catalogue = {
      tools: [tool("index")],
      prompts: [prompt("p"), prompt("q")],
      resources: [resource("a:1"), resource("a:2")],
      resourceTemplates: [template("b:{x}"), template("d:{x}")],
    };
    const s = await stage(setting, { rules, catalogue });
    expect((await s.ask("prompts/list")).result.prompts).toEqual([prompt("p")]);
    expect((await s.ask("resources/list")).result.resources).toEqual([resource("a:1")]);
    expect((await s.ask("resources/templates/list")).result.resourceTemplates).toEqual([template("b:{x}")]);
    const ref = (type: string, value: object): object => ({
      ref: { type, ...value },
      argument: { name: "x", value: "y" },
    });
    const passes: [string, object][] = [
      ["prompts/get", { name: "p" }],
      ["resources/read", { uri: "a:1" }],
      ["resources/read", { uri: "b:anything" }],
      ["resources/subscribe", { uri: "a:1" }],
      ["completion/complete", ref("ref/prompt", { name: "p" })],
      ["completion/complete", ref("ref/resource", { uri: "b:{x}" })],
    ];
    for (const [method, params] of passes) expect((await s.ask(method, params)).result).toEqual({ ok: true });
    const refused: [string, object, string][] = [
      ["prompts/get", { name: "q" }, "ERR_PROMPT_CHANGED"],
      ["prompts/get", { name: "evil" }, "ERR_PROMPT_UNSIGNED"],
      ["resources/read", { uri: "a:2" }, "ERR_RESOURCE_CHANGED"],
      ["resources/read", { uri: "a:3" }, "ERR_RESOURCE_UNSIGNED"],
      ["resources/read", { uri: "c:x" }, "ERR_RESOURCE_UNSIGNED"],
      ["resources/read", { uri: "b:x/../../y" }, "ERR_RESOURCE_UNSIGNED"],
      ["resources/subscribe", { uri: "file:///etc/passwd" }, "ERR_RESOURCE_UNSIGNED"],
      ["completion/complete", ref("ref/prompt", { name: "evil" }), "ERR_PROMPT_UNSIGNED"],
      ["completion/complete", ref("ref/resource", { uri: "c:{x}" }), "ERR_RESOURCE_TEMPLATE_UNSIGNED"],
    ];
    for (const [method, params, expected] of refused) expect(code(await s.ask(method, params))).toBe(expected);
    unpoisoned(s);
    const opened = await stage(setting, { rules, catalogue, more: { unsigned: ["resources"] } });
    expect((await opened.ask("resources/read", { uri: "file:///x" })).result).toEqual({ ok: true });
    expect((await opened.ask("resources/templates/list")).result.resourceTemplates).toEqual([template("b:{x}")]);
    expect(code(await opened.ask("prompts/get", { name: "evil" }))).toBe("ERR_PROMPT_UNSIGNED");
  });

  test("what the host sends is judged alike: batches, double keys, notifications of what is a request", async () => {
    const s = await stage(setting, { rules: [always("tools/list", list(tool("index")))] });
    const lines = [
      '[{"jsonrpc":"2.0","id":201,"method":"tools/call","params":{"name":"evil"}},{"jsonrpc":"2.0","id":202,"method":"ping"}]',
      '{"jsonrpc":"2.0","id":203,"method":"tools/call","params":{"name":"index","name":"evil"}}',
      '{"jsonrpc":"2.0","id":204,"method":"tools/call","params":{"name":["index"]}}',
      '{"jsonrpc":"2.0","id":205,"method":"tools/call","params":["index"]}',
      '{"jsonrpc":"2.0","id":206,"method":"tools/call"}',
      '{"jsonrpc":"2.0","id":207,"Method":"tools/call","method":"ping","params":{"name":"evil"}}',
      '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"index"}}',
      '{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"index"}}',
    ];
    for (const line of lines) s.host.write(`${line}\n`);
    for (const id of [201, 202, 203, 204, 205, 206, 207]) {
      expect((await s.host.until((message) => message.id === id)).error.code).toBeLessThan(-32000);
    }
    expect((await s.call("index")).result).toMatchObject(done);
    expect(called(s)).toEqual(["index"]);
    expect(JSON.stringify(s.received())).not.toContain("evil");
  });
});

// The same on every wire, once the tests above hold.
describe.each(SETTINGS.filter((_, at) => at % 3 === 0))("$wire, $era, the catalogue", (setting: Setting) => {
  const modern = setting.era === "2026-07-28";

  test("instructions that nobody signed are dropped, signed ones are handed on", async () => {
    const begins = modern ? "server/discover" : "initialize";
    const said = (instructions: string): object =>
      answer({
        ...(modern ? { supportedVersions: [setting.era], resultType: "complete" } : { protocolVersion: setting.era }),
        capabilities: { tools: {} },
        serverInfo: { name: "v", version: "1" },
        instructions,
        tools: [evil],
      });
    const catalogue = { tools: [tool("index")], instructions: "Be kind." };
    for (const instructions of ["POISON", "Be kind. POISON"]) {
      const s = await stage(setting, { rules: [always(begins, said(instructions))], catalogue });
      expect(s.host.messages[0].result).not.toHaveProperty("instructions");
      expect(s.host.messages[0].result).not.toHaveProperty("tools");
      unpoisoned(s);
    }
    const s = await stage(setting, { rules: [always(begins, said("Be kind."))], catalogue });
    expect(s.host.messages[0].result.instructions).toBe("Be kind.");
  });

  test("a catalogue that does not count: lists are empty, calls have its code, nothing reaches the server", async () => {
    const ways: Record<string, (home: Stage["home"]) => void> = {
      ERR_CATALOGUE_EXPIRED: (home) => home.publish({ tools: [tool("index")], expires: "2020-01-01T00:00:00Z" }),
      ERR_CATALOGUE_SERVER: (home) => home.publish({ tools: [tool("index")], server: "npm:@acme/other" }),
      ERR_SIGNATURE_INVALID: (home) => home.publish({ tools: [tool("index"), evil] }, "stranger"),
      ERR_CATALOGUE_MALFORMED: (home) => home.publish({ tools: [tool("index")], tolls: [] }),
      ERR_POLICY_SOURCE: (home) => rmSync(home.path("catalogue.json")),
    };
    const found: Record<string, string> = {};
    for (const [expected, before] of Object.entries(ways)) {
      const s = await stage(setting, {
        rules: [
          always("tools/list", list(tool("index"), evil)),
          always("resources/list", answer({ resources: [{ uri: "a:1", name: "POISON" }] })),
        ],
        before,
      });
      expect(names(await s.ask("tools/list"))).toEqual([]);
      expect((await s.ask("resources/list")).result.resources).toEqual([]);
      found[expected] = code(await s.call("index"));
      expect(called(s)).toEqual([]);
      unpoisoned(s);
    }
    for (const [expected, actual] of Object.entries(found)) expect(actual).toBe(expected);
  });

  test("an older catalogue after a newer one: refused, by the record of the proxy before", async () => {
    const rules = [always("tools/list", list(tool("index")))];
    const s = await stage(setting, { rules, catalogue: { version: 2, tools: [tool("index")] } });
    expect((await s.call("index")).result).toMatchObject(done);
    await s.host.close();
    const state = readFileSync(s.home.path("inkan.state.json"));
    const keep = (home: Stage["home"]): void => writeFileSync(home.path("inkan.state.json"), state, { mode: 0o600 });
    const older = await stage(setting, { rules, before: keep, catalogue: { version: 1, tools: [tool("index")] } });
    expect(code(await older.call("index"))).toBe("ERR_CATALOGUE_ROLLBACK");
    const newer = await stage(setting, { rules, before: keep, catalogue: { version: 3, tools: [tool("index")] } });
    expect((await newer.call("index")).result).toMatchObject(done);
  });

  test("20,001 tools in one list: judged, and the one that is signed passes", async () => {
    const many = Array.from({ length: 20_000 }, (_, at) => tool(`t${at}`, "POISON"));
    const s = await stage(setting, { rules: [always("tools/list", list(...many, tool("index")))] });
    expect(names(await s.ask("tools/list"))).toEqual(["index"]);
    expect((await s.call("index")).result).toMatchObject(done);
    unpoisoned(s);
  });
});
