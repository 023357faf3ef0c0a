// Deno: one process of those that a test starts. Its first argument says what it does.
import { KeylessVerifier } from "inkan";
import { DenoKvStateStore } from "inkan/state-deno-kv";
import { runSuite, seriesVerifier } from "./store_body.mjs";

const [action, path, ...rest] = Deno.args;
const open = (options = {}) => new DenoKvStateStore({ path, timeoutMs: 20_000, ...options });
const say = (value) => console.log(JSON.stringify(value));
const outcome = (call) =>
  Promise.resolve()
    .then(call)
    .then(
      (value) => ["accepted", value instanceof Map ? [...value] : (value ?? null)],
      ({ code, found, message, hint }) => [code ?? message, found, hint],
    );
const verify = seriesVerifier((policy) => new KeylessVerifier(policy));

/** Changes the database behind the store's back. */
async function behind(change) {
  const kv = await Deno.openKv(path);
  try {
    return await change(kv);
  } finally {
    kv.close();
  }
}

const actions = {
  async suite() {
    let count = 0;
    const made = new Map();
    const options = () => ({ prefix: `suite ${count}` });
    const result = await runSuite({
      longestText: 60_000,
      open: async () => {
        count += 1;
        const store = open(options());
        made.set(store, options());
        return store;
      },
      reopen: async (store) => open(made.get(store)),
    });
    say(result);
  },
  /** Over one database that the program opened. */
  async given() {
    const kv = await Deno.openKv(path);
    let count = 0;
    const names = new Map();
    const make = (prefix) => {
      const store = new DenoKvStateStore({ kv, prefix });
      names.set(store, prefix);
      return store;
    };
    const result = await runSuite({
      longestText: 60_000,
      open: async () => {
        count += 1;
        return make(`given ${count}`);
      },
      reopen: async (store) => make(names.get(store)),
    });
    const store = make("closed");
    await store.close();
    const isOpen = (await kv.get(["nothing"])).value === null;
    const [code] = await outcome(() => store.load("log:a"));
    kv.close();
    const [afterwards] = await outcome(() => make("gone").load("log:a"));
    say({ ...result, closed: [isOpen, code, afterwards] });
  },
  /** Calls, each as JSON: the name of a function and its arguments. */
  async calls() {
    const store = open(JSON.parse(rest[0]));
    for (const [name, ...args] of JSON.parse(rest[1])) {
      // Long texts do not fit into a command line: `[text, count]` is a text that is repeated.
      const given = args.map((arg) => (Array.isArray(arg) ? arg[0].repeat(arg[1]) : (arg ?? undefined)));
      const [code, value, ...rest] = await outcome(() => store[name](...given));
      say([code, typeof value === "string" && value.length > 500 ? value.length : value, ...rest]);
    }
  },
  async raise() {
    const store = open();
    const to = Number(rest[0]);
    for (;;) {
      const stored = await store.load("log:a");
      const next = Number(stored ?? 0) + 1;
      if (next > to) break;
      if (await store.compareAndSwap("log:a", stored, String(next))) say(next);
    }
  },
  /** Values of other kinds than a store writes. */
  async foreign() {
    const values = [7, "a text", null, undefined, { a: 1 }, new Deno.KvU64(1n), new Uint8Array([255]), new Date(0)];
    for (const value of values) {
      await behind((kv) => kv.set(["inkan", "log:a"], value));
      const store = open();
      const calls = [
        () => store.load("log:a"),
        () => store.compareAndSwap("log:a", undefined, "b"),
        () => store.records(),
        () => store.remove("log:a", "b"),
      ];
      const codes = [];
      for (const call of calls) codes.push((await outcome(call))[0]);
      const { value: left } = await behind((kv) => kv.get(["inkan", "log:a"]));
      say([codes, Object.prototype.toString.call(left) === Object.prototype.toString.call(value)]);
    }
    await behind((kv) => kv.delete(["inkan", "log:a"]));
    for (const key of [
      ["inkan", 7],
      ["inkan", "a", "b"],
    ]) {
      await behind((kv) => kv.set(key, new Uint8Array()));
      say((await outcome(() => open().records()))[0]);
      await behind((kv) => kv.delete(key));
    }
  },
  /** The same text again, between the store's reading and its commit: another version, and still what is expected. */
  async again() {
    const kv = await Deno.openKv(path);
    let left = 3;
    const restless = {
      get: async (key) => {
        const entry = await kv.get(key);
        if (left > 0 && entry.versionstamp !== null) {
          left -= 1;
          await kv.set(key, entry.value);
        }
        return entry;
      },
      list: (selector) => kv.list(selector),
      atomic: () => kv.atomic(),
      close: () => kv.close(),
    };
    const store = new DenoKvStateStore({ kv: restless });
    say(await store.compareAndSwap("log:a", undefined, "a"));
    say([await store.compareAndSwap("log:a", "a", "b"), left, await store.load("log:a")]);
    kv.close();
  },
  /** Another connection holds SQLite's lock on the file. */
  async locked() {
    const store = open({ timeoutMs: 3_000 });
    say(await store.compareAndSwap("log:a", undefined, "a"));
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(path);
    database.exec("BEGIN EXCLUSIVE");
    say(await outcome(() => store.compareAndSwap("log:a", "a", "b")));
    database.exec("ROLLBACK");
    database.close();
  },
  async cleared() {
    const store = open();
    const before = [(await outcome(() => verify(store, "series-02")))[0]];
    await behind(async (kv) => {
      for await (const { key } of kv.list({ prefix: [] })) await kv.delete(key);
    });
    before.push((await outcome(() => verify(store, "series-01")))[0]);
    before.push((await outcome(() => verify(open(), "series-01", { firstUse: "deny" })))[0]);
    before.push((await outcome(() => verify(open(), "series-01")))[0]);
    say(before);
  },
};

await actions[action]();
Deno.exit(0);
