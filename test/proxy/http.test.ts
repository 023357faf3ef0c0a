/** The proxy before a server by Streamable HTTP. */
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { Host, house, names, tool } from "./support/house.js";
import { honest, remote } from "./support/remote.js";

test("session, version and the operator's headers are sent, and the session is ended", async () => {
  const { url, arrived } = await remote(honest(() => false));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as the policy file has it
  const host = new Host(house({ url, headers: { Authorization: "Bearer ${env:TOKEN}" } }), [], { TOKEN: "t0ken" });
  await host.initialize("2025-06-18");
  expect(names(await host.ask("tools/list"))).toEqual(["index"]);
  expect((await host.call("evil")).error.data.code).toBe("ERR_TOOL_UNSIGNED");
  expect(await host.close()).toBe(0);
  const list = arrived.find(({ message }) => message?.method === "tools/list");
  expect(list?.headers).toMatchObject({
    authorization: "Bearer t0ken",
    "mcp-session-id": "s-1",
    "mcp-protocol-version": "2025-06-18",
    accept: "application/json, text/event-stream",
  });
  expect(arrived.at(-1)).toMatchObject({ http: "DELETE", headers: { "mcp-session-id": "s-1" } });
  expect(host.stderr).not.toContain("t0ken");
});

test("2026-07-28: headers repeat the method, the name and what the signed schema asks for", async () => {
  const schema = { type: "object", properties: { region: { type: "string", "x-mcp-header": "Region" } } };
  const { url, arrived } = await remote(honest(() => false));
  const host = new Host(house({ url }, { tools: [{ ...tool("index"), inputSchema: schema }] }));
  const _meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28" };
  await host.ask("tools/call", { name: "index", arguments: { region: "Zürich" }, _meta });
  expect(arrived[0]?.headers).toMatchObject({
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "index",
    "mcp-param-region": `=?base64?${Buffer.from("Zürich").toString("base64")}?=`,
  });
  expect(arrived[0]?.headers).not.toHaveProperty("mcp-session-id");
});

test("401, 500, another content type and a redirect to another origin are answered with the reason", async () => {
  const answers: Record<string, (response: ServerResponse) => void> = {
    a: (response) => response.writeHead(401, { "www-authenticate": "Bearer" }).end(),
    b: (response) => response.writeHead(500).end("oops"),
    c: (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    d: (response) => response.writeHead(307, { location: "https://evil.example/mcp" }).end(),
  };
  const { url } = await remote((arrived, response) => answers[arrived.message?.id]?.(response));
  const host = new Host(house({ url }));
  const said = { a: "mcp-remote", b: "answers 500", c: "text/html", d: "another origin" };
  for (const [id, text] of Object.entries(said)) {
    expect((await host.ask("ping", undefined, id)).error.message).toContain(text);
  }
});

test("a server that cannot be reached", async () => {
  const host = new Host(house({ url: "http://127.0.0.1:9/mcp" }));
  expect((await host.ask("initialize", {})).error.message).toContain("Cannot reach http://127.0.0.1:9/mcp");
});

test("a stream that breaks before the answer is asked for again from its last event on", async () => {
  const { url, arrived } = await remote(
    honest(({ http, headers, message }, response) => {
      if (message?.method === "tools/call") {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end(
          'retry: 20\nid: e-1\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}\n\n',
        );
        return true;
      }
      if (http !== "GET" || headers["last-event-id"] !== "e-1") return false;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(
        'id: e-2\ndata: {"jsonrpc":"2.0","id":"call","result":{"content":[{"type":"text","text":"late"}]}}\n\n',
      );
      return true;
    }),
  );
  const host = new Host(house({ url }));
  await host.initialize();
  const answer = await host.ask("tools/call", { name: "index" }, "call");
  expect(answer.result.content[0].text).toBe("late");
  expect(arrived.some(({ http, headers }) => http === "GET" && headers["last-event-id"] === "e-1")).toBe(true);
});

test("what the server begins comes on the stream of its own, which is opened again when it ends", async () => {
  let streams = 0;
  const { url } = await remote(
    honest(({ http }, response) => {
      if (http !== "GET") return false;
      streams += 1;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(
        `retry: 10\nid: ${streams}\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":${streams}}}\n\n`,
      );
      return true;
    }),
  );
  const host = new Host(house({ url }));
  await host.initialize();
  await host.until(({ params }) => params?.data === 3);
});

test("a stream that stays open after its answer holds nothing up", async () => {
  const { url } = await remote(
    honest(({ message }, response) => {
      if (message?.method !== "initialize") return false;
      const result = { protocolVersion: "2025-11-25", capabilities: {}, serverInfo: { name: "r", version: "1" } };
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify({ jsonrpc: "2.0", id: message.id, result })}\n\n`);
      return true;
    }),
  );
  const host = new Host(house({ url }));
  await host.initialize();
  expect(names(await host.ask("tools/list"))).toEqual(["index"]);
  expect(await host.close()).toBe(0);
});
