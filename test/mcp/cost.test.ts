/** What a message costs: four times as much of anything takes about four times the steps, whoever sends it. */

import { beforeAll, test } from "vitest";
import type { VerifiedCatalogue } from "../../ts/index.js";
import { expectLinear } from "../support/script_steps.js";
import { signedCatalogue, tool } from "./support/catalogue.js";
import { type Message, Play } from "./support/play.js";

const schemaOf = (property: object): object => ({ type: "object", properties: { v: property } });
const SCHEMAS = {
  plain: { type: "array", items: { type: "string" } },
  evaluated: {
    type: "object",
    allOf: [{ properties: { a: {} } }, { additionalProperties: { type: "number" } }],
    unevaluatedProperties: false,
  },
  listed: { enum: Array.from({ length: 50 }, (_, index) => `e${index}`) },
  chosen: { type: "array", items: { oneOf: [{ type: "string" }, { type: "number" }, { type: "null" }] } },
  members: {
    type: "object",
    patternProperties: { "^a+$": { type: "number" } },
    additionalProperties: { type: "string" },
  },
  names: { type: "object", propertyNames: { maxLength: 9 } },
  text: { type: "string", pattern: "^[a-z]+(,[a-z]+)*$" },
  format: { type: "string", format: "uri" },
  contained: { type: "array", contains: { const: 1 } },
  nested: { $ref: "#/properties/v/items", items: { type: "array" } },
};

let catalogue: VerifiedCatalogue;
beforeAll(async () => {
  catalogue = await signedCatalogue({
    tools: [
      tool("index"),
      ...Object.entries(SCHEMAS).map(([name, schema]) => ({
        name,
        inputSchema: schemaOf(schema),
        outputSchema: schemaOf(schema),
      })),
    ],
    prompts: [{ name: "p", arguments: [{ name: "a" }] }],
    resources: [{ uri: "t:1", name: "r" }],
    resourceTemplates: [{ uriTemplate: "t:x/{+a}{?d,e}", name: "t" }],
  });
});

const times = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));
const LIST = "tools/list";
const answered = (play: Play, method: string, result: Message, params?: Message) => play.ask(1, method, params, result);
const called = (play: Play, result: Message) => answered(play, "tools/call", result, { name: "index", arguments: {} });
const asked = (play: Play, method: string, params: Message) => play.in({ id: "s", method, params });
const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));

/** What is played, with `count` of something. */
const PLAYS: Record<string, (play: Play, count: number) => Promise<unknown>> = {
  "a list of tools without a signature": (play, count) =>
    answered(play, LIST, { tools: times(count, (index) => tool(`evil${index}`)) }),
  "a list of one tool again and again": (play, count) =>
    answered(play, LIST, { tools: times(count, () => tool("index")) }),
  "a list of one changed tool again and again": (play, count) =>
    answered(play, LIST, { tools: times(count, (index) => tool("index", `Evil ${index}.`)) }),
  "a list of what is nothing": (play, count) => answered(play, LIST, { tools: times(count, () => null) }),
  "a tool with many members": (play, count) =>
    answered(play, LIST, {
      tools: [{ ...tool("index"), ...Object.fromEntries(times(count, (index) => [`m${index}`, index])) }],
    }),
  "a tool with a deep member": (play, count) =>
    answered(play, LIST, { tools: [{ ...tool("index"), x: nested(count / 10) }] }),
  "a list beside many members": (play, count) =>
    answered(play, LIST, { tools: [], ...Object.fromEntries(times(count, (index) => [`m${index}`, [tool("evil")]])) }),
  "many pages": async (play, count) => {
    let cursor: string | undefined;
    for (let page = 0; page < count / 10; page += 1) {
      const nextCursor = `c${page}`;
      const params = cursor === undefined ? undefined : { cursor };
      await answered(play, LIST, { tools: [tool("index"), tool(`evil${page}`)], nextCursor }, params);
      cursor = nextCursor;
    }
  },
  "many lists": async (play, count) => {
    for (let again = 0; again < count / 10; again += 1)
      await answered(play, LIST, { tools: [tool("index"), tool(`evil${again}`)] });
  },
  "many calls": async (play, count) => {
    for (let again = 0; again < count / 10; again += 1) await play.call(again, again % 2 ? "index" : `evil${again}`);
  },
  "many open requests": async (play, count) => {
    for (let id = 0; id < count / 10; id += 1)
      await play.out({ id, method: "tools/call", params: { name: "index", arguments: {} } });
    for (let requestId = 0; requestId < count / 10; requestId += 1)
      await play.out({ method: "notifications/cancelled", params: { requestId } });
  },
  "many answers that nobody asked for": async (play, count) => {
    for (let id = 0; id < count / 10; id += 1) await play.in({ id, result: {} });
  },
  "many notifications of changes": async (play, count) => {
    for (let again = 0; again < count / 10; again += 1) await play.in({ method: "notifications/tools/list_changed" });
  },
  "a batch": (play, count) =>
    play.gate.inbound(times(count / 10, (index) => ({ jsonrpc: "2.0", method: `x/${index}`, params: {} })) as never),
  "a batch of requests": (play, count) =>
    play.gate.outbound(
      times(count / 10, (id) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name: `e${id}` } })) as never,
    ),
  "a result of many texts": (play, count) =>
    called(play, { content: times(count, () => ({ type: "text", text: "x" })) }),
  "a result of many links": (play, count) =>
    called(play, { content: times(count, (index) => ({ type: "resource_link", uri: `t:x/${index}`, name: "l" })) }),
  "a result of many resources": (play, count) =>
    called(play, {
      content: times(count, (index) => ({ type: "resource", resource: { uri: `t:x/${index}`, text: "x" } })),
    }),
  "a result that is deep": (play, count) => called(play, { content: nested(count / 10) }),
  "a result of many members": (play, count) =>
    called(play, Object.fromEntries(times(count, (index) => [`m${index}`, { tools: [tool("evil")] }]))),
  "sampling with many tools": (play, count) =>
    asked(play, "sampling/createMessage", {
      messages: [],
      maxTokens: 1,
      tools: times(count, (index) => tool(`evil${index}`)),
    }),
  "sampling with many messages": (play, count) =>
    asked(play, "sampling/createMessage", {
      messages: times(count, () => ({ role: "user", content: { type: "text", text: "x" } })),
      maxTokens: 1,
    }),
  "elicitation of many members": (play, count) =>
    asked(play, "elicitation/create", {
      message: "m",
      requestedSchema: {
        type: "object",
        properties: Object.fromEntries(times(count, (index) => [`m${index}`, { type: "string" }])),
      },
    }),
  "a long method": (play, count) => asked(play, "m".repeat(count * 10), {}),
  "a long name": (play, count) => play.call(1, "n".repeat(count * 10)),
  "a long name of controls": (play, count) => play.call(1, "\u0000".repeat(count * 10)),
  "a long URI": (play, count) =>
    answered(play, "resources/read", { contents: [] }, { uri: `t:x/${"?d=".repeat(count)}` }),
  "a long id": (play, count) => play.out({ id: "i".repeat(count * 10), method: "ping" }),
  "contents of a resource": (play, count) =>
    answered(
      play,
      "resources/read",
      { contents: times(count, (index) => ({ uri: `t:${index}`, text: "x" })) },
      { uri: "t:1" },
    ),
  "messages of a prompt": (play, count) =>
    answered(
      play,
      "prompts/get",
      { messages: times(count, () => ({ role: "user", content: { type: "text", text: "x" } })) },
      { name: "p", arguments: {} },
    ),
};

/** Arguments with `count` of something, for each schema. */
const VALUES: Record<keyof typeof SCHEMAS, (count: number) => unknown> = {
  plain: (count) => times(count, (index) => (index % 2 ? "x" : index)),
  evaluated: (count) => Object.fromEntries(times(count, (index) => [`a${index}`, index])),
  listed: (count) => "e".repeat(count * 10),
  chosen: (count) => times(count, (index) => (index % 3 ? "x" : {})),
  members: (count) => Object.fromEntries(times(count, (index) => [`a${index}`, index])),
  names: (count) => Object.fromEntries(times(count, (index) => [`name${index}`.padEnd(20), index])),
  text: (count) => `${"a,".repeat(count * 5)}!`,
  format: (count) => `http://${"a.".repeat(count * 5)}%`,
  contained: (count) => times(count, () => 0),
  nested: (count) => nested(count / 10),
};
const ARGUMENTS = Object.entries(VALUES).flatMap(
  ([name, value]): [string, (play: Play, count: number) => Promise<unknown>][] => [
    [
      `arguments, ${name}`,
      (play, count) => answered(play, "tools/call", { content: [] }, { name, arguments: { v: value(count) } }),
    ],
    [
      `a structured result, ${name}`,
      (play, count) =>
        answered(play, "tools/call", { content: [], structuredContent: { v: value(count) } }, { name, arguments: {} }),
    ],
  ],
);

test.each([...Object.entries(PLAYS), ...ARGUMENTS])("%s", async (_, perform) => {
  await expectLinear(async (count) => {
    const play = new Play(catalogue, { onDecision: () => {}, validate: "both" });
    await play.initialize();
    return () => perform(play, count);
  });
});
