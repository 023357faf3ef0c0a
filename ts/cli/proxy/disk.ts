/** What a policy file names, from this machine: files beside it, packages that are installed, stores. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { LoadPolicyOptions } from "../../policy_file/load.js";
import type { StateStore } from "../../state/store.js";
import { readBytes } from "../files.js";

/** The readers for `loadPolicy`. Paths are relative to the folder of the policy file. */
export function onThisMachine(config: string): LoadPolicyOptions {
  const file = resolve(config);
  const folder = dirname(file);
  return {
    file,
    environment: process.env,
    readFile: async (path, longest) => readBytes(resolve(folder, path), longest),
    readPackage: async (name, path, longest) => readBytes(join(packageFolder(folder, name), path), longest),
    openStore: async (state): Promise<StateStore> => {
      if (/^rediss?:\/\//.test(state)) {
        const { RedisStateStore } = await import("../../state/redis.js");
        return new RedisStateStore({ url: state });
      }
      const { JsonStateStore } = await import("../../state/json.js");
      return new JsonStateStore(resolve(folder, state));
    },
  };
}

/** The nearest installed package of this name, from a folder upwards. */
function packageFolder(from: string, name: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", ...name.split("/"));
    if (existsSync(found)) return found;
    if (dirname(folder) === folder) throw new Error(`the package ${name} is not installed here`);
  }
}
