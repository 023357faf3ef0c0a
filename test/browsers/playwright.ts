/** Just what the tests use of playwright-core. Its own types stand in a folder that not every clone installs. */
import { createRequire } from "node:module";
import { inRoot } from "../../scripts/build/paths.js";

export interface Page {
  on(event: "pageerror" | "console" | "request", listener: (event: never) => void): void;
  addInitScript(script: string): Promise<void>;
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  close(): Promise<void>;
  evaluate<T>(expression: string): Promise<T>;
  waitForSelector(selector: string): Promise<unknown>;
  setInputFiles(
    selector: string,
    files: string[] | { name: string; mimeType: string; buffer: Buffer }[],
  ): Promise<void>;
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  check(selector: string): Promise<void>;
  textContent(selector: string): Promise<string | null>;
  inputValue(selector: string): Promise<string>;
  getAttribute(selector: string, name: string): Promise<string | null>;
  workers(): { url(): string }[];
  screenshot(options: { path: string; fullPage: boolean }): Promise<unknown>;
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
}

export interface Look {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
  readonly forcedColors?: "active" | "none";
  readonly reducedMotion?: "reduce" | "no-preference";
}

/** Tabs that share their storage, and with no other context. */
export interface Context {
  browser(): Browser | null;
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Browser {
  newContext(look: Look): Promise<Context>;
  close(): Promise<void>;
}

export interface LaunchOptions {
  readonly executablePath: string;
  readonly headless: boolean;
  readonly args?: readonly string[];
  readonly channel?: string;
  readonly firefoxUserPrefs?: Readonly<Record<string, string | number | boolean>>;
}

export interface BrowserType {
  launch(options: LaunchOptions): Promise<Browser>;
  launchPersistentContext(profileFolder: string, options: LaunchOptions): Promise<Context>;
}

export interface Playwright {
  readonly chromium: BrowserType;
  readonly firefox: BrowserType;
}

export const playwright = (): Playwright =>
  createRequire(inRoot("test/runtimes/package.json"))("playwright-core") as Playwright;
