/**
 * Every option of every public function: what cannot be read throws and says what it is. The names are the readers' own,
 * so that a new option fails here until it has a value in the table.
 */
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import * as library from "../ts/entry/node.js";
import { ConsistencyByOrigin, InkanError } from "../ts/entry/node.js";
import { type Options, outcomeOf, places, source } from "./support/option_places.js";

/** What is exported and takes no options, and why it need not be in the table. */
const TAKES_NO_OPTIONS: readonly string[] = [
  ...["InkanError", "InputError", "VerificationError", "FreshnessError", "StateError", "InternalError"],
  ...["InMemoryStateStore", "ready", "isVerifiedCatalogue", "inspect", "KeylessBundle", "digestOf"],
];

const withGetters = (options: Options, prototype: object): object => {
  for (const [name, value] of Object.entries(options)) {
    Object.defineProperty(prototype, name, { get: () => value, enumerable: true });
  }
  return prototype;
};

/** Forms of the same options that a reader of plain objects would overlook, and what the refusal calls them. */
const unreadable: readonly [shape: string, make: (options: Options) => unknown, found: RegExp][] = [
  ["a Map", (options) => new Map(Object.entries(options)), /^a Map$/],
  ["a Set", (options) => new Set(Object.keys(options)), /^a Set$/],
  ["a Promise", (options) => Promise.resolve(options), /^a Promise: a forgotten await\?$/],
  ["an array", (options) => [options], /^an array$/],
  ["an empty array", () => [], /^an array$/],
  ["a function", (options) => Object.assign(() => {}, options), /^a function$/],
  ["a text", (options) => Object.keys(options).join(), /^a string$/],
  ["null", () => null, /^null$/],
  ["a number", () => 7, /^a number$/],
  ["inherited members", (options) => Object.create(options), /^an object that inherits from another$/],
  [
    "members inherited from no class",
    (options) => Object.create(Object.assign(Object.create(null), options)),
    /inherits/,
  ],
  [
    "an instance of a class with fields",
    (options) => Object.assign(new (class Settings {})(), options),
    /^a Settings$/,
  ],
  [
    "an instance of a class with getters",
    (options) => {
      class Settings {}
      withGetters(options, Settings.prototype);
      return new Settings();
    },
    /^a Settings$/,
  ],
  ["an Error", (options) => Object.assign(new Error("x"), options), /^an Error$/],
  ["a Date", (options) => Object.assign(new Date(), options), /^a Date$/],
  ["getters", (options) => withGetters(options, {}), /^a getter$/],
  [
    "hidden members",
    (options) =>
      Object.defineProperties(
        {},
        Object.fromEntries(Object.entries(options).map(([name, value]) => [name, { value }])),
      ),
    /^a hidden member$/,
  ],
  [
    "a member that is undefined",
    (options) => ({ ...options, [Object.keys(options)[0] ?? ""]: undefined }),
    /^undefined$/,
  ],
  ["a member with a symbol for its name", (options) => ({ ...options, [Symbol("x")]: 1 }), /^Symbol\(x\)$/],
  ["a Proxy of a Map", (options) => new Proxy(new Map(Object.entries(options)), {}), /^a Map$/],
  [
    "a revoked Proxy",
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
    /./,
  ],
  [
    "a Proxy that throws",
    () =>
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new TypeError("x");
          },
        },
      ),
    /throws/,
  ],
];

/** Forms that say the same as the plain object. */
const readable: readonly [shape: string, make: (options: Options) => unknown][] = [
  ["without prototype", (options) => Object.assign(Object.create(null), options)],
  ["frozen", (options) => Object.freeze({ ...options })],
  ["of another realm", (options) => Object.assign(runInNewContext("({})"), options)],
  ["behind a Proxy", (options) => new Proxy({ ...options }, {})],
];

describe("the table", () => {
  test.each(places.filter(({ values }) => values))(
    "$name: has each option that is known there",
    async ({ call, values }) => {
      const refusal = (await Promise.resolve({ "no such option": 1 })
        .then((options) => call(options as never))
        .catch((error) => error)) as InkanError;
      expect(refusal.code).toBe("ERR_OPTION_UNKNOWN");
      const known = refusal.expected?.replace("one of ", "").split(", ");
      expect(Object.keys(values ?? {}).sort()).toEqual(known?.sort());
    },
  );

  test("has each option that holds options", () => {
    const named = new Set(places.map(({ name }) => name.split(".").at(-1)));
    const holders = places.flatMap(({ values }) =>
      Object.entries(values ?? {}).filter(([, value]) => {
        const [one] = Array.isArray(value) ? value : [value];
        return typeof one === "object" && Object.getPrototypeOf(one) === Object.prototype;
      }),
    );
    // Of any class: they hold no options.
    const objects = ["client", "kv", "namespace", "source"];
    expect(holders.map(([name]) => name).filter((name) => !named.has(name) && !objects.includes(name))).toEqual([]);
  });

  test("has everything that is exported, or says that it takes no options", () => {
    const named = places.flatMap(({ name }) => name.split("."));
    expect(Object.keys(library).filter((name) => !named.includes(name) && !TAKES_NO_OPTIONS.includes(name))).toEqual(
      [],
    );
  });
});

describe.each(places)("$name", ({ name, call, good }) => {
  test.each(unreadable)("refuses %s", async (shape, make, found) => {
    // Its names are data, and it says that it takes a Map.
    if (name === "ConsistencyByOrigin" && shape === "a Map") return;
    const refusal = await Promise.resolve()
      .then(() => call(make(good) as never))
      .then(
        () => undefined,
        (error) => error,
      );
    expect(refusal).toBeInstanceOf(InkanError);
    expect(refusal.code).toMatch(/^ERR_OPTION_(INVALID|UNKNOWN)$/);
    expect(refusal.found).toMatch(found);
  });

  test.each(readable)("reads options %s", async (_, make) => {
    const expected = await outcomeOf(() => call(good as never));
    expect(await outcomeOf(() => call(make(good) as never))).toBe(expected);
  });
});

test("ConsistencyByOrigin takes a Map", async () => {
  const pair = { origin: "log.test - 7" } as never;
  const hash = new Uint8Array(32);
  for (const sources of [
    new Map([["log.test", { prove: async () => [hash] }]]),
    { "log.test": { prove: async () => [hash] } },
  ]) {
    expect(await new ConsistencyByOrigin(sources).prove(pair)).toEqual([hash]);
  }
  expect(await outcomeOf(() => new ConsistencyByOrigin(new Map([[7, source]]) as never))).toMatch(
    /^ERR_OPTION_INVALID/,
  );
  expect(await outcomeOf(() => new ConsistencyByOrigin({}))).toMatch(/^ERR_OPTION_INVALID/);
});
