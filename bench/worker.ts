/** The bench's side of the protocol (peers/README.md): one process for each peer, asked in turn. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** What a peer answered when it cannot or will not: its own words. */
export class Refused extends Error {}

export class Worker {
  readonly version: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(version: string, child: ChildProcessWithoutNullStreams, lines: AsyncIterator<string>) {
    this.version = version;
    this.#child = child;
    this.#lines = lines;
  }

  /** Starts a worker and waits until it has loaded everything that it will be asked about. */
  static async start({ program, args }: Command, job: string): Promise<Worker> {
    const child = spawn(program, [...args, job], { stdio: "pipe" });
    let said = "";
    child.stderr.on("data", (data: Buffer) => {
      said += data;
    });
    child.on("error", (error) => {
      said += error.message;
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value, done } = await lines.next();
    const version = done ? undefined : /^ready (.+)$/.exec(value)?.[1];
    if (version === undefined) throw new Error(`it does not start: ${lastLine(said)}`);
    return new Worker(version, child, lines);
  }

  async #ask(request: string): Promise<string> {
    this.#child.stdin.write(`${request}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`it ended at the request: ${request}`);
    if (value.startsWith("refused")) throw new Refused(value.slice("refused ".length));
    return value;
  }

  /** Why it refuses the task, or undefined when it accepts it. */
  async refusal(task: string): Promise<string | undefined> {
    try {
      await this.#ask(`check ${task}`);
      return undefined;
    } catch (error) {
      if (error instanceof Refused) return error.message;
      throw error;
    }
  }

  /** Microseconds of each of `count` runs. Throws {@link Refused} where it cannot do that. */
  async measure(what: "verify" | "parse" | "root", task: string, count: number): Promise<number[]> {
    return (await this.#ask(`${what} ${task} ${count}`)).split(" ").map(Number);
  }

  stop(): void {
    this.#child.stdin.end();
  }
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
