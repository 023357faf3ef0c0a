/** Keywords of JSON Schema that contain one schema, a list of schemas, or schemas by name. */
export const ONE = [
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
export const MANY = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];
export const NAMED = ["properties", "$defs", "definitions", "dependentSchemas"];
