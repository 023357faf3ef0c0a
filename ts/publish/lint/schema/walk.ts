/** The schemas that a schema holds. */
import { MANY, NAMED, ONE } from "../../../mcp/schema/keywords.js";
import { type Json, type Members, membersOf } from "../../json.js";

export interface SchemaNode {
  readonly schema: Json;
  /** Not to be read without need: a long name in it is in all below, and is copied only then. */
  readonly pointer: string;
  /** The name under which the keyword holds it, if it does by name. */
  readonly name: string;
  /** The keyword that holds it; `root` for the outermost. */
  readonly under: string;
  /** Whether it is reached from the root by `properties` alone. */
  readonly isStatic: boolean;
  /** The outermost schema. */
  readonly root: Json;
}

/** Keywords that the gate's checker leaves out. */
const MORE_ONE = ["unevaluatedItems", "unevaluatedProperties", "contentSchema"];
const MORE_NAMED = ["patternProperties"];

const SINGLE: ReadonlySet<string> = new Set([...ONE, ...MORE_ONE]);
const LISTS: ReadonlySet<string> = new Set(MANY);
const BY_NAME: ReadonlySet<string> = new Set([...NAMED, ...MORE_NAMED]);

export function schemaNodes(root: Json, pointer: string): SchemaNode[] {
  const nodes: SchemaNode[] = [{ schema: root, pointer, name: "", under: "root", isStatic: true, root }];
  // The list grows while it is read: no recursion, so no depth is too much.
  for (const node of nodes) {
    const members = membersOf(node.schema);
    if (members === undefined) continue;
    for (const [keyword, value] of members) {
      const at = `${node.pointer}/${escapeName(keyword)}`;
      const add = (schema: Json, where: string, name = ""): void => {
        nodes.push({
          schema,
          pointer: where,
          name,
          under: keyword,
          isStatic: node.isStatic && keyword === "properties",
          root,
        });
      };
      if (BY_NAME.has(keyword) && value instanceof Map) {
        for (const [name, inner] of value as Members) add(inner, `${at}/${escapeName(name)}`, name);
      } else if (LISTS.has(keyword) && Array.isArray(value)) {
        for (const [index, inner] of value.entries()) add(inner, `${at}/${index}`);
      } else if (SINGLE.has(keyword)) add(value, at);
    }
  }
  return nodes;
}

const escapeName = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
