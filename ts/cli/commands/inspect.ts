import { InkanError } from "../../errors.js";
import { LIMITS } from "../../generated/limits.js";
import { parse } from "../arguments.js";
import { ExitCode, misuse } from "../exit.js";
import { readBytes } from "../files.js";
import { inspect } from "../library.js";
import { outline } from "../outline.js";
import { print, printError } from "../output.js";

/** `inkan inspect BUNDLE`: what is in a bundle, whether or not any of it is true. */
export async function inspectCommand(args: string[]): Promise<ExitCode> {
  const { values, positionals } = parse(args, { json: { type: "boolean" } });
  const [file = "-", ...others] = positionals;
  if (others.length > 0) throw misuse(`inspect takes one bundle, not ${positionals.length}`);
  const bytes = readBytes(file, LIMITS.bundle);
  let content: unknown;
  try {
    content = await inspect(bytes);
  } catch (error) {
    if (!(error instanceof InkanError) || error.code === "ERR_INTERNAL") throw error;
    printError(`inkan: ${error.code}: ${error.message}\n`);
    return ExitCode.Refused;
  }
  if (values.json) print(`${JSON.stringify(content, null, 2)}\n`);
  else print(`${outline(content).join("\n")}\n\nNothing of this is verified; inkan verify does that.\n`);
  return ExitCode.Verified;
}
