/**
 * Builds the WASM and its glue from crates/: wasm-pack (cargo and wasm-bindgen), then wasm-opt. The same sources give
 * the same bytes.
 */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inRoot, root } from "./paths.js";
import { BuildError, capture, run, which } from "./process.js";
import { LLVM, requireTools, rustSource, WASM_TARGET, wasmOpt, wasmTools } from "./tools.js";

/** Flags of wasm-opt. `-Oz` would shrink the arithmetic of crates/ecdsa too, which must stay fast. */
const WASM_OPT_FLAGS = ["-O3", "--strip-debug", "--strip-producers", "--strip-target-features"];

/**
 * A panic traps at once. Nobody reads its text, because a page has no standard error, and the code that makes such
 * texts is a twentieth of the module. This needs a standard library that is built in the same way, which only an
 * unstable option of cargo can do. RUSTC_BOOTSTRAP allows that option to the stable compiler that rust-toolchain.toml
 * pins, for this build alone.
 */
const RUST_FLAGS = ["-Zunstable-options", "-Cpanic=immediate-abort"];

/**
 * Each function has at most one result. For each signature with several results, V8 compiles a wrapper with its
 * optimising compiler when the module is loaded. wasm-bindgen makes such signatures as soon as one object file allows
 * them.
 */
const ONE_RESULT = { rustc: "-Ctarget-feature=-multivalue", clang: "-mno-multivalue" };

/**
 * Only the parts of the standard library that need speed are optimised for speed. The rest is small, as Cargo.toml's
 * profile asks.
 */
const STANDARD_LIBRARY = [
  ...["-Z", "build-std=std,panic_abort", "-Z", "build-std-features="],
  ...["alloc", "compiler_builtins"].flatMap((crate) => ["--config", `profile.release.package.${crate}.opt-level=3`]),
];

/**
 * A flag of the wasm-bindgen command that wasm-pack does not offer. With it, a trapped instance can be replaced by a
 * new one.
 */
const BINDGEN_FLAGS = ["--experimental-reset-state-function"];

/** The whole core, and the first core (crates/core/src/first.rs). Both have the glue of the whole one. */
const WHOLE = "inkan_bg.wasm";
const FIRST = "inkan_first.wasm";

/** The files that the build writes and that are committed. */
export const WASM_FILES = ["inkan.js", "inkan.d.ts", WHOLE, "inkan_bg.wasm.d.ts", FIRST];

/** What wasm-bindgen's glue cannot do: use another build of the core in place of the present one. */
const INSTALL = `
// Added by build.ts.
export { __wbg_get_imports as imports };
export function install(instance, module) {
    __wbg_instance_id++;
    __wbg_finalize_init(instance, module);
}
`;
const INSTALL_TYPES = `
/** Added by build.ts. What both builds of the core import. */
export function imports(): WebAssembly.Imports;
/** Added by build.ts. Uses this instance from now on. Objects of the one before can be used no longer. */
export function install(instance: WebAssembly.Instance, module: WebAssembly.Module): void;
`;

/** Compiles crates/wasm into `folder`, twice: the second time without what the first core lacks. */
export function buildWasm(folder: string): void {
  requireTools(wasmTools, "Building the WASM");
  // Fetched first, because the folders of the crates must exist before flags can name them.
  run("cargo", ["fetch", "--locked", "--target", WASM_TARGET]);
  const scratch = mkdtempSync(join(tmpdir(), "inkan-first-"));
  try {
    pack(folder, []);
    pack(scratch, ["--features", "first-core"]);
    checkGlue(readFileSync(join(folder, "inkan.js"), "utf8"), readFileSync(join(scratch, "inkan.js"), "utf8"));
    optimize(join(scratch, WHOLE), join(folder, FIRST));
    optimize(join(folder, WHOLE), join(folder, WHOLE));
  } finally {
    rmSync(scratch, { recursive: true });
  }
  appendFileSync(join(folder, "inkan.js"), INSTALL);
  appendFileSync(join(folder, "inkan.d.ts"), INSTALL_TYPES);
}

/** One glue must serve both modules: whatever the first core's glue does, the whole core's does in the same words. */
function checkGlue(whole: string, first: string): void {
  const lines = new Set(whole.split("\n"));
  const other = first.split("\n").filter((line) => !lines.has(line));
  if (other.length > 0)
    throw new BuildError(`the first core needs another glue than the whole one:\n${other.join("\n")}`);
}

/** wasm-pack: cargo and wasm-bindgen. What both builds depend on is compiled once. */
function pack(folder: string, features: readonly string[]): void {
  const shims = mkdtempSync(join(tmpdir(), "inkan-build-"));
  try {
    const bindgen = join(shims, "wasm-bindgen");
    writeFileSync(bindgen, `#!/bin/sh\nexec '${which("wasm-bindgen")}' ${BINDGEN_FLAGS.join(" ")} "$@"\n`);
    chmodSync(bindgen, 0o755);
    const options = ["--mode", "no-install", "--target", "web", "--no-pack", "--no-gitignore", "--out-name", "inkan"];
    const cargo = ["--locked", ...STANDARD_LIBRARY, ...features];
    run("wasm-pack", ["build", ...options, "--out-dir", folder, inRoot("crates/wasm"), ...cargo], {
      env: { ...cargoEnvironment(), PATH: `${shims}${delimiter}${process.env.PATH}` },
    });
  } finally {
    rmSync(shims, { recursive: true });
  }
}

const optimize = (from: string, to: string): void => run("node", [wasmOpt(), ...WASM_OPT_FLAGS, from, "-o", to]);

/** The compilers and their flags. No path of this machine may appear in the output. */
function cargoEnvironment(): Record<string, string | undefined> {
  const paths = remappedPaths();
  return {
    RUSTC_BOOTSTRAP: "1",
    CARGO_ENCODED_RUSTFLAGS: [
      ...RUST_FLAGS,
      ONE_RESULT.rustc,
      ...paths.map(([from, to]) => `--remap-path-prefix=${from}=${to}`),
    ].join("\x1f"),
    RUSTFLAGS: undefined,
    // wasm-bindgen and wasm-opt read the section of target features, which strip removes. wasm-opt strips the rest.
    CARGO_PROFILE_RELEASE_STRIP: "none",
    CC_wasm32_unknown_unknown: `clang-${LLVM}`,
    AR_wasm32_unknown_unknown: `llvm-ar-${LLVM}`,
    CC_SHELL_ESCAPED_FLAGS: "1",
    CFLAGS_wasm32_unknown_unknown: [
      ONE_RESULT.clang,
      ...paths.map(([from, to]) => `'-ffile-prefix-map=${from}=${to}'`),
    ].join(" "),
  };
}

/** Path prefixes of this machine and their replacements. If several match, rustc uses the last. */
function remappedPaths(): [from: string, to: string][] {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const registries = join(cargoHome, "registry", "src");
  const commit = /^commit-hash: (.+)$/m.exec(capture("rustc", ["-vV"]))?.[1];
  return [
    [root, "inkan"],
    [cargoHome, "cargo"],
    // The name of a registry's folder depends on its address and on the client's settings.
    ...(existsSync(registries) ? readdirSync(registries) : []).map((name): [string, string] => [
      join(registries, name),
      "crates",
    ]),
    [rustSource(), `/rustc/${commit}`],
  ];
}
