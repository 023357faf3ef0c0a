/** `inkan diff` names a field exactly where the core says that two definitions are different. */
import { beforeAll, expect, test } from "vitest";
import { ready } from "../../ts/entry/node.js";
import { readDefinition } from "../../ts/publish/definition.js";
import { fieldChanges } from "../../ts/publish/diff/fields.js";
import { readJson } from "../../ts/publish/json.js";

beforeAll(() => ready());

const tool = (members: string): string => `{"name":"a","inputSchema":{"type":"object"},${members}}`;

function compared(one: string, other: string): { readonly equal: boolean; readonly fields: readonly string[] } {
  const [older, newer] = [readDefinition("tool", readJson(one)), readDefinition("tool", readJson(other))];
  const fields = fieldChanges("", older.value, newer.value).map(({ field }) => field);
  return { equal: older.digest === newer.digest, fields };
}

test.each([
  ['{"inputSchema":{},"name":"a"}', '{"name":"a","inputSchema":{}}'],
  ['{"name":"a","input_schema":{"b":1,"a":2}}', '{"name":"a","inputSchema":{"a":2,"b":1.0}}'],
  [tool('"x":[1,1.0,-0,1e3,1e21]'), tool('"x":[1.0,1,0,1000,1000000000000000000000]')],
  [tool('"limit":9223372036854775807'), tool('"limit":9223372036854775808')],
  [tool('"description":"é\\u0041"'), tool('"description":"\\u00e9A"')],
  [tool('"required":["b","a"],"n":{"required":["ü","z"]}'), tool('"required":["a","b"],"n":{"required":["z","ü"]}')],
  [tool('"deep":[{"required":["b","a"]}]'), tool('"deep":[{"required":["a","b"]}]')],
])("equal: %s and %s", (one, other) => {
  expect(compared(one, other)).toEqual({ equal: true, fields: [] });
});

test.each([
  [tool('"x":1'), tool('"x":"1"'), ["x"]],
  [tool('"x":1'), tool('"y":1'), ["x", "y"]],
  [tool('"x":null'), tool('"y":2,"x":null'), ["y"]],
  [tool('"limit":9007199254740993'), tool('"limit":9007199254740994'), ["limit"]],
  [tool('"order":["b","a"]'), tool('"order":["a","b"]'), ["order[0]", "order[1]"]],
  [tool('"required":["b","b","a"]'), tool('"required":["a","b","b"]'), ["required[0]", "required[2]"]],
  [tool('"required":["b",1]'), tool('"required":[1,"b"]'), ["required[0]", "required[1]"]],
  [tool('"x.required":["b","a"]'), tool('"x.required":["a","b"]'), ["x.required[0]", "x.required[1]"]],
  [tool('"__proto__":{"a":1}'), tool('"__proto__":{"a":2}'), ["__proto__.a"]],
  [tool('"constructor":null'), tool('"x":null'), ["constructor", "x"]],
])("different: %s and %s", (one, other, fields) => {
  expect(compared(one, other)).toEqual({ equal: false, fields });
});
