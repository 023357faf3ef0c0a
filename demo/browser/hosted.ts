// The page on a server: the core is a chunk of its own, and a service worker keeps everything for use without a network.
import { ready } from "../../ts/entry/browser.js";
import { start } from "./page.js";

start();
void ready();
if ("serviceWorker" in navigator && location.protocol !== "file:") void navigator.serviceWorker.register("./worker.js");
