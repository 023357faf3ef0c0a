/** Reads the files of the convention out of npm packages: the installed one, else the one that npm gets. */
import { LIMITS } from "../../generated/limits.js";
import { printable } from "../../input/printable.js";
import { CONVENTION, type SourceReaders } from "../../policy_file/sources.js";
import { installedPackage, readInstalled } from "./installed.js";
import { packPackage } from "./npm.js";

type Files = ReadonlyMap<string, Uint8Array>;

/** `readPackage` for the policy file in this folder. */
export function packageReader(folder: string): NonNullable<SourceReaders["readPackage"]> {
  // A catalogue and its evidence are asked for at the same time, and must come out of one tarball.
  const underWay = new Map<string, Promise<Files>>();
  return async (name, file, longest, version) => {
    const installed = installedPackage(folder, name, version);
    if (installed !== undefined) return readInstalled(installed, name, file, longest);
    const spec = version === undefined ? name : `${name}@${version}`;
    const files = underWay.get(spec) ?? packPackage(spec, folder, FILES).finally(() => underWay.delete(spec));
    underWay.set(spec, files);
    const bytes = (await files).get(file);
    if (bytes === undefined) throw new Error(`the package ${printable(spec)} has no ${file} in its root`);
    if (bytes.length > longest) throw new Error(`${file} of ${printable(spec)} has more than ${longest} bytes`);
    return bytes;
  };
}

/** The largest size of each file. */
const FILES: ReadonlyMap<string, number> = new Map([
  [CONVENTION.catalogue, LIMITS.catalogue],
  [CONVENTION.bundle, LIMITS.bundle],
  [CONVENTION.signature, LIMITS.signature],
]);
