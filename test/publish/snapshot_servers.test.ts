/** What a snapshot makes of servers of both eras, of several faces, and of bad ones: bounded, and named. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { ready } from "../../ts/entry/node.js";
import { readByCore } from "../../ts/publish/core_reading.js";
import { type Bounds, boundsFrom } from "../../ts/publish/snapshot/bounds.js";
import { SnapshotFailure } from "../../ts/publish/snapshot/failure.js";
import { httpWire } from "../../ts/publish/snapshot/http.js";
import type { OpenWire } from "../../ts/publish/snapshot/peer.js";
import { takeSnapshot } from "../../ts/publish/snapshot/snapshot.js";
import { stdioWire } from "../../ts/publish/snapshot/stdio.js";

beforeAll(() => ready());

interface Request {
  readonly id?: number;
  readonly method: string;
  readonly params?: {
    readonly cursor?: string;
    readonly capabilities?: object;
    readonly _meta?: Record<string, object>;
  };
}

/** The result of a request; undefined for an error, never for silence. */
type Server = (request: Request) => object | undefined | "silence";

/** A server in this process, each session with a state of its own. */
const wireTo =
  (session: () => Server): OpenWire =>
  (listener) => {
    const server = session();
    return {
      async send(text) {
        const request: Request = JSON.parse(text);
        if (request.id === undefined) return;
        const result = server(request);
        if (result === "silence") return;
        const error = { code: -32601, message: "no such method" };
        listener.text(JSON.stringify({ jsonrpc: "2.0", id: request.id, ...(result ? { result } : { error }) }));
      },
      close: async () => {},
    };
  };

const bounds = (more: Partial<Bounds> = {}): Bounds => ({ ...boundsFrom(), ...more });
const tool = (name: string, description = "A tool.") => ({ name, description, inputSchema: { type: "object" } });

/** Of the older era, with these pages of tools. */
const older =
  (list: (cursor: string | undefined) => object | "silence", greeting: object = {}): (() => Server) =>
  () =>
  ({ method, params }) => {
    if (method === "initialize") return { protocolVersion: "2025-11-25", capabilities: { tools: {} }, ...greeting };
    return method === "tools/list" ? list(params?.cursor) : undefined;
  };

const take = (open: OpenWire, more?: Partial<Bounds>) =>
  takeSnapshot({ open, bounds: bounds(more) }, { server: "npm:@acme/x", version: 1 });

describe("the union of what a server shows", () => {
  test("the newest era with all abilities comes first; what others see are alternatives that verifiers take", async () => {
    const session = (): Server => {
      let able = false;
      return ({ method, params }) => {
        if (method === "initialize") {
          able = Object.keys(params?.capabilities ?? {}).length > 0;
          return { protocolVersion: "2025-11-25", capabilities: { tools: {}, prompts: {} }, instructions: "Older." };
        }
        const meta = params?._meta;
        const capable = meta?.["io.modelcontextprotocol/clientCapabilities"];
        if (method === "server/discover") {
          const supportedVersions = ["2025-11-25", "2026-07-28"];
          return { supportedVersions, capabilities: { tools: {} }, instructions: "Newer." };
        }
        if (method === "prompts/list") return { prompts: [{ name: "p" }] };
        if (method !== "tools/list") return undefined;
        const rich = capable === undefined ? able : Object.keys(capable).length > 0;
        const face = `${capable === undefined ? "older" : "newer"}, ${rich ? "able" : "bare"}`;
        return { tools: [tool("same"), tool("faces", face), ...(rich ? [tool("ask")] : [])] };
      };
    };
    const { text, counts, unstable, eras } = await take(wireTo(session));
    const { tools, prompts, instructions, alternatives } = JSON.parse(text);
    expect(tools.map(({ name }: { name: string }) => name)).toEqual(["ask", "faces", "same"]);
    expect(tools[1].description).toBe("newer, able");
    expect(alternatives.tools.map(({ description }: { description: string }) => description)).toEqual([
      "newer, bare",
      "older, able",
      "older, bare",
    ]);
    expect([prompts, instructions, alternatives.instructions]).toEqual([[{ name: "p" }], "Newer.", ["Older."]]);
    expect({ counts, unstable, eras }).toEqual({
      counts: { tool: 3, prompt: 1, resource: 0, resourceTemplate: 0, alternatives: 4 },
      unstable: [],
      eras: ["2026-07-28", "2025-11-25"],
    });
    const catalogue = await readByCore(Buffer.from(text));
    for (const description of ["newer, able", "newer, bare", "older, able", "older, bare"]) {
      expect(catalogue.has(tool("faces", description))).toBe(true);
    }
    expect(catalogue.signsInstructions("Older.")).toBe(true);
  });

  test("what differs between two equal sessions is named", async () => {
    let sessions = 0;
    const { unstable } = await take(
      wireTo(() => {
        sessions += 1;
        const one = sessions;
        return older(
          () => ({ tools: [tool("clock", `It is ${one}.`), tool("firm"), ...(one === 1 ? [tool("once")] : [])] }),
          { instructions: `Session ${one}.` },
        )();
      }),
    );
    expect(unstable).toEqual([
      'tool "clock" is defined otherwise in each session',
      'tool "once" is listed by one of two equal sessions only',
      "the instructions are others in each session",
    ]);
  });
});

const failure = async (open: OpenWire, more?: Partial<Bounds>): Promise<string> => {
  const error = await take(open, more).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SnapshotFailure);
  return (error as Error).message;
};

/** A server whose every answer has this name twice in one object. */
const repeating =
  (name: string): OpenWire =>
  (listener) => ({
    async send(text) {
      listener.text(`{"jsonrpc":"2.0","id":${JSON.parse(text).id},"result":{"${name}":1,"${name}":2}}`);
    },
    close: async () => {},
  });

describe("a bad server is named", () => {
  test("more definitions, pages and bytes than a catalogue may have", async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => tool(`t${index}`));
    const pages = (tools: readonly object[]): OpenWire =>
      wireTo(older((cursor) => ({ tools, nextCursor: String(Number(cursor ?? 0) + 1) })));
    expect(await failure(pages(many))).toBe("tools/list lists more than the limit of 100000 definitions");
    expect(await failure(pages([]))).toBe("tools/list has more than the limit of 1000 pages");
  });

  test("a cursor that comes again, or is none", async () => {
    const cursors = (next: unknown): OpenWire => wireTo(older(() => ({ tools: [], nextCursor: next })));
    expect(await failure(cursors("a"))).toContain("goes in a circle");
    expect(await failure(cursors(1))).toContain("is no text");
    expect(await failure(wireTo(older(() => ({}))))).toBe("page 1 of tools/list has no list tools");
  });

  test("words of any length are told in short, and what is wrong with them", async () => {
    const long = "A".repeat(2 ** 20);
    const lists = (list: () => object): OpenWire => wireTo(older(list));
    const told = [
      [await failure(lists(() => ({ tools: [], nextCursor: long }))), "goes in a circle"],
      [await failure(lists(() => ({ tools: [{ ...tool(long), inputSchema: 1 }] }))), "can be in no catalogue"],
      [await failure(lists(() => ({ tools: [tool(`${long}\u001b`)] }))), "can be in no catalogue"],
      [await failure(repeating(long)), "twice in one object"],
      [await failure(wireTo(() => () => undefined)), "no such method"],
    ] as const;
    for (const [message, reason] of told) {
      expect(message.length).toBeLessThan(700);
      expect(message).toContain(reason);
    }
  });

  test("a list that is another in each session is told in short", async () => {
    let lists = 0;
    const { unstable } = await take(
      wireTo(
        older(() => {
          lists += 1;
          return { tools: Array.from({ length: 300 }, (_, index) => tool(`${"a".repeat(300)}${lists}-${index}`)) };
        }),
      ),
    );
    expect(unstable).toHaveLength(21);
    expect(unstable.at(-1)).toBe("580 more of the kind");
    for (const text of unstable) expect(text.length).toBeLessThan(300);
  });

  test("silence", async () => {
    const brief = { answer: 50, probe: 50 };
    expect(await failure(wireTo(older(() => "silence")), brief)).toContain("did not answer tools/list within 0.05");
    expect(
      await failure(
        wireTo(() => () => "silence"),
        brief,
      ),
    ).toContain("did not answer initialize within 0.05");
  });

  test.each([
    ["no schema", { name: "x" }, "inputSchema"],
    ["no name", { inputSchema: {} }, "name"],
    ["no object", "x", "tool 1 of the server"],
    ["both spellings", { name: "x", inputSchema: {}, input_schema: {} }, "input_schema"],
    ["half of a character", tool("x", "\ud800"), "tool 1 (x)"],
  ])("a tool that the core refuses: %s", async (_, bad, reason) => {
    const message = await failure(wireTo(older(() => ({ tools: [bad] }))));
    expect(message).toContain("can be in no catalogue");
    expect(message).toContain(reason);
  });

  const node = (program: string, more?: Partial<Bounds>): Promise<string> =>
    failure(stdioWire({ command: process.execPath, args: ["-e", program], mayUseShell: false }, bounds(more)), more);

  test("over stdio: bytes that are not UTF-8, too many of them, an end, no start", async () => {
    expect(await node("process.stdout.write(Buffer.from([0xff, 10])); process.stdin.resume()")).toContain("not UTF-8");
    const endless = "setInterval(() => process.stdout.write('x'.repeat(1e5)), 1)";
    expect(await node(endless, { bytes: 2 ** 20 })).toBe("the server sent more than the limit of 1048576 bytes");
    expect(await node("console.error('no database'); process.exit(3)")).toBe(
      "the server ended with exit code 3; it wrote: no database",
    );
    expect(await failure(stdioWire({ command: "no-such-command", args: [], mayUseShell: false }, bounds()))).toContain(
      "there is no such command",
    );
  });

  test.each([
    [401, {}, "", 'answers 401: it does not know who calls. Give --header "Authorization=Bearer …"'],
    [500, {}, "the disk is full", 'answers 500. It says "the disk is full"'],
    [307, { location: "https://else.example/" }, "", "redirects to https://else.example/"],
    [200, { "content-type": "application/json" }, Buffer.from([0x22, 0xff, 0x22]), "not UTF-8"],
    [200, { "content-type": "application/json" }, "", "ended its answer without one"],
  ])("over HTTP: %i %j", async (status, headers, body, reason) => {
    const listener: RequestListener = (request, response) => {
      request.resume();
      response.writeHead(status, headers as Record<string, string>).end(body);
    };
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const message = await failure(
      httpWire(
        {
          url: `http://127.0.0.1:${port}/mcp`,
          headers: new Map(),
          advice: { token: 'Give --header "Authorization=Bearer …".', url: "", redirect: "" },
        },
        bounds(),
      ),
    );
    server.closeAllConnections();
    server.close();
    expect(message).toContain(reason);
  });
});
