/** A command line to options and file names. Only this decides what is an option, and whether help was asked for. */
import { misuse } from "../exit.js";
import { answerToCosign } from "./cosign.js";
import type { Option, Options, Values } from "./options.js";
import { didYouMean } from "./suggestion.js";

export interface Parsed<O extends Options> {
  readonly values: Values<O>;
  readonly positionals: readonly string[];
}

/** Instead of options: the help was asked for. */
export const HELP = Symbol("help");

/**
 * Parses strictly: an unknown option, a missing value, and an option given twice that counts once, are misuse.
 *
 * `--name VALUE` and `--name=VALUE` are the spellings. A value that begins with a dash needs the second one, so that a
 * forgotten value never takes the next option for itself. After `--` everything is a file name.
 *
 * `-h` or `--help` asks for help only if it stands alone. Beside other arguments it is misuse: a script that puts the
 * name of a file there must never get the exit code 0 for a file that is named `--help`.
 */
export function parse<O extends Options>(args: readonly string[], options: O): Parsed<O> | typeof HELP {
  if (args.length === 1 && (args[0] === "--help" || args[0] === "-h")) return HELP;
  const values: Record<string, string | true | string[]> = Object.create(null);
  const positionals: string[] = [];
  const rest = args[Symbol.iterator]();
  for (const arg of rest) {
    if (arg === "--") {
      positionals.push(...rest);
    } else if (!arg.startsWith("-") || arg === "-") {
      positionals.push(arg);
    } else {
      const [, name = "", stated] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
      const option = arg.startsWith("--") && Object.hasOwn(options, name) ? options[name] : undefined;
      if (option === undefined) throw unknown(arg, name, options);
      const value = option.type === "boolean" ? flag(name, stated) : textOf(name, option, stated, () => rest.next());
      const given = values[name];
      if (given !== undefined && !option.multiple) throw misuse(`--${name} is given twice`);
      values[name] = option.multiple && value !== true ? [...((given ?? []) as string[]), value] : value;
    }
  }
  return { values: values as Values<O>, positionals };
}

function flag(name: string, stated: string | undefined): true {
  if (stated !== undefined) throw misuse(`--${name} takes no value`);
  return true;
}

function textOf(
  name: string,
  { value = "VALUE" }: Option,
  stated: string | undefined,
  next: () => IteratorResult<string>,
): string {
  if (stated !== undefined) return stated;
  const following = next();
  if (following.done) throw misuse(`--${name} needs a value: --${name} ${value}`);
  if (following.value.startsWith("-") && following.value !== "-") {
    throw misuse(`--${name} needs a value; write --${name}=${value} if it begins with a dash`);
  }
  return following.value;
}

function unknown(arg: string, name: string, options: Options): Error {
  if (arg === "-h" || name === "help") return misuse("--help stands alone, and nothing is judged with it");
  const [spelling = ""] = arg.split("=");
  const cosign = answerToCosign(spelling);
  if (cosign !== undefined) return misuse(`${spelling} is an option of cosign: ${cosign}`);
  const names = Object.keys(options).map((known) => `--${known}`);
  return misuse(`there is no option ${spelling}${didYouMean(spelling, names)}`);
}
