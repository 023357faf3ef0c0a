/**
 * The page in one file: everything is in it, the WASM as base64. The same script is the page and its engine: the page
 * starts its own text as a worker. Such a worker has the policy of its page.
 */
import { engineIn } from "./engine/ask.js";

async function beEngine(): Promise<void> {
  await import("../../ts/entry/inline.js");
  (await import("./engine/serve.js")).serve();
}

async function bePage(script: string): Promise<void> {
  const worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  (await import("./page.js")).start(engineIn(worker));
}

// The page hears of an error that is reported, and not of a rejected promise.
if (typeof document === "undefined") beEngine().catch(reportError);
else void bePage(document.currentScript?.textContent ?? "");
