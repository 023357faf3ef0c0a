/** What a command is: a help page, and what it does with its arguments. */
import type { Options } from "./arguments/options.js";
import { HELP, type Parsed, parse } from "./arguments/parse.js";
import { didYouMean } from "./arguments/suggestion.js";
import { type ExitCode, misuse } from "./exit.js";

/** A page of help. The options are those that the parser takes. */
export interface Help {
  readonly usage: readonly string[];
  /** Paragraphs before the options. */
  readonly about: readonly string[];
  readonly groups: readonly HelpGroup[];
  /** Paragraphs after the options. */
  readonly notes?: readonly string[];
}

export interface HelpGroup {
  readonly title: string;
  readonly options: Options;
}

/** Does what the arguments say, or gives `HELP` where they ask for help. */
export type Run = (args: readonly string[]) => Promise<ExitCode | typeof HELP>;

export interface Verb {
  readonly help: Help;
  readonly run: Run;
}

/** What a command does with its options and file names. */
export function action<O extends Options>(options: O, perform: (parsed: Parsed<O>) => Promise<ExitCode>): Run {
  return async (args) => {
    const parsed = parse(args, options);
    return parsed === HELP ? HELP : perform(parsed);
  };
}

/** A command with several actions, of which its first argument names one. */
export function actions(command: string, runs: Readonly<Record<string, Run>>): Run {
  return async (args) => {
    const [name = "", ...rest] = args;
    const run = Object.hasOwn(runs, name) ? runs[name] : undefined;
    if (run !== undefined) return run(rest);
    if (args.length === 1 && parse(args, {}) === HELP) return HELP;
    const names = Object.keys(runs);
    throw misuse(`inkan ${command} needs an action first: ${names.join(", ")}${didYouMean(name, names)}`);
  };
}
