/** What goes wrong between the proxy and a server by Streamable HTTP, and what the host sees of it. */
import { spawn } from "node:child_process";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { until } from "../support/until.js";
import { fixture, Host, house, names, tool } from "./support/house.js";
import { event, honest, json, remote, stream } from "./support/remote.js";

const result = (text: string): object => ({ content: [{ type: "text", text }] });
const log = (data: string): object => ({ method: "notifications/message", params: { level: "info", data } });

async function hostOf(url: string, env: NodeJS.ProcessEnv = {}): Promise<Host> {
  const host = new Host(house({ url }), [], env);
  await host.initialize();
  return host;
}

test("silence longer than the patience of Node's fetch: before the answer, within it, and on the server's own stream", async () => {
  let streams = 0;
  const { url } = await remote(
    honest(({ http, message }, response) => {
      if (http === "GET") {
        streams += 1;
        stream(response);
        setTimeout(() => response.write(event(log("after a silence"))), 3_000);
        return true;
      }
      if (message?.method !== "tools/call") return false;
      const { id } = message;
      if (message.params.arguments.late === "head")
        setTimeout(() => json(response, { id, result: result("x") }), 3_000);
      else setTimeout(() => response.end(event({ id, result: result("x") })), 3_000, stream(response));
      return true;
    }),
  );
  const host = await hostOf(url, { NODE_OPTIONS: `--require ${fixture("impatient.cjs")}` });
  const answers = await Promise.all(["head", "body"].map((late) => host.call("index", { late })));
  expect(answers.map((answer) => answer.result)).toEqual([result("x"), result("x")]);
  await host.until(({ params }) => params?.data === "after a silence");
  expect(streams).toBe(1);
});

test("the preparation of the test before makes Node impatient", async () => {
  const { url } = await remote(() => {});
  const script = `setTimeout(() => fetch(${JSON.stringify(url)}).catch((e) => console.log(e.cause.code)), 200)`;
  const child = spawn(process.execPath, ["--require", fixture("impatient.cjs"), "-e", script]);
  let said = "";
  child.stdout.on("data", (piece) => {
    said += piece;
  });
  await new Promise((resolve) => child.once("close", resolve));
  expect(said).toContain("UND_ERR_HEADERS_TIMEOUT");
});

test("headers of the policy file stand beside the proxy's own, and a server that quotes them does not make the proxy tell them", async () => {
  const { url, arrived } = await remote(
    honest(({ message, headers }, response) => {
      if (message?.method !== "tools/call") return false;
      const error = { code: 1, message: `denied: ${headers.authorization} of ${headers["x-team"]}` };
      response.writeHead(403, { "content-type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id: null, error }));
      return true;
    }),
  );
  const headers = {
    "Content-Type": "application/json",
    Accept: "text/html",
    Authorization: "Bearer of-good-news",
    "X-Team": "red",
  };
  const host = new Host(house({ url: `${url}?key=of-the-house`, headers }));
  await host.initialize();
  const { error } = await host.call("index");
  expect(error.message).toContain('It says "denied: (what it was sent) of red".');
  expect(host.stderr).not.toMatch(/of-good-news|of-the-house/);
  for (const { headers: sent, http } of arrived) {
    expect(sent.accept).toBe(http === "GET" ? "text/event-stream" : "application/json, text/event-stream");
    expect(sent["content-type"]).toBe("application/json");
  }
});

test("an event that is cut in the middle is no event; the stream goes on from the one before", async () => {
  const { url, arrived } = await remote(
    honest(({ http, headers, message }, response) => {
      if (message?.method === "tools/call") {
        const whole = event({ id: message.id, result: result("cut") }, "id: e-2\n");
        stream(response).write(`retry: 60\n${event(log("one"), "id: e-1\n")}${whole.slice(0, -12)}`);
        setTimeout(() => response.destroy(), 50);
        return true;
      }
      if (http !== "GET" || headers["last-event-id"] === undefined) return false;
      stream(response).end(event({ id: "call", result: result("whole") }, "id: e-3\n"));
      return true;
    }),
  );
  const host = await hostOf(url);
  const answer = await host.ask("tools/call", { name: "index" }, "call");
  expect(answer.result).toEqual(result("whole"));
  expect(arrived.flatMap(({ headers }) => headers["last-event-id"] ?? [])).toEqual(["e-1"]);
  expect(host.lines.join("\n")).not.toContain("cut");
});

test("a stream without ids that breaks before the answer is answered with an error, at once", async () => {
  const { url } = await remote(
    honest(({ message }, response) => {
      if (message?.method !== "tools/call") return false;
      stream(response).write(event(log("one")));
      setTimeout(() => response.destroy(), 20);
      return true;
    }),
  );
  const host = await hostOf(url);
  expect((await host.call("index")).error.message).toContain("ended its answer without one");
  expect((await host.ask("ping")).result).toEqual({ content: [] });
});

test("an event without data names where to go on from, and is no message", async () => {
  const { url, arrived } = await remote(
    honest(({ http, headers, message }, response) => {
      if (message?.method === "tools/call") {
        stream(response).end("id: p-1\nretry: 70\ndata: \n\n");
        return true;
      }
      if (http !== "GET" || headers["last-event-id"] !== "p-1") return false;
      stream(response).end(event({ id: message?.id ?? "call", result: result("polled") }));
      return true;
    }),
  );
  const home = house({ url });
  const host = new Host(home);
  await host.initialize();
  expect((await host.ask("tools/call", { name: "index" }, "call")).result).toEqual(result("polled"));
  expect(arrived.some(({ headers }) => headers["last-event-id"] === "p-1")).toBe(true);
  expect(host.stderr).not.toContain("dropped");
});

test("a server that breaks each stream and never answers: the pauses are its own, and the host's cancel ends it", async () => {
  let gets = 0;
  const { url } = await remote(
    honest(({ http, message }, response) => {
      if (message?.method === "tools/call") {
        stream(response).end("id: 1\nretry: 0\ndata: \n\n");
        return true;
      }
      if (http !== "GET") return false;
      gets += 1;
      stream(response).end("id: 1\nretry: 0\ndata: \n\n");
      return true;
    }),
  );
  const began = performance.now();
  const host = await hostOf(url);
  host.write({ id: "call", method: "tools/call", params: { name: "index" } });
  await until(
    () => gets > 10,
    () => `${gets} streams are asked for`,
  );
  await sleep(1_000);
  // Two streams at most 20 times a second each: this one's, and the server's own.
  expect(gets).toBeLessThan(5 + (2 * 20 * (performance.now() - began)) / 1_000);
  host.write({ method: "notifications/cancelled", params: { requestId: "call" } });
  expect((await host.ask("ping")).result).toEqual({ content: [] });
});

test("a server that forgets the session while only its own stream is open: another one begins", async () => {
  let sessions = 0;
  let streams = 0;
  const { url, arrived } = await remote(
    honest(({ http, headers, message }, response) => {
      if (message?.method === "initialize") {
        sessions += 1;
        const { protocolVersion } = message.params;
        const about = {
          protocolVersion,
          capabilities: { tools: { listChanged: true } },
          serverInfo: { name: "r", version: "1" },
        };
        const session = { "mcp-session-id": `s-${sessions}` };
        if (sessions === 1) json(response, { id: message.id, result: about }, session);
        else {
          // A stream that stays open after its answer.
          response.writeHead(200, { "content-type": "text/event-stream", ...session });
          response.write(event({ id: message.id, result: about }));
        }
        return true;
      }
      if (http !== "GET") return false;
      streams += 1;
      if (headers["mcp-session-id"] !== `s-${sessions}` || streams === 2) response.writeHead(404).end();
      else stream(response).end("retry: 50\n\n");
      return true;
    }),
  );
  const host = await hostOf(url);
  await host.until(({ method }) => method === "notifications/tools/list_changed");
  expect(sessions).toBe(2);
  expect(names(await host.ask("tools/list"))).toEqual(["index"]);
  const lists = arrived.filter(({ message }) => message?.method === "tools/list");
  expect(lists.at(-1)?.headers["mcp-session-id"]).toBe("s-2");
});

test("a session that is forgotten again at once: the request is answered with an error, not sent for ever", async () => {
  const { url, arrived } = await remote(
    honest(({ message, headers }, response) => {
      if (headers["mcp-session-id"] === undefined || message?.id === undefined) return false;
      response.writeHead(404).end();
      return true;
    }),
  );
  const host = await hostOf(url);
  expect((await host.call("index")).error.message).toContain("404");
  const calls = arrived.filter(({ message }) => message?.method === "tools/call");
  expect(calls).toHaveLength(2);
});

test("a request that is taken with 202 is answered on the server's own stream", async () => {
  let own: ServerResponse | undefined;
  const { url } = await remote(
    honest(({ http, message }, response) => {
      if (http === "GET") own = stream(response);
      else if (message?.method === "tools/call") {
        response.writeHead(202).end();
        own?.write(event({ id: message.id, result: result("on the stream") }));
      } else return false;
      return true;
    }),
  );
  const host = await hostOf(url);
  await until(
    () => own,
    () => "the proxy does not open the server's own stream",
  );
  expect((await host.call("index")).result).toEqual(result("on the stream"));
});

test("a request that is taken with 202 by a server without such a stream is answered with an error", async () => {
  const { url } = await remote(
    honest(({ message }, response) => {
      if (message?.method !== "tools/call") return false;
      response.writeHead(202).end();
      return true;
    }),
  );
  const host = await hostOf(url);
  expect((await host.call("index")).error.message).toContain("202 without a message");
});

test("403, 405 and 400 say what to do, with the server's words as printable text", async () => {
  const words = (status: number, message: string) => (response: ServerResponse) =>
    response
      .writeHead(status, { "content-type": "application/json" })
      .end(JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32000, message } }));
  const answers: Record<string, (response: ServerResponse) => void> = {
    a: words(403, "scope files:write is missing"),
    b: words(405, "POST to /v2"),
    c: words(400, `bad \u001b[31m${"x".repeat(5_000)}`),
    d: (response) => response.writeHead(302, { location: "/other" }).end(),
    e: (response) => response.writeHead(307, { location: "http://[" }).end(),
    f: (response) => response.writeHead(204).end(),
    g: (response) => response.writeHead(400, { "content-type": "application/json" }).end("{"),
  };
  const { url } = await remote((arrived, response) => answers[arrived.message?.id]?.(response));
  const host = new Host(house({ url }));
  const said = {
    a: ["403", "scope files:write is missing", "token"],
    b: ["405", "POST to /v2", "URL"],
    c: ["400", "bad"],
    d: ["redirects with 302"],
    e: ["no URL"],
    f: ["204 without a message"],
    g: ["answers 400"],
  };
  for (const [id, texts] of Object.entries(said)) {
    const { message } = (await host.ask("ping", undefined, id)).error;
    for (const text of texts) expect(message).toContain(text);
    expect(message).not.toContain("\u001b");
    expect(message.length).toBeLessThan(1_000);
  }
});

test("an error of JSON-RPC in a body of another status answers its own request", async () => {
  const { url } = await remote(
    honest(({ message }, response) => {
      if (message?.method !== "ping") return false;
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id: message.id, error: { code: -32001, message: "own words" } }));
      return true;
    }),
  );
  const host = await hostOf(url);
  expect((await host.ask("ping")).error).toEqual({ code: -32001, message: "own words" });
});

test("307 and 308 within the origin are followed, and a loop of them ends", async () => {
  let loops = 0;
  const { url } = await remote((arrived, response) => {
    const { message } = arrived;
    if (message.id === "loop") {
      loops += 1;
      return void response.writeHead(308, { location: "?again" }).end();
    }
    if (arrived.path === "/mcp") return void response.writeHead(307, { location: "/moved" }).end();
    return json(response, { id: message.id, result: { at: arrived.path } });
  });
  const host = new Host(house({ url }));
  expect((await host.ask("ping")).result).toEqual({ at: "/moved" });
  expect((await host.ask("ping", undefined, "loop")).error.message).toContain("redirects with 308");
  expect(loops).toBeLessThan(6);
});

test("gzip, as JSON and as events; a bomb is dropped while it is unpacked", async () => {
  const { url } = await remote(
    honest(({ message }, response) => {
      if (message?.method !== "tools/call") return false;
      const { kind } = message.params.arguments;
      const answer = { jsonrpc: "2.0", id: message.id, result: result(kind) };
      const type = kind === "events" ? "text/event-stream" : "application/json";
      response.writeHead(200, { "content-type": type, "content-encoding": "gzip" });
      if (kind === "bomb") response.end(gzipSync(Buffer.alloc(200 * 2 ** 20, 0x20)));
      else response.end(gzipSync(kind === "events" ? event(answer) : JSON.stringify(answer)));
      return true;
    }),
  );
  const host = await hostOf(url);
  for (const kind of ["json", "events"]) expect((await host.call("index", { kind })).result).toEqual(result(kind));
  expect((await host.call("index", { kind: "bomb" })).error.message).toContain("more than");
});

test("256 streams that stay open after their answers do not hold up the next requests", async () => {
  let open = 0;
  const { url } = await remote(
    honest(({ message }, response) => {
      if (message?.method !== "tools/call") return false;
      open += 1;
      response.on("close", () => {
        open -= 1;
      });
      stream(response).write(event({ id: message.id, result: result("x") }));
      return true;
    }),
  );
  const host = await hostOf(url);
  for (let id = 0; id < 400; id += 1) host.write({ id, method: "tools/call", params: { name: "index" } });
  for (const id of [0, 255, 256, 399]) expect((await host.until((one) => one.id === id)).result).toEqual(result("x"));
  await until(
    () => open <= 40,
    () => `${open} streams are open`,
  );
});

test("more requests than may be open, none answered: a cancel passes them, and the host's end is heard", async () => {
  const { url, arrived } = await remote(honest(({ message }) => message?.method === "tools/call"));
  const host = await hostOf(url);
  for (let id = 0; id < 400; id += 1) host.write({ id, method: "tools/call", params: { name: "index" } });
  host.write({ method: "notifications/cancelled", params: { requestId: 3 } });
  await until(
    () => arrived.some(({ message }) => message?.method === "notifications/cancelled"),
    () => "the cancel does not arrive",
  );
  expect(arrived.filter(({ message }) => message?.method === "notifications/cancelled")).toHaveLength(1);
  const calls = arrived.filter(({ message }) => message?.method === "tools/call");
  expect(calls.length).toBeLessThanOrEqual(256);
  expect(await host.close()).toBe(0);
});

test("the version is that of the session, and initialize states none", async () => {
  const { url, arrived } = await remote(honest(() => false));
  const host = await hostOf(url);
  await host.ask("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: {} }, "again");
  const begun = arrived.filter(({ message }) => message?.method === "initialize");
  expect(begun.map(({ headers }) => headers["mcp-protocol-version"])).toEqual([undefined, undefined]);
  await host.ask("ping");
  expect(arrived.at(-1)?.headers["mcp-protocol-version"]).toBe("2025-06-18");
});

test("signed or not: a list that came as JSON is judged like one that came as events", async () => {
  const { url } = await remote(
    honest(({ message }, response) => {
      if (message?.method !== "tools/list") return false;
      const tools = [tool("index", "POISON"), tool("evil", "POISON")];
      if (message.id === "json") json(response, { id: message.id, result: { tools } });
      else stream(response).end(event({ id: message.id, result: { tools } }));
      return true;
    }),
  );
  const host = await hostOf(url);
  for (const id of ["json", "events"]) expect(names(await host.ask("tools/list", undefined, id))).toEqual([]);
  expect(host.lines.join("\n")).not.toContain("POISON");
});

test("calls that the server never answers and the host cancels do not keep the places of later calls", async () => {
  let taken = 0;
  const { url } = await remote(
    honest(({ message }) => {
      if (message?.method !== "tools/call" || message.params.arguments.answered === true) return false;
      taken += 1;
      return true;
    }),
  );
  const host = await hostOf(url);
  const most = 256;
  for (let id = 0; id < most; id += 1)
    host.write({ id, method: "tools/call", params: { name: "index", arguments: {} } });
  await until(
    () => taken === most,
    () => `the server has taken ${taken} calls`,
  );
  for (let id = 0; id < most; id += 1) host.write({ method: "notifications/cancelled", params: { requestId: id } });
  host.write({ id: "last", method: "tools/call", params: { name: "index", arguments: { answered: true } } });
  expect((await host.until(({ id }) => id === "last", 20_000)).result).toEqual({ content: [] });
  await host.close();
  expect(host.stderr).not.toContain("Warning");
  expect(host.messages.filter(({ id }) => typeof id === "number")).toEqual([]);
});
