/**
 * Gets a package's tarball through npm itself, so that registry, credentials and proxies are those of npm's configuration.
 * Nothing of the package runs. What npm stores stands in a folder of its own, which is removed.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { printable } from "../../input/printable.js";
import { ENDING_SIGNALS, signalGroup, watchGroup } from "../../publish/process_group.js";
import { readTarball } from "./tarball.js";

interface Bounds {
  /** Time that npm may take. */
  readonly milliseconds: number;
  /** Bytes that npm may store: its cache and the tarball, which are about the same. */
  readonly stored: number;
}
const BOUNDS: Bounds = { milliseconds: 60_000, stored: 256 * 2 ** 20 };
/** How often what it has stored is added up. */
const LOOK_MS = 250;
/** Characters of its complaints that are kept. */
const COMPLAINT = 16_384;

/** The files of these names in the root of a package; `spec` is a name, or a name with an exact version. */
export async function packPackage(
  spec: string,
  folder: string,
  files: ReadonlyMap<string, number>,
  bounds: Bounds = BOUNDS,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const store = mkdtempSync(join(tmpdir(), "inkan-npm-"));
  try {
    await runNpm(spec, folder, store, bounds);
    const [tarball, ...others] = readdirSync(store).filter((name) => name.endsWith(".tgz"));
    if (tarball === undefined || others.length > 0) throw new Error(`npm pack ${printable(spec)} wrote no tarball`);
    return await readTarball(join(store, tarball), files);
  } finally {
    rmSync(store, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** `npm pack`, with everything it writes below `store`. Runs in the policy file's folder, whose `.npmrc` counts. */
function runNpm(spec: string, folder: string, store: string, { milliseconds, stored }: Bounds): Promise<void> {
  const found = findNpm();
  if (found === undefined) {
    const which = printable(spec);
    throw new Error(`${which} is not installed here, and npm, which could get it, is not on PATH`);
  }
  const [program, ...before] = found;
  // Each of these wins over npm's configuration; the last ones keep it from packing what stands in the folder.
  const options = [
    ...["--ignore-scripts", `--cache=${join(store, "cache")}`, `--pack-destination=${store}`, "--no-dry-run"],
    ...["--loglevel=error", "--no-update-notifier", "--no-progress", "--no-workspaces", "--no-global"],
  ];
  const child = spawn(program, [...before, "pack", ...options, "--", spec], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    // A group of its own: npm starts git and others, and nothing of it may outlive this process.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  const kill = (): void => void signalGroup(child.pid, "SIGKILL");
  const interrupted = onEnd(() => {
    kill();
    rmSync(store, { recursive: true, force: true, maxRetries: 3 });
  });
  const watcher = watchGroup(child.pid);
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(0, COMPLAINT);
  });
  return new Promise((resolve, reject) => {
    let ended: string | undefined;
    const end = (reason: string): void => {
      ended ??= reason;
      kill();
    };
    const clock = setTimeout(() => end(`it has not ended within ${milliseconds} ms`), milliseconds);
    const watch = setInterval(() => {
      if (bytesBelow(store) > stored) end(`it stores more than ${stored} bytes`);
    }, LOOK_MS);
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) => {
      clearTimeout(clock);
      clearInterval(watch);
      interrupted.forget();
      // What npm has started may have outlived it.
      kill();
      watcher?.stdin?.end("done\n");
      if (code === 0 && ended === undefined) return resolve();
      reject(
        new Error(`npm pack ${printable(spec)}: ${ended ?? `${reasonIn(complaint)} (exit code ${code ?? signal})`}`),
      );
    });
  });
}

/**
 * Calls `call` where this process ends or is asked to. A signal that nobody else has a handler for then does what it does by
 * itself: it ends this process.
 */
function onEnd(call: () => void): { readonly forget: () => void } {
  const asked = (signal: NodeJS.Signals): void => {
    forget();
    call();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const forget = (): void => {
    for (const signal of ENDING_SIGNALS) process.off(signal, asked);
    process.off("exit", call);
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, asked);
  process.on("exit", call);
  return { forget };
}

/** npm's own reason, as one line: `E404 Not Found - GET …`. */
function reasonIn(complaint: string): string {
  const lines = complaint.split("\n").map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim());
  const told = lines.filter((line) => line !== "" && !/^A complete log|^\d{4}-/.test(line));
  return printable(told.slice(0, 2).join(" "), 200) || "npm says nothing";
}

function bytesBelow(folder: string): number {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
    }
  } catch {
    // npm moves its files while they are counted. The next look counts them again.
  }
  return bytes;
}

/**
 * How npm is started, without a shell. On Windows `npm.cmd` cannot be started so: what it starts is. A desktop host may have
 * a PATH without npm: then the npm that came with this Node is taken.
 */
function findNpm(): readonly [string, ...string[]] | undefined {
  const isWindows = process.platform === "win32";
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  if (!isWindows) {
    const program = folders.map((folder) => join(folder, "npm")).find((file) => existsSync(file));
    if (program !== undefined) return [program];
  }
  const home = dirname(process.execPath);
  const places = isWindows ? [...folders, home] : [join(home, "../lib")];
  const script = places.map((place) => join(place, "node_modules/npm/bin/npm-cli.js")).find((file) => existsSync(file));
  return script === undefined ? undefined : [process.execPath, script];
}
