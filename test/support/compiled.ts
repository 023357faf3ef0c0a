/** The sources as JavaScript, for programs that a test starts often or under another runtime. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { capture } from "../../scripts/build/process.js";
import { inRoot } from "./repository.js";

export interface Compiled {
  readonly folder: string;
  /** The URL of a module, as in `state/json`. */
  url(module: string): string;
  remove(): void;
}

export function compileSources(): Compiled {
  const folder = mkdtempSync(join(tmpdir(), "inkan-compiled-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  const options = ["-p", inRoot("tsconfig.build.json"), "--outDir", folder, "--declaration", "false"];
  capture(process.execPath, [inRoot("node_modules/typescript/bin/tsc"), ...options]);
  return {
    folder,
    url: (module) => pathToFileURL(join(folder, `${module}.js`)).href,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
