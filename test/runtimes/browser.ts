/** Chromium as a program of its own, with a profile on the disk: it can be killed and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { inRoot } from "../../scripts/build/paths.js";
import { FLAGS } from "../browsers/chromium.js";

/** Just what is used of playwright-core. */
export interface Tab {
  goto(url: string): Promise<unknown>;
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}
interface DevTools {
  send(method: string, params?: object): Promise<unknown>;
}
/** Tabs that share their storage. */
interface Context {
  newPage(): Promise<Tab>;
  newCDPSession(tab: Tab): Promise<DevTools>;
  close(): Promise<void>;
}
interface Connection {
  contexts(): Context[];
  newContext(): Promise<Context>;
}
interface Playwright {
  chromium: { connectOverCDP(url: string): Promise<Connection> };
}

/** A storage, empty at first, and the tabs that share it. */
export class Session {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Opens a tab, and waits until its script has run. */
  async open(url: string): Promise<Tab> {
    const tab = await this.#context.newPage();
    await tab.goto(url);
    await until(tab, "globalThis.inkanOutcome !== undefined");
    return tab;
  }

  /** Kills the process of a tab. */
  async crash(tab: Tab): Promise<void> {
    const tools = await this.#context.newCDPSession(tab);
    // Nothing answers when the process is gone.
    tools.send("Page.crash").catch(() => {});
  }

  /** Clears the storage of an origin as the browser's settings do. */
  async clear(tab: Tab, origin: string): Promise<void> {
    const tools = await this.#context.newCDPSession(tab);
    await tools.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  }

  /** Limits the bytes that an origin may store, while the tab is open. */
  async limit(tab: Tab, origin: string, quotaSize: number): Promise<void> {
    const tools = await this.#context.newCDPSession(tab);
    await tools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize });
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}

/** Waits until an expression holds in a tab. The page's policy forbids what playwright-core has for this. */
export async function until(tab: Tab, expression: string): Promise<void> {
  while (!(await tab.evaluate<boolean>(expression))) await new Promise((resolve) => setTimeout(resolve, 20));
}

export class Browser {
  readonly #child: ChildProcess;
  readonly #connection: Connection;

  private constructor(child: ChildProcess, connection: Connection) {
    this.#child = child;
    this.#connection = connection;
  }

  static async start(executablePath: string, profileFolder: string): Promise<Browser> {
    const args = ["--headless", "--remote-debugging-port=0", `--user-data-dir=${profileFolder}`, "about:blank"];
    // A group of its own, so that all its processes can be ended at once.
    const child = spawn(executablePath, [...FLAGS, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    try {
      const { chromium } = createRequire(inRoot("test/runtimes/package.json"))("playwright-core") as Playwright;
      return new Browser(child, await chromium.connectOverCDP(await debuggingUrl(child)));
    } catch (error) {
      endGroup(child);
      throw error;
    }
  }

  /** The storage of the profile's folder. It is there again when the browser is started again. */
  profile(): Session {
    const [context] = this.#connection.contexts();
    if (context === undefined) throw new Error("Chromium has no profile");
    return new Session(context);
  }

  /** A storage of its own, in memory. */
  async session(): Promise<Session> {
    return new Session(await this.#connection.newContext());
  }

  /** Ends the program at once, as a crash does. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    endGroup(this.#child);
    await ended;
  }
}

function endGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
}

/** Chromium says on its error output where it listens. */
async function debuggingUrl(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr as NodeJS.ReadableStream })) {
    const [, url] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
    if (url !== undefined) {
      // Nobody reads what follows; it must not fill the pipe.
      child.stderr?.resume();
      return url;
    }
    said.push(line);
  }
  throw new Error(`Chromium ended: ${said.join("\n")}`);
}
