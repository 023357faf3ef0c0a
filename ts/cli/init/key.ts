/** The operator's own key: where it is, whether it is there, and what opens it. */
import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { LIMITS } from "../../generated/limits.js";
import { generateSigningKey, isEncrypted, privatePem, readSigningKey, type SigningKey } from "../../publish/key.js";
import type { Options, Values } from "../arguments/options.js";
import { misuse } from "../exit.js";
import { readRegularFile } from "../files.js";
import { settingsFolder } from "../hosts/known.js";
import { askNewPassphrase, askPassphrase, canAsk, givenPassphrase, PASSPHRASE_OPTION } from "../input/passphrase.js";
import type { Changes } from "./changes.js";

export const KEY_OPTIONS = {
  key: {
    type: "string",
    value: "FILE",
    help: "your private key; without this option inkan/operator.key in your folder of settings, made if it is not there",
  },
  ...PASSPHRASE_OPTION,
  "no-passphrase": { type: "boolean", help: "a key that is made now is not encrypted" },
} as const satisfies Options;

type Given = Values<typeof KEY_OPTIONS>;

/** The path of the key: never the policy file's folder, which a server may be given. */
export const keyPath = ({ key }: Given): string =>
  key === undefined
    ? join(settingsFolder({ platform: process.platform, home: homedir(), env: process.env }), "inkan", "operator.key")
    : resolve(key);

/** The key, which is made now where there is none; it is written with the other files. */
export interface OperatorKey {
  readonly path: string;
  readonly key: SigningKey;
  /** The text to write, for a key that is made now. */
  readonly made: string | undefined;
}

/** Reads or makes the key. Asks for a passphrase where one is needed and there is a terminal. */
export async function operatorKey(values: Given): Promise<OperatorKey> {
  const path = keyPath(values);
  if (existsSync(path)) {
    const pem = Buffer.from(readRegularFile(path, LIMITS.key)).toString("utf8");
    if (!isEncrypted(pem)) return { path, key: readSigningKey(pem), made: undefined };
    const given = givenPassphrase(values) ?? (canAsk() ? await askPassphrase(`Passphrase of ${path}: `) : undefined);
    return { path, key: readSigningKey(pem, given), made: undefined };
  }
  const passphrase = await newPassphrase(values, path);
  const key = generateSigningKey("p256");
  return { path, key, made: privatePem(key, passphrase) };
}

async function newPassphrase(values: Given, path: string): Promise<string | undefined> {
  const given = values["no-passphrase"] ? undefined : givenPassphrase(values);
  if (values["no-passphrase"]) {
    if (values["passphrase-file"] !== undefined) {
      throw misuse("--no-passphrase and --passphrase-file exclude each other");
    }
    return undefined;
  }
  if (given !== undefined) return given;
  if (canAsk()) return askNewPassphrase(path);
  throw misuse(
    `a key is to be made, ${path}, and there is no terminal to ask for its passphrase: give INKAN_KEY_PASSPHRASE, --passphrase-file or --no-passphrase`,
  );
}

/** Writes a key that was made now. */
export function keepKey({ path, made }: OperatorKey, changes: Changes): void {
  if (made === undefined) return;
  changes.folder(dirname(path));
  changes.create(path, made, 0o600);
}

/** Whether others than its owner may read the key. */
export const isOpenToOthers = (path: string): boolean =>
  process.platform !== "win32" && ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0;
