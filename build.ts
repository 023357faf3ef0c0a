/**
 * The one build script.
 *
 *   npm run build                 everything: WASM, error codes, dist/
 *   npm run build -- --only ts    dist/ from the committed pkg/; needs no Rust
 *   npm run build -- --check      writes nothing; fails when a committed file is not what its sources build.
 *                                 Rebuilds and compares bytes where the Rust tools are (always in CI), else hashes.
 *   npm run build -- --ratchet    lowers the numbers of build/size_budget.json to what pkg/ has now
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CODES_FILE, generateCodes } from "./build/codes.js";
import { buildDist, checkExports } from "./build/dist.js";
import { inRoot } from "./build/paths.js";
import { BuildError } from "./build/process.js";
import { checkSize, lowerBudget } from "./build/size.js";
import { makeStamp, STAMP_FILE, type Stamp, sourceHash, stampText } from "./build/stamp.js";
import { problems, versions, wasmTools } from "./build/tools.js";
import { buildWasm, WASM_FILES } from "./build/wasm.js";

const committed = (): string[] =>
  [...WASM_FILES.map((name) => `pkg/${name}`), CODES_FILE].filter((name) => existsSync(inRoot(name)));
const readIfThere = (file: string): Buffer | undefined => (existsSync(file) ? readFileSync(file) : undefined);

const committedWasm = (): Buffer => readFileSync(inRoot("pkg/inkan_bg.wasm"));

/** Builds into a scratch folder and hands it to `use`. */
function withFreshWasm(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "inkan-pkg-"));
  try {
    buildWasm(folder);
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function build(): void {
  withFreshWasm((folder) => {
    mkdirSync(inRoot("pkg"), { recursive: true });
    for (const name of WASM_FILES) copyFileSync(join(folder, name), inRoot("pkg", name));
  });
  const codes = generateCodes();
  if (codes !== undefined) {
    mkdirSync(dirname(inRoot(CODES_FILE)), { recursive: true });
    writeFileSync(inRoot(CODES_FILE), codes);
  }
  writeFileSync(inRoot(STAMP_FILE), stampText(makeStamp(committed())));
  buildDist();
  for (const line of [...checkExports(), ...checkSize(committedWasm())]) console.warn(`warning: ${line}`);
}

/** Compares the committed files with a rebuild. */
function compareRebuilt(): string[] {
  const drift: string[] = [];
  withFreshWasm((folder) => {
    for (const name of WASM_FILES) {
      if (!readIfThere(inRoot("pkg", name))?.equals(readFileSync(join(folder, name))))
        drift.push(`pkg/${name} is not what crates/ builds`);
    }
  });
  const codes = generateCodes();
  if (codes !== undefined && readIfThere(inRoot(CODES_FILE))?.toString() !== codes) {
    drift.push(`${CODES_FILE} is not what crates/core lists`);
  }
  return drift.length > 0 ? [...drift, `tools here: ${versions()}`] : [];
}

/** Compares hashes: what was built from which sources. */
function compareStamp(): string[] {
  const stamp = JSON.parse(readIfThere(inRoot(STAMP_FILE))?.toString() ?? "{}") as Partial<Stamp>;
  if (stamp.source !== sourceHash()) return [`pkg/ was built from other sources than these (${STAMP_FILE})`];
  const { files } = makeStamp(committed());
  const names = new Set([...Object.keys(files), ...Object.keys(stamp.files ?? {})]);
  return [...names]
    .filter((name) => files[name] !== stamp.files?.[name])
    .map((name) => `${name} is not what was built (${STAMP_FILE})`);
}

function check(): void {
  const missing = problems(wasmTools);
  if (missing.length > 0 && process.env.CI)
    throw new BuildError(`--check must rebuild in CI, and cannot:\n\n  ${missing.join("\n  ")}`);
  if (missing.length > 0)
    console.warn(`not rebuilt, hashes compared only, for want of:\n\n  ${missing.join("\n  ")}\n`);
  const drift = [
    ...compareStamp(),
    ...(missing.length === 0 ? compareRebuilt() : []),
    ...checkExports(),
    ...checkSize(committedWasm()),
  ];
  if (drift.length > 0)
    throw new BuildError(`drift:\n\n  ${drift.join("\n  ")}\n\nto repair: npm run build, and commit what it writes`);
  console.log("pkg/, generated files, exports and sizes are what their sources make.");
}

try {
  const [flag, value, ...rest] = process.argv.slice(2);
  if (rest.length > 0) throw new BuildError(`too many arguments: ${rest.join(" ")}`);
  if (flag === undefined) build();
  else if (flag === "--check" && value === undefined) check();
  else if (flag === "--only" && value === "ts") buildDist();
  else if (flag === "--ratchet" && value === undefined) lowerBudget(committedWasm());
  else throw new BuildError("usage: npm run build [-- --check | --only ts | --ratchet]");
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
