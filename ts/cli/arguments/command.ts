/** A command line that holds a server's own command, which stands behind `--`. */

import { shellWord } from "../../input/printable.js";
import { misuse } from "../exit.js";
import type { Options } from "./options.js";

export interface Split {
  /** The arguments of this command. */
  readonly own: readonly string[];
  /** What follows `--`: options there are the server's. */
  readonly command: readonly string[] | undefined;
}

interface Before {
  readonly verb: string;
  readonly options: Options;
  /** How many names come before the URL or the command. */
  readonly names: number;
}

/** Splits at `--`. Where it was forgotten, the error has the whole line with it. */
export function splitCommand(args: readonly string[], before: Before): Split {
  const end = args.indexOf("--");
  if (end !== -1) return { own: args.slice(0, end), command: args.slice(end + 1) };
  const start = wordAt(args, before);
  if (start === -1) return { own: args, command: undefined };
  const words = [before.verb, ...args.slice(0, start), "--", ...args.slice(start)];
  throw misuse("put -- before the server's command", ["inkan", ...words.map(shellWord)]);
}

/** Where a server's command begins: at the first word that is neither an option, nor a name, nor a URL. -1 without one. */
export function wordAt(args: readonly string[], { options, names }: Pick<Before, "options" | "names">): number {
  let left = names;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    const [, name, stated] = /^--([^=]*)(=.*)?$/s.exec(arg) ?? [];
    if (name !== undefined) {
      if (stated === undefined && Object.hasOwn(options, name) && options[name]?.type === "string") at += 1;
    } else if (!arg.startsWith("-")) {
      if (left === 0 && !/^[a-z][a-z0-9+.-]*:/i.test(arg)) return at;
      left = Math.max(0, left - 1);
    }
  }
  return -1;
}
