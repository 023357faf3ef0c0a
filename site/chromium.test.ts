/** The site as `npm run site` built it into site/dist, in Chromium. SITE_BASE is the base that it was built with. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { inRoot } from "../scripts/build/paths.js";
import { launch } from "../test/browsers/launch.js";
import type { Look } from "../test/browsers/playwright.js";
import { Visit } from "../test/page/driver.js";
import { realCase } from "../test/support/cases.js";
import { PAGE } from "./pages.js";

const DIST = inRoot("site/dist");
const BASE = process.env.SITE_BASE ?? "/";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
};
const axeSource = readFileSync(inRoot("test/page/node_modules/axe-core/axe.min.js"), "utf8");
const all = readdirSync(DIST, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
const pages = all.filter((name) => !name.startsWith(PAGE));

let server: Server;
let origin: string;
let browser: ReturnType<typeof launch> | undefined;
/** What was not found. */
const missed: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    const name = join(DIST, path.slice(BASE.length), path.endsWith("/") ? "index.html" : "");
    if (path.startsWith(BASE) && statSync(name, { throwIfNoEntry: false })?.isFile() === true) {
      const type = TYPES[extname(name)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type }).end(readFileSync(name));
    } else {
      missed.push(path);
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await (await browser)?.close();
  server.closeAllConnections();
  server.close();
});

interface Watched {
  readonly one: Visit;
  /** Addresses that were asked for outside of the site. */
  readonly abroad: string[];
}

async function visit(context: TestContext, look: Look = {}): Promise<Watched> {
  browser ??= launch(context);
  const one = await Visit.of(await browser, look);
  context.onTestFinished(() => one.close());
  const abroad: string[] = [];
  one.page.on("request", (request: { url(): string }) => {
    const url = request.url();
    if (!url.startsWith(origin + BASE) && !/^(data|blob):/.test(url)) abroad.push(url);
  });
  return { one, abroad };
}

/** Opens a page, and waits until its scripts have taken it over. */
async function open(one: Visit, page: string): Promise<void> {
  await one.open(origin + BASE + page);
  await one.until(`document.querySelector("#app")?.__vue_app__ !== undefined`);
}

const LOOKS = [360, 768, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ viewport: { width, height: 900 }, colorScheme })),
);

/**
 * What is looked at in one of the looks. Pages differ in what they say, and the theme is the same for all of them: so three
 * pages are looked at in every look, each other page of docs/ in one, and one page of the reference of each kind.
 * INKAN_EVERY_PAGE=1 looks at every page in every look, which takes many times as long.
 */
function pagesIn(look: number): string[] {
  if (process.env.INKAN_EVERY_PAGE === "1") return pages;
  const kinds = new Map(pages.filter((name) => name.startsWith("api/")).map((name) => [name.split("/").at(-2), name]));
  const always = ["index.html", "state.html", kinds.get("classes") ?? "no page of a class"];
  const others = [...pages.filter((name) => !name.startsWith("api/")), ...kinds.values()];
  return [...always, ...others.filter((name, at) => at % LOOKS.length === look && !always.includes(name))];
}

test("every page is looked at", () => {
  const looked = new Set(LOOKS.flatMap((_, look) => pagesIn(look)));
  expect(pages.filter((name) => !name.startsWith("api/") && !looked.has(name))).toEqual([]);
  expect([...looked].filter((name) => name.startsWith("api/")).length).toBeGreaterThan(3);
});

test.for(LOOKS.map((look, index) => ({ look, index, width: look.viewport.width, scheme: look.colorScheme })))(
  "no page has a barrier at $width pixels, $scheme, and none asks another host for anything",
  async ({ look, index }, context) => {
    const { one, abroad } = await visit(context, look);
    const barriers: string[] = [];
    for (const page of pagesIn(index)) {
      await open(one, page);
      const tooWide = await one.page.evaluate<boolean>(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth",
      );
      if (tooWide) barriers.push(`${page} is wider than the window`);
      barriers.push(...(await one.axe(axeSource)).map((barrier) => `${page}: ${barrier.slice(0, 400)}`));
    }
    expect(barriers).toEqual([]);
    expect([abroad, missed, one.said]).toEqual([[], [], []]);
  },
);

const SEARCHED = [LOOKS[0], LOOKS[5]].filter((look) => look !== undefined);
test.for(SEARCHED)(
  "a word that is typed leads to a page: $viewport.width pixels, $colorScheme",
  async (look, context) => {
    const { one, abroad } = await visit(context, look);
    await open(one, "index.html");
    await one.page.click(".VPNavBarSearch button");
    await one.page.waitForSelector("#localsearch-input");
    await one.page.keyboard.type("cosignature");
    await one.until(`document.querySelector("#localsearch-list a")`);
    // The list slides in.
    await pause(300);
    expect(await one.axe(axeSource)).toEqual([]);
    await one.page.keyboard.press("Enter");
    await one.until(`location.pathname !== "${BASE}" && location.pathname !== "${BASE}index.html"`);
    await one.until(`document.querySelector("main").textContent.toLowerCase().includes("cosignature")`);
    expect([abroad, missed, one.said]).toEqual([[], [], []]);
  },
);

test("the menu of a phone leads to a page", async (context) => {
  const { one } = await visit(context, { viewport: { width: 360, height: 800 } });
  await open(one, "index.html");
  await one.page.click(".VPLocalNav .menu");
  await one.until(`document.querySelector(".VPSidebar.open")`);
  await pause(600);
  expect(await one.axe(axeSource)).toEqual([]);
  await one.page.click(`.VPSidebar a[href$="/state.html"]`);
  await one.until(`document.querySelector("h1").textContent.startsWith("State")`);
});

test("the page that verifies is part of the site: from the front page, without a network, and back", async (context) => {
  const { one, abroad } = await visit(context);
  await open(one, "index.html");
  expect(await one.page.evaluate(`document.querySelectorAll('a[href$="/${PAGE}"]').length`)).toBeGreaterThan(1);
  await one.page.click(`main a[href$="/${PAGE}"]`);
  await one.page.waitForSelector("#files");
  const { files } = realCase("series-02");
  await one.page.setInputFiles("#files", [files.catalogue, files.bundle, files.trustRoot]);
  expect(await one.verifyAsClaimed()).toBe("verified");
  await one.until("navigator.serviceWorker.controller?.state === 'activated'");
  // The worker keeps the page, and none of the site around it.
  expect(await one.page.evaluate("navigator.serviceWorker.getRegistrations().then(([one]) => one.scope)")).toBe(
    `${origin}${BASE}${PAGE}`,
  );
  expect(await one.axe(axeSource)).toEqual([]);
  expect([await one.violations(), abroad, missed, one.said]).toEqual([[], [], [], []]);
  await one.page.click("header a");
  await one.until(`document.querySelector("#app")?.__vue_app__ !== undefined`);
  expect(await one.page.evaluate("navigator.serviceWorker.controller")).toBe(null);
});
