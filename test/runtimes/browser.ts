/** Chromium as a program of its own, with a profile on the disk: it can be killed and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { inRoot } from "../../scripts/build/paths.js";
import { FLAGS, QUIET } from "./chromium.js";

/** Just what is used of playwright-core. */
export interface Tab {
  goto(url: string): Promise<unknown>;
  waitForFunction(expression: string): Promise<unknown>;
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}
interface DevTools {
  send(method: string, params?: object): Promise<unknown>;
}
interface Profile {
  newPage(): Promise<Tab>;
  newCDPSession(tab: Tab): Promise<DevTools>;
}
interface Playwright {
  chromium: { connectOverCDP(url: string): Promise<{ contexts(): Profile[]; close(): Promise<void> }> };
}

export class Browser {
  readonly #child: ChildProcess;
  readonly #profile: Profile;

  private constructor(child: ChildProcess, profile: Profile) {
    this.#child = child;
    this.#profile = profile;
  }

  static async start(executablePath: string, profileFolder: string): Promise<Browser> {
    const args = ["--headless", "--remote-debugging-port=0", `--user-data-dir=${profileFolder}`, "about:blank"];
    const child = spawn(executablePath, [...FLAGS, ...QUIET, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    try {
      const { chromium } = createRequire(inRoot("test/runtimes/package.json"))("playwright-core") as Playwright;
      const [profile] = (await chromium.connectOverCDP(await debuggingUrl(child))).contexts();
      if (profile === undefined) throw new Error("Chromium has no profile");
      return new Browser(child, profile);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  /** Opens a tab, and waits until its script has run. */
  async open(url: string): Promise<Tab> {
    const tab = await this.#profile.newPage();
    await tab.goto(url);
    await tab.waitForFunction("globalThis.inkanOutcome !== undefined");
    return tab;
  }

  /** Kills the process of a tab. */
  async crash(tab: Tab): Promise<void> {
    const tools = await this.#profile.newCDPSession(tab);
    // Nothing answers when the process is gone.
    tools.send("Page.crash").catch(() => {});
  }

  /** Clears the storage of an origin as the browser's settings do. */
  async clear(tab: Tab, origin: string): Promise<void> {
    const tools = await this.#profile.newCDPSession(tab);
    await tools.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  }

  /** Bytes that an origin may store. */
  async limit(tab: Tab, origin: string, quotaSize?: number): Promise<void> {
    const tools = await this.#profile.newCDPSession(tab);
    await tools.send("Storage.overrideQuotaForOrigin", { origin, ...(quotaSize === undefined ? {} : { quotaSize }) });
  }

  /** Ends the program at once, as a crash does. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
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
