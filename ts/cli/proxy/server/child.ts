/**
 * The server as a child process in a group of its own. Nothing of the group outlives the proxy: not what the child has
 * started, and not if the proxy is killed, for which a shell waits that sees the end of a pipe.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { Lines } from "../../../input/lines.js";
import { own, ownText } from "../../../mcp/message/message.js";
import { signalGroup, watchGroup } from "../../../publish/process_group.js";
import { LIMITS } from "../limits.js";
import { idAtTheEdge, readMessageBytes } from "../message/message_text.js";
import { type Notes, shown } from "../notes.js";
import { Output } from "../output.js";
import type { Receiver, Upstream } from "./upstream.js";

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

const isWindows = process.platform === "win32";

/** Milliseconds in which what an ended child has written is still read, while something it left holds its output open. */
const LAST_OUTPUT = 500;

/** Exit code of a command that cannot be started: nothing was judged. */
const NOT_STARTED = 2;

export class ChildServer implements Upstream {
  readonly #options: ChildOptions;
  readonly #notes: Notes;
  readonly #child: ChildProcess;
  readonly #input: Output;
  readonly #watch: ChildProcess | undefined;
  readonly #exited: Promise<number>;
  /** The end of what it writes to standard error, where that comes through the proxy. */
  readonly #lastWords: Promise<void> | undefined;
  /** Ends with what the child writes. */
  readonly #output: Promise<void>;
  #receiver: Receiver | undefined;
  #begin = (_receiver: Receiver): void => {};
  #isEnding = false;
  /** Whether it has closed its output before its end. */
  #isMute = false;

  /** Starts the child. What it writes waits until `readTo` has said to whom. */
  constructor(options: ChildOptions, notes: Notes) {
    this.#options = options;
    this.#notes = notes;
    this.#child = spawn(options.command, [...options.args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", notes.passesServerErrors ? "pipe" : "inherit"],
      detached: !isWindows,
      windowsHide: true,
    });
    const { stdin, stderr, pid } = this.#child;
    if (stdin === null) throw new Error("the child has no input");
    this.#input = new Output(stdin);
    if (stderr !== null) notes.pass(stderr);
    this.#lastWords = stderr === null ? undefined : new Promise((resolve) => stderr.once("close", resolve));
    this.#watch = watchGroup(pid);
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => resolve(code ?? 128 + (constants.signals[signal ?? "SIGKILL"] ?? 9)));
      this.#child.once("error", (error) => {
        if (pid !== undefined) return;
        this.#problem = this.#whyNotStarted(error as NodeJS.ErrnoException);
        resolve(NOT_STARTED);
      });
    });
    const receiver = new Promise<Receiver>((resolve) => {
      this.#begin = resolve;
    });
    // Begun at once, because Node throws away what nobody has begun to read when a child ends.
    this.#output = this.#readAll(receiver).catch(() => {});
  }

  /** Why the child could not be started. */
  #problem: string | undefined;

  /** Reads what the child writes, message by message, and tells of its end. */
  readTo(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#begin(receiver);
    const output = this.#output;
    void this.#exited.then(async (code) => {
      await Promise.race([output, sleep(LAST_OUTPUT)]);
      await this.#endGroup();
      if (this.#isEnding || this.#isMute) return;
      receiver.gone(this.#problem ?? `The server has ended with exit code ${code}.`, code);
    });
    // One that has closed its output and lives on answers nothing any more.
    void output.then(async () => {
      if ((await this.#exitedWithin(LAST_OUTPUT)) || this.#isEnding) return;
      this.#isMute = true;
      receiver.gone("The server has closed its output.", undefined);
    });
  }

  send(text: string, message: unknown): Promise<void> | undefined {
    const id =
      ownText(message, "method") === undefined ? undefined : (own(message, "id") as string | number | undefined);
    if (id === undefined) return this.#input.line(text);
    return this.#input.line(text, async () => {
      // One that has ended is told of with its exit code, in answer to all that is open.
      if ((await this.#exitedWithin(LAST_OUTPUT)) || this.#isEnding) return;
      void this.#receiver?.failed(id, "The server has closed its input.");
    });
  }

  async end(how: "in order" | "soon"): Promise<number> {
    this.#isEnding = true;
    this.#input.end();
    const grace = LIMITS.endSeconds * 1_000;
    // Whoever sends a signal will not wait for long.
    if (how === "in order") await this.#exitedWithin(grace);
    this.#signal("SIGTERM");
    if (!(await this.#exitedWithin(how === "in order" ? grace : grace * 0.75))) this.#signal("SIGKILL");
    const code = await this.#exited;
    await this.#endGroup();
    return code;
  }

  async #exitedWithin(milliseconds: number): Promise<boolean> {
    const stop = new AbortController();
    const late = sleep(milliseconds, false, { signal: stop.signal }).catch(() => false);
    const ended = await Promise.race([this.#exited.then(() => true), late]);
    stop.abort();
    return ended;
  }

  /** Reads no more than the first piece before there is a receiver. */
  async #readAll(known: Promise<Receiver>): Promise<void> {
    const { stdout } = this.#child;
    if (stdout === null) return;
    const lines = new Lines(LIMITS.messageBytes);
    const take = async (line: ReturnType<Lines["push"]>[number]): Promise<void> => {
      const receiver = this.#receiver ?? (await known);
      if ("bytes" in line) return line.bytes.length === 0 ? undefined : receiver.received(readMessageBytes(line.bytes));
      const id = idAtTheEdge(line.head, line.tail);
      const problem = `a line of ${line.tooLong} bytes, which is more than ${LIMITS.messageBytes}`;
      return receiver.received({ problem, noise: false, ...(id === undefined ? {} : { id }) });
    };
    for await (const piece of stdout) for (const line of lines.push(piece)) await take(line);
    const last = lines.end();
    if (last !== undefined) await take(last);
  }

  /** What the child has started may have outlived it. */
  async #endGroup(): Promise<void> {
    if (!isWindows && this.#signal("SIGTERM")) {
      for (let waited = 0; waited < LAST_OUTPUT && this.#signal(0); waited += 20) await sleep(20);
      this.#signal("SIGKILL");
    }
    this.#watch?.stdin?.end("done\n");
    if (this.#lastWords !== undefined) await Promise.race([this.#lastWords, sleep(LAST_OUTPUT)]);
  }

  /** Signals the group. Says whether there is one. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    return signalGroup(this.#child.pid, signal);
  }

  #whyNotStarted({ code = "unknown reason", syscall = "" }: NodeJS.ErrnoException): string {
    const { command, cwd } = this.#options;
    const said = `Cannot start the server's command ${JSON.stringify(shown(command))}`;
    if (code === "ENOENT") {
      this.#notes.say("PATH of the proxy: see how your host starts it; desktop hosts often pass a short one");
      return `${said}: there is no such program in PATH, or no folder ${JSON.stringify(shown(cwd))}. Write its absolute path as "command" in the policy file.`;
    }
    if (code === "EACCES") return `${said}: it is not executable.`;
    if (isWindows && code === "EINVAL") return `${said}: batch files need "command": "cmd", "args": ["/c", …].`;
    return `${said}: ${code} ${syscall.split(" ")[0] ?? ""}.`;
  }
}
