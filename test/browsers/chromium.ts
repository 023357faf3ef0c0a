/** The Chromium of the system, in a profile that is gone afterwards. */
import { type Browser, playwright } from "./playwright.js";

export const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

export const launchChromium = (executablePath: string): Promise<Browser> =>
  playwright().chromium.launch({ executablePath, args: FLAGS, headless: true });
