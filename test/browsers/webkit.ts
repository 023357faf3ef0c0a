/** WebKitGTK's MiniBrowser, driven by WebDriver: W3C, webdriver2, section 6. It needs a display, and gets one in memory. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { until } from "../support/until.js";

export interface WebKitPrograms {
  readonly driver: string;
  readonly display: string;
}

export class WebKit {
  readonly #children: readonly ChildProcess[];
  readonly #session: string;

  private constructor(children: readonly ChildProcess[], session: string) {
    this.#children = children;
    this.#session = session;
  }

  static async start({ driver, display }: WebKitPrograms): Promise<WebKit> {
    const children: ChildProcess[] = [];
    try {
      const screen = spawn(display, ["-displayfd", "1", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
      children.push(screen);
      const number = await firstLine(screen);
      const port = await freePort();
      const env = { ...process.env, DISPLAY: `:${number}` };
      children.push(spawn(driver, [`--port=${port}`], { env, stdio: "ignore" }));
      const address = `http://127.0.0.1:${port}`;
      await until(
        () => ask("GET", `${address}/status`).then(Boolean, () => false),
        () => "WebKitWebDriver never listened",
      );
      const { sessionId } = (await ask("POST", `${address}/session`, { capabilities: {} })) as { sessionId: string };
      const session = `${address}/session/${sessionId}`;
      await ask("POST", `${session}/timeouts`, { script: 60_000 });
      return new WebKit(children, session);
    } catch (error) {
      await end(children);
      throw error;
    }
  }

  async goto(url: string): Promise<void> {
    await ask("POST", `${this.#session}/url`, { url });
  }

  /** The value of an expression, or what its promise resolves with. */
  async evaluate<T>(expression: string): Promise<T> {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve(${expression}).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const said = await ask("POST", `${this.#session}/execute/async`, { script, args: [] });
    const { value, error } = said as { value: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
  }

  async close(): Promise<void> {
    await ask("DELETE", this.#session).catch(() => {});
    await end(this.#children);
  }
}

/** Sends a command, and returns the value of its answer. */
async function ask(method: string, url: string, body?: object): Promise<unknown> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const answer = await fetch(url, init);
  const { value } = (await answer.json()) as { value: unknown };
  if (!answer.ok) throw new Error(`WebKitWebDriver refused ${url}: ${JSON.stringify(value)}`);
  return value;
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return line;
  throw new Error("the display ended");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function end(children: readonly ChildProcess[]): Promise<void> {
  for (const child of [...children].reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, "exit");
    child.kill();
    await ended;
  }
}
