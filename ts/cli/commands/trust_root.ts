import { parse } from "../arguments.js";
import { ExitCode, misuse } from "../exit.js";
import { outline } from "../outline.js";
import { print } from "../output.js";
import { trustRootFrom } from "../policy_options.js";

/** `inkan trust-root show FILE` */
export async function trustRootCommand([action, ...args]: string[]): Promise<ExitCode> {
  if (action !== "show") throw misuse("trust-root has one action: show");
  const { values, positionals } = parse(args, { json: { type: "boolean" } });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw misuse("trust-root show takes one file");
  const description = await trustRootFrom(file).describe();
  const text = values.json ? JSON.stringify(description, null, 2) : outline(description).join("\n");
  print(`${text}\n`);
  return ExitCode.Verified;
}
