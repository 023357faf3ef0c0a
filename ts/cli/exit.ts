/** What the command's exit says: one table for all commands, with `--json` and `--quiet` or without. */
import { type ErrorCode, InkanError, InputError, StateError } from "../errors.js";
import { inFlags } from "./words/refusal.js";

export enum ExitCode {
  Verified = 0,
  /** The evidence was judged, and does not hold. */
  Refused = 1,
  /** Nothing was judged: usage, an unreadable or oversized file, a wrong option, a store or a log out of reach. */
  Misuse = 2,
  /** A bug. */
  Internal = 3,
}

/** Codes that say that nothing was judged, wherever they come up. */
const NOT_JUDGED: ReadonlySet<ErrorCode> = new Set([
  "ERR_INPUT_TOO_LARGE",
  "ERR_OPTION_UNKNOWN",
  "ERR_OPTION_INVALID",
  "ERR_TRUST_ROOT_MALFORMED",
  "ERR_TRUST_ROOT_INCOMPLETE",
  "ERR_WITNESS_POLICY",
] satisfies ErrorCode[]);

/**
 * The exit code for an error of the library. Malformed evidence was judged and does not hold; where the error is about
 * what the operator gave before (a key, a trust root), malformed input is misuse.
 */
export function exitCodeOf(error: InkanError, about: "evidence" | "setup"): ExitCode {
  if (error.code === "ERR_INTERNAL") return ExitCode.Internal;
  // The store, or the log that is asked for proofs, failed.
  if (error instanceof StateError || NOT_JUDGED.has(error.code)) return ExitCode.Misuse;
  return about === "setup" && error instanceof InputError ? ExitCode.Misuse : ExitCode.Refused;
}

/** Ends the command with a line on standard error. */
export class Stop extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What an error means for the exit. */
  static from(error: unknown, about: "evidence" | "setup" = "setup"): Stop {
    if (error instanceof Stop) return error;
    if (error instanceof InkanError && error.code !== "ERR_INTERNAL") {
      return new Stop(exitCodeOf(error, about), `${error.code}: ${inFlags(error).message}`);
    }
    return new Stop(ExitCode.Internal, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** A command line that says too little or too much. What is printed names the command's page of help, too. */
export class Misuse extends Stop {
  /** What could be typed instead: one command line, in pieces that stand on one line each. */
  readonly example: readonly string[];

  constructor(message: string, example: readonly string[] = []) {
    super(ExitCode.Misuse, message);
    this.example = example;
  }
}

export const misuse = (message: string, example?: readonly string[]): Stop => new Misuse(message, example);

/** Reads an option's value. What reads it says by a `RangeError` why it is wrong. */
export function stated<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw misuse(error.message);
    throw error;
  }
}

/** Runs what judges evidence: an error of it ends the command with the exit code for evidence. */
export async function judging<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw Stop.from(error, "evidence");
  }
}
