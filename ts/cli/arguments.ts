import { parseArgs } from "node:util";
import { printable } from "../input/printable.js";
import { type ExitCode, misuse } from "./exit.js";

/** The options that a command takes. */
export interface Options {
  readonly [name: string]: { readonly type: "string" | "boolean"; readonly multiple?: true };
}

/** What was given of them. */
export type Values<O extends Options> = {
  readonly [name in keyof O]?: O[name] extends { type: "boolean" }
    ? boolean
    : O[name] extends { multiple: true }
      ? readonly string[]
      : string;
};

export interface Parsed<O extends Options> {
  readonly values: Values<O>;
  readonly positionals: readonly string[];
}

/** What a command with several actions does for one of them. */
export type Action = (args: string[]) => Promise<ExitCode>;

/** The action that a command's first argument names. */
export function actionOf(command: string, actions: Readonly<Record<string, Action>>, name: string): Action {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw misuse(`${command} has the actions ${Object.keys(actions).join(", ")}`);
  return action;
}

/** Parses strictly: unknown options, missing values, and an option given twice that counts once, are misuse. */
export function parse<O extends Options>(args: string[], options: O): Parsed<O> {
  return parsePlain(args, options) ?? parseAny(args, options);
}

/**
 * What {@link parseAny} gives, where every option is spelled `--name` or `--name VALUE`, and nothing is wrong; undefined
 * otherwise. Node's parser takes longer to load than all the options to read.
 */
export function parsePlain<O extends Options>(args: readonly string[], options: O): Parsed<O> | undefined {
  const values: Record<string, string | boolean | string[]> = Object.create(null);
  const positionals: string[] = [];
  const rest = args[Symbol.iterator]();
  for (const arg of rest) {
    if (!arg.startsWith("-") || arg === "-") {
      positionals.push(arg);
      continue;
    }
    const name = arg.slice(2);
    const option = arg.startsWith("--") && Object.hasOwn(options, name) ? options[name] : undefined;
    const given = values[name];
    if (option === undefined || (given !== undefined && !option.multiple)) return undefined;
    const value = option.type === "boolean" || rest.next().value;
    if (value === undefined || (value !== true && value.startsWith("-"))) return undefined;
    values[name] = option.multiple && value !== true ? [...((given ?? []) as string[]), value] : value;
  }
  return { values: values as Values<O>, positionals };
}

export function parseAny<O extends Options>(args: string[], options: O): Parsed<O> {
  try {
    const { values, positionals, tokens } = parseArgs({ args, options, allowPositionals: true, tokens: true });
    const seen = new Set<string>();
    for (const token of tokens) {
      if (token.kind !== "option" || options[token.name]?.multiple) continue;
      if (seen.has(token.name)) throw new Error(`--${token.name} is given twice`);
      seen.add(token.name);
    }
    return { values: values as Values<O>, positionals };
  } catch (error) {
    throw misuse(printable(error instanceof Error ? error.message : String(error), 300));
  }
}
