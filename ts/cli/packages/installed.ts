/** A package in a `node_modules` folder, found as Node finds it: from a folder upwards. */
import { existsSync, lstatSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { printable } from "../../input/printable.js";
import { readRegularFile } from "../files.js";

/** The largest `package.json` that is read. */
const LONGEST_MANIFEST = 1 << 20;

/**
 * The folder of the nearest package of this name, if it is of this version. It may be a link: pnpm, workspaces and `npm link`
 * put one there, and a place is no reason to trust anyway. The file that is read out of it may be none.
 */
export function installedPackage(from: string, name: string, version: string | undefined): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", ...name.split("/"));
    if (statSync(found, { throwIfNoEntry: false })?.isDirectory()) {
      return version === undefined || versionOf(found) === version ? found : undefined;
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/** One regular file in the package's own folder. */
export function readInstalled(folder: string, name: string, file: string, longest: number): Uint8Array {
  const path = join(folder, file);
  if (!lstatSync(path, { throwIfNoEntry: false })) {
    throw new Error(`the installed package ${printable(name)} has no ${file}: ${printable(folder)}`);
  }
  return readRegularFile(path, longest);
}

/** What the package says of itself; undefined where that cannot be read. */
function versionOf(folder: string): unknown {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) return undefined;
  const read: unknown = JSON.parse(Buffer.from(readRegularFile(manifest, LONGEST_MANIFEST)).toString("utf8"));
  return typeof read === "object" && read !== null && "version" in read ? read.version : undefined;
}
