/** Firefox for profile.ts. */
import { readdirSync, readFileSync } from "node:fs";
import { until } from "../support/until.js";
import { launchProfile, type Preferences } from "./firefox.js";
import type { Context } from "./playwright.js";
import type { ProfileBrowser, Session, Settings, Tab } from "./profile.js";

/** A program that runs: `/proc/<pid>/stat` and `cmdline`. */
interface Running {
  readonly pid: number;
  readonly group: number;
  readonly name: string;
  readonly command: string;
}

function everythingThatRuns(): Running[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const [, name = "", rest = ""] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${entry}/stat`, "utf8")) ?? [];
      const [state, , group] = rest.split(" ");
      if (state === "Z") return [];
      return [
        { pid: Number(entry), group: Number(group), name, command: readFileSync(`/proc/${entry}/cmdline`, "utf8") },
      ];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

const gone = (pid: number): Promise<unknown> =>
  until(
    () => !everythingThatRuns().some((one) => one.pid === pid),
    () => `the process ${pid} did not end`,
  );

class FirefoxSession implements Session {
  readonly #context: Context;
  readonly #main: number;

  constructor(context: Context, main: number) {
    this.#context = context;
    this.#main = main;
  }

  async open(url: string): Promise<Tab> {
    const tab = await this.#context.newPage();
    await tab.goto(url);
    await until(
      () => tab.evaluate<boolean>("globalThis.inkanOutcome !== undefined"),
      () => `the script of ${url} never ran`,
    );
    return tab;
  }

  /** Pages of one site share a process, which has this name (Linux cuts it). All such processes are killed. */
  async crash(): Promise<boolean> {
    const pages = everythingThatRuns().filter(({ group, name }) => group === this.#main && name === "Isolated Web Co");
    if (pages.length === 0) throw new Error("Firefox has no process of a page");
    for (const { pid } of pages) process.kill(pid, "SIGKILL");
    for (const { pid } of pages) await gone(pid);
    return true;
  }

  /** By the header Clear-Site-Data: WebDriver has no command for it. */
  async clear(tab: Tab, origin: string): Promise<void> {
    const status = await tab.evaluate<number>(`fetch("${origin}/clear-site-data").then(({ status }) => status)`);
    if (status !== 200) throw new Error(`the server answered ${status}`);
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}

class Firefox implements ProfileBrowser {
  readonly #context: Context;
  readonly #pid: number;

  constructor(context: Context, pid: number) {
    this.#context = context;
    this.#pid = pid;
  }

  profile(): Session {
    return new FirefoxSession(this.#context, this.#pid);
  }

  /** A container, which is what Firefox calls a storage of its own in a profile. */
  async session(): Promise<Session> {
    const browser = this.#context.browser();
    if (browser === null) throw new Error("playwright-core has no browser around the profile");
    return new FirefoxSession(await browser.newContext({}), this.#pid);
  }

  async kill(): Promise<void> {
    try {
      // playwright-core starts it as the leader of a group.
      process.kill(-this.#pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
    await gone(this.#pid);
  }
}

export async function startFirefox(program: string, folder: string, settings: Settings): Promise<ProfileBrowser> {
  const context = await launchProfile(program, folder, preferencesOf(settings));
  const main = everythingThatRuns().find(({ pid, group, command }) => pid === group && command.includes(folder));
  if (main === undefined) throw new Error(`no process has the profile ${folder}`);
  return new Firefox(context, main.pid);
}

function preferencesOf({ isPrivate, blocksSiteData, space }: Settings): Preferences {
  return {
    ...(isPrivate === true ? { "browser.privatebrowsing.autostart": true } : {}),
    ...(blocksSiteData === true
      ? { "browser.contentblocking.category": "custom", "network.cookie.cookieBehavior": 2 }
      : {}),
    ...(space === undefined ? {} : { "dom.quotaManager.temporaryStorage.fixedLimit": space >> 10 }),
  };
}
