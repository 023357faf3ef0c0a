/** `inkan keygen` */
import { existsSync, lstatSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { printable } from "../../input/printable.js";
import { ALGORITHMS, type Algorithm, generateSigningKey, privatePem } from "../../publish/key.js";
import { createFile } from "../../publish/write.js";
import type { Options, Values } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, misuse, Stop } from "../exit.js";
import { askNewPassphrase, canAsk, givenPassphrase, PASSPHRASE_OPTION } from "../input/passphrase.js";
import { good, line } from "../print/line.js";
import { print, printError } from "../print/output.js";
import { action, type Verb } from "../verb.js";

const OPTIONS = {
  output: { type: "string", value: "NAME", help: "writes NAME.key and NAME.pub; inkan by default" },
  algorithm: { type: "string", value: "NAME", help: "p256, p384 or ed25519; p256 by default" },
  ...PASSPHRASE_OPTION,
  "no-passphrase": { type: "boolean", help: "the private key is not encrypted" },
} as const satisfies Options;

export const keygen: Verb = {
  help: {
    usage: ["inkan keygen [--output NAME] [OPTIONS]"],
    about: [
      "Makes a key for inkan sign: NAME.key, which only you may read, and NAME.pub, which your users pin. Files that exist are never replaced.",
    ],
    groups: [{ title: "Options", options: OPTIONS }],
    notes: ["Without a terminal and without a passphrase the private key is not encrypted, and a warning says so."],
  },
  run: action(OPTIONS, makeKey),
};

type Given = Values<typeof OPTIONS>;

async function makeKey({ values, positionals }: Parsed<typeof OPTIONS>): Promise<ExitCode> {
  if (positionals.length > 0) throw misuse("keygen takes no file: --output NAME says where the key goes");
  const { output: name = "inkan", algorithm: wanted = "p256" } = values;
  const algorithm = ALGORITHMS.find((known): known is Algorithm => known === wanted);
  if (algorithm === undefined) throw misuse(`--algorithm is one of ${ALGORITHMS.join(", ")}`);
  // Nobody is asked for a passphrase for nothing.
  for (const file of [`${name}.key`, `${name}.pub`]) checkFree(file);
  const passphrase = await passphraseFrom(values, `${name}.key`);
  const key = generateSigningKey(algorithm);
  createFile(`${name}.key`, privatePem(key, passphrase), 0o600);
  try {
    createFile(`${name}.pub`, key.publicKey, 0o644);
  } catch (error) {
    // A key without its public half is of no use, and would stand in the way of the next attempt.
    rmSync(`${name}.key`);
    throw error;
  }
  print([
    line([good("Made"), `: a ${algorithm} key`], 4),
    line(`  ${name}.key signs: keep it secret`, 4),
    line(`  ${name}.pub verifies: give it to your users`, 4),
  ]);
  return ExitCode.Verified;
}

function checkFree(file: string): void {
  const folder = dirname(file);
  if (!existsSync(folder))
    throw new Stop(ExitCode.Misuse, `there is no folder ${printable(folder)}; nothing was written`);
  // A link that leads nowhere stands in the way, too.
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return;
  throw new Stop(
    ExitCode.Misuse,
    `${printable(file)} exists already, and a key is never replaced: --output NAME makes one of another name; nothing was written`,
  );
}

async function passphraseFrom(values: Given, file: string): Promise<string | undefined> {
  if (values["no-passphrase"]) {
    if (values["passphrase-file"] !== undefined)
      throw misuse("--no-passphrase and --passphrase-file exclude each other");
    return undefined;
  }
  const given = givenPassphrase(values);
  if (given !== undefined) return given;
  if (!canAsk()) {
    printError([
      line(
        `inkan: ${file} is not encrypted: there is no terminal to ask for a passphrase, and no INKAN_KEY_PASSPHRASE`,
        2,
      ),
    ]);
    return undefined;
  }
  return askNewPassphrase(file);
}
