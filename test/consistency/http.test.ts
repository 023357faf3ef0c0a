/** What a server may do to a client that only wants a proof: be slow, huge, elsewhere, broken. Every source is such a client. */
import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { type ConsistencySource, RekorV1Consistency, TileConsistency } from "../../ts/entry/node.js";
import { LogServer, MadeLog, type Site, stopLogServers } from "../support/log_server.js";

const log = MadeLog.ofSize(40, "leaf", "log.test - 1");
const pair = log.pair(7, 40);

afterEach(stopLogServers);

type Options = ConstructorParameters<typeof TileConsistency>[0];
const sources: [name: string, make: (options: Options) => ConsistencySource, site: Site][] = [
  ["TileConsistency", (options) => new TileConsistency(options), log.tiles(40)],
  ["RekorV1Consistency", (options) => new RekorV1Consistency(options), log.rekorV1(40)],
];

describe.each(sources)("%s", (name, make, honest) => {
  /** How a call fails. */
  const failure = (options: Options): Promise<string> =>
    make(options)
      .prove(pair)
      .then(
        () => "a proof",
        (error: Error) => error.message,
      );

  test("an honest server", async () => {
    const { url } = await LogServer.start(honest);
    expect((await make({ url }).prove(pair)).length).toBeGreaterThan(0);
    // A path before the API, and a slash at the end.
    const server = await LogServer.start((path) => (path.startsWith("/log/api/") ? honest(path.slice(4)) : undefined));
    expect((await make({ url: `${server.url}/log/` }).prove(pair)).length).toBeGreaterThan(0);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ["does not answer", () => {}],
    [
      "sends its answer drop by drop",
      (response) => {
        const timer = setInterval(() => response.write("["), 20);
        response.on("close", () => clearInterval(timer));
      },
    ],
    [
      "begins an answer and stops",
      (response) => {
        response.writeHead(200, { "content-length": "64" });
        response.write("[");
      },
    ],
  ])("a server that %s: the deadline holds", async (_, answer) => {
    const { url } = await LogServer.start(() => answer);
    const reason = await failure({ url, timeoutMs: 300 });
    expect(reason).toContain("did not answer within 300 ms");
  });

  test("an answer without an end is cut off", async () => {
    let sent = 0;
    const { url } = await LogServer.start(() => (response: ServerResponse) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1 << 16, 32))) sent += 1 << 16;
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    const reason = await failure({ url, timeoutMs: 5000 });
    expect(reason).toMatch(/has more than \d+ bytes/);
    expect(sent).toBeLessThan(32 << 20);
  });

  test.each([301, 302, 307, 308])("a redirect (%i) is not followed, to nowhere", async (status) => {
    const elsewhere = await LogServer.start(honest);
    const { url } = await LogServer.start((path) => (response: ServerResponse) => {
      response.writeHead(status, { location: `${elsewhere.url}${path}` }).end();
    });
    expect(await failure({ url })).toContain("redirects, which is not followed");
    expect(elsewhere.requests).toEqual([]);
  });

  test.each([204, 400, 403, 429, 500, 503])("the status %i", async (status) => {
    const { url } = await LogServer.start(() => (response: ServerResponse) => {
      response.writeHead(status).end();
    });
    expect(await failure({ url })).toContain(`answers ${status}`);
  });

  test("not found, a closed port, a connection that breaks", async () => {
    const { url } = await LogServer.start(() => undefined);
    expect(await failure({ url })).toMatch(/does not serve|serves no/);
    expect(await failure({ url: "http://127.0.0.1:1" })).toContain("could not be fetched");
    const broken = await LogServer.start(() => (response: ServerResponse) => response.destroy());
    expect(await failure({ url: broken.url })).toContain("could not be fetched");
  });

  test("an aborted signal ends what is under way, and what comes after", async () => {
    const { url, requests } = await LogServer.start(() => () => {});
    const controller = new AbortController();
    const source = make({ url, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(source.prove(pair)).rejects.toThrow("ended");
    const before = requests.length;
    await expect(source.prove(pair)).rejects.toThrow("ended");
    expect(requests.length).toBe(before);
  });

  test("a fetch of one's own, even one that knows no signals", async () => {
    const asked: [string, RequestInit | undefined][] = [];
    const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      asked.push([String(input), init]);
      return new Promise(() => {});
    };
    const reason = await failure({ url: "https://log.test", fetch, timeoutMs: 50 });
    expect(reason).toContain("did not answer within 50 ms");
    expect(asked[0]?.[0]).toMatch(/^https:\/\/log\.test\/api\/v/);
    expect(asked[0]?.[1]?.redirect).toBe("manual");
  });

  test.each<[string, object]>([
    ["no URL", {}],
    ["another protocol", { url: "file:///etc" }],
    ["no URL at all", { url: "rekor" }],
    ["a query", { url: "https://log.test/?a=b" }],
    ["a password", { url: "https://a:b@log.test" }],
    ["a timeout of 0", { url: "https://log.test", timeoutMs: 0 }],
    ["a timeout beyond timers", { url: "https://log.test", timeoutMs: 2 ** 31 }],
    ["a fetch that is none", { url: "https://log.test", fetch: "fetch" }],
    ["a signal that is none", { url: "https://log.test", signal: {} }],
    ["an unknown option", { url: "https://log.test", timeout: 5 }],
  ])("options with %s are refused", (_, options) => {
    expect(() => make(options as Options)).toThrow(name);
  });
});
