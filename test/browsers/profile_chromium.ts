/** Chromium for profile.ts. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { until } from "../support/until.js";
import { FLAGS } from "./chromium.js";
import { playwright } from "./playwright.js";
import type { ProfileBrowser, Session, Settings, Tab } from "./profile.js";

/** Just what is used of playwright-core beyond what both browsers have. */
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
interface DevToolsDriver {
  readonly chromium: { connectOverCDP(url: string): Promise<Connection> };
}

class ChromiumSession implements Session {
  readonly #context: Context;
  readonly #space: number | undefined;

  constructor(context: Context, space?: number) {
    this.#context = context;
    this.#space = space;
  }

  async open(url: string): Promise<Tab> {
    const tab = await this.#context.newPage();
    // Chromium remembers for a while how much space is left, so the limit comes before the first write.
    if (this.#space !== undefined) await this.#limit(tab, new URL(url).origin, this.#space);
    await tab.goto(url);
    await until(
      () => tab.evaluate<boolean>("globalThis.inkanOutcome !== undefined"),
      () => `the script of ${url} never ran`,
    );
    return tab;
  }

  async crash(tab: Tab): Promise<boolean> {
    const tools = await this.#context.newCDPSession(tab);
    // Nothing answers when the process is gone.
    tools.send("Page.crash").catch(() => {});
    return false;
  }

  /** As the browser's settings do. */
  async clear(tab: Tab, origin: string): Promise<void> {
    const tools = await this.#context.newCDPSession(tab);
    await tools.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  }

  /** Holds while the tab is open. */
  async #limit(tab: Tab, origin: string, quotaSize: number): Promise<void> {
    const tools = await this.#context.newCDPSession(tab);
    await tools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize });
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}

class Chromium implements ProfileBrowser {
  readonly #child: ChildProcess;
  readonly #profile: Session;
  readonly #connection: Connection;

  constructor(child: ChildProcess, connection: Connection, profile: Session) {
    this.#child = child;
    this.#connection = connection;
    this.#profile = profile;
  }

  profile(): Session {
    return this.#profile;
  }

  /** A profile off the record, which is what Chromium's private windows are. */
  async session(): Promise<Session> {
    return new ChromiumSession(await this.#connection.newContext());
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    endGroup(this.#child);
    await ended;
  }
}

export async function startChromium(program: string, folder: string, settings: Settings): Promise<ProfileBrowser> {
  if (settings.blocksSiteData === true) blockSiteData(folder);
  const args = ["--headless", "--remote-debugging-port=0", `--user-data-dir=${folder}`, "about:blank"];
  // A group of its own, so that all its processes can be ended at once.
  const child = spawn(program, [...FLAGS, ...args], { stdio: ["ignore", "ignore", "pipe"], detached: true });
  try {
    const { chromium } = playwright() as unknown as DevToolsDriver;
    const connection = await chromium.connectOverCDP(await debuggingUrl(child));
    const context = settings.isPrivate === true ? await connection.newContext() : connection.contexts()[0];
    if (context === undefined) throw new Error("Chromium has no profile");
    return new Chromium(child, connection, new ChromiumSession(context, settings.space));
  } catch (error) {
    endGroup(child);
    throw error;
  }
}

/** The setting "don't allow sites to save data on your device". */
function blockSiteData(folder: string): void {
  mkdirSync(join(folder, "Default"));
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(folder, "Default", "Preferences"), JSON.stringify(settings));
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
