/** A catalogue as lines to decide by: what a model will read of it. */
import { printable } from "../../input/printable.js";
import type { CatalogueFile } from "../../publish/catalogue.js";
import { type Definition, KINDS, WORDS } from "../../publish/definition.js";
import type { LintResult } from "../../publish/lint/index.js";
import { EMPTY, faint, type Line, line, strong } from "../print/line.js";
import { lintLines } from "../print/lint.js";

/** More are counted. */
const MOST = 1_000;
const LONGEST = 4_000;
const MOST_LINES = 200;

/** Every definition with its description, made safe for a terminal. */
export function catalogueLines(file: CatalogueFile): Line[] {
  const [instructions] = file.instructions;
  return [
    ...KINDS.flatMap((kind) => {
      const list = file.lists[kind];
      if (list.length === 0 && kind !== "tool") return [];
      const more = list.length - MOST;
      return [
        line([strong(`${list.length} ${WORDS[kind]}${list.length === 1 ? "" : "s"}`)], 2),
        ...list.slice(0, MOST).flatMap(definitionLines),
        ...(more > 0 ? [line(faint(`  and ${more} more`).text)] : []),
        EMPTY,
      ];
    }),
    ...(instructions === undefined ? [] : [line([strong("instructions")], 2), ...textLines(instructions), EMPTY]),
  ];
}

function definitionLines({ name, value }: Definition): Line[] {
  const described = value.get("description");
  return [
    line([`  ${printable(name)}`], 4),
    ...(typeof described === "string" && described.trim() !== "" ? textLines(described) : []),
  ];
}

/** A text in its own lines, so that only line ends end a line. */
function textLines(text: string): Line[] {
  const rows = rowsOf(text);
  const more = rows.length - MOST_LINES;
  return [
    ...rows.slice(0, MOST_LINES).map((row) => line([faint(`      ${row}`)], 6)),
    ...(more > 0 ? [line([faint(`      … ${more} more lines`)], 6)] : []),
  ];
}

const rowsOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .filter((row) => row.trim() !== "")
    .map((row) => printable(row, LONGEST));

/** What the linter finds, but for what only a publisher can mend. */
export function findingLines(result: LintResult): Line[] {
  const findings = result.findings.filter(({ rule }) => !PUBLISHERS.has(rule));
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return lintLines({ ...result, findings, counts: { errors, warnings: findings.length - errors } });
}

/** Rules about what the file states, and about style: the operator of another's server cannot mend them. */
const PUBLISHERS: ReadonlySet<string> = new Set([
  "no-expiry",
  "no-server",
  "no-version",
  "no-description",
  "no-parameter-description",
]);
