/** What the test body needs, as a module that every runtime can import: base64, because not every one has files. */
import { readFileSync } from "node:fs";
import { inRoot } from "../../scripts/build/paths.js";

const CATALOGUE = "test/vectors/real/catalogues/cases/keyless-uri-gha";
const SERIES = ["series-01", "series-02"];
const LOG = "test/vectors/real/catalogues/logs/a/rekor2/log";
const CONFORMANCE = "test/vectors/real/conformance";
const PRODUCTION = `${CONFORMANCE}/roots/production.trusted_root.json`;
const BUNDLES = `${CONFORMANCE}/bundle-verify`;

/** The name in the body, and the file. */
const files: Record<string, string> = {
  ...Object.fromEntries(
    SERIES.flatMap((name) =>
      ["catalogue.json", "bundle.sigstore.json", "trusted_root.json", "expected.json"].map((base) => [
        `${name}/${base}`,
        `test/vectors/real/catalogues/cases/${name}/${base}`,
      ]),
    ),
  ),
  "catalogue/catalogue.json": `${CATALOGUE}/catalogue.json`,
  "catalogue/bundle.sigstore.json": `${CATALOGUE}/bundle.sigstore.json`,
  "catalogue/trusted_root.json": `${CATALOGUE}/trusted_root.json`,
  "log/checkpoint": `${LOG}/checkpoint`,
  "log/tile": `${LOG}/tile/0/000.p/39`,
  "a.txt": `${BUNDLES}/a.txt`,
  "happy-path-v0.3/bundle.sigstore.json": `${BUNDLES}/happy-path-v0.3/bundle.sigstore.json`,
  "happy-path-v0.3/trusted_root.json": PRODUCTION,
  "rekor2-happy-path/bundle.sigstore.json": `${BUNDLES}/rekor2-happy-path/bundle.sigstore.json`,
  "rekor2-happy-path/trusted_root.json": `${BUNDLES}/rekor2-happy-path/trusted_root.json`,
  "set-invalid-signature_fail/bundle.sigstore.json": `${BUNDLES}/set-invalid-signature_fail/bundle.sigstore.json`,
  "set-invalid-signature_fail/trusted_root.json": PRODUCTION,
};

export function fixturesModule(): string {
  const base64 = Object.entries(files).map(([name, path]) => [name, readFileSync(inRoot(path)).toString("base64")]);
  return `export const fixtures = ${JSON.stringify(Object.fromEntries(base64), null, 2)};\n`;
}
