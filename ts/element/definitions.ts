/** The definitions of a verified catalogue, so that a person can read them. */
import { type Child, disclosure, facts, h, json, LONGEST_NAME, longList, longText, shown, value } from "./dom.js";
import { heading } from "./proof.js";
import { listOf, type Members, membersOf, objectsOf } from "./reading.js";

const LISTS = [
  ["tools", "Tools"],
  ["prompts", "Prompts"],
  ["resources", "Resources"],
  ["resourceTemplates", "Resource templates"],
] as const;

/** What the catalogue says about itself, and its lists. */
export function catalogueParts(catalogue: Members, level: number): Child[] {
  const optional = (text: unknown): Child => (text === undefined || text === null ? undefined : value(text));
  return [
    heading(level, "Catalogue"),
    facts([
      ["Server", optional(catalogue.server)],
      ["Version", optional(catalogue.version)],
      ["Issued", optional(catalogue.issuedAt)],
      ["Expires", optional(catalogue.expires)],
      [
        "Instructions",
        catalogue.instructions === undefined || catalogue.instructions === null
          ? undefined
          : h("div", {}, ...longText(h("p", { part: "instructions", class: "lines" }), catalogue.instructions)),
      ],
    ]),
    ...LISTS.flatMap(([member, title]) => {
      const definitions = objectsOf(catalogue[member]);
      if (definitions.length === 0) return [];
      return [heading(level, `${title} (${definitions.length})`), ...longList(definitions, definition)];
    }),
  ];
}

function definition(signed: Members): HTMLElement {
  return disclosure("tool", [value(signed.name, "tool-name", LONGEST_NAME)], () => {
    const whole = membersOf(signed.definition) ?? {};
    return [
      whole.title === undefined ? undefined : h("p", { part: "tool-title" }, value(whole.title)),
      ...(whole.description === undefined
        ? []
        : longText(h("p", { part: "description", class: "lines" }), whole.description)),
      ...schemaParts("Parameters", membersOf(whole.inputSchema)),
      ...schemaParts("Result", membersOf(whole.outputSchema)),
      ...argumentParts(objectsOf(whole.arguments)),
      facts([["Digest", signed.digest === undefined ? undefined : value(signed.digest)]]),
      disclosure("definition", ["The whole definition as JSON"], () => json(whole)),
    ];
  });
}

/** The members of an object's schema. What is nested deeper stands in the whole definition. */
function schemaParts(title: string, schema: Members | undefined): Child[] {
  const properties = Object.entries(membersOf(schema?.properties) ?? {});
  if (schema === undefined || properties.length === 0) return [];
  const required = new Set(listOf(schema.required));
  return [
    h("p", { class: "muted", part: "schema-title" }, title),
    h(
      "dl",
      { part: "schema", class: "schema" },
      ...properties.map(([name, given]) => property(name, given, required.has(name))),
    ),
  ];
}

const argumentParts = (given: readonly Members[]): Child[] =>
  given.length === 0
    ? []
    : [
        h("p", { class: "muted", part: "schema-title" }, "Arguments"),
        h(
          "dl",
          { part: "schema", class: "schema" },
          ...given.map((one) => property(one.name, one, one.required === true)),
        ),
      ];

/** Keywords that stand in words of their own. */
const SAID: ReadonlySet<string> = new Set(["type", "description", "name", "required", "title"]);

function property(name: unknown, given: unknown, required: boolean): HTMLElement {
  const schema = membersOf(given) ?? {};
  const type =
    typeof schema.type === "string" ? schema.type : schema.type === undefined ? "" : JSON.stringify(schema.type);
  const rest = Object.entries(schema).filter(([keyword]) => !SAID.has(keyword));
  return h(
    "div",
    {},
    h(
      "dt",
      {},
      value(name, "property", LONGEST_NAME),
      " ",
      h("span", { class: "muted" }, shown(`${type}${required ? " required" : ""}`)),
    ),
    schema.description === undefined
      ? undefined
      : h("dd", {}, ...longText(h("p", { class: "lines" }), schema.description)),
    ...rest.map(([keyword, one]) => h("dd", { class: "muted" }, value(`${keyword}: ${oneLine(one)}`))),
  );
}

function oneLine(given: unknown): string {
  try {
    const text = JSON.stringify(given) ?? "";
    return text.length > 300 ? `${text.slice(0, 300)}…` : text;
  } catch {
    return "nested too deep to be shown";
  }
}
