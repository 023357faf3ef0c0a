/** For a server that the operator signs: how to accept what has changed. */
import { basename, resolve } from "node:path";
import { shellWord } from "../../input/printable.js";
import { serverIn } from "../init/policy_text.js";
import { readForEdit } from "../init/seen.js";

/** The name that `init` gives the operator's public key. */
const OPERATORS_KEY = /^operator-[0-9a-f]{12}\.pub$/;

/** The command line, or undefined where somebody else signs the server, or where the policy file cannot be read any more. */
export function updateCommand(config: string, name: string): string | undefined {
  try {
    const { keys } = serverIn(readForEdit(config), name) ?? {};
    const files: readonly unknown[] = Array.isArray(keys) ? keys : [keys];
    if (!files.some((file) => typeof file === "string" && OPERATORS_KEY.test(basename(file)))) return undefined;
  } catch {
    return undefined;
  }
  return `inkan init --update ${shellWord(name)} --config ${shellWord(resolve(config))}`;
}
