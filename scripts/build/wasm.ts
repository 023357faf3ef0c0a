/** crates/ to WASM and glue: wasm-pack (cargo and wasm-bindgen), then wasm-opt. The same sources give the same bytes. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inRoot, root } from "./paths.js";
import { capture, run, which } from "./process.js";
import { LLVM, requireTools, rustSource, WASM_TARGET, wasmOpt, wasmTools } from "./tools.js";

/** Flags of wasm-opt. `-Oz` would shrink the arithmetic of crates/ecdsa too, which must stay fast. */
const WASM_OPT_FLAGS = ["-O3", "--strip-debug", "--strip-producers", "--strip-target-features"];

/**
 * A panic traps at once: nobody reads its text (a page has no standard error), and code that makes texts of panics is a
 * twentieth of the module. That takes a standard library built with it, which only an unstable option of cargo does;
 * RUSTC_BOOTSTRAP allows it to the stable compiler that rust-toolchain.toml pins, for this build alone.
 */
const RUST_FLAGS = ["-Zunstable-options", "-Cpanic=immediate-abort"];

/**
 * One result a function: for each signature with several, V8 compiles a wrapper by its optimising compiler when the module
 * is loaded. wasm-bindgen makes such signatures as soon as one object file allows them.
 */
const ONE_RESULT = { rustc: "-Ctarget-feature=-multivalue", clang: "-mno-multivalue" };

/** Optimised as little of the standard library as speed needs: the rest is small, as Cargo.toml's profile asks. */
const STANDARD_LIBRARY = [
  ...["-Z", "build-std=std,panic_abort", "-Z", "build-std-features="],
  ...["alloc", "compiler_builtins"].flatMap((crate) => ["--config", `profile.release.package.${crate}.opt-level=3`]),
];

/** Flags of the wasm-bindgen command that wasm-pack cannot be asked for: a trapped instance can be replaced by a new one. */
const BINDGEN_FLAGS = ["--experimental-reset-state-function"];

/** What the build writes, and what is committed of it. */
export const WASM_FILES = ["inkan.js", "inkan.d.ts", "inkan_bg.wasm", "inkan_bg.wasm.d.ts"];

/** Compiles crates/wasm into `folder`. */
export function buildWasm(folder: string): void {
  requireTools(wasmTools, "Building the WASM");
  // Fetched first: the folders of the crates must exist to be named in the flags.
  run("cargo", ["fetch", "--locked", "--target", WASM_TARGET]);
  const shims = mkdtempSync(join(tmpdir(), "inkan-build-"));
  try {
    const bindgen = join(shims, "wasm-bindgen");
    writeFileSync(bindgen, `#!/bin/sh\nexec '${which("wasm-bindgen")}' ${BINDGEN_FLAGS.join(" ")} "$@"\n`);
    chmodSync(bindgen, 0o755);
    const options = ["--mode", "no-install", "--target", "web", "--no-pack", "--no-gitignore", "--out-name", "inkan"];
    const cargo = ["--locked", ...STANDARD_LIBRARY];
    run("wasm-pack", ["build", ...options, "--out-dir", folder, inRoot("crates/wasm"), ...cargo], {
      env: { ...cargoEnvironment(), PATH: `${shims}${delimiter}${process.env.PATH}` },
    });
  } finally {
    rmSync(shims, { recursive: true });
  }
  const wasm = join(folder, "inkan_bg.wasm");
  run("node", [wasmOpt(), ...WASM_OPT_FLAGS, wasm, "-o", wasm]);
}

/** Compilers and flags; no path of this machine may reach the output. */
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
    // wasm-bindgen and wasm-opt read the section of target features, which strip removes; wasm-opt strips the rest.
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

/** Prefixes of this machine and what stands for them; of several that match, rustc takes the last. */
function remappedPaths(): [from: string, to: string][] {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const registries = join(cargoHome, "registry", "src");
  const commit = /^commit-hash: (.+)$/m.exec(capture("rustc", ["-vV"]))?.[1];
  return [
    [root, "inkan"],
    [cargoHome, "cargo"],
    // The folder of a registry is named after its address and its client's settings.
    ...(existsSync(registries) ? readdirSync(registries) : []).map((name): [string, string] => [
      join(registries, name),
      "crates",
    ]),
    [rustSource(), `/rustc/${commit}`],
  ];
}
