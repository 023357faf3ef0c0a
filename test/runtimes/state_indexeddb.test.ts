/** The store of IndexedDB, in a browser, with what can go wrong there. */
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, type TestContext, test } from "vitest";
import { chosenBrowser } from "../browsers/launch.js";
import { type ProfileBrowser, type Session, type Settings, startProfile, type Tab } from "../browsers/profile.js";
import { until } from "../support/until.js";
import { bundle } from "./bundlers.js";
import { expectGood, type Outcome } from "./outcome.js";
import { serve } from "./site.js";

const { app } = inject("packed");

let server: Server;
let origin: string;
let profile: string;
let browser: ProfileBrowser | undefined;
let session: Session | undefined;
beforeAll(async () => {
  const folder = await bundle(app, "page_store.mjs", { conditions: ["browser"], platform: "browser" });
  server = await serve({ folder, script: "page_store.js" });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  profile = mkdtempSync(join(tmpdir(), "inkan-browser-"));
});
afterEach(async () => {
  await session?.close();
  session = undefined;
});
afterAll(async () => {
  await browser?.kill();
  server?.closeAllConnections();
  server?.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function running(context: TestContext): Promise<ProfileBrowser> {
  browser ??= await startProfile(context, profile);
  return browser;
}
/** A storage for this test. */
async function start(context: TestContext): Promise<Session> {
  session = await (await running(context)).session();
  return session;
}
const open = (from: Session): Promise<Tab> => from.open(`${origin}/`);

const holds = (tab: Tab, expression: string): Promise<unknown> =>
  until(
    () => tab.evaluate<boolean>(expression),
    () => `the tab never came to ${expression}`,
    { pause: 20 },
  );

/** Runs the body of an async function in a tab, with what `page_store.mjs` gives. */
const inTab = <T>(tab: Tab, body: string): Promise<T> =>
  tab.evaluate<T>(`(async () => { const { open, outcome, done, raise, verify } = inkan; ${body} })()`);

/** Connects to the database as another program does: deaf to what others want, and at any version. */
const OTHER = `const other = (version, upgrade) => {
  const request = indexedDB.open("inkan", version);
  if (upgrade) request.onupgradeneeded = () => upgrade(request.result);
  return done(request);
};`;

test("the suite passes over IndexedDB", async (context) => {
  expectGood(await inTab<Outcome>(await open(await start(context)), "return inkan.suite();"));
});

test("two tabs and two workers that raise IndexedDB at once acknowledge each step once", async (context) => {
  const from = await start(context);
  const tabs = [await open(from), await open(from)];
  const raising = tabs.map((tab) =>
    inTab<number[]>(
      tab,
      `const worker = new Worker("/page_store.js", { type: "module" });
      const said = (what) => new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => data === what && resolve();
        worker.onerror = reject;
      });
      await said("ready");
      worker.postMessage(0);
      await said("raised");
      const mine = [];
      worker.postMessage(150);
      const ended = said("raised");
      await raise(open(), "log:a", (step) => mine.push(step), 300);
      await ended;
      return mine;`,
    ),
  );
  const steps = (await Promise.all(raising)).flat();
  expect(new Set(steps).size).toBe(steps.length);
  expect(await inTab(tabs[0] as Tab, `return open().load("log:a");`)).toBe("300");
  // The steps above 150 are of the tabs alone.
  expect(steps.filter((step) => step > 150).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 150 }, (_, index) => index + 151),
  );
});

/** Goes on until the tab ends. */
const RAISE = `void raise(open(), "log:a", (step) => { inkan.acknowledged = step; });`;

test("what IndexedDB acknowledged survives a tab that is killed in mid-write", async (context) => {
  const from = await start(context);
  let witness = await open(from);
  for (let round = 1; round <= 3; round += 1) {
    const tab = await open(from);
    await inTab(tab, RAISE);
    await holds(tab, `inkan.acknowledged > ${round * 30}`);
    const acknowledged = await tab.evaluate<number>("inkan.acknowledged");
    if (await from.crash(tab)) witness = await open(from);
    const [code, value] = await inTab<[string, string]>(witness, `return outcome(() => open().load("log:a"));`);
    expect([code, Number(value) >= acknowledged]).toEqual(["accepted", true]);
    expect(
      await inTab(
        witness,
        `const store = open(); const stored = await store.load("log:a");
        return store.compareAndSwap("log:a", stored, stored);`,
      ),
    ).toBe(true);
  }
});

/** Firefox needs several times as long to start. */
const ROUNDS = chosenBrowser() === "chromium" ? 2 : 1;

test("what IndexedDB acknowledged survives a browser that is killed in mid-write", async (context) => {
  let acknowledged = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const tab = await open((await running(context)).profile());
    await inTab(tab, RAISE);
    await holds(tab, `inkan.acknowledged > ${acknowledged + 20}`);
    acknowledged = await tab.evaluate<number>("inkan.acknowledged");
    await browser?.kill();
    browser = undefined;
  }
  const value = await inTab(await open((await running(context)).profile()), `return open().load("log:a");`);
  expect(Number(value)).toBeGreaterThanOrEqual(acknowledged);
});

describe("a value in IndexedDB that no store wrote", () => {
  const values = [
    ...["7", "null", "undefined", "{ text: 'a' }", "['a']", "new Uint8Array([97])"],
    ...["new Date(0)", "new Blob(['a'])", "new Map()", "false"],
  ];

  test("is refused, and stays", async (context) => {
    const tab = await open(await start(context));
    for (const value of values) {
      const codes = await inTab<string[]>(
        tab,
        `${OTHER}
        const store = open();
        await done(indexedDB.deleteDatabase("inkan"));
        await store.load("log:a");
        const database = await other();
        database.onversionchange = () => database.close();
        const value = ${value};
        await done(database.transaction("records", "readwrite").objectStore("records").put(value, "log:a"));
        const calls = [
          () => store.load("log:a"),
          () => store.compareAndSwap("log:a", undefined, "b"),
          () => store.records(),
          () => store.remove("log:a", "b"),
          () => open().load("log:a"),
        ];
        const codes = [];
        for (const call of calls) codes.push((await outcome(call))[0]);
        const left = await done(database.transaction("records").objectStore("records").openCursor("log:a"));
        codes.push(Object.prototype.toString.call(left.value) === Object.prototype.toString.call(value));
        return codes;`,
      );
      expect([value, ...codes]).toEqual([value, ...Array(5).fill("ERR_STATE_CORRUPT"), true]);
    }
  });

  test("nor a key that is no text", async (context) => {
    const tab = await open(await start(context));
    const answer = await inTab<string[]>(
      tab,
      `${OTHER}
      await open().load("log:a");
      const database = await other();
      await done(database.transaction("records", "readwrite").objectStore("records").put("a", [1]));
      return outcome(() => open().records());`,
    );
    expect(answer.slice(0, 2)).toEqual(["ERR_STATE_CORRUPT", "a key that is an array"]);
  });
});

test.for<[what: string, upgrade: string, code: string]>([
  ["without the object store", `database.createObjectStore("other")`, "ERR_STATE_CORRUPT"],
  ["with keys in its values", `database.createObjectStore("records", { keyPath: "k" })`, "ERR_STATE_CORRUPT"],
  ["that numbers its values", `database.createObjectStore("records", { autoIncrement: true })`, "ERR_STATE_CORRUPT"],
])("a database of IndexedDB %s is refused", async ([, upgrade, code], context) => {
  const tab = await open(await start(context));
  const codes = await inTab(
    tab,
    `${OTHER}
    await other(1, (database) => ${upgrade});
    const store = open();
    return [(await outcome(() => store.load("log:a")))[0], (await outcome(() => store.compareAndSwap("log:a", undefined, "b")))[0]];`,
  );
  expect(codes).toEqual([code, code]);
});

test("a database of IndexedDB of a later version is refused, and not overwritten", async (context) => {
  const tab = await open(await start(context));
  const [code, found, version] = await inTab<[string, string, number]>(
    tab,
    `${OTHER}
    const database = await other(2, (database) => database.createObjectStore("records"));
    const [code, found] = await outcome(() => open().load("log:a"));
    return [code, found, database.version];`,
  );
  expect([code, version]).toEqual(["ERR_STATE_UNAVAILABLE", 2]);
  expect(found).toMatch(/^VersionError/);
});

test("IndexedDB that another tab holds, in an upgrade that is blocked, is refused in time and works later", async (context) => {
  const from = await start(context);
  const [holder, tab] = [await open(from), await open(from)];
  await inTab(
    tab,
    `inkan.store = open({ timeoutMs: 3_000 }); await inkan.store.compareAndSwap("log:a", undefined, "a");`,
  );
  await inTab(
    holder,
    // Firefox does not always say that the deletion is blocked. It has begun when another connection is told of it.
    `${OTHER} inkan.held = await other();
    const told = await other();
    const begun = new Promise((resolve) => { told.onversionchange = resolve; });
    inkan.over = done(indexedDB.deleteDatabase("inkan"));
    await begun;
    told.close();`,
  );
  const [code, found] = await inTab<string[]>(tab, `return outcome(() => inkan.store.load("log:a"));`);
  expect([code, found]).toEqual(["ERR_STATE_UNAVAILABLE", "no answer within 3000 ms"]);
  await inTab(holder, "inkan.held.close(); await inkan.over;");
  // The other tab has deleted everything.
  expect(await inTab(tab, `return outcome(() => inkan.store.load("log:a"));`)).toEqual(["accepted", undefined]);
});

test("IndexedDB that another tab locks with a transaction is refused in time, and nothing is written later", async (context) => {
  const from = await start(context);
  const [holder, tab] = [await open(from), await open(from)];
  await inTab(
    tab,
    `inkan.store = open({ timeoutMs: 3_000 }); await inkan.store.compareAndSwap("log:a", undefined, "a");`,
  );
  await inTab(
    holder,
    `${OTHER}
    inkan.held = true;
    const records = (await other()).transaction("records", "readwrite").objectStore("records");
    const hold = () => { if (inkan.held) records.get("x").onsuccess = hold; };
    hold();
    inkan.over = new Promise((resolve) => { records.transaction.oncomplete = resolve; });`,
  );
  const swap = `return outcome(() => inkan.store.compareAndSwap("log:a", "a", "b"));`;
  expect((await inTab<string[]>(tab, swap)).slice(0, 2)).toEqual(["ERR_STATE_UNAVAILABLE", "no answer within 3000 ms"]);
  await inTab(holder, "inkan.held = false; await inkan.over;");
  expect(await inTab(tab, `return inkan.store.load("log:a");`)).toBe("a");
});

test("a connection to IndexedDB that versionchange closed is opened again", async (context) => {
  const from = await start(context);
  const [deleter, tab] = [await open(from), await open(from)];
  await inTab(tab, `inkan.store = open(); await inkan.store.compareAndSwap("log:a", undefined, "a");`);
  // It is not blocked: the store's connection makes room.
  await inTab(deleter, `await done(indexedDB.deleteDatabase("inkan"));`);
  expect(
    await inTab(
      tab,
      `return [await inkan.store.compareAndSwap("log:a", undefined, "b"), await inkan.store.load("log:a")];`,
    ),
  ).toEqual([true, "b"]);
});

test("a swap in IndexedDB that runs while versionchange comes is whole", async (context) => {
  const from = await start(context);
  const [deleter, tab] = [await open(from), await open(from)];
  const raising = inTab<number>(
    tab,
    `const store = open();
    let lost = 0;
    for (let at = 0; at < 200; at += 1) {
      const stored = await store.load("log:a");
      if (stored === undefined && at > 0) lost += 1;
      const [code] = await outcome(() => store.compareAndSwap("log:a", stored, String(at)));
      if (code !== "accepted") throw new Error(code);
    }
    return lost;`,
  );
  for (let times = 0; times < 5; times += 1) await inTab(deleter, `await done(indexedDB.deleteDatabase("inkan"));`);
  expect(await raising).toBeLessThanOrEqual(10);
});

test("IndexedDB that was cleared by a person: the running page keeps its floor", async (context) => {
  const from = await start(context);
  const tab = await open(from);
  const verify = (name: string, options = "{}"): Promise<string[]> =>
    inTab(tab, `return outcome(() => verify(inkan.store, "${name}", ${options}));`);
  await inTab(tab, "inkan.store = open();");
  expect((await verify("series-02"))[0]).toBe("accepted");
  await from.clear(tab, origin);
  expect((await verify("series-01"))[0]).toMatch(/_ROLLBACK$/);
  expect((await verify("series-02"))[0]).toBe("accepted");
  // A page that is loaded anew sees a first use.
  await from.clear(tab, origin);
  const fresh = await open(from);
  const anew = (options: string): Promise<string[]> =>
    inTab(fresh, `return outcome(() => verify(open(), "series-01", ${options}));`);
  expect((await anew('{ firstUse: "deny" }'))[0]).toBe("ERR_STATE_FIRST_USE");
  expect((await anew("{}"))[0]).toBe("accepted");
});

test("a page that may not use IndexedDB is refused, and told why", async (context) => {
  const tab = await open(await start(context));
  const [code, found, hint] = await inTab<string[]>(
    tab,
    `Object.defineProperty(globalThis, "indexedDB", { value: { open() { throw new DOMException("access is denied", "SecurityError"); } } });
    return outcome(() => open().load("log:a"));`,
  );
  expect([code, found]).toEqual(["ERR_STATE_UNAVAILABLE", "SecurityError: access is denied"]);
  expect(hint).toMatch(/site data/);
});

function newProfile(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "inkan-profile-"));
  // After the browser has ended: what was said first is done last.
  context.onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return folder;
}
/** The profile of another browser, which is ended after the test. */
async function another(context: TestContext, settings: Settings): Promise<Session> {
  const started = await startProfile(context, newProfile(context), settings);
  context.onTestFinished(() => started.kill());
  return started.profile();
}
const verifyIn = (tab: Tab, name: string, options = "{}"): Promise<string[]> =>
  inTab(tab, `return outcome(() => verify(open(), "${name}", ${options}));`);

test("IndexedDB without space refuses the write, and keeps what it has", async (context) => {
  const tab = await open(await another(context, { space: 4 << 20 }));
  await inTab(tab, `inkan.store = open(); await inkan.store.compareAndSwap("log:a", undefined, "a");`);
  // Firefox compresses what it stores.
  const swap = `const random = () => String.fromCharCode(...crypto.getRandomValues(new Uint8Array(1 << 14)));
    const long = Array.from({ length: 512 }, random).join("");
    return outcome(() => inkan.store.compareAndSwap("log:a", "a", long));`;
  const [code, found, hint] = await inTab<string[]>(tab, swap);
  expect([code, found]).toEqual(["ERR_STATE_UNAVAILABLE", expect.stringMatching(/^QuotaExceededError/)]);
  expect(hint).toMatch(/space/);
  expect(await inTab(tab, `return inkan.store.load("log:a");`)).toBe("a");
});

test("a private window keeps records of IndexedDB for its tabs, and forgets them when it is closed", async (context) => {
  const folder = newProfile(context);
  let started: ProfileBrowser | undefined;
  context.onTestFinished(() => started?.kill());
  const start = async (settings: Settings): Promise<Session> => {
    await started?.kill();
    started = await startProfile(context, folder, settings);
    return started.profile();
  };
  const window = await start({ isPrivate: true });
  expect((await verifyIn(await open(window), "series-02"))[0]).toBe("accepted");
  const tab = await open(window);
  expect((await verifyIn(tab, "series-01"))[0]).toBe("ERR_CATALOGUE_ROLLBACK");
  // Whatever the browser promises here, it does not outlast the window. Firefox asks the person, and waits.
  await inTab(tab, "void navigator.storage.persist();");
  await window.close();
  const next = await open(await start({ isPrivate: true }));
  expect((await verifyIn(next, "series-01", '{ firstUse: "deny" }'))[0]).toBe("ERR_STATE_FIRST_USE");
  expect((await verifyIn(next, "series-01"))[0]).toBe("accepted");
});

test("a browser that blocks site data is refused by IndexedDB, and told why", async (context) => {
  const tab = await open(await another(context, { blocksSiteData: true }));
  const outcomes = await inTab<string[][]>(
    tab,
    `return [
      await outcome(() => open().load("log:a")),
      await outcome(() => open().compareAndSwap("log:a", undefined, "a")),
      await outcome(() => verify(open(), "series-02")),
    ];`,
  );
  for (const [code, found, hint] of outcomes) {
    expect([code, found]).toEqual(["ERR_STATE_UNAVAILABLE", expect.stringMatching(/^(Security|Unknown)Error/)]);
    expect(hint).toMatch(/site data not blocked/);
  }
});

test("a store of IndexedDB that was closed refuses", async (context) => {
  const tab = await open(await start(context));
  const answer = await inTab<string[]>(
    tab,
    `const store = open();
    await store.load("log:a");
    await store.close();
    await done(indexedDB.deleteDatabase("inkan"));
    return outcome(() => store.load("log:a"));`,
  );
  expect(answer.slice(0, 2)).toEqual(["ERR_STATE_UNAVAILABLE", "a store that was closed"]);
});
