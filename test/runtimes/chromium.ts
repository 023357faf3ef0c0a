/** A page in headless Chromium, under the strictest content security policy that the package works with. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { inRoot } from "../../scripts/build/paths.js";
import type { Site } from "./bundlers.js";
import type { Outcome } from "./outcome.js";

/** What the README tells a user to allow. */
const POLICY = "default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

export const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
export const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Just what is used of playwright-core. */
interface Page {
  on(event: "pageerror" | "console", listener: (event: { message?: string; text?: () => string }) => void): void;
  goto(url: string): Promise<unknown>;
  waitForFunction(expression: string): Promise<unknown>;
  evaluate<T>(expression: string): Promise<T>;
}
interface Playwright {
  chromium: {
    launch(options: { executablePath: string; args: string[]; headless: boolean }): Promise<{
      newPage(): Promise<Page>;
      close(): Promise<void>;
    }>;
  };
}

/** Serves a built site, opens it, and returns what the test body said. */
export async function openSite(executablePath: string, site: Site): Promise<Outcome> {
  const server = await serve(site);
  try {
    const { port } = server.address() as AddressInfo;
    return await openPage(executablePath, `http://127.0.0.1:${port}/`);
  } finally {
    server.close();
  }
}

/** Opens a page, and returns what the test body said. */
export async function openPage(executablePath: string, url: string): Promise<Outcome> {
  const require = createRequire(inRoot("test/runtimes/package.json"));
  const { chromium } = require("playwright-core") as Playwright;
  const browser = await chromium.launch({ executablePath, args: [...FLAGS, ...QUIET], headless: true });
  const said: string[] = [];
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => said.push(error.message ?? ""));
    page.on("console", (message) => said.push(message.text?.() ?? ""));
    await page.goto(url);
    await page.waitForFunction("globalThis.inkanOutcome !== undefined");
    return await page.evaluate<Outcome>("globalThis.inkanOutcome");
  } catch (error) {
    throw new Error(`the page failed; it said: ${said.join("\n")}`, { cause: error });
  } finally {
    await browser.close();
  }
}

export async function serve({ folder, script }: Site): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    const type = TYPES[path === "/" ? ".html" : extname(path)] ?? "application/octet-stream";
    try {
      const body =
        path === "/"
          ? `<!doctype html><title>inkan</title><script type="module" src="/${script}"></script>`
          : readFileSync(join(folder, path));
      response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
