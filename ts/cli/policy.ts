/** What a policy file names, from this machine: files beside it, packages of npm, stores. */
import { dirname, resolve } from "node:path";
import { refusal } from "../errors.js";
import { printable } from "../input/printable.js";
import type { LoadPolicyOptions } from "../policy_file/load.js";
import type { FileKind } from "../policy_file/sources.js";
import { checkUnchangeableByOthers } from "../state/json_file.js";
import type { StateStore } from "../state/store.js";
import { readBytes } from "./files.js";
import { InkanError } from "./library.js";
import { packageReader } from "./packages/reader.js";

/** Who may change these decides what is trusted. The others are verified. */
const DECISIVE: ReadonlySet<FileKind> = new Set(["policy", "key", "trustRoot"]);

/** The readers for `loadPolicy`. Paths are relative to the folder of the policy file. */
export function policyOnDisk(file: string): LoadPolicyOptions {
  const folder = dirname(resolve(file));
  return {
    file,
    environment: process.env,
    readFile: async (path, longest, kind) => {
      const whole = kind === "policy" ? resolve(path) : resolve(folder, path);
      if (DECISIVE.has(kind)) await checkOwner(whole);
      return readBytes(whole, longest);
    },
    readPackage: packageReader(folder),
    openStore: (state) => openStore(folder, state),
  };
}

async function checkOwner(path: string): Promise<void> {
  try {
    await checkUnchangeableByOthers(path);
  } catch (error) {
    // A file that is missing is told by who reads it.
    if (!(error instanceof InkanError)) return;
    const { subject, expected, found } = error;
    const hint = "Whoever can change this file decides what is trusted: give it and its folder to this user alone.";
    throw refusal("ERR_POLICY_SOURCE", { subject: subject ?? printable(path), expected, found, hint }, error);
  }
}

async function openStore(folder: string, state: string): Promise<StateStore> {
  if (/^rediss?:\/\//.test(state)) {
    const { RedisStateStore } = await import("../state/redis.js");
    return new RedisStateStore({ url: state });
  }
  const { JsonStateStore } = await import("../state/json.js");
  return new JsonStateStore(resolve(folder, state));
}
