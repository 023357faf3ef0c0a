/**
 * The service worker of the hosted page. It keeps the files of one build, and answers from them alone. Names hold hashes,
 * so a file never changes; the next build is another version with a cache of its own.
 */
declare const FILES: readonly string[];
declare const VERSION: string;

/** Just what is used of a service worker's scope; the types of the DOM do not have it. */
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(
    type: "install" | "activate",
    listener: (event: { waitUntil(work: Promise<unknown>): void }) => void,
  ): void;
  addEventListener(
    type: "fetch",
    listener: (event: { request: Request; respondWith(response: Promise<Response>): void }) => void,
  ): void;
}

const scope = globalThis as unknown as Scope;
const PREFIX = `inkan ${scope.registration.scope} `;
const NAME = PREFIX + VERSION;

scope.addEventListener("install", (event) => {
  // Not from the browser's own cache: an index of an older build would name files that are gone.
  const requests = FILES.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(requests)));
});

// Without skipWaiting, an open page keeps the build that it began with until it is closed.
scope.addEventListener("activate", (event) => {
  const stale = caches.keys().then((names) => names.filter((name) => name.startsWith(PREFIX) && name !== NAME));
  event.waitUntil(
    stale.then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => scope.clients.claim()),
  );
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const path = new URL(request.url);
  // `index.html` is the page too. The query does not matter to a static page.
  const isPage = request.mode === "navigate";
  const key = isPage ? scope.registration.scope : path.href;
  const answer = async (): Promise<Response> => (await (await caches.open(NAME)).match(key)) ?? fetch(request);
  event.respondWith(answer());
});
