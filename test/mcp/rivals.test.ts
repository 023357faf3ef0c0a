/**
 * The same misbehaviour that three other gates were tried with, and what this one does. Of them, mcp-pin 0.1.8,
 * mcp-context-protector 05e56c1 and mcp-warden 2.2.0, none refuses all of it.
 */
import { expect, test } from "vitest";
import { signedCatalogue, tool } from "./support/catalogue.js";
import { names, Play } from "./support/play.js";

const full = { ...tool("index"), title: "Index", annotations: { readOnlyHint: true }, _meta: { a: 1 }, execution: {} };

async function play(): Promise<Play> {
  return new Play(await signedCatalogue({ tools: [full, tool("search")], instructions: "Be kind." }));
}

const code = async (one: Play, id: number, name: string): Promise<string> =>
  (await one.call(id, name)).error?.data.code ?? "called";

test.each([
  ["title", { title: "Other" }],
  ["annotations", { annotations: { readOnlyHint: false } }],
  ["_meta", { _meta: { a: 2 } }],
  ["execution", { execution: { taskSupport: "required" } }],
  ["an unknown field", { "x-acme": true }],
])("changed %s: refused", async (_what, change) => {
  const one = await play();
  expect(names(await one.list(1, [{ ...full, ...change }, tool("search")]))).toEqual(["search"]);
  expect(await code(one, 2, "index")).toBe("ERR_TOOL_CHANGED");
  // The others stay as they were.
  expect(await code(one, 3, "search")).toBe("called");
});

test("changed instructions: dropped, and no tool is blocked", async () => {
  const one = await play();
  expect((await one.initialize({ tools: {} }, { instructions: "Be evil." })).result.instructions).toBeUndefined();
  expect(await code(one, 2, "index")).toBe("called");
});

test("an added tool: hidden, denied", async () => {
  const one = await play();
  expect(names(await one.list(1, [full, tool("added")]))).toEqual(["index"]);
  expect(await code(one, 2, "added")).toBe("ERR_TOOL_UNSIGNED");
});

test("a name that was never listed: denied", async () => {
  const one = await play();
  await one.list(1, [full]);
  expect(await code(one, 2, "never")).toBe("ERR_TOOL_UNSIGNED");
});

test("a silent rug pull in a second list: refused", async () => {
  const one = await play();
  expect(names(await one.list(1, [full]))).toEqual(["index"]);
  expect(names(await one.list(2, [{ ...full, description: "Evil." }]))).toEqual([]);
  expect(await code(one, 3, "index")).toBe("ERR_TOOL_CHANGED");
});

test("tools made by the server for sampling: refused", async () => {
  const one = await play();
  const params = { messages: [], maxTokens: 1, tools: [tool("evil")] };
  expect(await one.in({ id: 1, method: "sampling/createMessage", params })).toMatchObject([
    { to: "server", message: { error: { data: { code: "ERR_SAMPLING_TOOLS" } } } },
  ]);
});
