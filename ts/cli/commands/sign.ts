/** `inkan sign FILE` */
import { resolve } from "node:path";
import { LIMITS } from "../../generated/limits.js";
import type { SignedKind } from "../../publish/check.js";
import { readByCore } from "../../publish/core_reading.js";
import { isEncrypted, readSigningKey, type SigningKey } from "../../publish/key.js";
import { SigstoreClient } from "../../publish/keyless/client.js";
import { SigningFailure } from "../../publish/keyless/failure.js";
import { pinsOf } from "../../publish/keyless/pins.js";
import { signKeyless } from "../../publish/keyless/sign.js";
import { signWithKey } from "../../publish/sign.js";
import { replaceFile } from "../../publish/write.js";
import type { Options, Values } from "../arguments/options.js";
import type { Parsed } from "../arguments/parse.js";
import { ExitCode, judging, misuse, Stop } from "../exit.js";
import { readBytes, readUtf8 } from "../files.js";
import {
  identityOf,
  KEYLESS_NAMES,
  rootOf,
  SERVICE_OPTIONS,
  SIGNER_OPTIONS,
  servicesOf,
  timeoutOf,
} from "../input/keyless.js";
import { askPassphrase, canAsk, givenPassphrase, PASSPHRASE_OPTION } from "../input/passphrase.js";
import { claimedIn } from "../input/signer.js";
import { tokenFrom } from "../input/token.js";
import { IdentityPolicy, InMemoryStateStore, KeyedVerifier, KeylessVerifier } from "../library.js";
import { documentOf } from "../print/document.js";
import { EMPTY, good, type Line, line } from "../print/line.js";
import { print } from "../print/output.js";
import { signerTexts } from "../print/report.js";
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
  signature: { type: "string", value: "FILE", help: "writes the detached signature in base64 too; only with --key" },
  artifact: { type: "boolean", help: "FILE is a file of any kind, and no catalogue" },
} as const satisfies Options;

const OPTIONS = { ...KEY_OPTIONS, ...SIGNER_OPTIONS, ...SERVICE_OPTIONS, ...OUTPUT_OPTIONS } as const satisfies Options;

export const sign: Verb = {
  help: {
    usage: ["inkan sign FILE --key KEY [OPTIONS]", "inkan sign FILE [--trusted-root ROOT] [OPTIONS]"],
    about: [
      "Signs a tool catalogue, verifies the signature, and writes a Sigstore bundle. Nothing is written if FILE is no catalogue, or if the signature does not verify.",
      "Without --key it signs keyless: Fulcio certifies whom an OIDC token names, and Rekor logs the signature, in public and for good. This needs npm install @sigstore/sign.",
    ],
    groups: [
      { title: "Key", options: KEY_OPTIONS },
      { title: "Keyless", options: SIGNER_OPTIONS },
      { title: "Services of a keyless signature", options: SERVICE_OPTIONS },
      { title: "Output", options: OUTPUT_OPTIONS },
    ],
    notes: ["inkan keygen makes a key. A key's bundle has no log entry: it says who signed, and not when."],
  },
  run: action(OPTIONS, signFile),
};

type Given = Values<typeof OPTIONS>;

/** What is signed, and where the bundle goes. */
interface Job {
  readonly file: string;
  readonly output: string;
  readonly bytes: Uint8Array;
  readonly kind: SignedKind;
}

async function signFile({ values, positionals }: Parsed<typeof OPTIONS>): Promise<ExitCode> {
  const [file, ...others] = positionals;
  if (file === undefined) throw misuse("the file to sign is missing");
  if (others.length > 0) throw misuse(`sign takes one file, not ${positionals.length}`);
  if (file === "-" && values.output === undefined) throw misuse("--output is missing: standard input has no name");
  if (file === "-" && values["identity-token"] === "-") throw misuse("standard input is FILE or the token, not both");
  const output = values.output ?? bundleName(file);
  checkPlaces(file, output, values);
  const kind = values.artifact ? "artifact" : "catalogue";
  const read = (): Job => ({ file, output, bytes: readBytes(file, LIMITS.catalogue), kind });
  const told = values.key === undefined ? await keyless(read, values) : await byKey(read(), values.key, values);
  print([line([good("Signed"), `: ${file}`], 4), ...told]);
  return ExitCode.Verified;
}

async function byKey({ output, bytes, kind }: Job, file: string, values: Given): Promise<Line[]> {
  const strange = KEYLESS_NAMES.find((name) => values[name] !== undefined);
  if (strange !== undefined) throw misuse(`--${strange} is for a keyless signature, and --key for one by a key`);
  // Nobody is asked for a passphrase for what cannot be signed.
  if (kind === "catalogue") await judging(() => readByCore(bytes));
  const key = await keyFrom(file, values);
  const verifierOf = (publicKey: string): KeyedVerifier => new KeyedVerifier({ keys: publicKey });
  const { bundle, signature } = await judging(() => signWithKey({ bytes, key, kind, verifierOf }));
  if (values.signature !== undefined) replaceFile(values.signature, signature);
  replaceFile(output, bundle);
  const written = values.signature === undefined ? [output] : [output, values.signature];
  return written.map((name) => line(`  wrote ${name}`, 4));
}

async function keyless(read: () => Job, values: Given): Promise<Line[]> {
  const { signature, "passphrase-file": passphrase } = values;
  if ((signature ?? passphrase) !== undefined) throw misuse("--signature and --passphrase-file are for --key");
  const trustRoot = await rootOf(values);
  const identity = identityOf(values);
  const { output, bytes, kind } = read();
  // What is signed without a key stands in a public log for good: first it must be what it should be.
  if (kind === "catalogue") await judging(() => readByCore(bytes));
  const { bundle, proof, positions } = await asking(async () => {
    const services = servicesOf(values);
    const client = await SigstoreClient.load(timeoutOf(values));
    const token = await tokenFrom(values, client);
    const job = { bytes, kind, client, services, token, identity, namesIn: claimedIn };
    return signKeyless({
      ...job,
      verifierOf: (expected, thresholds) =>
        new KeylessVerifier({
          trustRoot,
          identityPolicy: new IdentityPolicy(expected),
          stateStore: new InMemoryStateStore(),
          thresholds,
        }),
    });
  });
  replaceFile(output, bundle);
  const logged = positions.map(({ log, index }) => `logged with the index ${index} by ${log.url}`);
  const pins = documentOf(pinsOf(proof)).trimEnd().split("\n").slice(1, -1);
  return [
    ...[...signerTexts(proof), ...logged, `wrote ${output}`].map((text) => line(`  ${text}`, 4)),
    EMPTY,
    line("An operator requires this signer by these members in inkan.config.json:"),
    ...pins.map((text) => line(text)),
  ];
}

/** A service that does not answer as it should is no verdict on what is signed. */
async function asking<T>(call: () => Promise<T>): Promise<T> {
  return judging(async () => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof SigningFailure) throw new Stop(ExitCode.Misuse, `not signed: ${error.message}`);
      throw error;
    }
  });
}

/** The convention: `tools.json` and `tools.sigstore.json`. */
const bundleName = (file: string): string => `${file.replace(/\.json$/, "")}.sigstore.json`;

function checkPlaces(file: string, output: string, { key, signature }: Given): void {
  const given = [file, key, output, signature].filter((name) => name !== undefined);
  if (new Set(given.map((name) => resolve(name))).size < given.length) {
    throw misuse("file, key, --output and --signature must be different files");
  }
}

async function keyFrom(file: string, values: Given): Promise<SigningKey> {
  const pem = readUtf8(file, LIMITS.key);
  if (!isEncrypted(pem)) return readSigningKey(pem);
  const given = givenPassphrase(values) ?? (canAsk() ? await askPassphrase(`Passphrase of ${file}: `) : undefined);
  return readSigningKey(pem, given);
}
