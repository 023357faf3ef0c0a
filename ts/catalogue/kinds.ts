/** The kinds of definitions: where a catalogue lists them, which member identifies one, and what people call them. */
export const KINDS = ["tool", "prompt", "resource", "resourceTemplate"] as const;

/** What a definition defines. */
export type DefinitionKind = (typeof KINDS)[number];

/** The member of a catalogue, and of its alternatives, that lists a kind. */
export const LISTS = {
  tool: "tools",
  prompt: "prompts",
  resource: "resources",
  resourceTemplate: "resourceTemplates",
} as const satisfies Record<DefinitionKind, string>;

/** The member that identifies a definition. */
export const IDENTIFIERS = {
  tool: "name",
  prompt: "name",
  resource: "uri",
  resourceTemplate: "uriTemplate",
} as const satisfies Record<DefinitionKind, string>;

export const WORDS = {
  tool: "tool",
  prompt: "prompt",
  resource: "resource",
  resourceTemplate: "resource template",
} as const satisfies Record<DefinitionKind, string>;
