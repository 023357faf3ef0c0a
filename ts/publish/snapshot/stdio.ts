/** A server that is started as a child, in a process group of its own, and spoken to over stdin and stdout. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { Lines } from "../../input/lines.js";
import { ENDING_SIGNALS, signalGroup, watchGroup } from "../process_group.js";
import type { Bounds } from "./bounds.js";
import { SnapshotFailure } from "./failure.js";
import { type Listener, type OpenWire, tell, type Wire } from "./peer.js";

/** Milliseconds that a child gets after its stdin is closed, and again after SIGTERM. */
const GRACE = 1_000;
/** Characters of stderr that explain why a server died. */
const LAST_WORDS = 600;

/** How a server is started. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether a shell may start what is no program by itself: on Windows, npx and its kind are batch files. */
  readonly mayUseShell: boolean;
}

/** Starts the program anew for each session. */
export function stdioWire(program: Program, bounds: Bounds): OpenWire {
  return (listener) => new StdioWire(program, bounds, listener);
}

class StdioWire implements Wire {
  readonly #child: ChildProcess;
  readonly #listener: Listener;
  readonly #lines: Lines;
  readonly #longest: number;
  #bytes = 0;
  readonly #exited: Promise<void>;
  readonly #watch: ChildProcess | undefined;
  #said = "";
  #over = false;

  constructor({ command, args, env, cwd, mayUseShell }: Program, bounds: Bounds, listener: Listener) {
    this.#listener = listener;
    const windows = process.platform === "win32";
    const child = spawn(command, [...args], {
      stdio: "pipe",
      env: { ...process.env, ...env },
      cwd,
      detached: !windows,
      windowsHide: true,
      shell: mayUseShell && windows && !/\.exe$/i.test(command),
    });
    this.#child = child;
    this.#watch = watchGroup(child.pid);
    this.#longest = bounds.bytes;
    this.#lines = new Lines(bounds.bytes);
    this.#exited = new Promise((resolve) => child.once("close", () => resolve()));
    child.once("error", (error: NodeJS.ErrnoException) => {
      listener.end(new SnapshotFailure(`cannot start ${command}: ${whyNotStarted(error, cwd)}`));
    });
    child.stdout?.on("data", (piece: Buffer) => {
      if (!this.#take(piece)) this.#kill("SIGKILL");
    });
    child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
      this.#said = (this.#said + piece).slice(-LAST_WORDS);
    });
    child.stdin?.on("error", () => {});
    child.once("close", (code, signal) => {
      if (this.#over) return;
      const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
      const said = this.#said.trim();
      listener.end(new SnapshotFailure(`the server ${how}${said === "" ? "" : `; it wrote: ${said}`}`));
    });
    for (const signal of ENDING_SIGNALS) process.once(signal, this.#abort);
    process.once("exit", this.#killNow);
  }

  async send(text: string): Promise<void> {
    this.#child.stdin?.write(`${text}\n`);
  }

  /** Ends the whole group: a launcher such as npx may have gone before the server that it started. */
  async close(): Promise<void> {
    this.#over = true;
    if (this.#child.pid !== undefined) {
      this.#child.stdin?.end();
      await Promise.race([this.#exited, pause(GRACE, undefined, { ref: false })]);
      if (this.#kill("SIGTERM")) {
        for (let waited = 0; waited < GRACE && this.#kill(0); waited += 50) await pause(50);
        this.#kill("SIGKILL");
      }
      await Promise.race([this.#exited, pause(GRACE)]);
      this.#child.stdout?.destroy();
      this.#child.stderr?.destroy();
      this.#watch?.stdin?.end("done\n");
    }
    for (const signal of ENDING_SIGNALS) process.off(signal, this.#abort);
    process.off("exit", this.#killNow);
  }

  /** Tells of each line. False once there is no use in reading on. */
  #take(piece: Buffer): boolean {
    this.#bytes += piece.length;
    if (this.#bytes > this.#longest) {
      this.#listener.end(new SnapshotFailure(`the server sent more than the limit of ${this.#longest} bytes`));
      return false;
    }
    return this.#lines.push(piece).every((line) => "bytes" in line && tell(this.#listener, line.bytes));
  }

  /** False if there is nobody left in the group. */
  #kill(signal: NodeJS.Signals | 0): boolean {
    return signalGroup(this.#child.pid, signal);
  }

  readonly #killNow = (): void => {
    this.#kill("SIGKILL");
  };

  readonly #abort = (signal: NodeJS.Signals): void => {
    this.#kill("SIGKILL");
    this.#listener.end(new SnapshotFailure(`interrupted by ${signal}`));
  };
}

function whyNotStarted({ code, message }: NodeJS.ErrnoException, cwd: string | undefined): string {
  if (code === "EACCES") return "it is not executable";
  if (code === "EINVAL" && process.platform === "win32") return 'a batch file needs the command "cmd" with "/c"';
  if (code !== "ENOENT") return code ?? message;
  return `there is no such command${cwd === undefined ? "" : ` in PATH, or no folder ${cwd}`}`;
}
