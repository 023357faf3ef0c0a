/**
 * The metaschema of JSON Schema draft 2020-12, as one schema.
 *
 * Source: json-schema.org/draft/2020-12/schema and its vocabularies. They refer to each other by `$dynamicRef`, which the
 * checker does not know; here the references are `#`, which is the same where no other dialect extends it. Lists of distinct
 * texts are not checked for distinctness: the checker compares each with each.
 */
const SCHEMA = { $ref: "#" };
const SCHEMAS = { type: "array", minItems: 1, items: SCHEMA };
const BY_NAME = { type: "object", additionalProperties: SCHEMA };
const TEXT = { type: "string" };
const TEXTS = { type: "array", items: TEXT };
const NUMBER = { type: "number" };
const COUNT = { type: "integer", minimum: 0 };
const FLAG = { type: "boolean" };
const SIMPLE = { enum: ["array", "boolean", "integer", "null", "number", "object", "string"] };

const KEYWORDS = {
  $id: { type: "string", pattern: "^[^#]*#?$" },
  $schema: TEXT,
  $anchor: { type: "string", pattern: "^[A-Za-z_][-A-Za-z0-9._]*$" },
  $ref: TEXT,
  $dynamicRef: TEXT,
  $dynamicAnchor: { type: "string", pattern: "^[A-Za-z_][-A-Za-z0-9._]*$" },
  $vocabulary: { type: "object", additionalProperties: FLAG },
  $comment: TEXT,
  $defs: BY_NAME,
  definitions: BY_NAME,
  prefixItems: SCHEMAS,
  items: SCHEMA,
  contains: SCHEMA,
  properties: BY_NAME,
  patternProperties: BY_NAME,
  additionalProperties: SCHEMA,
  propertyNames: SCHEMA,
  dependentSchemas: BY_NAME,
  dependencies: { type: "object", additionalProperties: { anyOf: [SCHEMA, TEXTS] } },
  if: SCHEMA,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: SCHEMA,
  else: SCHEMA,
  allOf: SCHEMAS,
  anyOf: SCHEMAS,
  oneOf: SCHEMAS,
  not: SCHEMA,
  unevaluatedItems: SCHEMA,
  unevaluatedProperties: SCHEMA,
  type: { anyOf: [SIMPLE, { type: "array", minItems: 1, items: SIMPLE }] },
  enum: { type: "array" },
  multipleOf: { type: "number", exclusiveMinimum: 0 },
  maximum: NUMBER,
  exclusiveMaximum: NUMBER,
  minimum: NUMBER,
  exclusiveMinimum: NUMBER,
  maxLength: COUNT,
  minLength: COUNT,
  pattern: TEXT,
  maxItems: COUNT,
  minItems: COUNT,
  uniqueItems: FLAG,
  maxContains: COUNT,
  minContains: COUNT,
  maxProperties: COUNT,
  minProperties: COUNT,
  required: TEXTS,
  dependentRequired: { type: "object", additionalProperties: TEXTS },
  title: TEXT,
  description: TEXT,
  deprecated: FLAG,
  readOnly: FLAG,
  writeOnly: FLAG,
  examples: { type: "array" },
  format: TEXT,
  contentEncoding: TEXT,
  contentMediaType: TEXT,
  contentSchema: SCHEMA,
};

export const METASCHEMA = { type: ["object", "boolean"], properties: KEYWORDS };

const LIMIT = { type: ["number", "boolean"] };

/** The drafts before: what 2020-12 allows, and what it has changed since. */
export const OLDER_METASCHEMA = {
  type: ["object", "boolean"],
  properties: {
    ...KEYWORDS,
    id: TEXT,
    $id: TEXT,
    items: { anyOf: [SCHEMA, { type: "array", items: SCHEMA }] },
    additionalItems: SCHEMA,
    exclusiveMaximum: LIMIT,
    exclusiveMinimum: LIMIT,
  },
};
