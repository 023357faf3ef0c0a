/** A browser as a program of its own, with a profile on the disk: it can be killed and started again. */
import type { TestContext } from "vitest";
import { chosenBrowser, programOf } from "./launch.js";
import { startChromium } from "./profile_chromium.js";
import { startFirefox } from "./profile_firefox.js";

/** Just what is used of playwright-core. */
export interface Tab {
  goto(url: string): Promise<unknown>;
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

/** A storage and the tabs that share it. */
export interface Session {
  /** Opens a tab, and waits until its script has run. */
  open(url: string): Promise<Tab>;
  /** Kills the process of a tab. Returns whether the other tabs of its site have ended with it. */
  crash(tab: Tab): Promise<boolean>;
  /** Clears the storage of an origin, behind the back of the pages that use it. */
  clear(tab: Tab, origin: string): Promise<void>;
  close(): Promise<void>;
}

export interface ProfileBrowser {
  /** The storage of the profile's folder. It is there again when the browser is started again. */
  profile(): Session;
  /** A storage of its own, empty at first. */
  session(): Promise<Session>;
  /** Ends the program at once, as a crash does. */
  kill(): Promise<void>;
}

/** What a person has set, or what there is. */
export interface Settings {
  /** `profile()` is a private window. */
  readonly isPrivate?: boolean;
  /** No site may save data. */
  readonly blocksSiteData?: boolean;
  /** How many bytes a site may store. */
  readonly space?: number;
}

/** Starts the browser in which these tests run. */
export function startProfile(context: TestContext, folder: string, settings: Settings = {}): Promise<ProfileBrowser> {
  const name = chosenBrowser();
  const program = programOf(context, name);
  return name === "firefox" ? startFirefox(program, folder, settings) : startChromium(program, folder, settings);
}
