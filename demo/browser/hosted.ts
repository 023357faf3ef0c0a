/**
 * The page on a server: the engine is a chunk of its own, and a service worker keeps everything for use without a network.
 * The engine's worker is a text that imports this module. A worker from an address would have the policy of that address
 * in place of the page's, which forbids connections.
 */
import { engineIn } from "./engine/ask.js";

async function beEngine(): Promise<void> {
  await import("../../ts/entry/browser.js");
  (await import("./engine/serve.js")).serve();
}

async function bePage(): Promise<void> {
  // A static import would not be answered by the service worker in Firefox. An error that nobody catches ends a worker
  // with an event, which the page waits for; a rejected promise does not.
  const text = `import(${JSON.stringify(import.meta.url)}).catch(reportError);`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  (await import("./page.js")).start(engineIn(new Worker(url, { type: "module" })));
  if ("serviceWorker" in navigator && location.protocol !== "file:")
    void navigator.serviceWorker.register("./worker.js");
}

if (typeof document === "undefined") beEngine().catch(reportError);
else void bePage();
