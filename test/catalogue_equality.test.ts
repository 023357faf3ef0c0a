/**
 * Equality of definitions, told three ways: by the comparison of objects in ts/, by the core's digest, and by a canonical
 * form written here from docs/catalogue-format.md. Offers are random changes of random signed definitions.
 */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { SignedDefinition } from "../ts/catalogue/definition.js";
import { equalsSigned } from "../ts/catalogue/equality.js";
import { definitionDigest } from "../ts/core/hasher.js";
import { InMemoryStateStore, KeyedVerifier, type VerifiedCatalogue } from "../ts/entry/node.js";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keys = publicKey.export({ type: "spki", format: "pem" }).toString();

function verified(text: string): Promise<VerifiedCatalogue> {
  const catalogue = Buffer.from(text);
  const signature = sign("sha256", catalogue, privateKey);
  return new KeyedVerifier({ keys, stateStore: new InMemoryStateStore() }).verify({ catalogue, signature });
}

/** Mulberry32. */
function randomOf(seed: number) {
  let state = seed;
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
  const pick = <T>(items: readonly T[]): T => items[next(items.length)] as T;
  const shuffled = <T>(items: readonly T[]): T[] => {
    const left = [...items];
    return items.map(() => left.splice(next(left.length), 1)[0] as T);
  };
  return { next, pick, shuffled };
}
type Random = ReturnType<typeof randomOf>;

const NAMES = ["a", "b", "required", "__proto__", "constructor", "toJSON", "é", "\u{1f600}", "\ufffd", "properties"];
const NUMBERS = [
  "0",
  "-0",
  "1",
  "1.0",
  "100",
  "1e2",
  "9007199254740993",
  "9223372036854775807",
  "-1.5",
  "5e-324",
  "1e21",
];
const TEXTS = ['"a"', '"b"', '"\\u0062"', '"\\ud83d\\ude00"', '"\\ufffd"', '""', '"__proto__"'];

/** The text of a random JSON value. */
function valueText(random: Random, depth: number): string {
  const list = (item: () => string) => Array.from({ length: random.next(4) }, item).join();
  switch (random.next(depth > 3 ? 4 : 8)) {
    case 0:
      return random.pick(NUMBERS);
    case 1:
      return random.pick(TEXTS);
    case 2:
      return random.pick(["true", "false", "null"]);
    case 3:
      return random.pick(["[]", "{}"]);
    case 4:
      return `[${list(() => valueText(random, depth + 1))}]`;
    case 5:
      return `{"required":[${list(() => random.pick(random.next(9) === 0 ? NUMBERS : TEXTS))}]}`;
    default:
      return objectText(random, depth + 1);
  }
}

function objectText(random: Random, depth: number): string {
  const names = random.shuffled(NAMES).slice(0, random.next(4));
  return `{${names.map((name) => `${JSON.stringify(name)}:${valueText(random, depth)}`).join()}}`;
}

/** Something else in the place of one value, or the same in another form. */
function changedValue(random: Random, value: unknown): unknown {
  switch (random.next(20)) {
    case 0:
      return -0;
    case 1:
      return typeof value === "number" ? value + 1 : 1;
    case 2:
      return 2 ** 53;
    case 3:
      return Number.NaN;
    case 4:
      return "\ud800";
    case 5:
      return undefined;
    case 6:
      return new Date(0);
    case 7:
      return { toJSON: () => value };
    case 8:
      return random.pick([Object(true), Object("a"), Object(1), Object(""), new Map([[1, 2]]), () => value]);
    case 9:
      // biome-ignore lint/suspicious/noSparseArray: what JSON makes of a hole is the point
      return random.pick([[,], [undefined], [null]]);
    case 10:
      return 10n;
    case 11:
      return null;
    case 12:
      return JSON.parse(valueText(random, 2));
    case 13:
      return new (class Plain {
        constructor(readonly a = value) {}
      })();
    case 14:
      return Array.isArray(value) ? random.shuffled(value) : value;
    case 15:
      return Array.isArray(value) ? [...value, ...value.slice(0, 1)] : value;
    case 16:
      return typeof value === "object" && value !== null ? Object.assign(Object.create(null), value) : value;
    case 17:
      return typeof value === "object" && value !== null ? new Proxy(value, {}) : value;
    case 18:
      return typeof value === "object" && value !== null ? Object.assign(value, { toJSON: () => "other" }) : value;
    default:
      return structuredClone(value);
  }
}

/** A copy with members in another order, and here and there a change. */
function mutated(random: Random, value: unknown, changes: number): unknown {
  if (random.next(100) < changes) return changedValue(random, value);
  if (Array.isArray(value)) {
    const items = value.map((item) => mutated(random, item, changes));
    return random.next(4) === 0 ? random.shuffled(items) : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const copy: object = {};
  const add = (name: string, descriptor: PropertyDescriptor) =>
    Object.defineProperty(copy, name, { enumerable: true, configurable: true, writable: true, ...descriptor });
  for (const [name, member] of random.shuffled(Object.entries(value))) {
    const shuffles = name === "required" && Array.isArray(member) && random.next(2) === 0;
    const repeats = shuffles && random.next(100) < 4 * changes;
    const items = repeats ? member.map(() => random.pick(member)) : shuffles && random.shuffled(member);
    add(name, { value: items || mutated(random, member, changes) });
  }
  if (random.next(100) < changes) {
    const name = random.pick(NAMES);
    switch (random.next(5)) {
      case 0:
        add(name, { value: undefined });
        break;
      case 4: {
        // As many members as before, one of them under another name.
        const [lost] = Object.keys(copy);
        if (lost !== undefined) Reflect.deleteProperty(copy, lost);
        add(name, { value: undefined });
        break;
      }
      case 1:
        Object.defineProperty(copy, name, { value: 1, enumerable: false, configurable: true });
        break;
      case 2: {
        const kept = (copy as Record<string, unknown>)[name];
        const got = Object.hasOwn(copy, name) ? kept : 1;
        Object.defineProperty(copy, name, { get: () => got, enumerable: true, configurable: true });
        break;
      }
      default:
        Object.assign(copy, { [Symbol("s")]: 1 });
    }
  }
  return copy;
}

/** docs/catalogue-format.md, "Canonical form". */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  const isSet = (member: unknown): member is string[] =>
    Array.isArray(member) && member.every((item) => typeof item === "string") && new Set(member).size === member.length;
  const texts = members.map(([name, member]) => {
    const sorted = name === "required" && isSet(member) ? [...member].sort() : member;
    return `${JSON.stringify(name)}:${canonical(sorted)}`;
  });
  return `{${texts.join()}}`;
}

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** The core's digest of what an object is in JSON; undefined where it is none or refused. */
function coreDigest(offered: unknown): string | undefined {
  try {
    return definitionDigest("tool", Buffer.from(JSON.stringify(offered))).digest;
  } catch {
    return undefined;
  }
}

const COUNT = 150;
const OFFERS = 60;
const random = randomOf(20261129);
const texts = Array.from({ length: COUNT }, (_, index) => {
  const members = ['"x":', '"y":', '"annotations":'].map((name, at) =>
    name.concat(at === 2 ? objectText(random, 1) : valueText(random, 0)),
  );
  return `{${[`"name":"t${index}"`, `"inputSchema":${objectText(random, 0)}`, ...members].join()}}`;
});
const catalogue = await verified(`{"tools":[${texts.join()}]}`);

test("digests are those of the canonical form", () => {
  for (const [index, signed] of catalogue.tools.entries()) {
    expect(signed.digest).toBe(digestOf(canonical(JSON.parse(texts[index] ?? ""))));
    expect(JSON.stringify(signed.definition)).toBe(JSON.stringify(JSON.parse(texts[index] ?? "")));
    expect(coreDigest(JSON.parse(signed.text))).toBe(signed.digest);
  }
});

test("the comparison, the core and the specification agree on random offers", () => {
  const seen = { equal: 0, fast: 0, other: 0 };
  for (const signed of catalogue.tools as readonly SignedDefinition[]) {
    for (let round = 0; round < OFFERS; round += 1) {
      const offered = mutated(random, structuredClone(signed.definition), round % 3 === 0 ? 0 : 4);
      const digest = coreDigest(offered);
      const equal = digest === signed.digest;
      const fast = equalsSigned(signed.definition, offered);
      const { verdict } = catalogue.judge("tool", offered);
      expect([fast && !equal, verdict === "signed"], signed.text).toEqual([false, equal]);
      if (digest !== undefined) expect(digest).toBe(digestOf(canonical(JSON.parse(JSON.stringify(offered)))));
      seen[fast ? "fast" : equal ? "equal" : "other"] += 1;
    }
  }
  // Each of the three is tried, and what is plain JSON is not left to the core.
  expect(Math.min(seen.equal, seen.other, seen.fast)).toBeGreaterThan(100);
});

describe("plain JSON never needs the core", () => {
  test.each(catalogue.tools.slice(0, 40))("$name", ({ definition, text }) => {
    expect(equalsSigned(definition, JSON.parse(text))).toBe(true);
    expect(equalsSigned(definition, mutated(randomOf(1), { ...definition }, 0))).toBe(
      coreDigest(mutated(randomOf(1), { ...definition }, 0)) === catalogue.signed("tool", definition.name)[0]?.digest,
    );
  });
});
