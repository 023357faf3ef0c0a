/** The tools for rebuilding the WASM: how to find them, and the message if one is missing. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "./paths.js";
import { BuildError, capture, tryCapture, which } from "./process.js";

/** The version of LLVM that compiles ring's C code. Another version gives other bytes. */
export const LLVM = "19";
export const WASM_TARGET = "wasm32-unknown-unknown";
/** wasm-opt of the pinned npm package, so that every machine uses the same one. */
export const wasmOpt = (): string => inRoot("node_modules/binaryen/bin/wasm-opt");

interface Tool {
  name: string;
  install: string;
  /** What is wrong with the tool. Undefined if it is installed in the right version. */
  problem: () => string | undefined;
}

const onPath = (name: string, install: string): Tool => ({
  name,
  install,
  problem: () => (which(name) ? undefined : "not on PATH"),
});

/** The Rust version of rust-toolchain.toml. */
export function rustVersion(): string {
  return match(inRoot("rust-toolchain.toml"), /^channel = "(.+)"$/m);
}

/** The wasm-bindgen of Cargo.lock. The command of that name must have the same version. */
export function bindgenVersion(): string {
  return match(inRoot("Cargo.lock"), /name = "wasm-bindgen"\nversion = "(.+)"/);
}

function match(file: string, pattern: RegExp): string {
  const found = pattern.exec(readFileSync(file, "utf8"))?.[1];
  if (found === undefined) throw new BuildError(`${file} has no line like ${pattern.source}`);
  return found;
}

export const cargo: Tool = {
  name: "cargo",
  install: "install rustup, then, in this folder: rustup toolchain install",
  problem: () => {
    if (!which("cargo")) return "not on PATH";
    const version = tryCapture("rustc", ["--version"]);
    if (version === undefined) return `Rust ${rustVersion()} is not installed (rust-toolchain.toml asks for it)`;
    return version.startsWith(`rustc ${rustVersion()} `)
      ? undefined
      : `Rust ${rustVersion()} is needed, found ${version.trim()}`;
  },
};

const target: Tool = {
  name: `the Rust target ${WASM_TARGET}`,
  install: `rustup target add ${WASM_TARGET}`,
  problem: () => {
    const libraries = tryCapture("rustc", ["--print", "target-libdir", "--target", WASM_TARGET])?.trim();
    return libraries && existsSync(libraries) ? undefined : "not installed";
  },
};

/** The source of the standard library, which is compiled into the WASM. */
const librarySource: Tool = {
  name: "the Rust component rust-src",
  install: "rustup component add rust-src",
  problem: () => (existsSync(join(rustSource(), "library/Cargo.lock")) ? undefined : "not installed"),
};

const bindgen: Tool = {
  name: "wasm-bindgen",
  get install() {
    return `cargo install wasm-bindgen-cli --version ${bindgenVersion()}`;
  },
  problem: () => {
    const found = tryCapture("wasm-bindgen", ["--version"])?.trim();
    if (found === undefined) return "not on PATH";
    return found === `wasm-bindgen ${bindgenVersion()}`
      ? undefined
      : `Cargo.lock has ${bindgenVersion()}, found ${found}`;
  },
};

const debian = (name: string): Tool =>
  onPath(name, `apt-get install clang-${LLVM} llvm-${LLVM} (Debian, Ubuntu) or your system's LLVM ${LLVM}`);

const ACTIONLINT = "1.7.12";
/** Of this version, so that every machine finds the same mistakes. */
export const ACTIONLINT_MODULE = `github.com/rhysd/actionlint/cmd/actionlint@v${ACTIONLINT}`;
/** Where `scripts/install.ts` puts it. */
export const ACTIONLINT_FOLDER = inRoot("target/tools");
export const actionlintPath = (): string => join(ACTIONLINT_FOLDER, "actionlint");

/** What reads workflows; actionlint gives shellcheck the scripts in them. */
export const workflowTools: Tool[] = [
  {
    name: "actionlint",
    install: "npx tsx scripts/install.ts, with Go 1.25 or later",
    problem: () => {
      const found = tryCapture(actionlintPath(), ["-version"])?.split("\n")[0];
      if (found === undefined) return "not installed";
      return found.replace(/^v/, "") === ACTIONLINT ? undefined : `${ACTIONLINT} is needed, found ${found}`;
    },
  },
  onPath("shellcheck", "apt-get install shellcheck (Debian, Ubuntu) or your system's package of this name"),
];

/** The tools that `wasm-pack build` and the later steps run. */
export const wasmTools: Tool[] = [
  cargo,
  target,
  librarySource,
  debian(`clang-${LLVM}`),
  debian(`llvm-ar-${LLVM}`),
  onPath(
    "wasm-pack",
    "cargo install --locked wasm-pack (the npm package of this name downloads a binary; not that one)",
  ),
  bindgen,
  {
    name: "wasm-opt",
    install: "npm ci",
    problem: () => (tryCapture("node", [wasmOpt(), "--version"]) ? undefined : "not in node_modules"),
  },
];

/** One readable line for each tool that is missing or wrong. */
export function problems(tools: Tool[]): string[] {
  const lines: string[] = [];
  for (const tool of tools) {
    const problem = tool.problem();
    if (problem) lines.push(`${tool.name}: ${problem}\n    to install: ${tool.install}`);
    // Nothing else can be checked without a Rust of the right version.
    if (problem && tool === cargo) break;
  }
  return lines;
}

/** Throws with the whole list of what is missing. */
export function requireTools(tools: Tool[], purpose: string): void {
  const missing = problems(tools);
  if (missing.length > 0)
    throw new BuildError(`${purpose} needs what this machine lacks:\n\n  ${missing.join("\n  ")}`);
}

/** The versions of the tools, for a report about bytes that differ. */
export function versions(): string {
  const first = (program: string, args: string[]): string =>
    tryCapture(program, args)?.split("\n")[0]?.trim() ?? `${program}: missing`;
  return [
    first("rustc", ["--version"]),
    first(`clang-${LLVM}`, ["--version"]),
    first("wasm-pack", ["--version"]),
    first("wasm-bindgen", ["--version"]),
    first("node", [wasmOpt(), "--version"]),
  ].join("; ");
}

/** The folder of the source of the Rust that is in use, if it is installed. */
export const rustSource = (): string => join(capture("rustc", ["--print", "sysroot"]).trim(), "lib/rustlib/src/rust");
