import { InkanError } from "../errors.js";

/** What the command's exit says. */
export enum ExitCode {
  Verified = 0,
  /** The evidence was judged, and does not hold. */
  Refused = 1,
  /** Nothing was judged: usage, an unreadable file, an option or a trust root that is wrong, a log that does not answer. */
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
