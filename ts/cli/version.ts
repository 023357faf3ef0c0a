/** Which release this is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** As the package states it, which is two folders above this file and above the bundled command. */
export function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"),
  );
  return manifest.version;
}
