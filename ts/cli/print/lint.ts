/** Findings as lines to read, by definition. */
import { printable } from "../../input/printable.js";
import { WORDS } from "../../publish/definition.js";
import type { About, Finding, LintResult } from "../../publish/lint/index.js";
import { bad, EMPTY, faint, good, type Line, line, strong } from "./line.js";

/** More are counted: nobody reads on, and `--json` has them. */
const MOST = 200;
const LONGEST = 400;

export function lintLines(result: LintResult): Line[] {
  const { findings, counts } = result;
  const total = counts.errors + counts.warnings;
  if (total === 0) return [line([good("No findings"), ` in ${definitionsOf(result)}.`])];
  const shown = findings.slice(0, MOST);
  const groups = new Map<string, Finding[]>();
  for (const finding of shown) {
    const title = titleOf(finding.about);
    groups.set(title, [...(groups.get(title) ?? []), finding]);
  }
  const more = total - shown.length;
  return [
    ...[...groups].flatMap(([title, group]) => [line([strong(title)], 2), ...group.flatMap(findingLines), EMPTY]),
    ...(more === 0 ? [] : [line(`${more} more are not shown.`)]),
    line(`${countOf(counts.errors, "error")}, ${countOf(counts.warnings, "warning")} in ${definitionsOf(result)}.`),
    line(faint("docs/lint.md says what each rule is about, and how to ignore one.").text),
  ];
}

function findingLines({ rule, severity, line: at, message }: Finding): Line[] {
  const mark = severity === "error" ? bad("error  ") : strong("warning");
  return [
    line(["  ", mark, `  ${rule}`, faint(`  line ${at}`)], 11),
    line(`           ${printable(message, LONGEST)}`, 11),
  ];
}

function titleOf({ kind, name }: About): string {
  if (kind === "catalogue") return "the file";
  if (kind === "instructions") return "instructions";
  return `${WORDS[kind]} ${printable(name ?? "", 100)}`;
}

const definitionsOf = ({ definitions }: LintResult): string => countOf(definitions, "definition");

const countOf = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
