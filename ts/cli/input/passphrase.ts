/** The passphrase of a key: from a file, from the environment, or typed without being shown. Never an argument. */
import type { Options, Values } from "../arguments/options.js";
import { ExitCode, misuse, Stop } from "../exit.js";
import { readUtf8 } from "../files.js";

const VARIABLE = "INKAN_KEY_PASSPHRASE";
const LARGEST = 4096;

export const PASSPHRASE_OPTION = {
  "passphrase-file": {
    type: "string",
    value: "FILE",
    help: `the key's passphrase is FILE's first line; else ${VARIABLE}, or it is asked for on a terminal`,
  },
} as const satisfies Options;

/** What was given without a terminal, if anything. */
export function givenPassphrase(values: Values<typeof PASSPHRASE_OPTION>): string | undefined {
  const { "passphrase-file": file } = values;
  if (file !== undefined) return nonEmpty(readUtf8(file, LARGEST).split(/\r?\n/)[0] ?? "", `the first line of ${file}`);
  const variable = process.env[VARIABLE];
  return variable === undefined ? undefined : nonEmpty(variable, VARIABLE);
}

function nonEmpty(passphrase: string, where: string): string {
  if (passphrase === "") throw misuse(`the passphrase is empty (${where})`);
  return passphrase;
}

/** Whether somebody can be asked. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks for the passphrase of a key that is made now, twice. */
export async function askNewPassphrase(file: string): Promise<string> {
  const first = await askPassphrase(`Passphrase for ${file} (--no-passphrase makes a key without one): `);
  if (first === "") throw misuse("the passphrase is empty; --no-passphrase makes a key without one");
  if ((await askPassphrase("The same again: ")) !== first)
    throw new Stop(ExitCode.Misuse, "the two passphrases differ");
  return first;
}

/** Asks for a passphrase, and does not show what is typed. */
export function askPassphrase(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  // Before the prompt: what is typed or pasted as soon as it stands there must not be shown either.
  stdin.setRawMode(true);
  stderr.write(prompt);
  stdin.setEncoding("utf8");
  stdin.resume();
  return new Promise((resolve, reject) => {
    let typed = "";
    const end = (): void => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off("data", read);
      stderr.write("\n");
    };
    const read = (text: string): void => {
      for (const key of text) {
        if (key === "\r" || key === "\n") {
          end();
          resolve(typed);
          return;
        }
        if (key === "\u0003" || key === "\u0004") {
          end();
          reject(new Stop(ExitCode.Misuse, "no passphrase was given"));
          return;
        }
        typed = key === "\u007f" || key === "\b" ? [...typed].slice(0, -1).join("") : typed + key;
      }
    };
    stdin.on("data", read);
  });
}
