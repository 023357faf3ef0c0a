/** The schemas that a schema holds. */
import { type Json, type Members, membersOf } from "../../json.js";

export interface SchemaNode {
  readonly schema: Json;
  readonly pointer: string;
  /** The keyword that holds it; `root` for the outermost. */
  readonly under: string;
  /** Whether it is reached from the root by `properties` alone. */
  readonly isStatic: boolean;
  /** The outermost schema. */
  readonly root: Json;
}

const ONE = [
  "items",
  "additionalItems",
  "contains",
  "additionalProperties",
  "propertyNames",
  "not",
  "if",
  "then",
  "else",
];
const MORE_ONE = ["unevaluatedItems", "unevaluatedProperties", "contentSchema"];
const MANY = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];
const NAMED = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

const SINGLE: ReadonlySet<string> = new Set([...ONE, ...MORE_ONE]);
const LISTS: ReadonlySet<string> = new Set(MANY);
const BY_NAME: ReadonlySet<string> = new Set(NAMED);

export function schemaNodes(root: Json, pointer: string): SchemaNode[] {
  const nodes: SchemaNode[] = [{ schema: root, pointer, under: "root", isStatic: true, root }];
  // The list grows while it is read: no recursion, so no depth is too much.
  for (const node of nodes) {
    const members = membersOf(node.schema);
    if (members === undefined) continue;
    for (const [keyword, value] of members) {
      const at = `${node.pointer}/${escapeName(keyword)}`;
      const add = (schema: Json, where: string): void => {
        nodes.push({
          schema,
          pointer: where,
          under: keyword,
          isStatic: node.isStatic && keyword === "properties",
          root,
        });
      };
      if (BY_NAME.has(keyword) && value instanceof Map) {
        for (const [name, inner] of value as Members) add(inner, `${at}/${escapeName(name)}`);
      } else if (LISTS.has(keyword) && Array.isArray(value)) {
        for (const [index, inner] of value.entries()) add(inner, `${at}/${index}`);
      } else if (SINGLE.has(keyword)) add(value, at);
    }
  }
  return nodes;
}

const escapeName = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
