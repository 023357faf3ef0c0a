/** The store of Durable Objects, in workerd, with what can go wrong there. */
import { afterEach, beforeAll, beforeEach, describe, expect, inject, type TestContext, test } from "vitest";
import { need } from "../../scripts/needs.js";
import { bundle } from "./bundlers.js";
import { expectGood, type Outcome } from "./outcome.js";
import { type Objects, Worker } from "./workerd.js";

const { app } = inject("packed");
const KEY = "log:a";
const bindings = { STATE: "TestObject", SILENT: "SilentObject", BROKEN: "BrokenObject", OTHER: "OtherObject" };

let folder: string;
const started: Worker[] = [];
let tests = 0;
beforeEach(() => {
  tests += 1;
});
beforeAll(async () => {
  folder = await bundle(app, "worker_store.mjs", { conditions: ["workerd"], wasm: "copy" });
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((worker) => worker.stop()));
});

/** Starts workerd with the storage of this test. */
async function start(context: TestContext, objects: Partial<Objects> = {}): Promise<Worker> {
  const workerd = need(context, "workerd", "npm ci --prefix test/runtimes", "@cloudflare/workerd-linux-64/bin/workerd");
  const worker = await Worker.start(workerd, folder, "worker_store.js", {
    bindings,
    sqlite: true,
    storage: `objects ${tests}`,
    ...objects,
  });
  started.push(worker);
  return worker;
}

type Answer = [code: string, value: unknown];
/** Calls a function of a new store. Null stands for undefined. */
const call = (worker: Worker, name: string, ...args: (string | null)[]): Promise<Answer> =>
  worker.ask({ action: "call", name, args }) as Promise<Answer>;
const callOf = (worker: Worker, given: object): Promise<Answer> =>
  worker.ask({ action: "call", name: "load", args: [KEY], ...given }) as Promise<Answer>;
const put = (worker: Worker, name: string, value: unknown): Promise<unknown> =>
  worker.ask({ action: "door", path: "/put", body: { name, value } });
const clear = (worker: Worker): Promise<unknown> => worker.ask({ action: "door", path: "/clear" });

test("the suite passes over a Durable Object", async (context) => {
  expectGood((await (await start(context)).ask({ action: "suite" })) as Outcome);
});

test("many requests that raise at once only ever raise a Durable Object, and end at the largest", async (context) => {
  const worker = await start(context);
  const acknowledged: number[] = [];
  const raise = async (): Promise<void> => {
    for (;;) {
      const [, stored] = await call(worker, "load", KEY);
      const next = Number(stored ?? 0) + 1;
      if (next > 60) return;
      const [, won] = await call(worker, "compareAndSwap", KEY, stored as string | null, String(next));
      if (won === true) acknowledged.push(next);
    }
  };
  await Promise.all(Array.from({ length: 8 }, raise));
  expect(acknowledged.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
});

test("what a Durable Object acknowledged survives a kill of workerd in mid-write", async (context) => {
  let worker = await start(context);
  let acknowledged = 0;
  for (let round = 0; round < 3; round += 1) {
    const goal = acknowledged + 20;
    const killed = worker;
    const [, before] = await call(killed, "load", KEY);
    const writing = (async () => {
      for (let stored = before as string | null; ; stored = String(acknowledged)) {
        const next = Number(stored ?? 0) + 1;
        const [code] = await call(killed, "compareAndSwap", KEY, stored, String(next));
        if (code === "accepted") acknowledged = next;
        if (acknowledged === goal) void killed.stop("SIGKILL");
      }
    })();
    await expect(writing).rejects.toThrow();
    await killed.stop("SIGKILL");
    worker = await start(context);
    const [code, value] = await call(worker, "load", KEY);
    expect(code).toBe("accepted");
    expect(Number(value)).toBeGreaterThanOrEqual(acknowledged);
    expect(Number(value)).toBeLessThanOrEqual(acknowledged + 1);
    acknowledged = Number(value);
  }
});

describe("a value in a Durable Object that no store wrote", () => {
  test.for<[what: string, value: unknown]>([
    ["a number", 7],
    ["null", null],
    ["an object", { text: "a" }],
    ["an array", ["a"]],
    ["a boolean", false],
  ])("%s is refused, and stays", async ([, value], context) => {
    const worker = await start(context);
    await put(worker, `inkan:${KEY}`, value);
    const calls: [string, ...(string | null)[]][] = [
      ["load", KEY],
      ["compareAndSwap", KEY, null, "b"],
      ["records"],
      ["remove", KEY, "b"],
      ["load", KEY],
    ];
    for (const [name, ...args] of calls) expect((await call(worker, name, ...args))[0]).toBe("ERR_STATE_CORRUPT");
  });
});

test("what else an object stores is no record", async (context) => {
  const worker = await start(context);
  await put(worker, "other", 7);
  await call(worker, "compareAndSwap", KEY, null, "a");
  expect(await call(worker, "records")).toEqual(["accepted", [[KEY, "a"]]]);
});

test("storage of a Durable Object that was cleared: the running Worker keeps its floor", async (context) => {
  const worker = await start(context);
  const verify = (name: string, isNew: boolean, options = {}) => worker.ask({ action: "verify", name, isNew, options });
  expect(await verify("series-02", true)).toEqual(["accepted", expect.anything()]);
  await clear(worker);
  expect(await verify("series-01", false)).toEqual([expect.stringMatching(/^ERR_\w+_ROLLBACK$/), expect.anything()]);
  // A Worker that starts anew sees a first use.
  expect(await verify("series-01", true, { firstUse: "deny" })).toEqual(["ERR_STATE_FIRST_USE", expect.anything()]);
  expect(await verify("series-01", true)).toEqual(["accepted", expect.anything()]);
});

test("a Durable Object that does not answer in time is refused", async (context) => {
  const worker = await start(context);
  const answer = await callOf(worker, { binding: "SILENT", options: { timeoutMs: 200 } });
  expect(answer).toEqual(["ERR_STATE_UNAVAILABLE", "no answer within 200 ms"]);
});

test("a Durable Object that fails is refused, and asked anew by the next call", async (context) => {
  const worker = await start(context);
  const given = { binding: "BROKEN" };
  expect(await callOf(worker, given)).toEqual(["ERR_STATE_UNAVAILABLE", expect.stringContaining("was reset")]);
  expect(await callOf(worker, given)).toEqual(["accepted", null]);
});

test("a Durable Object of another class is refused", async (context) => {
  const worker = await start(context);
  const answer = await callOf(worker, { binding: "OTHER" });
  expect(answer).toEqual(["ERR_STATE_UNAVAILABLE", expect.stringContaining("another class")]);
});

test("the suite passes over a Durable Object without SQLite", async (context) => {
  expectGood((await (await start(context, { sqlite: false })).ask({ action: "suite" })) as Outcome);
});
