/** What a page does in WebKit, the engine of Safari: the body of all runtimes, and the suite of the store. */
import type { AddressInfo } from "node:net";
import { afterAll, inject, type TestContext, test } from "vitest";
import { need } from "../../scripts/needs.js";
import { WebKit } from "../browsers/webkit.js";
import { until } from "../support/until.js";
import { bundle } from "./bundlers.js";
import { expectGood, type Outcome } from "./outcome.js";
import { serve } from "./site.js";

const { app } = inject("packed");

let webkit: Promise<WebKit> | undefined;
afterAll(async () => (await webkit)?.close());
function running(context: TestContext): Promise<WebKit> {
  webkit ??= WebKit.start({
    driver: need(context, "WebKitWebDriver", "apt-get install webkit2gtk-driver"),
    display: need(context, "Xvfb", "apt-get install xvfb"),
  });
  return webkit;
}

for (const [page, outcome] of [
  ["page", "inkanOutcome"],
  ["page_slim", "inkanOutcome"],
  ["page_store", "inkan.suite()"],
] as const) {
  test(`WebKit, ${page}`, async (context) => {
    const browser = await running(context);
    const folder = await bundle(app, `${page}.mjs`, { conditions: ["browser"], platform: "browser" });
    const server = await serve({ folder, script: `${page}.js` });
    context.onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await browser.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await until(
      () => browser.evaluate<boolean>("globalThis.inkanOutcome !== undefined"),
      () => "the script of the page never ran",
      { pause: 50 },
    );
    expectGood(await browser.evaluate<Outcome>(outcome));
  });
}
