/** What a verified catalogue says of tools, prompts, resources and templates that a server offers. */

import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  type CatalogueDecision,
  type DefinitionKind,
  InMemoryStateStore,
  KeyedVerifier,
  type RefusedDecision,
  type VerifiedCatalogue,
} from "../ts/entry/node.js";
import { codeOf } from "./support/refusal.js";
import { scriptStepsOf } from "./support/script_steps.js";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keys = publicKey.export({ type: "spki", format: "pem" }).toString();

function verified(text: string): Promise<VerifiedCatalogue> {
  const catalogue = Buffer.from(text);
  const signature = sign("sha256", catalogue, privateKey);
  return new KeyedVerifier({ keys, stateStore: new InMemoryStateStore() }).verify({ catalogue, signature });
}

const catalogue = await verified(`{
  "instructions": "Search first.",
  "tools": [
    {"name": "search", "title": "Search", "inputSchema": {"type": "object", "required": ["q", "limit"],
      "properties": {"limit": {"maximum": 9223372036854775807, "minimum": 1.0}, "q": {}}}},
    {"name": "old", "input_schema": {}}
  ],
  "prompts": [{"name": "sum", "description": "Sums up.", "arguments": []}],
  "resources": [{"uri": "file:///notes", "name": "notes"}],
  "resourceTemplates": [{"uriTemplate": "file:///{day}", "name": "day"}],
  "alternatives": {
    "tools": [{"name": "search", "inputSchema": {"type": "object"}}, {"name": "search", "inputSchema": {}}],
    "prompts": [{"name": "sum", "description": "Fasst zusammen.", "arguments": []}],
    "instructions": ["Suche zuerst."]
  }
}`);
const search = JSON.parse(catalogue.signed("tool", "search")[0]?.text ?? "");

function refused(decision: CatalogueDecision): RefusedDecision {
  if (decision.verdict === "signed") throw new Error("signed");
  return decision;
}

describe("definitions", () => {
  test("are found by kind and name, the main one first", () => {
    const digests = catalogue.signed("tool", "search").map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(3);
    expect(catalogue.signed("tool", "search").map(({ alternative }) => alternative)).toEqual([false, true, true]);
    expect(catalogue.signed("prompt", "sum")).toHaveLength(2);
    expect(catalogue.signed("prompt", "search")).toEqual([]);
    expect(catalogue.signed("tool", "toString")).toEqual([]);
    expect(catalogue.signed("resourceTemplate", "file:///{day}")[0]).toBe(catalogue.resourceTemplates[0]);
    expect(catalogue.prompts.map(({ kind, name }) => [kind, name])).toEqual([["prompt", "sum"]]);
  });

  test("have the publisher's order, and his digits in their text", () => {
    const [main] = catalogue.signed("tool", "search");
    expect(Object.keys(main?.definition ?? {})).toEqual(["name", "title", "inputSchema"]);
    expect(main?.text).toBe(
      '{"name":"search","title":"Search","inputSchema":{"type":"object","required":["q","limit"],"properties":{"limit":{"maximum":9223372036854775807,"minimum":1.0},"q":{}}}}',
    );
    expect(catalogue.tools[1]?.text).toBe('{"name":"old","inputSchema":{}}');
    expect(Object.keys(catalogue.require({ ...search, name: "search" }))).toEqual(["name", "title", "inputSchema"]);
  });

  test("cannot be changed", () => {
    const [main] = catalogue.signed("tool", "search");
    for (const value of [main, main?.definition, main?.definition.inputSchema, catalogue.signed("tool", "search")]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
    expect(() => Object.assign(Object.getPrototypeOf(main), { text: "" })).toThrow(TypeError);
    expect(() => Object.assign(main as object, { digest: "" })).toThrow(TypeError);
  });
});

describe("judge", () => {
  test("a main definition or an alternative is signed, and that one is given", () => {
    const [main, further] = catalogue.signed("tool", "search");
    expect(catalogue.judge("tool", search)).toEqual({ verdict: "signed", kind: "tool", name: "search", signed: main });
    const other = catalogue.judge("tool", { inputSchema: { type: "object" }, name: "search" });
    expect(other.verdict === "signed" && other.signed).toBe(further);
    expect(catalogue.judge("tool", { name: "old", input_schema: {} }).verdict).toBe("signed");
    expect(catalogue.judge("prompt", { name: "sum", description: "Fasst zusammen.", arguments: [] }).verdict).toBe(
      "signed",
    );
  });

  test("`required` is a set", () => {
    const inputSchema = { ...search.inputSchema, required: ["limit", "q"] };
    expect(catalogue.judge("tool", { ...search, inputSchema }).verdict).toBe("signed");
    for (const required of [["limit"], ["limit", "q", "q"], ["limit", "limit"], ["limit", "Q"]]) {
      expect(catalogue.judge("tool", { ...search, inputSchema: { ...inputSchema, required } }).verdict).toBe("changed");
    }
  });

  const wrong: [kind: DefinitionKind, offered: object, code: string][] = [
    ["tool", { name: "Search" }, "ERR_TOOL_UNSIGNED"],
    ["tool", { ...search, title: "other" }, "ERR_TOOL_CHANGED"],
    ["tool", { ...search, inputSchema: 1 }, "ERR_TOOL_MALFORMED"],
    ["prompt", { name: "search" }, "ERR_PROMPT_UNSIGNED"],
    ["prompt", { name: "sum" }, "ERR_PROMPT_CHANGED"],
    ["prompt", { name: "sum", arguments: {} }, "ERR_PROMPT_MALFORMED"],
    ["resource", { uri: "file:///Notes" }, "ERR_RESOURCE_UNSIGNED"],
    ["resource", { uri: "file:///notes", name: "other" }, "ERR_RESOURCE_CHANGED"],
    ["resource", { name: "notes" }, "ERR_RESOURCE_MALFORMED"],
    ["resourceTemplate", { uriTemplate: "file:///{Day}" }, "ERR_RESOURCE_TEMPLATE_UNSIGNED"],
    ["resourceTemplate", { uriTemplate: "file:///{day}", mimeType: "a/b" }, "ERR_RESOURCE_TEMPLATE_CHANGED"],
    ["resourceTemplate", { uri: "file:///{day}" }, "ERR_RESOURCE_TEMPLATE_MALFORMED"],
  ];
  test.each(wrong)("%s %j: %s", (kind, offered, code) => {
    const decision = refused(catalogue.judge(kind, offered));
    expect([decision.code, decision.kind]).toEqual([code, kind]);
    const error = decision.error();
    expect([error.code, code.toLowerCase().endsWith(decision.verdict)]).toEqual([code, true]);
    const changed = decision.verdict === "changed";
    expect([decision.signedDigest !== undefined, decision.offeredDigest !== undefined]).toEqual([changed, changed]);
    expect(decision.difference() === undefined).toBe(!changed);
  });

  test("a difference names members, with what is signed and offered", () => {
    const inputSchema = { ...search.inputSchema, required: ["limit", "q"], type: "array" };
    const decision = refused(catalogue.judge("tool", { ...search, inputSchema, evil: "\u001b[2J\u202e" }));
    expect(decision.difference()).toBe(
      'inputSchema.type: signed "object", offered "array"; evil: signed absent, offered "\\u001b[2J\\u{202e}"',
    );
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`\u200b${index}`, "\u200b".repeat(500)]));
    const difference = refused(catalogue.judge("tool", { ...search, ...many })).difference() ?? "";
    expect(difference.length).toBe(2000);
    expect(difference).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("hostile objects are malformed, and nothing is thrown", () => {
    const throwing = (name: string) =>
      Object.defineProperty({ ...search }, name, {
        enumerable: true,
        get: () => {
          throw new Error("boom");
        },
      });
    const trap = () => {
      throw "no error";
    };
    const thrower = (thrown: unknown) => () => {
      throw thrown;
    };
    const evil = Object.defineProperty(new Error("x"), "message", { get: trap });
    for (const offered of [
      throwing("title"),
      throwing("name"),
      throwing("toJSON"),
      new Proxy(search, { ownKeys: trap }),
      new Proxy(search, { get: trap, has: trap, getOwnPropertyDescriptor: trap }),
      { ...search, toJSON: trap },
      Object.defineProperty({ ...search }, "title", { enumerable: true, get: thrower(evil) }),
      Object.defineProperty({ ...search }, "title", {
        enumerable: true,
        get: thrower(new Proxy({}, { getPrototypeOf: trap })),
      }),
      { ...search, toJSON: () => undefined },
      { ...search, toJSON: () => 1 },
    ]) {
      const decision = refused(catalogue.judge("tool", offered));
      expect([decision.verdict, decision.error().code]).toEqual(["malformed", "ERR_TOOL_MALFORMED"]);
    }
  });

  test("what is no kind is an error of the caller", async () => {
    expect(await codeOf(() => catalogue.judge("tools" as never, search))).toBe("ERR_OPTION_INVALID");
    expect(await codeOf(() => catalogue.signed("toString" as never, "search"))).toBe("ERR_OPTION_INVALID");
  });

  test("an unknown name costs nothing but its name", () => {
    const reads: PropertyKey[] = [];
    const watched = (name: string) =>
      new Proxy({ ...search, name }, { get: (target, key) => [reads.push(key), Reflect.get(target, key)][1] });
    expect(catalogue.judge("tool", watched("other")).verdict).toBe("unsigned");
    expect(reads).toEqual(["name"]);
  });

  test("an oversized offer is given up early", async () => {
    const large = {
      ...search,
      items: Array.from({ length: 64 }, (_, index) => ({ index, text: "x".repeat(1 << 20) })),
    };
    const reads: PropertyKey[] = [];
    const items = new Proxy(large.items, { get: (target, key) => [reads.push(key), Reflect.get(target, key)][1] });
    const decision = refused(catalogue.judge("tool", { ...large, items }));
    expect([decision.verdict, decision.offeredDigest, decision.difference()]).toEqual([
      "changed",
      undefined,
      undefined,
    ]);
    expect(decision.error().found).toBe("more");
    expect(reads.length).toBeLessThan(10);
    const many = { ...search, list: new Array(5_000_000).fill(0) };
    const steps = await scriptStepsOf(() => expect(catalogue.judge("tool", many).verdict).toBe("changed"));
    expect(steps).toBeLessThan(1000);
  });

  test("an offer with many more values than are signed is not hashed", () => {
    const values = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
    const judged = (more: object) => refused(catalogue.judge("tool", { ...search, ...more }));
    const near = judged({ "x-vendor": values(1_000) });
    expect([near.verdict, typeof near.offeredDigest, typeof near.difference()]).toEqual([
      "changed",
      "string",
      "string",
    ]);
    const escapes = { description: "\u0001".repeat(100_000) };
    for (const more of [{ "x-vendor": values(10_000) }, values(10_000), { x: new Array(10_000).fill(0) }, escapes]) {
      const far = judged(more);
      expect([far.verdict, far.offeredDigest, far.difference()]).toEqual(["changed", undefined, undefined]);
      expect(far.error().found).toBe("more");
    }
    expect(refused(catalogue.judge("tool", values(10_000))).verdict).toBe("malformed");
    const long = judged({ description: `Longer: ${"text\n".repeat(1_000)}` });
    expect([typeof long.offeredDigest, typeof long.difference()]).toEqual(["string", "string"]);
  });

  test("a text that is larger in UTF-8 than in UTF-16 is measured in UTF-8", () => {
    const decision = refused(catalogue.judge("tool", { ...search, title: "€".repeat(400_000) }));
    expect([decision.verdict, decision.offeredDigest]).toEqual(["changed", undefined]);
  });
});

test("instructions", () => {
  expect(
    ["Search first.", "Suche zuerst.", "search first.", ""].map((text) => catalogue.signsInstructions(text)),
  ).toEqual([true, true, false, false]);
  expect(catalogue.signsInstructions(undefined as never)).toBe(false);
});

test("without instructions, none are signed", async () => {
  const bare = await verified('{"tools":[]}');
  expect([bare.signsInstructions(""), bare.signsInstructions(undefined as never)]).toEqual([false, false]);
  expect([bare.prompts, bare.resources, bare.resourceTemplates, bare.tools]).toEqual([[], [], [], []]);
});

test("a catalogue of characters beyond ASCII is cut where its definitions end", async () => {
  const names = ["é", "😀", "a", "\u{10ffff}", "中"];
  const tools = names.map((name) => ({ name, description: `${name}\u0001"\\`, inputSchema: { [name]: name } }));
  const odd = await verified(JSON.stringify({ tools, prompts: names.map((name) => ({ name })) }));
  expect(odd.tools.map(({ definition }) => definition)).toEqual(tools);
  expect(odd.prompts.map(({ definition }) => definition)).toEqual(names.map((name) => ({ name })));
});

describe("members added to Object.prototype change nothing", () => {
  const added: [name: string, value: unknown][] = [
    ["toJSON", () => "evil"],
    ["value", 1],
    ["name", "search"],
    ["instructions", ["evil"]],
    ["prompts", [["evil", 2]]],
    ["texts", "{}"],
    ["required", ["q"]],
    ["title", "evil"],
  ];
  test.each(added)("%s", async (name, value) => {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    try {
      const bare = await verified('{"tools":[{"name":"a","inputSchema":{"x":[{}]}}]}');
      const { tools, prompts } = bare;
      const verdicts = [
        bare.judge("tool", JSON.parse('{"inputSchema":{"x":[{}]},"name":"a"}')).verdict,
        bare.judge("tool", JSON.parse('{"inputSchema":{"x":[{}]},"name":"a","title":"b"}')).verdict,
        bare.judge("tool", JSON.parse('{"inputSchema":{}}')).verdict,
        catalogue.judge("tool", JSON.parse(catalogue.tools[0]?.text ?? "")).verdict,
      ];
      const text = JSON.stringify(tools[0]?.definition.inputSchema.x);
      Reflect.deleteProperty(Object.prototype, name);
      expect(verdicts).toEqual(["signed", "changed", "malformed", "signed"]);
      expect([tools.length, prompts.length, bare.instructions, bare.signsInstructions("evil")]).toEqual([
        1,
        0,
        undefined,
        false,
      ]);
      expect(name === "toJSON" || text === "[{}]").toBe(true);
    } finally {
      Reflect.deleteProperty(Object.prototype, name);
    }
  });
});
