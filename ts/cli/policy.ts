/** What a policy file names, from this machine: files beside it, packages that are installed, stores. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { refusal } from "../errors.js";
import { printable } from "../input/printable.js";
import type { LoadPolicyOptions } from "../policy_file/load.js";
import type { FileKind } from "../policy_file/sources.js";
import { checkUnchangeableByOthers } from "../state/json_file.js";
import { readBytes } from "./files.js";
import { openStore } from "./input/store.js";
import { InkanError } from "./library.js";

/** Who may change these decides what is trusted. The others are verified. */
const DECISIVE: ReadonlySet<FileKind> = new Set(["policy", "key", "trustRoot"]);

/** The readers for `loadPolicy`. Paths are relative to the folder of the policy file. */
export function policyOnDisk(file: string) {
  const folder = dirname(resolve(file));
  return {
    file,
    environment: process.env,
    readFile: async (path, longest, kind) => {
      const whole = kind === "policy" ? resolve(path) : resolve(folder, path);
      if (DECISIVE.has(kind)) await checkOwner(whole);
      return readBytes(whole, longest);
    },
    readPackage: async (name, path, longest) => readBytes(join(packageFolder(folder, name), path), longest),
    openStore: async (state) => (await openStore(state, folder)).store,
  } satisfies LoadPolicyOptions;
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

/** The nearest installed package of this name, from a folder upwards. */
function packageFolder(from: string, name: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", ...name.split("/"));
    if (existsSync(found)) return found;
    if (dirname(folder) === folder) throw new Error(`the package ${name} is not installed here`);
  }
}
