/**
 * A diff as Markdown, for a comment on a pull request. What a catalogue says stands in code only, where neither Markdown
 * nor HTML nor a mention of somebody means anything.
 */
import { escapeUnprintable } from "../../input/printable.js";
import type { CatalogueDiff, Change } from "./diff.js";
import type { FieldChange } from "./fields.js";
import { linesOf, summaryOf, titleOf } from "./words.js";

/** GitHub takes comments of 65,536 characters. */
const LONGEST = 60_000;
const LONGEST_LINE = 2_000;

export function diffMarkdown(diff: CatalogueDiff, facts: readonly string[] = []): string {
  const head = [`**${summaryOf(diff)}**`, ...facts.map((fact) => `* ${inline(fact)}`)];
  const parts: string[] = [];
  let length = 0;
  for (const [index, change] of diff.changes.entries()) {
    const part = changeMarkdown(change);
    length += part.length;
    if (length > LONGEST) {
      parts.push(`And ${diff.changes.length - index} more changes: \`inkan diff\` shows them.`);
      break;
    }
    parts.push(part);
  }
  return `${[head.join("\n"), ...parts].join("\n\n")}\n`;
}

function changeMarkdown(change: Change): string {
  const { what, name, change: how } = titleOf(change);
  const weight = change.matters ? "" : " (no model sees it)";
  const title = `### ${how}: ${what}${name === undefined ? "" : ` ${inline(name)}`}${weight}`;
  return [title, ...change.fields.map(fieldMarkdown)].join("\n\n");
}

function fieldMarkdown(field: FieldChange): string {
  const lines = linesOf(field);
  const shown = [...lines.old.map((line) => `- ${safe(line)}`), ...lines.new.map((line) => `+ ${safe(line)}`)];
  const fence = "`".repeat(Math.max(3, longestRun(shown.join("\n")) + 1));
  return `${inline(field.field)}${field.matters ? "" : " (no model sees it)"}\n\n${fence}diff\n${shown.join("\n")}\n${fence}`;
}

/** Text in a code span, which ends at no backtick of its own. */
function inline(text: string): string {
  const code = safe(text.replace(/[\r\n]+/g, " "));
  const ticks = "`".repeat(longestRun(code) + 1);
  return `${ticks} ${code} ${ticks}`;
}

const safe = (text: string): string => {
  const shown = escapeUnprintable(text);
  return shown.length > LONGEST_LINE ? `${shown.slice(0, LONGEST_LINE)}…` : shown;
};

const longestRun = (text: string): number =>
  (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
