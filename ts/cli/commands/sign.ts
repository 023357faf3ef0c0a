/** `inkan sign FILE` */
import { resolve } from "node:path";
import { LIMITS } from "../../generated/limits.js";
import { isEncrypted, readSigningKey, type SigningKey } from "../../publish/key.js";
import { signWithKey } from "../../publish/sign.js";
import { replaceFile } from "../../publish/write.js";
import type { Options, Values } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, judging, misuse } from "../exit.js";
import { readBytes, readUtf8 } from "../files.js";
import { askPassphrase, canAsk, givenPassphrase, PASSPHRASE_OPTION } from "../input/passphrase.js";
import { KeyedVerifier } from "../library.js";
import { good, line } from "../print/line.js";
import { print } from "../print/output.js";
import { action, type Verb } from "../verb.js";

const KEY_OPTIONS = {
  key: { type: "string", value: "FILE", help: "the private key: PKCS#8 as PEM, P-256, P-384 or Ed25519" },
  ...PASSPHRASE_OPTION,
} as const satisfies Options;

const OUTPUT_OPTIONS = {
  output: {
    type: "string",
    value: "FILE",
    help: "where the bundle goes; else FILE with .sigstore.json in place of .json",
  },
  signature: { type: "string", value: "FILE", help: "writes the detached signature in base64 too" },
  artifact: { type: "boolean", help: "FILE is a file of any kind, and no catalogue" },
} as const satisfies Options;

const OPTIONS = { ...KEY_OPTIONS, ...OUTPUT_OPTIONS } as const satisfies Options;

export const sign: Verb = {
  help: {
    usage: ["inkan sign FILE --key KEY [OPTIONS]"],
    about: [
      "Signs a tool catalogue by a key, verifies the signature, and writes a Sigstore bundle. Nothing is written if FILE is no catalogue.",
    ],
    groups: [
      { title: "Key", options: KEY_OPTIONS },
      { title: "Output", options: OUTPUT_OPTIONS },
    ],
    notes: ["inkan keygen makes a key. A key's bundle has no log entry: it says who signed, and not when."],
  },
  run: action(OPTIONS, signFile),
};

type Given = Values<typeof OPTIONS>;

async function signFile({ values, positionals }: Parsed<typeof OPTIONS>): Promise<ExitCode> {
  const [file, ...others] = positionals;
  if (file === undefined) throw misuse("the file to sign is missing");
  if (others.length > 0) throw misuse(`sign takes one file, not ${positionals.length}`);
  if (values.key === undefined) throw misuse("--key is missing");
  if (file === "-" && values.output === undefined) throw misuse("--output is missing: standard input has no name");
  const output = values.output ?? bundleName(file);
  checkPlaces(file, values.key, output, values.signature);
  const bytes = readBytes(file, LIMITS.catalogue);
  const key = await keyFrom(values.key, values);
  const { bundle, signature } = await judging(() =>
    signWithKey({
      bytes,
      key,
      kind: values.artifact ? "artifact" : "catalogue",
      verifierOf: (publicKey) => new KeyedVerifier({ keys: publicKey }),
    }),
  );
  if (values.signature !== undefined) replaceFile(values.signature, signature);
  replaceFile(output, bundle);
  const written = values.signature === undefined ? [output] : [output, values.signature];
  print([line([good("Signed"), `: ${file}`], 4), ...written.map((name) => line(`  wrote ${name}`, 4))]);
  return ExitCode.Verified;
}

/** The convention: `tools.json` and `tools.sigstore.json`. */
const bundleName = (file: string): string => `${file.replace(/\.json$/, "")}.sigstore.json`;

function checkPlaces(file: string, key: string, output: string, signature: string | undefined): void {
  const places = [file, key, output, ...(signature === undefined ? [] : [signature])].map((name) => resolve(name));
  if (new Set(places).size < places.length) throw misuse("file, key, --output and --signature must be different files");
}

async function keyFrom(file: string, values: Given): Promise<SigningKey> {
  const pem = readUtf8(file, LIMITS.key);
  if (!isEncrypted(pem)) return readSigningKey(pem);
  const given = givenPassphrase(values) ?? (canAsk() ? await askPassphrase(`Passphrase of ${file}: `) : undefined);
  return readSigningKey(pem, given);
}
