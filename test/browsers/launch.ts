/** The browsers that tests run in. `INKAN_BROWSER` chooses one; `vitest.config.ts` has a project for each. */
import type { TestContext } from "vitest";
import { need } from "../../scripts/needs.js";
import { launchChromium } from "./chromium.js";
import { launchFirefox } from "./firefox.js";
import type { Browser } from "./playwright.js";

/** Programs of Debian's packages of the same name. */
const PROGRAMS = { chromium: "chromium", firefox: "firefox-esr" } as const;
export type BrowserName = keyof typeof PROGRAMS;
export const BROWSERS = Object.keys(PROGRAMS) as readonly BrowserName[];

export function chosenBrowser(): BrowserName {
  const name = process.env.INKAN_BROWSER ?? "chromium";
  if (name in PROGRAMS) return name as BrowserName;
  throw new Error(`INKAN_BROWSER is one of ${BROWSERS.join(", ")}; found ${name}`);
}

/** The path of a browser's program. */
export const programOf = (context: TestContext, name: BrowserName): string =>
  need(context, PROGRAMS[name], `apt-get install ${PROGRAMS[name]}`);

/** Throws at once where the program is missing. */
export function launch(context: TestContext, name: BrowserName = chosenBrowser()): Promise<Browser> {
  const executablePath = programOf(context, name);
  return name === "firefox" ? launchFirefox(executablePath) : launchChromium(executablePath);
}
