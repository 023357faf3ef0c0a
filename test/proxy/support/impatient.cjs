// Loaded into the proxy before it: makes Node's own patience with silent servers short, as if 300 seconds had passed.
const key = Symbol.for("undici.globalDispatcher.1");
fetch("data:,").then(() => {
  const { constructor: Dispatcher } = globalThis[key];
  globalThis[key] = new Dispatcher({ headersTimeout: 200, bodyTimeout: 200 });
});
