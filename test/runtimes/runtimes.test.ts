/** One body, many runtimes, all on the packed package (../packaging/packed.ts). */
import { afterAll, inject, type TestContext, test } from "vitest";
import { capture } from "../../scripts/build/process.js";
import { need } from "../../scripts/needs.js";
import { type BrowserName, launch } from "../browsers/launch.js";
import { bundle, viteBuild, viteDev } from "./bundlers.js";
import { expectGood, type Outcome } from "./outcome.js";
import { openPage, openSite } from "./site.js";
import { fetchFromWorker } from "./workerd.js";

const { app } = inject("packed");
const NPM = "npm ci --prefix test/runtimes";

interface Runtime {
  name: string;
  find: (context: TestContext) => string;
  args: string[];
}

const node = (major: number): Runtime => ({
  name: `Node ${major}`,
  find: (context) => need(context, `node${major}`, NPM, `node${major}-linux-x64/bin/node`),
  args: [],
});

const runtimes: Runtime[] = [
  node(20),
  node(24),
  {
    name: "Deno",
    find: (context) => need(context, "deno", NPM, "@deno/linux-x64-glibc/deno"),
    args: ["run", "--no-prompt", "--allow-read", "--node-modules-dir=manual", "--no-lock"],
  },
  { name: "Bun", find: (context) => need(context, "bun", NPM, "@oven/bun-linux-x64/bin/bun"), args: ["run"] },
];

for (const { name, find, args } of runtimes) {
  for (const main of ["main", "main_inline", "main_slim", "main_everywhere"]) {
    test(`${name}, ${main}`, (context) => {
      const program = find(context);
      expectGood(
        JSON.parse(capture(program, [...args, `${main}.mjs`], { cwd: app, env: { NO_COLOR: "1" } })) as Outcome,
      );
    });
  }
}

test("Node 20, bundled by esbuild", async (context) => {
  const program = node(20).find(context);
  const folder = await bundle(app, "main.mjs", { conditions: ["node"], platform: "node" });
  expectGood(JSON.parse(capture(program, ["main.js"], { cwd: folder })) as Outcome);
});

test.for(["worker", "worker_everywhere"])("workerd, %s", async (main, context) => {
  const workerd = need(context, "workerd", NPM, "@cloudflare/workerd-linux-64/bin/workerd");
  const folder = await bundle(app, `${main}.mjs`, { conditions: ["workerd"], wasm: "copy" });
  expectGood(await fetchFromWorker(workerd, folder, `${main}.js`));
});

const started = new Map<BrowserName, ReturnType<typeof launch>>();
afterAll(async () => {
  for (const browser of started.values()) await (await browser).close();
});
/** One for all tests, each of which has a profile of its own. */
function running(context: TestContext, name: BrowserName): ReturnType<typeof launch> {
  const browser = started.get(name) ?? launch(context, name);
  started.set(name, browser);
  return browser;
}

for (const page of ["page", "page_slim", "page_tree_shaken", "page_everywhere"]) {
  test.for([
    ["Chromium", "chromium"],
    ["Firefox", "firefox"],
  ] as const)(`%s, esbuild, ${page}`, async ([, name], context) => {
    const browser = await running(context, name);
    const folder = await bundle(app, `${page}.mjs`, { conditions: ["browser"], platform: "browser" });
    expectGood(await openSite(browser, { folder, script: `${page}.js` }));
  });

  test(`Chromium, Vite build, ${page}`, async (context) => {
    const browser = await running(context, "chromium");
    expectGood(await openSite(browser, await viteBuild(app, `${page}.mjs`)));
  });
}

test("Chromium, Vite development server", async (context) => {
  const browser = await running(context, "chromium");
  await viteDev(app, "page.mjs", async (url) => expectGood(await openPage(browser, url)));
});
