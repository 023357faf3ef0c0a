/** The MCP server of an example, in its folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export class ExampleServer {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  /** Free at first, and then always the same, as for a client that stays. */
  port = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts `node server.mjs` with these arguments, in place of the one that runs. */
  async start(...args: string[]): Promise<void> {
    await this.stop();
    const child = spawn(process.execPath, ["server.mjs", ...args], {
      cwd: this.#folder,
      env: { ...process.env, PORT: String(this.port) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child = child;
    this.port = await new Promise((resolve, reject) => {
      let said = "";
      child.stdout.on("data", (data: Buffer) => {
        said += data;
        const port = /127\.0\.0\.1:(\d+)/.exec(said)?.[1];
        if (port !== undefined) resolve(Number(port));
      });
      child.once("exit", () => reject(new Error(`the server ended: ${said}`)));
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill();
    await ended;
  }
}
