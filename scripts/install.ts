/**
 * Installs what the tests need and the machine does not have, from the registries. Says what it installs.
 *
 *   tsx scripts/install.ts          for `npm test`: Rust, a C compiler, Chromium, Firefox, WebKit, Redis, the other runtimes; and for
 *                                   `npm run check`: actionlint and shellcheck
 *   tsx scripts/install.ts --wasm   also the tools that rebuild the WASM: clang, wasm-pack, wasm-bindgen
 *   tsx scripts/install.ts --npm    only the npm packages of folders that have their own
 *
 * Goes on if something cannot be installed. The build and the tests that need it then say what is missing.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { inRoot } from "./build/paths.js";
import { BuildError, run, tryCapture, which } from "./build/process.js";
import {
  ACTIONLINT_FOLDER,
  ACTIONLINT_MODULE,
  bindgenVersion,
  LLVM,
  rustVersion,
  WASM_TARGET,
  workflowTools,
} from "./build/tools.js";

const say = (text: string): void => console.log(`setup: ${text}`);

/** Programs from Debian's packages. */
const DEBIAN: Record<string, string> = {
  cc: "gcc",
  chromium: "chromium",
  "firefox-esr": "firefox-esr",
  // WebKit, and the display that it needs.
  WebKitWebDriver: "webkit2gtk-driver",
  Xvfb: "xvfb",
  "redis-server": "redis-server",
  shellcheck: "shellcheck",
};
const DEBIAN_WASM: Record<string, string> = { [`clang-${LLVM}`]: `clang-${LLVM}`, [`llvm-ar-${LLVM}`]: `llvm-${LLVM}` };

/** Runs an install step. A failure is reported and does not stop the other steps. */
function attempt(program: string, args: string[], env?: Record<string, string>): boolean {
  say(`${program} ${args.join(" ")}`);
  try {
    run(program, args, env ? { env } : {});
    return true;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    say(error.message);
    return false;
  }
}

function debianPackages(programs: Record<string, string>): void {
  const missing = Object.entries(programs).filter(([program]) => !which(program));
  const names = [...new Set(missing.map(([, name]) => name))];
  if (names.length === 0) return;
  const root = process.getuid?.() === 0;
  if (!which("apt-get") || !(root || which("sudo"))) {
    say(`please install by hand: ${names.join(" ")}`);
    return;
  }
  const [program, ...before] = root ? ["apt-get"] : ["sudo", "-n", "apt-get"];
  const apt = (args: string[]): boolean =>
    attempt(program ?? "", [...before, ...args], { DEBIAN_FRONTEND: "noninteractive" });
  apt(["-q", "update"]);
  apt(["-q", "install", "-y", "--no-install-recommends", ...names]);
}

/** The Rust version that rust-toolchain.toml names, with its components and targets. */
function rust(): void {
  const cargoBin = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "bin");
  process.env.PATH = `${process.env.PATH}${delimiter}${cargoBin}`;
  if (!which("rustup")) {
    debianPackages({ rustup: "rustup" });
    if (!which("rustup")) {
      if (!which("cargo")) say("please install rustup by hand");
      return;
    }
  }
  const toolchain = rustVersion();
  const file = readFileSync(inRoot("rust-toolchain.toml"), "utf8");
  const listed = (key: string): string[] =>
    [...(new RegExp(`^${key} = \\[(.*)\\]`, "m").exec(file)?.[1] ?? "").matchAll(/"([^"]+)"/g)].map(
      ([, name = ""]) => name,
    );
  const components = tryCapture("rustup", ["component", "list", "--installed", "--toolchain", toolchain]) ?? "";
  const targets = tryCapture("rustup", ["target", "list", "--installed", "--toolchain", toolchain]) ?? "";
  const complete =
    ["rustc", ...listed("components")].every((name) => components.includes(name)) && targets.includes(WASM_TARGET);
  if (complete) return;
  const extras = [
    ...listed("components").flatMap((name) => ["-c", name]),
    ...listed("targets").flatMap((name) => ["-t", name]),
  ];
  attempt("rustup", ["toolchain", "install", toolchain, "--profile", "minimal", "--no-self-update", ...extras]);
}

/** Built once for each machine, so the build is fast rather than its result small. */
const QUICK = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "1",
  CARGO_PROFILE_RELEASE_LTO: "false",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
};

function wasmCommands(): void {
  if (!which("wasm-pack")) attempt("cargo", ["install", "--locked", "wasm-pack"], QUICK);
  if (tryCapture("wasm-bindgen", ["--version"])?.trim() !== `wasm-bindgen ${bindgenVersion()}`) {
    // Its lock file cannot be used.
    attempt("cargo", ["install", "wasm-bindgen-cli", "--version", bindgenVersion()], QUICK);
  }
}

function actionlint(): void {
  const [tool] = workflowTools;
  if (tool?.problem() === undefined) return;
  if (which("go")) attempt("go", ["install", ACTIONLINT_MODULE], { GOBIN: ACTIONLINT_FOLDER });
  else say(`please install Go by hand, for ${ACTIONLINT_MODULE}`);
}

/** Folders with their own packages, which not every clone installs. */
const PACKAGES = [
  "test/runtimes",
  "test/differential",
  "test/mcp/packages",
  "test/publish/packages",
  "test/page",
  "site",
];

const lockOf = (folder: string): string => inRoot(folder, "package-lock.json");
/** A copy of the lock file shows that its packages are installed. */
const copyOf = (folder: string): string => inRoot(folder, "node_modules", ".installed-lock.json");
const lacksPackages = (folder: string): boolean =>
  !existsSync(copyOf(folder)) || !readFileSync(copyOf(folder)).equals(readFileSync(lockOf(folder)));

/** Installs the packages of these folders. */
export function installPackages(folders: readonly string[] = PACKAGES): void {
  for (const name of folders.filter(lacksPackages)) {
    const options = ["--ignore-scripts", "--no-audit", "--no-fund"];
    if (attempt("npm", ["ci", ...options, "--prefix", inRoot(name)])) copyFileSync(lockOf(name), copyOf(name));
  }
}

/** The same in a process of its own: npm waits for the registry, and the compilers of the other steps do not. */
async function installPackagesAside(): Promise<void> {
  if (!PACKAGES.some(lacksPackages)) return;
  const args = [...process.execArgv, inRoot("scripts/install.ts"), "--npm"];
  await once(spawn(process.execPath, args, { stdio: "inherit" }), "close");
}

/**
 * Installs the needs of the tests, and with `wasm` also those of rebuilding pkg/. Adds the installed programs to PATH
 * of this process.
 */
export async function install({ wasm }: { wasm: boolean }): Promise<void> {
  const packages = installPackagesAside();
  debianPackages(wasm ? { ...DEBIAN, ...DEBIAN_WASM } : DEBIAN);
  rust();
  if (wasm) wasmCommands();
  actionlint();
  await packages;
  say("ready");
}

if (process.argv[1] === inRoot("scripts/install.ts")) {
  if (process.argv.includes("--npm")) installPackages();
  else await install({ wasm: process.argv.includes("--wasm") });
}
