/** Arguments and results against the signed schemas, and schemas that no checker should run. */
import { expect, test } from "vitest";
import { signedCatalogue, tool } from "./support/catalogue.js";
import { type Message, Play } from "./support/play.js";

const sum = {
  ...tool("sum"),
  inputSchema: {
    type: "object",
    properties: { a: { type: "integer" }, b: { type: "integer" }, toString: { type: "string" } },
    required: ["a", "b"],
    additionalProperties: false,
  },
  outputSchema: { type: "object", properties: { sum: { type: "integer" } }, required: ["sum"] },
};

async function play(definition: object, validate: "arguments" | "results" | "both" = "both"): Promise<Play> {
  return new Play(await signedCatalogue({ tools: [definition] }), { validate });
}

let count = 0;
async function code(one: Play, name: string, args: unknown, result: Message = { content: [] }): Promise<string> {
  count += 1;
  const answer = await one.ask(count, "tools/call", { name, ...(args !== undefined && { arguments: args }) }, result);
  return answer.error?.data.code ?? "passed";
}

test("arguments that do not match never reach the server", async () => {
  const one = await play(sum, "arguments");
  expect(await code(one, "sum", { a: 1, b: 2 })).toBe("passed");
  const wrong = [
    { a: 1 },
    { a: 1, b: "2" },
    { a: 1, b: 2, c: 3 },
    undefined,
    [],
    5,
    JSON.parse('{"a":1,"b":2,"__proto__":1}'),
  ];
  for (const args of wrong) expect(await code(one, "sum", args)).toBe("ERR_TOOL_ARGUMENTS");
  expect(one.server).toHaveLength(1);
  expect(JSON.stringify(one.events)).not.toContain('"2"');
  expect(
    (await one.ask("x", "tools/call", { name: "sum", arguments: { a: 1, b: "s3cret" } }, {})).error.message,
  ).not.toContain("s3cret");
});

test("results that do not match never reach the client", async () => {
  const one = await play(sum, "results");
  const good = { content: [], structuredContent: { sum: 3 } };
  expect(await code(one, "sum", { any: 1 }, good)).toBe("passed");
  expect(await code(one, "sum", {}, { content: [], structuredContent: { sum: "3" } })).toBe("ERR_TOOL_RESULT");
  expect(await code(one, "sum", {}, { content: [] })).toBe("ERR_TOOL_RESULT");
  expect(await code(one, "sum", {}, { content: [], isError: true })).toBe("passed");
  expect(await code(one, "sum", {}, { task: { taskId: "1" } })).toBe("passed");
});

test("names of Object.prototype are no members of arguments", async () => {
  const one = await play({ ...tool("t"), inputSchema: { type: "object", required: ["toString", "constructor"] } });
  expect(await code(one, "t", {})).toBe("ERR_TOOL_ARGUMENTS");
  expect(await code(one, "t", { toString: 1, constructor: 2 })).toBe("passed");
});

test("order is kept while a call is checked", async () => {
  const one = await play(sum, "arguments");
  const call = one.gate.outbound({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "sum", arguments: { a: 1, b: 2 } },
  });
  const ping = one.gate.outbound({ jsonrpc: "2.0", id: 2, method: "ping" });
  const order: number[] = [];
  await Promise.all([call.then(() => order.push(1)), ping.then(() => order.push(2))]);
  expect(order).toEqual([1, 2]);
});

const properties = (text: object) => ({ type: "object", properties: { text, n: { type: "integer" } } });
const doubling = Object.fromEntries(
  Array.from({ length: 40 }, (_, at) => [
    `d${at}`,
    { anyOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] },
  ]),
);

test.each([
  ["a pattern that takes for ever", properties({ type: "string", pattern: "^(a+)+$" }), true],
  ["patterns of names", { ...properties({}), patternProperties: { "^(a+)+$": {} }, additionalProperties: false }, true],
  ["a pattern under not", properties({ not: { pattern: "^(a+)+$" } }), false],
  ["a dynamic reference", { ...properties({}), $dynamicRef: "#x" }, false],
  ["a reference to elsewhere", properties({ $ref: "https://evil.example/schema" }), false],
  ["a reference to nothing", properties({ $ref: "#/$defs/none" }), false],
  ["a reference to itself", { ...properties({}), $ref: "#" }, false],
  [
    "references that double",
    { ...properties({ $ref: "#/$defs/d0" }), $defs: { ...doubling, d40: { type: "string" } } },
    false,
  ],
  [
    "recursion that doubles",
    {
      ...properties({}),
      anyOf: [
        { items: { $ref: "#" } },
        { items: { $ref: "#" } },
        { additionalProperties: { anyOf: [{ $ref: "#" }, { $ref: "#" }] } },
      ],
    },
    false,
  ],
  ["an unknown dialect", { ...properties({}), $schema: "https://evil.example/dialect" }, false],
])("%s is not checked, and told so", async (_what, inputSchema, rest) => {
  const one = await play({ ...tool("t"), inputSchema });
  // A schema that was checked all the same would take hours for these.
  let deep: unknown = 1;
  for (let level = 0; level < 50; level += 1) deep = [deep];
  expect(await code(one, "t", { text: `${"a".repeat(40)}!`, deep })).toBe("passed");
  expect(one.codes()).toContain("ERR_SCHEMA_UNCHECKED");
  if (rest) expect(await code(one, "t", { n: "x" })).toBe("ERR_TOOL_ARGUMENTS");
});

test("what is too deep or too large is refused", async () => {
  const one = await play(sum);
  let deep: unknown = 1;
  for (let level = 0; level < 100; level += 1) deep = [deep];
  expect(await code(one, "sum", { a: deep, b: 1 })).toBe("ERR_TOOL_ARGUMENTS");
  expect(await code(one, "sum", { a: Array.from({ length: 30_000 }, () => 1), b: 1 })).toBe("ERR_TOOL_ARGUMENTS");
});

test("items that are compared with each other are refused where there are too many pairs", async () => {
  const ids = { type: "array", uniqueItems: true };
  const one = await play({
    ...tool("t"),
    inputSchema: { type: "object", properties: { ids, rows: { type: "array" } } },
  });
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  const refused = async (value: object): Promise<string> => {
    const code = one.ask(1, "tools/call", { name: "t", arguments: value }, { content: [] });
    return (await code).error?.message ?? "passed";
  };
  expect(await refused({ ids: numbers(1_000) })).toBe("passed");
  expect(await refused({ ids: [...numbers(900), 0] })).toMatch(/uniqueItems/);
  expect(await refused({ ids: numbers(2_000) })).toMatch(/too many items to compare/);
  expect(await refused({ rows: numbers(100).map(() => numbers(150)), ids: [1] })).toMatch(/too many items to compare/);
  expect(await refused({ rows: numbers(50).map(() => numbers(150)), ids: [1] })).toBe("passed");
});

test("a recursive schema without doubling is checked", async () => {
  const node = { type: "object", properties: { next: { $ref: "#/$defs/node" }, value: { type: "integer" } } };
  const one = await play({
    ...tool("t"),
    inputSchema: { type: "object", properties: { root: { $ref: "#/$defs/node" } }, $defs: { node } },
  });
  expect(await code(one, "t", { root: { next: { next: { value: 1 } } } })).toBe("passed");
  expect(await code(one, "t", { root: { next: { next: { value: "1" } } } })).toBe("ERR_TOOL_ARGUMENTS");
  expect(one.codes()).not.toContain("ERR_SCHEMA_UNCHECKED");
});
