/** The publisher's commands say that two definitions are equal exactly where the core does. */
import { createHash } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { definitionDigest } from "../../ts/core/hasher.js";
import { ready } from "../../ts/entry/node.js";
import { readDefinition } from "../../ts/publish/definition.js";
import { readJson } from "../../ts/publish/json.js";

beforeAll(() => ready());

const tool = (members: string): string => `{"name":"a","inputSchema":{"type":"object"},${members}}`;

test.each([
  '{"inputSchema":{},"name":"a"}',
  '{"name":"a","input_schema":{"b":1,"a":2},"description":"é\\u00e9\\ud83d\\ude00\\u001f\\u2028"}',
  tool('"x":[1,1.0,-0,1e3,1E400e0]').replace("1E400e0", "1e21"),
  tool('"limits":[9223372036854775807,-9007199254740993,5e-324,0.1,123456789012345678901234567890]'),
  tool('"required":["b","a"],"nested":{"required":["ü","z","\\ud83d\\ude00","\\uff21"]}'),
  tool('"required":["b","b","a"],"other":{"required":["b",1]},"deep":[{"required":["b","a"]}]'),
  tool('"order":["b","a"],"\\ufb01":1,"\\ud83d\\ude00":2,"__proto__":{"a":1},"constructor":null'),
])("%s", (text) => {
  const { name, canonical } = readDefinition("tool", readJson(text));
  const digest = `sha256:${createHash("sha256").update(canonical).digest("hex")}`;
  expect({ name, digest }).toEqual(definitionDigest("tool", Buffer.from(text)));
});
