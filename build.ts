/**
 * The one build script.
 *
 *   npm run build                 everything: WASM, error codes, dist/
 *   npm run build -- --only ts    dist/ from the committed pkg/; needs no Rust
 *   npm run build -- --check      writes nothing; fails when a committed file is not what its sources build.
 *                                 Rebuilds and compares bytes where the Rust tools are (always in CI), else hashes.
 *   npm run build -- --ratchet    lowers the numbers of scripts/build/size_budget.json to what pkg/ has now
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  CODES_FILE,
  ERRORS_FILE,
  generateCodes,
  generateErrors,
  generateNames,
  generateTexts,
  NAMES_FILE,
  readCodes,
  readNames,
  TEXTS_FILE,
} from "./scripts/build/codes.js";
import { buildDist, checkExports } from "./scripts/build/dist.js";
import { generateLimits, LIMITS_FILE } from "./scripts/build/limits.js";
import { generateNotices, NOTICES_FILE } from "./scripts/build/notices.js";
import { inRoot } from "./scripts/build/paths.js";
import { BuildError } from "./scripts/build/process.js";
import { generatePublicGood } from "./scripts/build/public_good.js";
import { checkSize, lowerBudget } from "./scripts/build/size.js";
import { checkStamp, makeStamp, STAMP_FILE } from "./scripts/build/stamp.js";
import { problems, versions, wasmTools } from "./scripts/build/tools.js";
import { buildWasm, WASM_FILES } from "./scripts/build/wasm.js";

/** Makes every generated file that is committed: name in the repository to content. */
function generate(): Map<string, Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "inkan-pkg-"));
  try {
    buildWasm(folder);
    const files = new Map<string, Uint8Array>(
      WASM_FILES.map((name) => [`pkg/${name}`, readFileSync(join(folder, name))]),
    );
    files.set(NOTICES_FILE, Buffer.from(generateNotices()));
    const codes = readCodes();
    if (codes !== undefined) {
      files.set(CODES_FILE, Buffer.from(generateCodes(codes)));
      files.set(TEXTS_FILE, Buffer.from(generateTexts(codes)));
    }
    files.set(NAMES_FILE, Buffer.from(generateNames(readNames())));
    files.set(LIMITS_FILE, Buffer.from(generateLimits()));
    files.set(STAMP_FILE, makeStamp(files));
    // After the stamp: the package says what they are, and most of the page is not generated.
    for (const [name, content] of generatePublicGood()) files.set(name, content);
    if (codes !== undefined) files.set(ERRORS_FILE, Buffer.from(generateErrors(codes)));
    return files;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const isAsCommitted = (name: string, content: Uint8Array): boolean =>
  existsSync(inRoot(name)) && readFileSync(inRoot(name)).equals(content);

async function build(): Promise<void> {
  for (const [name, content] of generate()) {
    mkdirSync(dirname(inRoot(name)), { recursive: true });
    writeFileSync(inRoot(name), content);
  }
  await buildDist();
  for (const line of [...checkExports(), ...checkSize()]) console.warn(`warning: ${line}`);
}

const changed = (files: ReadonlyMap<string, Uint8Array>): string[] =>
  [...files]
    .filter(([name, content]) => !isAsCommitted(name, content))
    .map(([name]) => `${name} is not what its sources build`);

/** One line for each generated file that is committed as something else. */
function compareWithRebuilt(): string[] {
  const drift = changed(generate());
  return drift.length === 0 ? [] : [...drift, `tools here: ${versions()}`];
}

function check(): void {
  const missing = problems(wasmTools).join("\n  ");
  if (missing && process.env.CI) throw new BuildError(`--check must rebuild in CI, and cannot:\n\n  ${missing}`);
  if (missing) console.warn(`not rebuilt, hashes compared only, for want of:\n\n  ${missing}\n`);
  const rebuilt = missing ? [...checkStamp(), ...changed(generatePublicGood())] : compareWithRebuilt();
  const drift = [...rebuilt, ...checkExports(), ...checkSize()];
  if (drift.length > 0) {
    throw new BuildError(`drift:\n\n  ${drift.join("\n  ")}\n\nto repair: npm run build, and commit what it writes`);
  }
  console.log("pkg/, generated files, exports and sizes are what their sources make.");
}

try {
  const [flag, value, ...rest] = process.argv.slice(2);
  if (rest.length > 0) throw new BuildError(`too many arguments: ${rest.join(" ")}`);
  if (flag === undefined) await build();
  else if (flag === "--check" && value === undefined) check();
  else if (flag === "--only" && value === "ts") await buildDist();
  else if (flag === "--ratchet" && value === undefined) lowerBudget();
  else throw new BuildError("usage: npm run build [-- --check | --only ts | --ratchet]");
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
