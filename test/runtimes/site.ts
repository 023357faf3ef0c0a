/** A page in a browser, under the strictest content security policy that the package works with. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import type { Browser } from "../browsers/playwright.js";
import { until } from "../support/until.js";
import type { Site } from "./bundlers.js";
import type { Outcome } from "./outcome.js";

/** What the README tells a user to allow. */
const POLICY = "default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** An answer from here clears the storage of the site. */
export const CLEARING = "/clear-site-data";

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Serves a built site, opens it in a profile of its own, and returns what the test body said. */
export async function openSite(browser: Browser, site: Site): Promise<Outcome> {
  const server = await serve(site);
  try {
    const { port } = server.address() as AddressInfo;
    return await openPage(browser, `http://127.0.0.1:${port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Opens a page in a profile of its own, and returns what the test body said. */
export async function openPage(browser: Browser, url: string): Promise<Outcome> {
  const context = await browser.newContext({});
  const said: string[] = [];
  try {
    const page = await context.newPage();
    page.on("pageerror", ({ message }: { message: string }) => said.push(message));
    page.on("console", (message: { text(): string }) => said.push(message.text()));
    await page.goto(url);
    // The driver's own way of waiting evaluates a string inside the page, which the page's policy forbids.
    await until(
      () => page.evaluate<boolean>("globalThis.inkanOutcome !== undefined"),
      () => "its script never ran",
      { pause: 20 },
    );
    return await page.evaluate<Outcome>("globalThis.inkanOutcome");
  } catch (error) {
    throw new Error(`the page failed; it said: ${said.join("\n")}`, { cause: error });
  } finally {
    await context.close();
  }
}

export async function serve({ folder, script }: Site): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    if (path === CLEARING) return void response.writeHead(200, { "clear-site-data": '"storage"' }).end();
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
