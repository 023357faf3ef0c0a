/** Pages of help, made from the options that the commands take. */
import type { Options } from "../arguments/options.js";
import type { Help, HelpGroup } from "../verb.js";
import { EMPTY, type Line, line } from "./line.js";

/** The page that lists the commands. */
export function overviewLines(verbs: readonly (readonly [term: string, about: string])[]): Line[] {
  return [
    line("inkan checks the Sigstore signature on an MCP tool catalogue, or on any file."),
    EMPTY,
    ...verbs.flatMap(([term, about]) => row(term, about)),
    ...row("inkan help COMMAND", "the options of a command"),
    ...row("inkan --version", "the version of this command"),
    ...paragraph(
      "Exit codes: 0 verified, 1 refused, 2 nothing was judged (usage, an unreadable or oversized file, a wrong option, a store or a log out of reach), 3 a bug.",
    ),
  ];
}

/** The column at which the words about an option begin. */
const COLUMN = 31;

export function helpLines({ usage, about, groups, notes = [] }: Help): Line[] {
  return [
    ...usage.map((text) => line(text, 4)),
    ...about.flatMap(paragraph),
    ...groups.flatMap(groupLines),
    ...notes.flatMap(paragraph),
  ];
}

const paragraph = (text: string): Line[] => [EMPTY, line(text)];

const groupLines = ({ title, options }: HelpGroup): Line[] => [EMPTY, line(`${title}:`), ...optionLines(options)];

const optionLines = (options: Options): Line[] =>
  Object.entries(options).flatMap(([name, { type, value, multiple, help }]) => {
    const spelling = type === "boolean" ? `--${name}` : `--${name} ${value ?? "VALUE"}`;
    return row(spelling, multiple ? `${help}; may be given several times` : help);
  });

/** A term and what it means, side by side, or one below the other where the term is long. */
function row(term: string, meaning: string): Line[] {
  const start = `  ${term}`;
  if (start.length + 2 > COLUMN) return [line(start), line(" ".repeat(COLUMN) + meaning)];
  return [line(start.padEnd(COLUMN) + meaning, COLUMN)];
}
