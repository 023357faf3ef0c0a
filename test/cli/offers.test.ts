/** What a server offers, judged by the gate: `judgeOffers`, without a server. */
import { generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { isRefused, judgeOffers, type Offers } from "../../ts/cli/check/offers.js";
import { KeyedVerifier, type VerifiedCatalogue } from "../../ts/entry/node.js";
import type { PolicyServer } from "../../ts/policy_file/index.js";
import { type Json, readJson } from "../../ts/publish/json.js";
import type { Seen } from "../../ts/publish/snapshot/session.js";

const SERVER = "npm:@acme/offers";
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const verifier = new KeyedVerifier({ keys: publicKey.export({ type: "spki", format: "pem" }).toString() });

const tool = (name: string, more: object = {}) => ({
  name,
  description: `Does ${name}.`,
  inputSchema: { type: "object" },
  ...more,
});
const prompt = (name: string, more: object = {}) => ({ name, description: `Asks ${name}.`, ...more });
const resource = (uri: string, more: object = {}) => ({ uri, name: "r", ...more });
const template = (uriTemplate: string, more: object = {}) => ({ uriTemplate, name: "t", ...more });

const SIGNED = {
  server: SERVER,
  version: 1,
  instructions: "Be brief.",
  tools: [tool("a", { inputSchema: { type: "object", required: ["x", "y"] } }), tool("b"), tool("c")],
  prompts: [prompt("p")],
  resources: [resource("file:///r")],
  resourceTemplates: [template("file:///{t}")],
  alternatives: { tools: [tool("b", { description: "Tut b." })] },
};

function catalogueOf(content: object): Promise<VerifiedCatalogue> {
  const catalogue = Buffer.from(JSON.stringify(content));
  return verifier.verify({ catalogue, signature: sign("sha256", catalogue, privateKey), server: SERVER });
}

interface Offered {
  readonly tools?: readonly unknown[];
  readonly prompts?: readonly unknown[];
  readonly resources?: readonly unknown[];
  readonly resourceTemplates?: readonly unknown[];
  readonly instructions?: string;
}

const listOf = (items: readonly unknown[] = []): readonly Json[] => readJson(JSON.stringify(items)) as readonly Json[];

const view = ({ tools, prompts, resources, resourceTemplates, instructions }: Offered): Seen => ({
  era: "2025-11-25",
  abilities: "full",
  instructions,
  noise: 0,
  lists: {
    tool: listOf(tools),
    prompt: listOf(prompts),
    resource: listOf(resources),
    resourceTemplate: listOf(resourceTemplates),
  },
});

type Open = PolicyServer["gateOptions"]["unsigned"];

async function judge(views: readonly Offered[], unsigned?: Open): Promise<Offers> {
  const gateOptions = { unsigned } as PolicyServer["gateOptions"];
  return judgeOffers({ server: SERVER, gateOptions }, await catalogueOf(SIGNED), views.map(view));
}

test("what is signed, alternatives and other orders included, is as signed; less than is signed is fine", async () => {
  const a = tool("a", { inputSchema: { required: ["y", "x"], type: "object" } });
  const offers = await judge([{ ...SIGNED, tools: [a, tool("b")] }, { tools: [tool("b", { description: "Tut b." })] }]);
  expect(isRefused(offers)).toBe(false);
  expect(offers.instructions).toEqual({ verdict: "signed" });
  expect(offers.tools).toEqual({ offered: 2, signed: 2, refused: 0, refusals: [], notOffered: ["c"] });
  expect([offers.prompts.signed, offers.resources.signed, offers.resourceTemplates.signed]).toEqual([1, 1, 1]);
});

test("changed, unsigned and malformed definitions of every kind are named, with the first difference", async () => {
  const offers = await judge([
    {
      tools: [tool("a", { description: "Does evil." }), tool("z"), { name: 7 }, "text"],
      prompts: [prompt("p", { title: "x" }), prompt("q")],
      resources: [resource("file:///r", { name: "s" }), resource("file:///q")],
      resourceTemplates: [template("file:///{t}", { name: "s" }), template("file:///{q}")],
      instructions: "Be evil.",
    },
  ]);
  expect(isRefused(offers)).toBe(true);
  const told = (kind: "tools" | "prompts" | "resources" | "resourceTemplates") =>
    offers[kind].refusals.map(({ name, verdict, code }) => [name, verdict, code]);
  expect(told("tools")).toEqual([
    ["a", "changed", "ERR_TOOL_CHANGED"],
    ["z", "unsigned", "ERR_TOOL_UNSIGNED"],
    [undefined, "malformed", "ERR_TOOL_MALFORMED"],
  ]);
  expect(told("prompts").map(([, , code]) => code)).toEqual(["ERR_PROMPT_CHANGED", "ERR_PROMPT_UNSIGNED"]);
  expect(told("resources").map(([, , code]) => code)).toEqual(["ERR_RESOURCE_CHANGED", "ERR_RESOURCE_UNSIGNED"]);
  expect(told("resourceTemplates").map(([, , code]) => code)).toEqual([
    "ERR_RESOURCE_TEMPLATE_CHANGED",
    "ERR_RESOURCE_TEMPLATE_UNSIGNED",
  ]);
  expect(offers.tools.refusals[0]?.difference).toContain('offered "Does evil."');
  expect(offers.tools.signed).toBe(0);
  expect(offers.instructions).toMatchObject({ verdict: "unsigned", difference: expect.stringContaining("Be evil.") });
});

test("a name that is refused in one view is not as signed in another", async () => {
  const offers = await judge([
    { tools: [tool("b")] },
    { tools: [tool("b", { title: "x" })] },
    { tools: [tool("b", { title: "x" })] },
  ]);
  expect(offers.tools).toMatchObject({ offered: 1, signed: 0, refused: 1 });
  const twice = await judge([{ tools: [tool("b"), tool("b", { title: "x" })] }]);
  expect(twice.tools).toMatchObject({ offered: 1, signed: 0, refused: 1 });
});

test("what the policy opens needs no signature; tools and instructions are never opened", async () => {
  const others = {
    prompts: [prompt("q")],
    resources: [resource("file:///q")],
    resourceTemplates: [template("file:///{q}")],
  };
  const offers = await judge([others], ["prompts", "resources", "resourceTemplates"]);
  expect(isRefused(offers)).toBe(false);
  expect(offers.prompts).toMatchObject({ offered: 1, signed: undefined, refused: 0 });
  expect(
    isRefused(await judge([{ ...others, tools: [tool("z")] }], ["prompts", "resources", "resourceTemplates"])),
  ).toBe(true);
  expect(isRefused(await judge([others], ["resources"]))).toBe(true);
});

test("a server that offers very much is counted whole and told in part", async () => {
  const tools = Array.from({ length: 3_000 }, (_, index) => tool(`z${index}`));
  const { refused, refusals, offered } = (await judge([{ tools }, { tools }])).tools;
  expect([offered, refused, refusals.length]).toEqual([3_000, 3_000, 1_000]);
});

test("a catalogue that has expired since lets nothing be judged", async () => {
  const gateOptions = {} as PolicyServer["gateOptions"];
  const other = { server: "npm:other", gateOptions };
  await expect(judgeOffers(other, await catalogueOf(SIGNED), [view(SIGNED)])).rejects.toThrow("another server");
});
