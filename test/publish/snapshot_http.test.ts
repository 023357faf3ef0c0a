/** Servers over HTTP that would end the command, cost it without bound, or make it tell what it sent. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { ready } from "../../ts/entry/node.js";
import { boundsFrom } from "../../ts/publish/snapshot/bounds.js";
import { httpWire } from "../../ts/publish/snapshot/http.js";
import { takeSnapshot } from "../../ts/publish/snapshot/snapshot.js";

beforeAll(() => ready());

/** Where a promise without a handler ends up: it would end the command. */
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
process.on("unhandledRejection", note);
afterAll(() => void process.off("unhandledRejection", note));

interface Asked {
  readonly id?: number;
  readonly method?: string;
}

const json = (response: ServerResponse, message: object): void =>
  void response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ jsonrpc: "2.0", ...message }));

/** The URL of an honest server, unless `first` answers. */
async function serve(first: (asked: Asked, response: ServerResponse) => boolean): Promise<string> {
  // Where a busy machine holds a client up, it must not find its connection closed.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    let body = "";
    request.on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      const asked: Asked = body === "" ? {} : JSON.parse(body);
      if (first(asked, response)) return undefined;
      const { id, method } = asked;
      if (request.method !== "POST") return void response.writeHead(405).end();
      if (id === undefined || method === undefined) return void response.writeHead(202).end();
      const hello = {
        protocolVersion: "2025-11-25",
        capabilities: { tools: {} },
        serverInfo: { name: "s", version: "1" },
      };
      if (method === "initialize") return json(response, { id, result: hello });
      if (method === "tools/list") return json(response, { id, result: { tools: [] } });
      return json(response, { id, error: { code: -32601, message: "no" } });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

function snapshot(url: string, headers: Record<string, string> = {}): Promise<string> {
  const bounds = boundsFrom(30_000, 60_000);
  const advice = { token: "Give a token.", url: "Check the URL.", redirect: "Trust it?" };
  const open = httpWire({ url, headers: Object.entries(headers), advice }, bounds);
  return takeSnapshot({ open, bounds }, { server: "s", meta: undefined, version: undefined }).then(
    ({ text }) => text,
    (error: Error) => error.message,
  );
}

test.each<[what: string, answer: (response: ServerResponse) => void, outcome: string]>([
  [
    "is not UTF-8",
    (response) => void response.writeHead(200, { "content-type": "application/json" }).end(Buffer.of(0xff)),
    '"tools": []',
  ],
  [
    "has an event that is not UTF-8",
    (response) =>
      void response
        .writeHead(200, { "content-type": "text/event-stream" })
        .end(Buffer.from("data: \u00ff\n\n", "latin1")),
    "bytes that are not UTF-8",
  ],
  [
    "breaks off",
    (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" }).write("{");
      setTimeout(() => response.destroy(), 20);
    },
    '"tools": []',
  ],
])("a body that nobody waits for %s", async (_, answer, outcome) => {
  const url = await serve(({ method }, response) => {
    if (method !== "notifications/initialized") return false;
    answer(response);
    return true;
  });
  expect(await snapshot(url)).toContain(outcome);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(unhandled).toEqual([]);
});

test("questions without end, whose answers the server does not take", async () => {
  let open = 0;
  const url = await serve(({ id, method }, response) => {
    if (id !== undefined && method === undefined) {
      open += 1;
      return true;
    }
    if (method !== "tools/list") return false;
    const ping = `data: ${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" }).write(ping.repeat(5_000));
    return true;
  });
  expect(await snapshot(url)).toBe("the server asks more than 100 things at a time");
  expect(open).toBeLessThanOrEqual(400);
});

test("what is sent in secret is not told: not where the server quotes it, nor where it redirects", async () => {
  const headers = { Authorization: "Bearer top-secret-token" };
  const told = async (answer: (asked: Asked, response: ServerResponse) => void): Promise<string> =>
    snapshot(
      `${await serve((asked, response) => {
        answer(asked, response);
        return true;
      })}?key=secret-key`,
      headers,
    );
  const words = `no: ${JSON.stringify(headers)} ?key=secret-key`;
  const quoted = [
    await told((_, response) => void response.writeHead(400).end(words)),
    await told(({ id }, response) => json(response, { id, error: { code: 1, message: words } })),
    await told(
      (_, response) => void response.writeHead(302, { location: "https://else.example/x?key=secret-key" }).end(),
    ),
  ];
  for (const text of quoted) expect(text).not.toMatch(/top-secret-token|secret-key/);
  expect(quoted[0]).toContain('the server answers 400. It says "no: ');
  expect(quoted[1]).toContain("the error 1: no: ");
  expect(quoted[2]).toContain("redirects to https://else.example/x, which is another origin. Trust it?");
});
