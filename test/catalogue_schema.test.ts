/** docs/catalogue.schema.json accepts what the core accepts, and refuses what it refuses as far as a schema can say. */
import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Schema, Validator } from "@cfworker/json-schema";
import { describe, expect, test } from "vitest";
import { InkanError, KeyedVerifier } from "../ts/entry/node.js";
import { inRoot } from "./support/repository.js";
import { allVectors } from "./support/vectors.js";

const schema = JSON.parse(readFileSync(inRoot("docs/catalogue.schema.json"), "utf8")) as Schema;
const validator = new Validator(schema, "2020-12");
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const verifier = new KeyedVerifier({ keys: publicKey.export({ type: "spki", format: "pem" }).toString() });

/** Rules that a schema cannot state, by how the core names what breaks them. */
const UNSAYABLE = [
  /each name once/,
  /definitions that differ/,
  /names that stand in/,
  /each text once/,
  /a time such as/,
];

/** The core's refusal of a signed text, or nothing. */
async function refusal(text: string): Promise<InkanError | undefined> {
  const catalogue = Buffer.from(text);
  try {
    await verifier.verify({ catalogue, signature: sign("sha256", catalogue, privateKey), anyServer: true });
    return undefined;
  } catch (error) {
    if (!(error instanceof InkanError) || error.code === "ERR_INTERNAL") throw error;
    // Its format was read before.
    if (error.code === "ERR_CATALOGUE_EXPIRED") return undefined;
    return error;
  }
}

async function compare(text: string): Promise<"accepted" | "refused" | "unsayable"> {
  const refused = await refusal(text);
  const { valid } = validator.validate(JSON.parse(text));
  const why = `${text}: ${refused?.message ?? "accepted"}`;
  if (refused === undefined) {
    expect(valid, why).toBe(true);
    return "accepted";
  }
  // The version's spelling, 1e3 for 1000, is no part of JSON Schema's model.
  const respelt = refused.subject === "version" && Number.isSafeInteger(Number(refused.found));
  if ((respelt || UNSAYABLE.some((rule) => rule.test(refused.expected ?? ""))) && valid) return "unsayable";
  expect([valid, refused.code], why).toEqual([false, "ERR_CATALOGUE_MALFORMED"]);
  return "refused";
}

describe("the vectors of format 1", () => {
  const texts = allVectors().flatMap((vector) => {
    const { artifact } = vector as unknown as { artifact?: { text?: string } };
    if (!vector.name.includes("catalogues/") || artifact?.text === undefined) return [];
    try {
      JSON.parse(artifact.text);
    } catch {
      return [];
    }
    return [{ name: vector.name, text: artifact.text, expect: vector.expect }];
  });
  const judged = texts.filter(({ expect }) => expect === "accept" || expect.startsWith("ERR_CATALOGUE_MALFORMED"));

  test("are there", () => expect(judged.length).toBeGreaterThan(60));

  test.each(judged)("$name", async ({ text }) => {
    await compare(text);
  });
});

test("random documents", async () => {
  let state = 7;
  const next = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const pick = <T>(items: readonly T[]): T => items[next(items.length)] as T;
  const odd = () =>
    pick<unknown>([1, 1.5, -1, 2 ** 53, "", "text", null, true, [], {}, [1], ["a"], [""], [{}], "a\u0000"]);
  const member = (value: () => unknown): unknown => (next(12) === 0 ? odd() : value());
  const some = (members: Record<string, () => unknown>, needed: readonly string[]) =>
    Object.fromEntries(
      Object.entries(members)
        .filter(([name]) => (needed.includes(name) ? next(30) > 0 : next(3) === 0))
        .map(([name, value]) => [name, member(value)]),
    );
  const text = () => pick(["a", "b", "c", "d", "é"]);
  const object = () => ({});
  const list =
    (item: () => unknown, most = 3) =>
    () =>
      Array.from({ length: next(most) }, () => member(item));
  const shared = { title: text, description: text, icons: list(object), _meta: object };
  const tool = () =>
    some(
      {
        ...shared,
        name: text,
        inputSchema: object,
        ...(next(10) === 0 ? { input_schema: object, output_schema: object } : {}),
        outputSchema: object,
        annotations: object,
        execution: object,
        future: odd,
      },
      ["name", "inputSchema"],
    );
  const prompt = () => some({ ...shared, name: text, arguments: list(object), future: odd }, ["name"]);
  const resource = () =>
    some({ ...shared, uri: text, name: text, mimeType: text, size: () => 1.5, annotations: object }, ["uri"]);
  const template = () => some({ ...shared, uriTemplate: text, mimeType: text, annotations: object }, ["uriTemplate"]);
  const lists = {
    tools: list(tool),
    prompts: list(prompt),
    resources: list(resource),
    resourceTemplates: list(template),
  };
  const time = () =>
    pick([
      "2026-11-29T00:00:00Z",
      "2026-11-29t00:00:00.123456+01:00",
      "2026-11-29",
      "2026-13-01T00:00:00Z",
      "2027-02-30T00:00:00Z",
    ]);
  const document = () =>
    some(
      {
        ...lists,
        server: text,
        version: () => pick([0, 7, 2 ** 53 - 1]),
        issuedAt: time,
        expires: () => "2999-01-01T00:00:00Z",
        instructions: text,
        $schema: text,
        _meta: object,
        alternatives: () => some({ ...lists, instructions: list(text) }, []),
        ...(next(40) === 0 ? { [pick(["extra", "__proto__", "nextCursor", "issued_at"])]: odd } : {}),
      },
      ["tools"],
    );
  const counts = { accepted: 0, refused: 0, unsayable: 0 };
  for (let round = 0; round < 4000; round += 1) counts[await compare(JSON.stringify(document()))] += 1;
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(100);
});
