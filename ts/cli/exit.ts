import { type ParseArgsConfig, parseArgs } from "node:util";
import { InkanError } from "../errors.js";
import { printable } from "../printable.js";

/** What the command's exit says. */
export enum ExitCode {
  Verified = 0,
  /** The evidence was judged, and does not hold. */
  Refused = 1,
  /** Nothing was judged: usage, an unreadable file, an option or a trust root that is wrong. */
  Misuse = 2,
  /** A bug. */
  Internal = 3,
}

/** Ends the command with a line on standard error. */
export class Stop extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What an error means for the exit. An error that was thrown, not reported, came before any judgement. */
  static from(error: unknown): Stop {
    if (error instanceof Stop) return error;
    if (error instanceof InkanError && error.code !== "ERR_INTERNAL") {
      return new Stop(ExitCode.Misuse, `${error.code}: ${error.message}`);
    }
    return new Stop(ExitCode.Internal, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

export const misuse = (message: string): Stop => new Stop(ExitCode.Misuse, `${message}; try inkan --help`);

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Parses strictly: unknown options, missing values, and an option given twice that counts once, are misuse. */
export function parse<O extends Options>(args: string[], options: O) {
  const config = { args, options, allowPositionals: true, strict: true, tokens: true } as const;
  let parsed: ReturnType<typeof parseArgs<typeof config>>;
  try {
    parsed = parseArgs(config);
  } catch (error) {
    throw misuse(printable(error instanceof Error ? error.message : String(error), 300));
  }
  const seen = new Set<string>();
  for (const token of parsed.tokens) {
    if (token.kind !== "option" || options[token.name]?.multiple) continue;
    if (seen.has(token.name)) throw misuse(`--${token.name} is given twice`);
    seen.add(token.name);
  }
  return parsed;
}
