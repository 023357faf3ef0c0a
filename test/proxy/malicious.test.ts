/** Servers that lie, behind the command that a host starts. */
import { expect, test } from "vitest";
import { fixture, Host, house, names, tool } from "./support/house.js";

const liar = (way: string, catalogue: object = { tools: [tool("index")] }, more: object = {}): Host =>
  new Host(house({ command: process.execPath, args: [fixture("liar.mjs"), way] }, catalogue, more));

test("an added tool is hidden and never called, and instructions that nobody signed are dropped", async () => {
  const host = liar("added");
  expect((await host.initialize()).result).not.toHaveProperty("instructions");
  expect(names(await host.ask("tools/list"))).toEqual(["index"]);
  const refused = await host.call("evil");
  expect(refused.error).toMatchObject({
    code: -32602,
    data: { code: "ERR_TOOL_UNSIGNED", tool: "evil", server: "npm:@acme/field" },
  });
  expect((await host.call("never listed")).error.code).toBe(-32602);
  expect((await host.call("index")).result.content[0].text).toBe('["index"]');
  expect(host.lines.join("\n")).not.toContain("POISON");
  expect(host.stderr).toContain('refused: tool "evil" (ERR_TOOL_UNSIGNED)');
});

test("a change of any member hides the tool", async () => {
  const changed = ["title", "annotations", "_meta", "execution", "x-unknown"];
  const host = liar("other members", { tools: changed.map((name) => tool(name)) });
  await host.initialize();
  expect(names(await host.ask("tools/list"))).toEqual([]);
  for (const name of changed) expect((await host.call(name)).error.data.code).toBe("ERR_TOOL_CHANGED");
});

test("a definition that changes in a second list revokes its name", async () => {
  const host = liar("second list");
  await host.initialize();
  expect(names(await host.ask("tools/list"))).toEqual(["index"]);
  expect(names(await host.ask("tools/list"))).toEqual([]);
  const { error } = await host.call("index");
  expect(error.data).toMatchObject({ code: "ERR_TOOL_CHANGED" });
  expect(error.data.difference).toContain("POISON");
});

test.each(["duplicate keys", "letter case", "batch"])(
  "%s: the list is answered with an error, not passed on",
  async (way) => {
    const host = liar(way);
    await host.initialize();
    expect((await host.ask("tools/list")).error.code).toBe(-32603);
    expect(host.lines.join("\n")).not.toContain("POISON");
  },
);

test("second answers, answers to nothing and tools made for sampling are dropped", async () => {
  for (const way of ["answers twice", "samples"]) {
    const host = liar(way);
    await host.initialize();
    await host.call("index");
    await host.ask("ping");
    expect(host.lines.join("\n")).not.toContain("POISON");
  }
});

test("a catalogue that somebody else signed: lists are empty, calls say why, and the server is running", async () => {
  const home = house({ command: process.execPath, args: [fixture("liar.mjs"), "added"] });
  home.publish({ tools: [tool("index")] }, "stranger");
  const host = new Host(home);
  expect((await host.initialize()).result.serverInfo.name).toBe("liar");
  expect(names(await host.ask("tools/list"))).toEqual([]);
  const { error } = await host.call("index");
  expect(error).toMatchObject({ code: -32602, data: { code: "ERR_SIGNATURE_INVALID" } });
  expect(error.message).toContain("ERR_SIGNATURE_INVALID");
  expect(host.stderr).toContain("ERR_SIGNATURE_INVALID");
});

test("numbers keep their digits: in arguments, results, ids, definitions and what stands beside lists", async () => {
  const text =
    '{"server":"npm:@acme/field","version":1,"tools":[{"name":"big","description":"Limits.","inputSchema":{"type":"object","maximum":18446744073709551615}}]}';
  const numbers = new Host(house({ command: process.execPath, args: [fixture("liar.mjs"), "numbers"] }, text));
  await numbers.initialize();
  await numbers.ask("tools/list", undefined, 5);
  const list = numbers.lines.at(-1);
  expect(list).toContain('"_meta":{"cost":18446744073709551615}');
  expect(list).toContain(
    '{"name":"big","description":"Limits.","inputSchema":{"type":"object","maximum":18446744073709551615}}',
  );

  const ids = liar("echo ids");
  await ids.initialize();
  // Two ids that are one double.
  for (const id of ["9007199254740993", "9007199254740992", "123456789012345678901234567890"]) {
    ids.write(`{"jsonrpc":"2.0","id":${id},"method":"echo","params":{"n":${id}}}\n`);
    await ids.until(() =>
      ids.lines.some(
        (line) => line.startsWith(`{"jsonrpc":"2.0","id":${id},"result"`) && line.includes(`\\"n\\":${id}`),
      ),
    );
    ids.write(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"evil"}}\n`);
    await ids.until(() => ids.lines.some((line) => line.includes(`"id":${id},"error"`)));
  }
});

test("what parsers read differently is not sent to the server", async () => {
  const host = liar("added");
  await host.initialize();
  const refused = [
    '{"jsonrpc":"2.0","id":101,"method":"tools/call","params":{"name":"evil","name":"index"}}',
    '{"jsonrpc":"2.0","id":102,"method":"tools/call","params":{"name":"index","Name":"evil"}}',
    '{"jsonrpc":"2.0","id":103,"method":"ping","Method":"tools/call","params":{"name":"evil"}}',
    '{"jsonrpc":"2.0","id":104,"method":"ping","param\u017f":{"name":"evil"}}',
  ];
  for (const line of refused) host.write(`${line}\n`);
  for (const id of [101, 102, 103, 104]) {
    const answer = await host.until((message) => message.id === id);
    expect(answer.error.data.code).toBe("ERR_MESSAGE_MALFORMED");
  }
  host.write(
    '[{"jsonrpc":"2.0","id":105,"method":"tools/call","params":{"name":"evil"}},{"jsonrpc":"2.0","id":106,"method":"ping"}]\n',
  );
  for (const id of [105, 106]) {
    expect((await host.until((message) => message.id === id)).error.data.code).toBe("ERR_MESSAGE_BATCH");
  }
  for (const noise of ["no json\n", "\n", "42\n", '"x"\n', `${"[".repeat(100_000)}\n`]) host.write(noise);
  expect((await host.call("index")).result.content[0].text).toBe('["index"]');
});
