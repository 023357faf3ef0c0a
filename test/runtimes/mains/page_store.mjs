// Browsers: what a test drives from outside. Each page and worker makes stores of its own.
import { KeylessVerifier } from "inkan";
import { IndexedDbStateStore } from "inkan/state-indexeddb";
import { runSuite, seriesVerifier } from "./store_body.mjs";

const open = (options) => new IndexedDbStateStore({ timeoutMs: 20_000, ...options });

/** The code of the error, or `accepted` and what the call gave. */
const outcome = (call) =>
  Promise.resolve()
    .then(call)
    .then(
      (value) => ["accepted", value instanceof Map ? [...value] : value],
      ({ code, found, hint }) => [code ?? "no refusal", found, hint],
    );

/** A request as a promise. */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Raises the number under a key again and again, and says after each swap what was acknowledged. */
async function raise(store, key, says, to = Number.POSITIVE_INFINITY) {
  for (;;) {
    const stored = await store.load(key);
    const next = Number(stored ?? 0) + 1;
    if (next > to) return;
    if (await store.compareAndSwap(key, stored, String(next))) says(next);
  }
}

let suites = 0;
const suite = async () => {
  // Each test has a database of its own.
  const names = new Map();
  return runSuite({
    open: async () => {
      suites += 1;
      const name = `suite ${suites} ${Math.random()}`;
      const store = open({ name });
      names.set(store, name);
      return store;
    },
    reopen: async (store) => open({ name: names.get(store) }),
  });
};

const verify = seriesVerifier((policy) => new KeylessVerifier(policy));
globalThis.inkan = { IndexedDbStateStore, open, outcome, done, raise, suite, verify, acknowledged: 0, won: 0 };

if (globalThis.document === undefined) {
  globalThis.onmessage = async ({ data: to }) => {
    await raise(open(), "log:a", () => {}, to);
    globalThis.postMessage("raised");
  };
  globalThis.postMessage("ready");
}
globalThis.inkanOutcome = "ready";
