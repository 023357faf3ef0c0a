/** What a policy file names, from this machine: files beside it, packages that are installed, stores. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { LoadPolicyOptions } from "../policy_file/load.js";
import type { FileKind } from "../policy_file/sources.js";
import { readDecisive } from "./decisive_file.js";
import { readBytes } from "./files.js";
import { openStore } from "./input/store.js";

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
      return DECISIVE.has(kind) ? readDecisive(whole, longest) : readBytes(whole, longest);
    },
    readPackage: async (name, path, longest) => readBytes(join(packageFolder(folder, name), path), longest),
    openStore: async (state) => (await openStore(state, folder)).store,
  } satisfies LoadPolicyOptions;
}

/** The nearest installed package of this name, from a folder upwards. */
function packageFolder(from: string, name: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", ...name.split("/"));
    if (existsSync(found)) return found;
    if (dirname(folder) === folder) throw new Error(`the package ${name} is not installed here`);
  }
}
