/** The hosted build of the page, under a sub-path and then without its server. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { afterAll, expect, test } from "vitest";
import { buildPage } from "../../demo/browser/build.js";
import { launch } from "../browsers/launch.js";
import { realCase } from "../support/cases.js";
import { Visit } from "./driver.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-hosted-"));
let browser: ReturnType<typeof launch> | undefined;
afterAll(async () => {
  await (await browser)?.close();
  rmSync(folder, { recursive: true, force: true });
});

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const AT = "/tools/inkan/";

/** Serves the files under the sub-path alone, but not `absent`, and notes what was asked for. */
async function serve(files: string, asked: string[], absent?: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    asked.push(path);
    const name = path === AT ? "index.html" : path.startsWith(AT) ? path.slice(AT.length) : undefined;
    try {
      if (name === undefined || name === absent) throw new RangeError("not here");
      const body = readFileSync(join(files, name));
      response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

test("the first verdict needs the smaller core alone, and the first refusal the whole one", async (context) => {
  browser ??= launch(context);
  const { hosted } = await buildPage(folder);
  const asked: string[] = [];
  // Without the service worker, which loads everything ahead.
  const server = await serve(hosted, asked, "worker.js");
  context.onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${AT}`;
  const one = await (await Visit.of(await browser)).open(url);
  context.onTestFinished(() => one.close());
  const sizeOf = (name: string): number => statSync(join(hosted, name)).size;
  const [whole = "", first = ""] = readdirSync(hosted).sort((a, b) => sizeOf(b) - sizeOf(a));
  expect([sizeOf(first), sizeOf(whole)].map((size) => size > 200_000 && size < 320_000)).toEqual([true, true]);
  const cores = (): string[] => [first, whole].filter((name) => asked.includes(AT + name));

  const { files } = realCase("series-02");
  await one.page.setInputFiles("#files", [files.catalogue, files.bundle, files.trustRoot]);
  expect(await one.verifyAsClaimed()).toBe("verified");
  expect(cores()).toEqual([first]);
  await one.page.setInputFiles("#files", [realCase("series-01").files.catalogue, files.bundle, files.trustRoot]);
  expect(await one.verifyAsClaimed()).toBe("refused");
  expect(cores()).toEqual([first, whole]);
});

test("verifies under a sub-path, keeps itself for use without a network, and may connect to nothing", async (context) => {
  browser ??= launch(context);
  const { hosted } = await buildPage(folder);
  const asked: string[] = [];
  const server = await serve(hosted, asked);
  context.onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${AT}`;
  const one = await (await Visit.of(await browser)).open(url);
  context.onTestFinished(() => one.close());
  const { files } = realCase("series-02");
  const verified = async (): Promise<string | null> => {
    await one.page.setInputFiles("#files", [files.catalogue, files.bundle, files.trustRoot]);
    return one.verifyAsClaimed();
  };

  expect(await verified()).toBe("verified");
  await one.until("navigator.serviceWorker.controller?.state === 'activated'");
  const report = await one.report();
  expect(asked.filter((path) => !path.startsWith(AT))).toEqual([]);
  // The service worker keeps every chunk: both cores are among them.
  const scripts = readdirSync(hosted).filter((name) => name.endsWith(".js"));
  expect(scripts.filter((name) => !asked.includes(AT + name))).toEqual([]);

  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await one.page.reload();
  expect(await verified()).toBe("verified");
  expect(await one.report()).toBe(report);
  expect([await one.violations(), one.said]).toEqual([[], []]);

  // The policy is in force: what a script of the page tries to send does not leave it.
  await one.page.evaluate(`fetch("${url}?leak").catch(() => undefined)`);
  expect(await one.violations()).toEqual([expect.stringMatching(/^connect-src /)]);
  // It holds for workers too, of which the page has one: a worker from an address would have another policy.
  expect(one.page.workers().map((worker) => new URL(worker.url()).protocol)).toEqual(["blob:"]);
  const answer = await one.page.evaluate(`new Promise((resolve) => {
    const script = "fetch('${url}?leak').then(() => postMessage('left'), () => postMessage('stayed'))";
    const worker = new Worker(URL.createObjectURL(new Blob([script])));
    worker.onmessage = ({ data }) => resolve(data);
  })`);
  expect(answer).toBe("stayed");
});

test("a part of the verifier that cannot be loaded is a sentence, not a page that waits for ever", async (context) => {
  browser ??= launch(context);
  const { hosted } = await buildPage(folder);
  const isEngine = (name: string): boolean =>
    /^chunk-.*\.js$/.test(name) && readFileSync(join(hosted, name), "utf8").includes("cannot be compared");
  const engine = readdirSync(hosted).filter(isEngine);
  expect(engine.length).toBe(1);
  for (const name of engine) rmSync(join(hosted, name));
  const server = await serve(hosted, []);
  context.onTestFinished(() => void server.close());
  const one = await Visit.of(await browser);
  context.onTestFinished(() => one.close());
  await one.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}${AT}`);
  await one.page.setInputFiles("#files", [realCase("series-02").files.bundle]);
  await one.until(`document.querySelector("#problem").textContent !== ""`);
  expect(await one.page.textContent("#problem")).toMatch(/^The verifier cannot run in this browser: \S/);
});
