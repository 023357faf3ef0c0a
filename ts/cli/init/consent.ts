/** Whether the operator wants what was shown: asked on a terminal, else stated by the digest of the very catalogue. */
import { createInterface } from "node:readline/promises";
import { ExitCode, misuse, Stop } from "../exit.js";
import { canAsk } from "../input/passphrase.js";
import type { Line } from "../print/line.js";
import { printError } from "../print/output.js";

export interface Question {
  /** `sha256:<hex>` of the catalogue. */
  readonly digest: string;
  /** `--accept`, if it is given. */
  readonly accepted: string | undefined;
  /** What is asked on a terminal. */
  readonly question: string;
  /** What a script must state beside the digest. */
  readonly beside?: string;
  /** What stands right above the question: it was said before the list of definitions, which may be long. */
  readonly warnings: readonly Line[];
}

/** Ends the command unless there is consent. Nothing has been written before. */
export async function consent({ digest, accepted, question, beside, warnings }: Question): Promise<void> {
  if (accepted !== undefined) {
    if (accepted === digest) return;
    throw new Stop(
      ExitCode.Refused,
      `--accept names another catalogue than this one, which is ${digest}; nothing was written`,
    );
  }
  if (!canAsk()) {
    throw new Stop(
      ExitCode.Misuse,
      `there is no terminal to ask: read what is above, and if it is what you want, run this again with ${beside === undefined ? "" : `${beside} `}--accept ${digest}`,
    );
  }
  if (warnings.length > 0) printError(warnings);
  if ((await ask(question)).trim().toLowerCase() !== "yes") throw new Stop(ExitCode.Misuse, "nothing was written");
}

/** Reads `--accept`. */
export function acceptedFrom(text: string | undefined): string | undefined {
  if (text === undefined || /^sha256:[0-9a-f]{64}$/.test(text)) return text;
  throw misuse(
    "--accept takes the digest of the catalogue, sha256: and 64 hexadecimal digits; without it, it is printed",
  );
}

/** One line of what is typed. Ctrl-C and Ctrl-D end the command. */
function ask(question: string): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve, reject) => {
    const end = (): void => reject(new Stop(ExitCode.Misuse, "nothing was written"));
    prompt.once("close", end);
    prompt.once("SIGINT", () => {
      process.stderr.write("\n");
      prompt.close();
    });
    // Ctrl-D aborts the question, and closes the prompt.
    prompt.question(question).then((answer) => {
      resolve(answer);
      prompt.close();
    }, end);
  });
}
