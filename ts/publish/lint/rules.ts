/** The rules: what each finds, why that matters, and how to mend it. `docs/lint.md` has the same table. */
import type { Members } from "../json.js";
import { contradictions, noDescription, noParameterDescription } from "./definition/members.js";
import { characters, collisions, duplicates, long, renamed, tooLong } from "./definition/names.js";
import { expired, noExpiry, noServer, noVersion } from "./definition/statements.js";
import type { Problem, Severity } from "./finding.js";
import { invalidHeaders, secretHeaders } from "./schema/headers.js";
import { brokenPatterns, costlyPatterns } from "./schema/pattern.js";
import {
  booleanProperties,
  memberTypes,
  referencesElsewhere,
  referencesNowhere,
  roots,
  roundedIntegers,
  validity,
} from "./schema/validity.js";
import type { Subject, Text } from "./subject.js";
import { dynamicText } from "./text/dynamic.js";
import { lookAlikeNames, lookAlikes } from "./text/look_alike.js";
import { siblings, strangers } from "./text/mentions.js";
import { orders, overrides } from "./text/to_model.js";
import { controlCharacters, hiddenCharacters, hiddenText } from "./text/unicode.js";

/** What a rule may need beside the thing that it judges. */
export interface Context {
  readonly members: Members;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The names of the tools. */
  readonly tools: ReadonlySet<string>;
  /** What is wrong with the file's own list of rules to ignore. */
  readonly ignoreProblems: readonly Problem[];
}

/** Each function gives what it finds. `all` gets all definitions at once, and says which it found. */
export interface Checks {
  readonly file?: (context: Context) => Iterable<Problem>;
  readonly all?: (subjects: readonly Subject[]) => Iterable<readonly [Subject, Problem]>;
  readonly each?: (subject: Subject, context: Context) => Iterable<Problem>;
  readonly text?: (text: Text, subject: Subject, context: Context) => Iterable<Problem>;
}

export interface Rule extends Checks {
  readonly name: string;
  readonly severity: Severity;
  /** What it finds, and why that is a fault. One or two sentences. */
  readonly about: string;
  /** What to do. */
  readonly mend: string;
}

export const RULES = [
  {
    name: "hidden-unicode",
    severity: "error",
    about:
      "Zero-width and other invisible characters, marks of direction, tag characters, private characters. A model reads them, and a person does not see them. Emoji, variation selectors after ideographs, joiners between letters that join, and marks of direction beside Arabic or Hebrew pass.",
    mend: "Remove the characters. Write what the text means in letters.",
    text: hiddenCharacters,
  },
  {
    name: "control-character",
    severity: "error",
    about:
      "Control characters, such as ESC, with which ANSI escape sequences begin. They hide or change what a terminal shows.",
    mend: "Remove them. Tab, line feed, and a carriage return before a line feed pass.",
    text: controlCharacters,
  },
  {
    name: "hidden-text",
    severity: "warning",
    about: "HTML comments and long gaps in a text. A person does not see what is in or behind them.",
    mend: "Remove the comment or the gap.",
    text: hiddenText,
  },
  {
    name: "look-alike",
    severity: "error",
    about:
      "A Latin word with letters of another script that look like Latin ones (UTS #39), or two names that look the same. Words in one script, whichever it is, pass.",
    mend: "Write the word in one script. Rename one of the two.",
    text: lookAlikes,
    all: lookAlikeNames,
  },
  {
    name: "model-override",
    severity: "error",
    about:
      "Text that is known from attacks on models: to disregard instructions, to keep something from the user, tags such as `<IMPORTANT>`, tokens of a prompt format.",
    mend: "Describe what the tool does and returns. Leave to the host how a model treats its user.",
    text: overrides,
  },
  {
    name: "model-order",
    severity: "warning",
    about:
      "A description that gives the model orders (`you must always`, `call this tool first`) instead of describing the tool. Hosts and scanners take it for an attack. The instructions of a server may give orders.",
    mend: "Say when the tool is useful, not that it must be called. Move orders to the instructions.",
    text: orders,
  },
  {
    name: "mentions-tool",
    severity: "warning",
    about:
      "A tool's text names another tool of the catalogue. That is often honest. A poisoned tool does it to steer calls of another one, so somebody should have looked at it.",
    mend: "Move what is about several tools to the instructions, or ignore the rule for this tool after a look.",
    each: (subject, { tools }) => siblings(subject, tools),
  },
  {
    name: "mentions-stranger",
    severity: "warning",
    about:
      "A text names a tool that is not in the catalogue. It may belong to another server, and this text then steers how that one is used.",
    mend: "Name only tools of this server.",
    text: (text, subject, { tools }) => strangers(text, subject, tools),
  },
  {
    name: "dynamic-text",
    severity: "warning",
    about:
      "Dates and times, users' folders, temporary folders, ports that the system chose, UUIDs, process ids. The text differs from machine to machine, and the gate then refuses the definition. What follows `e.g.`, `such as` or `format` passes.",
    mend: "Leave it out of the definition, or put it into the results of a call.",
    text: dynamicText,
  },
  {
    name: "name-too-long",
    severity: "error",
    about:
      "The name of a tool or prompt has more than 128 characters. MCP 2025-11-25 allows no more for tools, and neither do the APIs of Anthropic and Google.",
    mend: "Shorten the name.",
    each: tooLong,
  },
  {
    name: "name-long",
    severity: "warning",
    about:
      "The name of a tool has more than 64 characters. OpenAI's API takes no more, and hosts put the name of the server before it (`mcp__server__`).",
    mend: "Shorten the name, best to 40 characters.",
    each: long,
  },
  {
    name: "name-characters",
    severity: "error",
    about:
      "The name of a tool has a character that MCP 2025-11-25 does not allow: letters of ASCII, digits, `_`, `-` and `.` are allowed.",
    mend: "Rename the tool.",
    each: characters,
  },
  {
    name: "name-renamed",
    severity: "warning",
    about:
      "The name of a tool is allowed by MCP and not by APIs of models: it has a dot (Anthropic and OpenAI take `^[a-zA-Z0-9_-]+$`), or begins with a digit or `-` (Google).",
    mend: "Use `_` for the dot, and begin with a letter.",
    each: renamed,
  },
  {
    name: "name-duplicate",
    severity: "error",
    about: "An identifier stands twice in one list. Verifiers refuse such a file.",
    mend: "Remove one, or put it into `alternatives`.",
    all: duplicates,
  },
  {
    name: "name-collision",
    severity: "error",
    about:
      "Two tools have names that become one where SDKs and hosts rename tools: `get-sum` and `get_sum`, `Add` and `add`, names that are equal in their first 64 characters. A call then reaches the wrong tool.",
    mend: "Rename one of them.",
    all: collisions,
  },
  {
    name: "schema-root",
    severity: "error",
    about: 'A schema whose `type` is not `"object"`. MCP\'s SDK v1 rejects the whole list of the server for it.',
    mend: 'Add `"type": "object"`. Wrap what is no object in a property.',
    each: roots,
  },
  {
    name: "schema-boolean",
    severity: "error",
    about:
      "A property whose schema is `true` or `false`. JSON Schema allows it; MCP's SDK v1 rejects the whole list of the server for it.",
    mend: 'Write `{}` for `true`, and `{ "not": {} }` for `false`.',
    each: booleanProperties,
  },
  {
    name: "member-type",
    severity: "error",
    about:
      "A member that has a type which MCP's SDK v1 rejects, and the whole list with it: a description that is `null`, a hint that is a text.",
    mend: "Write the type that MCP's schema has, or leave the member out.",
    each: memberTypes,
  },
  {
    name: "schema-invalid",
    severity: "error",
    about:
      'A schema that JSON Schema 2020-12 (or the older draft that its `$schema` names) does not allow: `"type": "text"`, `"required": true`.',
    mend: "Correct the keyword that the finding names.",
    each: validity,
  },
  {
    name: "ref-elsewhere",
    severity: "error",
    about: "A `$ref` out of the schema. Whoever follows it reads what nobody signed; most clients reject it.",
    mend: "Put the schema under `$defs`.",
    each: referencesElsewhere,
  },
  {
    name: "ref-missing",
    severity: "error",
    about: "A `$ref` to a place that the schema does not have. Clients reject the tool or its calls.",
    mend: "Correct the reference, or add what it refers to.",
    each: referencesNowhere,
  },
  {
    name: "pattern-invalid",
    severity: "error",
    about:
      "A `pattern` that is no regular expression of ECMA-262 in Unicode mode, in which checkers such as Ajv compile it.",
    mend: "Rewrite it: `(?<name>…)` for `(?P<name>…)`, no `\\\\-` outside of a class.",
    each: brokenPatterns,
  },
  {
    name: "pattern-cost",
    severity: "warning",
    about:
      "A `pattern` with a repetition whose body can be split in several ways, such as `(a+)+`. A checker may need exponential time on a text of forty characters.",
    mend: "Rewrite it without the repetition inside, or use `maxLength` and a simpler pattern.",
    each: costlyPatterns,
  },
  {
    name: "integer-rounded",
    severity: "warning",
    about:
      "An integer that JavaScript reads as another number, such as 9223372036854775807. Clients in other languages tell the model another limit.",
    mend: "Leave the limit out, or state one within 2^53.",
    each: roundedIntegers,
  },
  {
    name: "header-invalid",
    severity: "error",
    about:
      "An `x-mcp-header` against the rules of MCP 2026-07-28: an HTTP token, each once, for a string, integer or boolean that is reached by `properties` alone. Clients must leave out the tool.",
    mend: "Correct the header, or remove it.",
    each: invalidHeaders,
  },
  {
    name: "header-secret",
    severity: "warning",
    about:
      "A parameter that is named like a secret and is repeated in an HTTP header by `x-mcp-header`. Proxies log headers.",
    mend: "Remove the header.",
    each: secretHeaders,
  },
  {
    name: "annotations-contradict",
    severity: "error",
    about:
      "`readOnlyHint` is true, and `destructiveHint` is too or the name says that the tool deletes. Hosts run tools that only read without asking.",
    mend: "Correct the annotations.",
    each: contradictions,
  },
  {
    name: "no-description",
    severity: "warning",
    about: "A tool or prompt without a description. A model must guess what it does.",
    mend: "Describe it in a sentence or two.",
    each: noDescription,
  },
  {
    name: "no-parameter-description",
    severity: "warning",
    about:
      "A parameter of a tool, or an argument of a prompt, without description and title. A model must guess what to pass.",
    mend: "Describe each parameter: what it is, its unit, its form.",
    each: noParameterDescription,
  },
  {
    name: "no-server",
    severity: "warning",
    about: "The file does not name its server, so that it can be shown for any server.",
    mend: "`inkan snapshot --server ID`.",
    file: ({ members }) => noServer(members),
  },
  {
    name: "no-version",
    severity: "warning",
    about: "The file has no version. Under a pinned key nobody can tell then which of two files is the older.",
    mend: "`inkan snapshot --version next`.",
    file: ({ members }) => noVersion(members),
  },
  {
    name: "no-expiry",
    severity: "warning",
    about: "The file does not say when it ends. An old one can be shown for ever to whoever has not seen a newer one.",
    mend: "`inkan snapshot --expires 90d`.",
    file: ({ members }) => noExpiry(members),
  },
  {
    name: "expired",
    severity: "error",
    about: "The file has expired. Verifiers refuse it.",
    mend: "Take a new snapshot with `--expires`.",
    file: ({ members, now }) => expired(members, now),
  },
  {
    name: "ignore-unknown",
    severity: "error",
    about:
      "The file's `_meta` asks to ignore a rule or a definition that does not exist, or has another form than the documentation of the linter shows. This rule cannot be ignored.",
    mend: "Correct the name.",
    file: ({ ignoreProblems }) => ignoreProblems,
  },
] as const satisfies readonly Rule[];

export type RuleName = (typeof RULES)[number]["name"];
