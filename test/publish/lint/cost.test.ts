/** Files of any size and any content: they end, are bounded, and never throw anything but a reason. */
import { expect, test } from "vitest";
import { LIMITS } from "../../../ts/generated/limits.js";
import { lint } from "../../../ts/publish/lint/index.js";
import { ambiguousRepetition } from "../../../ts/publish/lint/schema/pattern.js";
import { HOME, NOW, SPECIMENS, STATED, tool } from "./specimens.js";

const judge = (catalogue: object) => lint(JSON.stringify(catalogue), NOW);

test("ten thousand tools that name each other", () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `tool_${index}`);
  const tools = names.map((name, index) =>
    tool({ name, description: `Use ${names[(index * 7 + 1) % names.length]}.` }),
  );
  const { counts, findings, omitted } = judge({ ...STATED, tools });
  expect([counts, findings.length, omitted]).toEqual([{ errors: 0, warnings: 10_000 }, 5_000, 5_000]);
});

/** Quadratic work on so much would take minutes. */
const SIZE = 250_000;
const long = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length));

/** Texts on which a pattern that tries all ways takes quadratic time or longer. */
const LONG = [
  "a",
  " ",
  "\n",
  "a_a-a.a",
  "a-",
  "ignore all the previous ",
  "do not tell ",
  "always call this ",
  "e.g. 2026-11-29 20:41 ",
  "<important ",
  `${HOME}a/tmp/b1`,
  "you must ",
  "`a` tool ",
  "\u200b",
  "\u05d0\u200f",
  "f\u0456le ",
  "\u{1f468}\u200d",
  '\\"',
  "current date is ",
];

test.each(LONG)("a long text of %j", (piece) => {
  const { findings } = judge({ ...STATED, tools: [tool({ description: long(piece, SIZE) })] });
  expect(findings.length).toBeLessThan(50);
});

test.each([
  ["/tmp/", "a", " "],
  ["a", "-", "b"],
  ["<!--", "-", ">"],
  ["logged in as ", "a@", ""],
  ["read ", "~/.", " pass"],
])("a long word: %j, then many %j", (before, piece, after) => {
  const { findings } = judge({ ...STATED, tools: [tool({ description: before + long(piece, SIZE) + after })] });
  expect(findings.length).toBeLessThan(10);
});

test("a long name above many schemas", () => {
  const properties = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [`token${index}`, { type: "string", "x-mcp-header": `h${index}` }]),
  );
  const above = { ["p".repeat(SIZE)]: { type: "object", properties } };
  const { counts } = judge({ ...STATED, tools: [tool({ inputSchema: { type: "object", properties: above } })] });
  expect(counts).toEqual({ errors: 0, warnings: 10_001 });
});

test("definitions of the largest size", () => {
  const description = long("Reads a file and returns it. ", LIMITS.definition - 1_000);
  const tools = ["a", "b", "c", "d"].map((name) => tool({ name, description }));
  expect(judge({ ...STATED, tools }).counts).toEqual({ errors: 0, warnings: 0 });
  const larger = tool({ description: long("Reads a file and returns it. ", LIMITS.definition) });
  expect(() => judge({ ...STATED, tools: [larger] })).toThrow("expected at most 1048576 bytes");
});

test("a schema of many members, long lists and many references", () => {
  const many = 20_000;
  const properties = Object.fromEntries(
    Array.from({ length: many }, (_, index) => [`p${index}`, { $ref: "#/$defs/a" }]),
  );
  const required = Object.keys(properties);
  const inputSchema = { type: "object", properties, required, $defs: { a: { enum: required, "x-mcp-header": "A" } } };
  const { counts, findings } = judge({ ...STATED, tools: [tool({ inputSchema })] });
  expect([counts.errors, findings.length]).toEqual([1, 1]);
});

test("a rule is told ten times for a definition, and counted on", () => {
  const properties = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`p${index}`, true]));
  const { counts, findings, omitted } = judge({
    ...STATED,
    tools: [tool({ inputSchema: { type: "object", properties } })],
  });
  expect([counts.errors, findings.length, omitted]).toEqual([500, 10, 490]);
});

test("patterns of every kind are read to their end", () => {
  for (const pattern of [
    "(".repeat(5_000),
    `${"(".repeat(4_000)}a${")+".repeat(3_000)}`,
    "[",
    "\\",
    "(?<",
    "a{1,",
    "|".repeat(9_000),
    ")",
    "(?=a)*",
    "\\u{1}",
    "[]]",
    "x*".repeat(4_000),
  ]) {
    const found = ambiguousRepetition(pattern);
    expect(found === undefined || typeof found === "string").toBe(true);
  }
});

test("a repeated group of thousands of repetitions, of which the last one alone decides", () => {
  // To compare each with each takes longer than a test may.
  for (let count = 0; count < 40; count += 1) expect(ambiguousRepetition(`(${"a+".repeat(4_990)}b)+`)).toBeUndefined();
  expect(ambiguousRepetition(`(${"a+".repeat(4_990)}b*)+`)).toBeDefined();
});

/** A generator with a seed, so that a failure can be had again (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const SEEDS = Object.values(SPECIMENS)
  .flat()
  .flatMap(({ found, twin }) => [found, twin])
  .map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
const PIECES = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "true",
  "1e999",
  "\\u0000",
  "\\ud800",
  "\u202e",
  '"type"',
  '"$ref":"#/"',
  '"pattern":"(a"',
  "~1",
  "9".repeat(30),
];

test("changed bytes give findings, or a reason why they are no catalogue", () => {
  const random = randomFrom(15);
  let judged = 0;
  for (let round = 0; round < 1_000; round += 1) {
    const seed = SEEDS[random(SEEDS.length)] ?? "";
    const from = random(seed.length);
    const changed = seed.slice(0, from) + (PIECES[random(PIECES.length)] ?? "") + seed.slice(from + random(8));
    try {
      const { findings } = lint(changed, NOW);
      judged += 1;
      for (const { line, column } of findings) expect(line > 0 && column > 0).toBe(true);
    } catch (error) {
      expect(error instanceof TypeError || error instanceof SyntaxError ? "" : String(error)).toBe("");
    }
  }
  expect(judged).toBeGreaterThan(50);
});

/** Any JSON value, where a definition may have one. */
function valueFrom(random: (below: number) => number, depth: number): unknown {
  const words = [
    "type",
    "object",
    "properties",
    "items",
    "$ref",
    "#/x",
    "pattern",
    "(a+)+",
    "enum",
    "x-mcp-header",
    "__proto__",
    "description",
    "\u200b",
    "required",
    "$schema",
  ];
  const word = (): string => words[random(words.length)] ?? "";
  switch (random(depth > 4 ? 4 : 6)) {
    case 0:
      return word();
    case 1:
      return random(2 ** 31) * 2 ** 25;
    case 2:
      return random(2) === 0;
    case 3:
      return null;
    case 4:
      return Array.from({ length: random(4) }, () => valueFrom(random, depth + 1));
    default:
      return Object.fromEntries(Array.from({ length: random(5) }, () => [word(), valueFrom(random, depth + 1)]));
  }
}

test("members of any type give findings, or the core's reason why they are no catalogue", () => {
  const random = randomFrom(16);
  let judged = 0;
  for (let round = 0; round < 1_000; round += 1) {
    const any = () => valueFrom(random, 0);
    const inputSchema = { type: any(), properties: any(), required: any(), $defs: any(), items: any(), $schema: any() };
    const odd = tool({
      inputSchema,
      outputSchema: any(),
      annotations: any(),
      title: any(),
      description: any(),
      icons: any(),
      _meta: any(),
    });
    const prompt = { name: "p", arguments: any(), description: any() };
    // The first is judged more often than not: its members are of the types that the core asks for.
    for (const tools of [[tool({ inputSchema })], [odd]]) {
      try {
        judge({ tools, prompts: [prompt], _meta: any(), version: any(), expires: any(), server: any() });
        judged += 1;
      } catch (error) {
        expect(String(error)).toMatch(/^TypeError: (tools|prompts)\[0\] is no /);
      }
    }
  }
  expect(judged).toBeGreaterThan(50);
});
