import { type ExitCode, Stop } from "./exit.js";
import { end, printError } from "./output.js";

/** Runs a command to its end, whatever comes of it. */
export async function run(command: () => Promise<ExitCode>): Promise<void> {
  end(await command().catch(fail));
}

function fail(error: unknown): ExitCode {
  const stop = Stop.from(error);
  printError(`inkan: ${stop.message}\n`);
  return stop.exitCode;
}
