/**
 * Which arguments of a server lead it to the files that decide what is trusted. A server that can write to the policy file
 * can let anything through, and one that can read the key can sign.
 */
import { realpathSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { printable } from "../../input/printable.js";
import type { Reach } from "../../policy_file/shape.js";

/** A file to keep from the server, and what it is. */
export interface Guarded {
  readonly what: string;
  readonly path: string;
}

/** One sentence for each argument. `folder` is the policy file's. */
export function exposures(reach: Reach, folder: string, guarded: readonly Guarded[]): string[] {
  if (reach.kind === "url") return [];
  const from = resolve(folder, reach.cwd ?? ".");
  const texts = [
    ...reach.args.map((text) => ({ text, named: `the argument ${printable(text)}` })),
    ...Object.entries(reach.env)
      .filter(([name]) => name !== "PATH")
      .map(([name, text]) => ({ text, named: `the variable ${printable(name)}` })),
  ];
  return texts.flatMap(({ text, named }) => {
    const parts = [text, text.slice(text.indexOf("=") + 1)].filter((one) => one !== "");
    const places = parts.map((one) => real(resolve(from, one)));
    const reached = guarded.filter(({ path }) => places.some((place) => contains(place, real(path))));
    if (reached.length === 0) return [];
    const whats = reached.map(({ what, path }) => `${what} (${printable(path)})`).join(", ");
    return [
      `${named} leads the server to ${whats}: who can write there decides what is trusted. Give it a folder without these, or move them.`,
    ];
  });
}

const contains = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** The path behind links; of what is not there yet, as far as it is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : resolve(real(parent), path.slice(parent.length).replace(/^[/\\]+/, ""));
  }
}
