/** The one session by Streamable HTTP, against servers that cut, bend and flood what they send. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { Forgotten, Refused, Unanswered } from "../ts/streamable_http/answers.js";
import { type Arrived, HttpSession } from "../ts/streamable_http/session.js";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface Stand {
  readonly url: string;
  readonly asked: IncomingMessage[];
}

async function serve(answer: Answer): Promise<Stand> {
  const asked: IncomingMessage[] = [];
  // Where a busy machine holds a client up, it must not find its connection closed.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    asked.push(request);
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, asked };
}

const LONGEST = 65_536;
const ADVICE = { token: "Give a token.", url: "Check the URL.", redirect: "Trust it?" };

interface Play {
  readonly http: HttpSession;
  /** What was handed on: texts, or "too long". */
  readonly arrived: string[];
  /** Sends the request with id 1, which waits until a message with an answer has arrived; `tools/list` by default. */
  request(method?: string): Promise<void>;
}

function play(url: string, more: { arrived?: (bytes: number) => void; noticeMs?: number } = {}): Play {
  const http = new HttpSession(
    { url, headers: [["Authorization", "Bearer of-the-operator"]], advice: ADVICE },
    { messageBytes: LONGEST, ...more },
  );
  onTestFinished(() => http.end(1_000));
  const arrived: string[] = [];
  const hand = (what: Arrived): void => void arrived.push("bytes" in what ? what.bytes.toString() : "too long");
  return {
    http,
    arrived,
    request: (method = "tools/list") => {
      const message = { jsonrpc: "2.0", id: 1, method };
      return http.post({
        text: JSON.stringify(message),
        message,
        waits: () => !arrived.some((text) => text.includes('"result"')),
        hand,
        begun: () => {},
        signal: new AbortController().signal,
      });
    },
  };
}

const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{"title":"zwölf 🎉"}}';
const stream = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
const failure = (asking: Promise<void>): Promise<unknown> =>
  asking.then(
    () => undefined,
    (error: unknown) => error,
  );

test.each([
  ["LF", "\n"],
  ["CR", "\r"],
  ["CRLF", "\r\n"],
])("events with %s, after a byte order mark, each byte in a piece of its own", async (_, end) => {
  const text = `\ufeff: hello${end}event: other${end}data: no${end}${end}id: 1${end}data: ${ANSWER}${end}${end}data: cut`;
  const { url } = await serve(async (_request, response) => {
    stream(response);
    for (const byte of Buffer.from(text)) {
      response.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    response.end();
  });
  const { arrived, request } = play(url);
  await request();
  expect(arrived).toEqual([ANSWER]);
});

test("a line without end is dropped while it arrives: as data it is an event too long, as a comment it is nothing", async () => {
  const { url } = await serve((_, response) => {
    stream(response);
    for (const field of ["data: ", ": "]) {
      response.write(field);
      for (let count = 0; count < 20; count += 1) response.write("x".repeat(LONGEST / 2));
      response.write("\n\n");
    }
    response.end(`data: ${ANSWER}\n\n`);
  });
  const { arrived, request } = play(url);
  await request();
  expect(arrived).toEqual(["too long", ANSWER]);
});

test.each([
  ["application/json", "has more than 65536 bytes"],
  ["text/event-stream", "ended its answer without one"],
])("a bomb as %s: it is dropped while it is unpacked, and its bytes are counted", async (type, said) => {
  const bomb = gzipSync(Buffer.alloc(2 ** 24, 0x20));
  const { url } = await serve((_, response) => {
    response.writeHead(200, { "content-type": type, "content-encoding": "gzip" }).end(bomb);
  });
  let bytes = 0;
  const count = (more: number): void => {
    bytes += more;
    if (bytes > 2 ** 20) throw new Error("enough");
  };
  const { http, arrived, request } = play(url, { arrived: count });
  expect(http.why(await failure(request()))).toContain(said);
  expect(arrived).toEqual([]);
  expect(bytes).toBeGreaterThan(LONGEST);
  expect(bytes).toBeLessThan(2 ** 21);
});

test("headers go along within the origin, and never to another one", async () => {
  const other = await serve((_, response) => void response.end());
  const { url, asked } = await serve((request, response) => {
    if (request.url === "/mcp") response.writeHead(307, { location: "/moved?key=1" }).end();
    else response.writeHead(308, { location: `${other.url}?key=of-the-operator` }).end();
  });
  const { http, request } = play(url);
  const said = http.why(await failure(request()));
  expect(asked.map((one) => [one.url, one.headers.authorization])).toEqual([
    ["/mcp", "Bearer of-the-operator"],
    ["/moved?key=1", "Bearer of-the-operator"],
  ]);
  expect(other.asked).toEqual([]);
  expect(said).toBe(`The server redirects to ${other.url}, which is another origin. Trust it?`);
});

test("a stream goes on from its last event, by the id that has all its bytes; an id that no header may hold is none", async () => {
  const ids: (string | undefined)[] = [];
  const none = ["x".repeat(2_000), "a\0b", "a\u0001b", "a\u007fb"];
  const { url } = await serve((request, response) => {
    const last = request.headers["last-event-id"];
    if (request.method === "GET")
      ids.push(last === undefined ? undefined : Buffer.from(String(last), "latin1").toString());
    stream(response);
    if (request.method === "POST") response.end("retry: 0\nid: é-1\ndata:\n\n");
    else if (ids.length === 1) response.end(`${none.map((id) => `id: ${id}\ndata:\n\n`).join("")}`);
    else response.end(`data: ${ANSWER}\n\n`);
  });
  const { arrived, request } = play(url);
  await request();
  expect(arrived).toEqual([ANSWER]);
  expect(ids).toEqual(["é-1", "é-1"]);
});

test("a stream whose last id was taken back is not asked for again", async () => {
  const { url, asked } = await serve((_, response) => void stream(response).end("id: 1\ndata:\n\nid:\ndata:\n\n"));
  const { http, request } = play(url);
  expect(http.why(await failure(request()))).toContain("ended its answer without one");
  expect(asked.map(({ method }) => method)).toEqual(["POST"]);
});

test("an event of another kind is passed over, however long it is", async () => {
  const { url } = await serve((_, response) => {
    stream(response).end(`event: other\ndata: ${"x".repeat(2 * LONGEST)}\n\ndata: ${ANSWER}\n\n`);
  });
  const { arrived, request } = play(url);
  await request();
  expect(arrived).toEqual([ANSWER]);
});

test("a complaint that does not end is told as far as it has come", async () => {
  const { url } = await serve((_, response) => {
    response.writeHead(500, { "content-type": "text/plain" }).write("the disk is full");
  });
  const { http, request } = play(url);
  expect(http.why(await failure(request()))).toBe('The server answers 500. It says "the disk is full".');
});

test.each([
  ["tools/list", 2],
  ["tools/call", 1],
])("%s over a connection that the server has just closed is sent %i times", async (method, times) => {
  const { url, asked } = await serve((_, response) => {
    if (asked.length === 1) response.socket?.destroy();
    else response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
  });
  const { http, arrived, request } = play(url);
  const said = await failure(request(method));
  expect(asked).toHaveLength(times);
  if (times === 2) expect([said, arrived]).toEqual([undefined, [ANSWER]]);
  else expect(http.why(said)).toContain("UND_ERR_SOCKET");
});

test("a server that closes every connection is asked twice and no more", async () => {
  const { url, asked } = await serve((_, response) => void response.socket?.destroy());
  const { http, request } = play(url);
  expect(http.why(await failure(request()))).toContain("UND_ERR_SOCKET");
  expect(asked).toHaveLength(2);
});

test.each(["2025-11-25\r\nx-injected: 1", "2025-印", "", "x".repeat(20_000)])(
  "a protocol version that no header may hold is left out",
  async (version) => {
    const { url, asked } = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
    });
    const { http, arrived, request } = play(url);
    http.version = version;
    await request();
    expect(arrived).toEqual([ANSWER]);
    expect(asked[0]?.headers).not.toHaveProperty("mcp-protocol-version");
    expect(asked[0]?.headers).not.toHaveProperty("x-injected");
  },
);

test.each([
  ["JSON", { "content-type": "application/json", "content-length": "100" }, /^Cannot reach .*\/mcp: UND_ERR_SOCKET\.$/],
  ["a stream", { "content-type": "text/event-stream" }, /ended its answer without one/],
])("a socket that is closed within %s", async (_, headers, said) => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, headers as Record<string, string>).write("data: {");
    setTimeout(() => response.socket?.end(), 20);
  });
  const { http, arrived, request } = play(url);
  expect(http.why(await failure(request()))).toMatch(said);
  expect(arrived).toEqual([]);
});

test("statuses: 404 in a session forgets it, an answer in another body counts, words of a page do not", async () => {
  let status = 404;
  let [type, body] = ["text/plain", "gone"];
  const { url } = await serve((_, response) => void response.writeHead(status, { "content-type": type }).end(body));
  const { http, arrived, request } = play(url);
  http.id = "s-1";
  expect(await failure(request())).toBeInstanceOf(Forgotten);
  http.id = undefined;
  const alone = await failure(request());
  expect(alone).toBeInstanceOf(Refused);
  expect(alone).not.toBeInstanceOf(Forgotten);
  expect((alone as Error).message).toBe(
    'The server answers 404: there is nothing at this URL. It says "gone". Check the URL.',
  );
  [status, type, body] = [401, "application/json", '{"error":"no Bearer of-the-operator"}'];
  expect(((await failure(request())) as Error).message).toBe(
    'The server answers 401: it does not know who calls. It says "{\\"error\\":\\"no (what it was sent)\\"}". Give a token.',
  );
  [status, type, body] = [500, "text/html", "<h1>Oops</h1>"];
  expect(((await failure(request())) as Error).message).toBe("The server answers 500.");
  expect(arrived).toEqual([]);
  [status, type, body] = [400, "application/json", ANSWER];
  await request();
  expect(arrived).toEqual([ANSWER]);
});

test("a notification that nobody takes is given up, and what is no success is not one", async () => {
  let status = 0;
  const { url } = await serve((_, response) => {
    if (status > 0) response.writeHead(status).end();
  });
  const message = { jsonrpc: "2.0", method: "notifications/initialized" };
  const notify = ({ http }: Play): Promise<unknown> =>
    failure(
      http.post({
        text: JSON.stringify(message),
        message,
        waits: () => false,
        hand: () => {},
        begun: () => {},
        signal: new AbortController().signal,
      }),
    );
  const hasty = play(url, { noticeMs: 100 });
  expect(hasty.http.why(await notify(hasty))).toContain("no answer in time");
  const patient = play(url);
  status = 403;
  expect(await notify(patient)).toBeInstanceOf(Unanswered);
  status = 202;
  expect(await notify(patient)).toBeUndefined();
});
