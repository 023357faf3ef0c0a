/** What changes while a session runs: lists of the gate's own, catalogues that expire and are replaced, closed gates. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { InkanError, KeyedVerifier } from "../../ts/entry/node.js";
import type { VerifiedCatalogue } from "../../ts/index.js";
import type { GateOptions } from "../../ts/mcp/index.js";
import { createGate } from "../../ts/mcp/index.js";
import { publisherKey, SERVER, signedCatalogue, tool } from "./support/catalogue.js";
import { type Message, names, Play } from "./support/play.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] }));
afterEach(() => void vi.useRealTimers());

const CHANGED = { method: "notifications/tools/list_changed" };
const lists = (play: Play): Message[] => play.server.filter(({ method }) => method === "tools/list");
const code = (answer: Message): string => answer?.error?.data.code ?? "passed";

describe("a list of the gate's own", () => {
  test("follows a notification, over all pages, and finds a rug pull", async () => {
    const play = new Play(await signedCatalogue({ tools: [tool("index"), tool("search")] }));
    await play.initialize();
    await play.list(1, [tool("index"), tool("search")]);
    expect(await play.in(CHANGED)).toMatchObject([{ to: "client" }]);
    const [, first] = lists(play);
    expect(first).toEqual({ jsonrpc: "2.0", id: expect.any(String), method: "tools/list" });
    expect(await play.in({ id: first.id, result: { tools: [tool("index")], nextCursor: "2" } })).toEqual([]);
    const [, , second] = lists(play);
    expect(second.params).toEqual({ cursor: "2" });
    expect(second.id).not.toBe(first.id);
    expect(code(await play.call(2, "search"))).toBe("passed");
    await play.in({ id: second.id, result: { tools: [tool("search", "Now evil.")] } });
    expect(code(await play.call(3, "search"))).toBe("ERR_TOOL_CHANGED");
    expect(code(await play.call(4, "index"))).toBe("passed");
    expect(await play.in({ id: second.id, result: { tools: [] } })).toEqual([]);
    expect(play.events.find(({ decision }) => decision === "revoked")).toMatchObject({ name: "search" });
  });

  test("gives a name back, and follows a changed tool in a list of the client's", async () => {
    const play = new Play(await signedCatalogue({ tools: [tool("index")] }));
    await play.initialize();
    await play.list(1, [tool("index", "Evil.")]);
    const [, own] = lists(play);
    await play.in({ id: own.id, result: { tools: [tool("index")] } });
    expect(code(await play.call(2, "index"))).toBe("passed");
  });

  test("waits for initialize, and carries the metadata of the stateless era", async () => {
    const catalogue = await signedCatalogue({ tools: [tool("index")] });
    const early = new Play(catalogue);
    await early.out({ id: 0, method: "initialize", params: {} });
    await early.in(CHANGED);
    expect(early.server).toHaveLength(1);
    await early.in({ id: 0, result: { capabilities: {} } });
    expect(lists(early)).toHaveLength(1);

    const late = new Play(catalogue);
    const _meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28", a: 1 };
    await late.list(1, [tool("index")], { _meta: { ..._meta, progressToken: 5 } });
    await late.in(CHANGED);
    expect(lists(late)[1].params).toEqual({ _meta });
  });

  test("fails without a change: an error, a repeated cursor, no answer, no list", async () => {
    const play = new Play(await signedCatalogue({ tools: [tool("index")] }));
    await play.initialize();
    await play.list(1, [tool("index", "Evil.")]);
    const answer = async (message: Message): Promise<void> => {
      await play.in({ id: lists(play).at(-1).id, ...message });
      expect(code(await play.call(99, "index"))).toBe("ERR_TOOL_CHANGED");
    };
    const again = async (): Promise<void> => {
      const before = lists(play).length;
      await play.in(CHANGED);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(lists(play)).toHaveLength(before + 1);
    };
    await answer({ error: { code: 1, message: "no" } });
    await again();
    await answer({ result: { tools: [tool("index")], nextCursor: "x" } });
    await answer({ result: { tools: [tool("index")], nextCursor: "x" } });
    await again();
    await answer({ result: { tools: "none" } });
    await again();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(play.server.at(-1)).toMatchObject({ method: "notifications/cancelled" });
    expect(play.codes().filter((one) => one === "ERR_LIST_UNFINISHED")).toHaveLength(4);
    await again();
    await play.in({ id: lists(play).at(-1).id, result: { tools: [tool("index")] } });
    expect(code(await play.call(100, "index"))).toBe("passed");
  });

  test("is one for a storm, with pauses that grow, and the client hears a few", async () => {
    const play = new Play(await signedCatalogue({ tools: [tool("index")] }));
    await play.initialize();
    for (let count = 0; count < 1_000; count += 1) await play.in(CHANGED);
    expect(lists(play)).toHaveLength(1);
    expect(play.client.filter(({ method }) => method === CHANGED.method).length).toBeLessThanOrEqual(10);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(play.client.filter(({ method }) => method === CHANGED.method).length).toBeLessThanOrEqual(11);
    let answered = 0;
    for (let step = 0; step < 100; step += 1) {
      const asked = lists(play);
      if (asked.length > answered) {
        answered = asked.length;
        await play.in({ id: asked.at(-1).id, result: { tools: [tool("index")] } });
        await play.in(CHANGED);
      }
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(answered).toBeGreaterThan(2);
    expect(answered).toBeLessThan(9);
  });

  test("ends after as many pages as the limit allows", async () => {
    const play = new Play(await signedCatalogue({ tools: [tool("index")] }), { limits: { listPages: 3 } });
    await play.initialize();
    await play.in(CHANGED);
    for (let page = 1; page <= 5; page += 1) {
      await play.in({ id: lists(play).at(-1).id, result: { tools: [], nextCursor: `${page}` } });
    }
    expect(lists(play)).toHaveLength(3);
  });

  test("is not asked for where nothing of the kind is signed or all of it is opened", async () => {
    const catalogue = await signedCatalogue({ tools: [tool("index")], prompts: [{ name: "p" }] });
    const play = new Play(catalogue, { unsigned: ["prompts"] });
    await play.initialize();
    const before = play.server.length;
    await play.in({ method: "notifications/prompts/list_changed" });
    await play.in({ method: "notifications/resources/list_changed" });
    expect(play.server).toHaveLength(before);
  });
});

describe("a closed gate", () => {
  const meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28" };

  async function expectClosed(play: Play, why: string): Promise<void> {
    expect(play.gate.closedBy?.code).toBe(why);
    expect((await play.initialize({ tools: {} }, { instructions: "Be kind." })).result.instructions).toBeUndefined();
    const before = play.server.length;
    expect((await play.list(1, [tool("index")])).result).toEqual({ tools: [] });
    expect((await play.list(2, [tool("index")], { _meta: meta })).result).toEqual({
      tools: [],
      resultType: "complete",
      ttlMs: 0,
      cacheScope: "private",
    });
    expect((await play.call(3, "index")).error).toMatchObject({
      code: -32602,
      data: { code: why, tool: "index", server: SERVER, hint: expect.any(String) },
    });
    expect(code(await play.ask(4, "resources/read", { uri: "a:b" }, {}))).toBe(why);
    expect(play.server).toHaveLength(before);
    for (const event of play.events) expect(event.signer).toBeUndefined();
  }

  test("was given nothing, or another server's catalogue, or an expired one", async () => {
    await expectClosed(new Play(), "ERR_GATE_CLOSED");
    const foreign = await signedCatalogue({ server: "npm:@acme/other", tools: [tool("index")] });
    await expectClosed(new Play(foreign), "ERR_CATALOGUE_SERVER");
    const nameless = await signedCatalogue(JSON.stringify({ tools: [tool("index")] }));
    await expectClosed(new Play(nameless), "ERR_CATALOGUE_SERVER");
    const old = await signedCatalogue({
      expires: "2026-01-01T00:00:00Z",
      tools: [tool("index")],
      instructions: "Be kind.",
    });
    await expectClosed(new Play(old, { now: () => new Date("2026-01-01T00:00:01Z") }), "ERR_CATALOGUE_EXPIRED");
    await expectClosed(
      new Play(old, {
        now: () => {
          throw new Error("no clock");
        },
      }),
      "ERR_CATALOGUE_EXPIRED",
    );
    const play = new Play(old, { now: () => new Date("2026-01-01T00:00:00Z") });
    expect((await play.call(1, "index")).result).toBeDefined();
  });

  test("has the code of what closed it", async () => {
    const refused = await new KeyedVerifier({ keys: publisherKey })
      .verify({ catalogue: new TextEncoder().encode("{}"), signature: Buffer.alloc(71).toString("base64") })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InkanError);
    await expectClosed(new Play(undefined, { closedBy: refused as InkanError }), (refused as InkanError).code);
    await expectClosed(new Play(undefined, { closedBy: new TypeError("fetch failed") }), "ERR_GATE_CLOSED");
  });

  test("keeps opened surfaces open", async () => {
    const play = new Play(undefined, { unsigned: ["resources"] });
    expect((await play.ask(1, "resources/read", { uri: "a:b" }, { contents: [] })).result).toEqual({ contents: [] });
    expect((await play.ask(2, "resources/list", {}, { resources: [{ uri: "a:b" }] })).result.resources).toHaveLength(1);
    expect((await play.ask(3, "prompts/list", {}, { prompts: [{ name: "x" }] })).result).toEqual({ prompts: [] });
  });

  test("opens when a catalogue comes, and tells so", async () => {
    const play = new Play();
    await play.initialize();
    play.gate.replace(await signedCatalogue({ tools: [tool("index")] }));
    expect(play.client.at(-1)).toEqual({ jsonrpc: "2.0", ...CHANGED });
    expect(names(await play.list(1, [tool("index")]))).toEqual(["index"]);
  });
});

describe("a catalogue", () => {
  test("expires while the gate runs, which the client is told", async () => {
    const catalogue = await signedCatalogue({
      expires: new Date(Date.now() + 60_000).toISOString(),
      tools: [tool("index")],
    });
    const play = new Play(catalogue);
    await play.initialize();
    const [listed] = await play.out({ id: 1, method: "tools/list" });
    expect(listed.to).toBe("server");
    expect((await play.call(2, "index")).result).toBeDefined();
    await vi.advanceTimersByTimeAsync(62_000);
    expect(play.client.filter(({ method }) => method === CHANGED.method)).toHaveLength(1);
    expect(play.events.at(-1)).toMatchObject({ code: "ERR_CATALOGUE_EXPIRED" });
    expect(code(await play.call(3, "index"))).toBe("ERR_CATALOGUE_EXPIRED");
    const [late] = await play.in({ id: 1, result: { tools: [tool("index")], nextCursor: "2" } });
    expect(late.message.result).toEqual({ tools: [] });
  });

  test("is not told to a client whose server declares no notifications", async () => {
    const catalogue = await signedCatalogue({
      expires: new Date(Date.now() + 1_000).toISOString(),
      tools: [tool("index")],
    });
    const play = new Play(catalogue);
    await play.initialize({ tools: {} });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(play.client.filter(({ method }) => method === CHANGED.method)).toEqual([]);
  });

  const old = (): Promise<VerifiedCatalogue> => signedCatalogue({ version: 2, tools: [tool("index"), tool("gone")] });
  const next = (more: object = {}): Promise<VerifiedCatalogue> =>
    signedCatalogue({ version: 3, tools: [tool("index", "Newer.")], ...more });

  test("is replaced by a newer one, at once without an overlap", async () => {
    const play = new Play(await old());
    await play.initialize();
    await play.list(1, [tool("index"), tool("gone")]);
    play.gate.replace(await next());
    expect(play.client.at(-1)).toMatchObject(CHANGED);
    expect(lists(play)).toHaveLength(2);
    // The server still has the old definition: what it offered last is not signed any more.
    expect(code(await play.call(2, "index"))).toBe("ERR_TOOL_CHANGED");
    expect(code(await play.call(3, "gone"))).toBe("ERR_TOOL_UNSIGNED");
    expect((await play.list(4, [tool("index", "Newer.")])).result.tools).toEqual([tool("index", "Newer.")]);
    expect(code(await play.call(5, "index"))).toBe("passed");
  });

  test("stays valid beside its successor for the overlap: two releases at once", async () => {
    const play = new Play(await old(), { overlapSeconds: 60 });
    await play.initialize();
    play.gate.replace(await next());
    for (const description of ["Does index.", "Newer."]) {
      expect((await play.list(1, [tool("index", description)])).result.tools).toEqual([tool("index", description)]);
      expect(code(await play.call(2, "index"))).toBe("passed");
    }
    await play.list(3, [tool("index")]);
    await vi.advanceTimersByTimeAsync(62_000);
    expect(code(await play.call(4, "index"))).toBe("ERR_TOOL_CHANGED");
    expect(code(await play.call(5, "gone"))).toBe("ERR_TOOL_UNSIGNED");
    expect(names(await play.list(6, [tool("index")]))).toEqual([]);
    expect(play.client.filter(({ method }) => method === CHANGED.method)).toHaveLength(2);
  });

  test("keeps its own expiry in the overlap", async () => {
    const expires = new Date(Date.now() + 10_000).toISOString();
    const play = new Play(await signedCatalogue({ version: 2, expires, tools: [tool("gone")] }), {
      overlapSeconds: 60,
    });
    play.gate.replace(await next());
    expect(code(await play.call(1, "gone"))).toBe("passed");
    await vi.advanceTimersByTimeAsync(12_000);
    expect(code(await play.call(2, "gone"))).toBe("ERR_TOOL_UNSIGNED");
  });

  test("is not replaced by an older, another, a foreign or an expired one", async () => {
    const play = new Play(await old());
    const refusal = async (content: object | string): Promise<string> => {
      const catalogue = await signedCatalogue(content);
      try {
        play.gate.replace(catalogue);
        return "replaced";
      } catch (error) {
        return (error as InkanError).code;
      }
    };
    expect(await refusal({ version: 1, tools: [] })).toBe("ERR_CATALOGUE_ROLLBACK");
    expect(await refusal({ version: 2, tools: [] })).toBe("ERR_CATALOGUE_ROLLBACK");
    expect(await refusal(JSON.stringify({ server: SERVER, tools: [] }))).toBe("ERR_CATALOGUE_ROLLBACK");
    expect(await refusal({ version: 9, server: "npm:@acme/other", tools: [] })).toBe("ERR_CATALOGUE_SERVER");
    expect(await refusal({ version: 9, expires: "2020-01-01T00:00:00Z", tools: [] })).toBe("ERR_CATALOGUE_EXPIRED");
    expect(() => play.gate.replace({} as VerifiedCatalogue)).toThrow(
      expect.objectContaining({ code: "ERR_OPTION_INVALID" }),
    );
    expect(code(await play.call(1, "gone"))).toBe("passed");
    expect(await refusal({ version: 2, tools: [tool("index"), tool("gone")] })).toBe("replaced");
    expect(await refusal({ version: 3, tools: [] })).toBe("replaced");
    expect(await refusal({ version: 2, tools: [tool("index"), tool("gone")] })).toBe("ERR_CATALOGUE_ROLLBACK");
  });

  test("without a version is replaced by one with a version, or issued later", async () => {
    const issued = (issuedAt: string | undefined, name: string): Promise<VerifiedCatalogue> =>
      signedCatalogue(JSON.stringify({ server: SERVER, ...(issuedAt && { issuedAt }), tools: [tool(name)] }));
    const play = new Play(await issued("2026-01-01T00:00:00Z", "a"));
    const older = await issued("2025-01-01T00:00:00Z", "b");
    const bare = await issued(undefined, "c");
    for (const one of [older, bare]) expect(() => play.gate.replace(one)).toThrow(/older than one already seen/);
    play.gate.replace(await issued("2026-02-01T00:00:00Z", "d"));
    play.gate.replace(await next());
  });
});

describe("a source of newer catalogues", () => {
  async function sourced(
    load: GateOptions["refresh"] extends infer R ? (R & { load: unknown })["load"] : never,
  ): Promise<Play> {
    return new Play(await signedCatalogue({ version: 1, tools: [tool("index")] }), {
      refresh: { load: load as () => Promise<VerifiedCatalogue | undefined>, everySeconds: 30 },
    });
  }

  test("is asked once when the server offers a changed tool, and its answer replaces the catalogue", async () => {
    const newer = await signedCatalogue({ version: 2, tools: [tool("index", "Newer.")] });
    const load = vi.fn(async () => newer);
    const play = await sourced(load);
    await play.initialize();
    await play.list(1, [tool("index")]);
    expect(load).not.toHaveBeenCalled();
    expect(names(await play.list(2, [tool("index", "Newer.")]))).toEqual([]);
    await play.list(3, [tool("index", "Newer.")]);
    await vi.advanceTimersByTimeAsync(0);
    expect(load).toHaveBeenCalledTimes(1);
    expect(names(await play.list(4, [tool("index", "Newer.")]))).toEqual(["index"]);
    expect(code(await play.call(5, "index"))).toBe("passed");
  });

  test("that fails leaves the catalogue in place, and is asked again later", async () => {
    const load = vi.fn(async (): Promise<undefined> => {
      throw new TypeError("offline");
    });
    const play = await sourced(load);
    for (const id of [1, 2]) await play.list(id, [tool("evil"), tool("index")]);
    await vi.advanceTimersByTimeAsync(0);
    expect(load).toHaveBeenCalledTimes(1);
    expect(play.codes()).toContain("ERR_CATALOGUE_REFRESH");
    await vi.advanceTimersByTimeAsync(31_000);
    await play.list(3, [tool("evil")]);
    expect(load).toHaveBeenCalledTimes(2);
    expect(code(await play.call(4, "index"))).toBe("passed");
  });
});

test("options that cannot be honoured throw", async () => {
  const catalogue = await signedCatalogue({ tools: [] });
  const refusals = [
    {},
    { server: "" },
    { server: SERVER, catalog: catalogue },
    { server: SERVER, catalogue: { ...catalogue } },
    { server: SERVER, unsigned: ["tools"] },
    { server: SERVER, unsigned: ["instructions"] },
    { server: SERVER, unsigned: "resources" },
    { server: SERVER, sampling: true },
    { server: SERVER, overlapSeconds: -1 },
    { server: SERVER, validate: "all" },
    { server: SERVER, limits: { pendingRequest: 1 } },
    { server: SERVER, refresh: {} },
    { server: SERVER, now: "later" },
    { server: SERVER, onDecision: undefined },
    { server: SERVER, closedBy: "x" },
  ].map((options) => {
    try {
      createGate(options as unknown as GateOptions);
      return "made";
    } catch (error) {
      return (error as InkanError).code;
    }
  });
  expect([...new Set(refusals)].sort()).toEqual(["ERR_OPTION_INVALID", "ERR_OPTION_UNKNOWN"]);
});
