/** What can be done to a case, and what it then is. */
import {
  again,
  changed,
  describePath,
  isObject,
  type Json,
  type JsonObject,
  type Path,
  places,
  toText,
  valueAt,
} from "./json.js";
import type { Random } from "./random.js";
import { type Case, type Identity, type Policy, type Seed, type Thresholds, thresholdsOf } from "./seeds.js";

export type Target = "bundle" | "trustRoot" | "policy" | "artifact";

/** One change to one seed. What it leaves open (which bit, whose value) is drawn when it is made. */
export interface Mutation {
  readonly seed: Seed;
  readonly target: Target;
  readonly path: Path;
  readonly operation: string;
  /** Tells the draws of one operation at one place apart. */
  readonly draw: number;
}

type Change = (value: Json, random: Random) => Json | undefined;

/** The operation that changes nothing. */
export const AS_IT_IS = "as it is";

export const describe = ({ seed, target, path, operation, draw }: Mutation): string =>
  `${seed.name}: ${target} ${describePath(path)} ${operation}${draw > 0 ? ` (${draw})` : ""}`;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const isBase64 = (text: string): boolean => text.length >= 8 && BASE64.test(text);
const isDecimal = (text: string): boolean => /^\d+$/.test(text);

const bytesOf =
  (change: (bytes: Buffer, random: Random) => Buffer): Change =>
  (value, random) =>
    change(Buffer.from(value as string, "base64"), random).toString("base64");

const flipBit = (bytes: Buffer, random: Random): Buffer => {
  const at = random.below(bytes.length);
  bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
  return bytes;
};
const cut = <T extends { length: number; slice(from: number, to: number): T }>(value: T, random: Random): T =>
  value.slice(0, random.below(value.length));

function flipCharacter(text: string, random: Random): string {
  const at = random.below(text.length);
  const flipped = text.charCodeAt(at) ^ (1 << random.below(5));
  return text.slice(0, at) + String.fromCharCode(flipped) + text.slice(at + 1);
}

const ANY: Record<string, Change> = {
  drop: () => undefined,
  null: () => null,
  "wrap in an array": (value) => [value],
  "wrap in an object": (value) => ({ value }),
};

const TEXT: Record<string, Change> = {
  empty: () => "",
  "flip a character": (value, random) => flipCharacter(value as string, random),
  "cut the text": (value, random) => cut(value as string, random),
  "append a character": (value, random) => value + random.pick(["A", "0", " ", "\n", "\u0000", "é"]),
  "prepend a character": (value, random) => random.pick(["A", "0", " ", "\n", "\u0000"]) + value,
  "other case": (value) =>
    (value as string) === (value as string).toLowerCase()
      ? (value as string).toUpperCase()
      : (value as string).toLowerCase(),
};

const LINES: Record<string, Change> = Object.fromEntries(
  Object.entries<(lines: string[], at: number) => string[]>({
    "drop a line": (lines, at) => lines.filter((_, index) => index !== at),
    "double a line": (lines, at) => lines.flatMap((line, index) => (index === at ? [line, line] : [line])),
    "insert an empty line": (lines, at) => lines.toSpliced(at, 0, ""),
    "carriage return": (lines, at) => lines.map((line, index) => (index === at ? `${line}\r` : line)),
  }).map(([name, change]) => [
    name,
    (value: Json, random: Random) => {
      const lines = (value as string).split("\n");
      return change(lines, random.below(lines.length)).join("\n");
    },
  ]),
);

const BYTES: Record<string, Change> = {
  "flip a bit": bytesOf(flipBit),
  "cut the bytes": bytesOf(cut),
  "append a byte": bytesOf((bytes, random) => Buffer.concat([bytes, Buffer.of(random.below(256))])),
  "leave out a byte": bytesOf((bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
  }),
  unpadded: (value) => (value as string).replace(/=+$/, ""),
  "URL alphabet": (value) => (value as string).replaceAll("+", "-").replaceAll("/", "_"),
  "line break": (value) => `${(value as string).slice(0, 4)}\n${(value as string).slice(4)}`,
  "stray bits": (value) =>
    (value as string).replace(
      /([AQgw])==$/,
      (_, last) => `${last === "A" ? "B" : last === "Q" ? "R" : last === "g" ? "h" : "x"}==`,
    ),
  hexadecimal: (value) => Buffer.from(value as string, "base64").toString("hex"),
};

const DECIMAL: Record<string, Change> = {
  "plus one": (value) => String(BigInt(value as string) + 1n),
  "minus one": (value) => String(BigInt(value as string) - 1n),
  "to zero": () => "0",
  negative: (value) => `-${value}`,
  "as a number": (value) => Number(value),
  "leading zero": (value) => `0${value}`,
  "plus sign": (value) => `+${value}`,
  exponent: (value) => `${value}e0`,
  "2^64 more": (value) => String(BigInt(value as string) + (1n << 64n)),
};

const NUMBER: Record<string, Change> = {
  "plus one": (value) => (value as number) + 1,
  negative: (value) => -(value as number) - 1,
  fraction: (value) => (value as number) + 0.5,
  "as text": (value) => String(value),
};

const ARRAY: Record<string, Change> = {
  "no elements": () => [],
  "first twice": (value) => [...(value as Json[]), (value as Json[])[0] as Json],
  reversed: (value) => (value as Json[]).toReversed(),
  "null element": (value) => [...(value as Json[]), null],
  "empty element": (value) => [...(value as Json[]), {}],
};

const OBJECT: Record<string, Change> = {
  "no members": () => ({}),
  "unknown member": (value) => ({ ...(value as JsonObject), surprise: "x" }),
  "a name twice": (value, random) => {
    const [name, member] = random.pick(Object.entries(value as JsonObject));
    return { ...(value as JsonObject), [again(name)]: member };
  },
  "snake case": (value) =>
    Object.fromEntries(
      Object.entries(value as JsonObject).map(([name, member]) => [
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        member,
      ]),
    ),
};

/** Takes the value that another bundle or root has at this place. */
const SWAP = "another's";
/** Adds the elements that another has at this place. */
const JOIN = "another's added";

const operationsOn = (value: Json): Record<string, Change> => ({ ...ANY, ...ownOperations(value) });

function ownOperations(value: Json): Record<string, Change> {
  if (Array.isArray(value)) return value.length > 0 ? ARRAY : { "empty element": () => [{}] };
  if (isObject(value)) return Object.keys(value).length > 0 ? OBJECT : { "unknown member": () => ({ surprise: "x" }) };
  if (typeof value === "number") return NUMBER;
  if (typeof value === "boolean") return { inverted: () => !value };
  if (typeof value !== "string") return {};
  if (value === "") return { "append a character": () => "A" };
  if (isDecimal(value)) return { ...TEXT, ...DECIMAL };
  if (isBase64(value)) return { ...TEXT, ...BYTES };
  return value.includes("\n") ? { ...TEXT, ...LINES } : TEXT;
}

/** How often an operation with a choice of its own is drawn at a place. */
function draws(operation: string, value: Json): number {
  if (operation === "flip a bit") return Math.ceil((value as string).length / 40);
  if (operation === "flip a character" && (value as string).includes("\n")) return 4;
  return operation in LINES || operation === SWAP || operation === JOIN || operation === "cut the bytes" ? 2 : 1;
}

const ARTIFACT: Record<string, (bytes: Buffer, random: Random) => Buffer> = {
  "flip a bit": (bytes, random) => (bytes.length === 0 ? Buffer.of(0) : flipBit(bytes, random)),
  "cut the bytes": (bytes, random) => (bytes.length === 0 ? Buffer.of(0) : cut(bytes, random)),
  "append a byte": (bytes, random) => Buffer.concat([bytes, Buffer.of(random.below(256))]),
  empty: () => Buffer.of(),
};

const THRESHOLDS: Record<string, (policy: Policy) => Policy> = {
  "one more log entry": (policy) => withThreshold(policy, "logEntries", 1),
  "one more timestamp": (policy) => withThreshold(policy, "timestamps", 1),
  "one more SCT": (policy) => withThreshold(policy, "scts", 1),
  "no log entry": (policy) => withThreshold(policy, "logEntries", undefined),
  "no SCT": (policy) => withThreshold(policy, "scts", undefined),
};

function withThreshold(policy: Policy, name: keyof Thresholds, more: number | undefined): Policy {
  const stated = thresholdsOf({ policy, trustRoot: "" });
  return { ...policy, thresholds: { ...stated, [name]: more === undefined ? 0 : stated[name] + more } };
}

const IDENTITY = ["flip a character", "cut the text", "append a character", "prepend a character", "other case"];

function policyOperations(seed: Seed): [path: string[], operations: string[]][] {
  const identity: [string[], string[]][] =
    seed.policy.identity === undefined
      ? [[["keys"], [SWAP, JOIN]]]
      : [
          [
            ["identity", "san"],
            [...IDENTITY, SWAP],
          ],
          [
            ["identity", "issuer"],
            [...IDENTITY, SWAP],
          ],
        ];
  return seed.trustRoot === undefined ? identity : [...identity, [["thresholds"], Object.keys(THRESHOLDS)]];
}

/** Every mutation of a seed. */
export function mutationsOf(seed: Seed): Mutation[] {
  const one = (target: Target, path: Path, operation: string, count = 1): Mutation[] =>
    Array.from({ length: count }, (_, draw) => ({ seed, target, path, operation, draw }));
  const inTree = (target: "bundle" | "trustRoot", text: string): Mutation[] => {
    const tree = JSON.parse(text);
    return [[], ...places(tree)].flatMap((path) => {
      const value = valueAt(tree, path) as Json;
      const names = [...Object.keys(operationsOn(value)), SWAP, ...(Array.isArray(value) ? [JOIN] : [])];
      return names.flatMap((operation) => one(target, path, operation, draws(operation, value)));
    });
  };
  return [
    ...inTree("bundle", seed.bundle),
    ...(seed.trustRoot === undefined ? [] : inTree("trustRoot", seed.trustRoot)),
    ...policyOperations(seed).flatMap(([path, names]) =>
      names.flatMap((operation) => one("policy", path, operation, 2)),
    ),
    ...[...Object.keys(ARTIFACT), SWAP].flatMap((operation) => one("artifact", [], operation, 2)),
  ];
}

/** The case that a mutation makes; undefined where it changes nothing. */
export function mutated(
  { seed, target, path, operation }: Mutation,
  seeds: readonly Seed[],
  random: Random,
): Case | undefined {
  if (operation === AS_IT_IS) return seed;
  switch (target) {
    case "policy":
      return mutatedPolicy(seed, path as string[], operation, seeds, random);
    case "artifact":
      return mutatedArtifact(seed, operation, seeds, random);
    default: {
      const original = seed[target] as string;
      const lender = (): Json | undefined => borrowed(seed, target, path, seeds, random);
      const tree = changed(JSON.parse(original), path, (value) => changedValue(value, operation, lender, random));
      const text = tree === undefined ? "" : toText(tree);
      return text === JSON.stringify(JSON.parse(original)) ? undefined : { ...seed, [target]: text };
    }
  }
}

function changedValue(
  value: Json,
  operation: string,
  lender: () => Json | undefined,
  random: Random,
): Json | undefined {
  if (operation !== SWAP && operation !== JOIN) return operationsOn(value)[operation]?.(value, random);
  const other = lender();
  if (other === undefined) return value;
  return operation === SWAP ? other : [...(value as Json[]), ...(Array.isArray(other) ? other : [other])];
}

/** What another seed has at a place, preferring seeds of the same instance. */
function borrowed(
  seed: Seed,
  target: "bundle" | "trustRoot",
  path: Path,
  seeds: readonly Seed[],
  random: Random,
): Json | undefined {
  const own = JSON.stringify(valueAt(JSON.parse(seed[target] as string), path));
  const values = (lenders: readonly Seed[]): Json[] =>
    lenders.flatMap((lender) => {
      const text = lender[target];
      const value = text === undefined ? undefined : valueAt(JSON.parse(text), path);
      return value === undefined || JSON.stringify(value) === own ? [] : [value];
    });
  const few = random.shuffled(seeds).slice(0, 8);
  const near = values(few.filter((lender) => lender.instance === seed.instance));
  const all = near.length > 0 && random.below(4) > 0 ? near : values(few);
  return all.length === 0 ? undefined : random.pick(all);
}

function mutatedPolicy(
  seed: Seed,
  path: string[],
  operation: string,
  seeds: readonly Seed[],
  random: Random,
): Case | undefined {
  const { policy } = seed;
  const [part, field] = path;
  if (part === "thresholds") {
    const made = THRESHOLDS[operation]?.(policy);
    const same = made === undefined || JSON.stringify(made.thresholds) === JSON.stringify(thresholdsOf(seed));
    return same ? undefined : { ...seed, policy: made };
  }
  if (part === "keys") {
    const others = seeds.flatMap((other) => (other.policy.keys ?? []).filter((key) => !policy.keys?.includes(key)));
    if (others.length === 0) return undefined;
    const other = random.pick(others);
    return { ...seed, policy: { ...policy, keys: operation === SWAP ? [other] : [...(policy.keys ?? []), other] } };
  }
  const name = field as keyof Identity;
  const identity = policy.identity as Identity;
  const others = seeds
    .flatMap((other) => other.policy.identity?.[name] ?? [])
    .filter((text) => text !== identity[name]);
  const text = operation === SWAP ? random.pick(others) : (TEXT[operation]?.(identity[name], random) as string);
  return text === identity[name]
    ? undefined
    : { ...seed, policy: { ...policy, identity: { ...identity, [name]: text } } };
}

function mutatedArtifact(seed: Seed, operation: string, seeds: readonly Seed[], random: Random): Case | undefined {
  if (!(seed.artifact instanceof Uint8Array)) return undefined;
  const others = seeds.map((other) => other.artifact).filter((bytes) => bytes instanceof Uint8Array);
  const bytes = operation === SWAP ? random.pick(others) : ARTIFACT[operation]?.(Buffer.from(seed.artifact), random);
  return bytes === undefined || Buffer.compare(bytes, seed.artifact) === 0 ? undefined : { ...seed, artifact: bytes };
}
