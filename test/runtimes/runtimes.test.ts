/** One body, many runtimes, all on the packed package (../packaging/packed.ts). */
import { inject, type TestContext, test } from "vitest";
import { capture } from "../../scripts/build/process.js";
import { need } from "../../scripts/needs.js";
import { bundle, viteBuild, viteDev } from "./bundlers.js";
import { openPage, openSite } from "./chromium.js";
import { expectGood, type Outcome } from "./outcome.js";
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

for (const page of ["page", "page_slim", "page_tree_shaken", "page_everywhere"]) {
  test(`Chromium, esbuild, ${page}`, async (context) => {
    const chromium = need(context, "chromium", "apt-get install chromium");
    const folder = await bundle(app, `${page}.mjs`, { conditions: ["browser"], platform: "browser" });
    expectGood(await openSite(chromium, { folder, script: `${page}.js` }));
  });

  test(`Chromium, Vite build, ${page}`, async (context) => {
    const chromium = need(context, "chromium", "apt-get install chromium");
    expectGood(await openSite(chromium, await viteBuild(app, `${page}.mjs`)));
  });
}

test("Chromium, Vite development server", async (context) => {
  const chromium = need(context, "chromium", "apt-get install chromium");
  await viteDev(app, "page.mjs", async (url) => expectGood(await openPage(chromium, url)));
});
