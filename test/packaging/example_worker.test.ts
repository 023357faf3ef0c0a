/** examples/worker in workerd: built by its own script, and asked what its README asks. */
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate, parse } from "@humanwhocodes/momoa";
import { afterAll, afterEach, beforeAll, expect, inject, type TestContext, test } from "vitest";
import { inRoot } from "../../scripts/build/paths.js";
import { capture } from "../../scripts/build/process.js";
import { need } from "../../scripts/needs.js";
import { Worker } from "../runtimes/workerd.js";
import { ExampleServer } from "../support/example_server.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-example-worker-"));
const server = new ExampleServer(folder);
const started: Worker[] = [];
const textOf = (name: string): string => readFileSync(join(folder, name), "utf8");

beforeAll(() => {
  const isSource = (path: string): boolean => !/\/(node_modules|dist|state|\.wrangler)$/.test(path);
  cpSync(inRoot("examples/worker"), folder, { recursive: true, filter: isSource });
  // As `npm install` leaves them.
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  symlinkSync(join(inject("packed").app, "node_modules/inkan"), join(modules, "inkan"));
  const sdks = "test/mcp/packages/node_modules/@modelcontextprotocol";
  symlinkSync(inRoot(sdks), join(modules, "@modelcontextprotocol"));
  symlinkSync(inRoot("test/runtimes/node_modules/esbuild/bin/esbuild"), join(modules, ".bin/esbuild"));
  capture("npm", ["run", "build"], { cwd: folder });
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((worker) => worker.stop()));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the Worker by its own configuration, on free ports. What it stored before is still there. */
async function startWorker(context: TestContext, port = server.port): Promise<Worker> {
  const workerd = need(context, "workerd", "npm ci --prefix test/runtimes", "@cloudflare/workerd-linux-64/bin/workerd");
  mkdirSync(join(folder, "state"), { recursive: true });
  const ports = ["--socket-addr=http=127.0.0.1:0", `--external-addr=sums=127.0.0.1:${port}`];
  const worker = await Worker.serve(workerd, folder, ["workerd.capnp", ...ports]);
  started.push(worker);
  return worker;
}
const forget = (): void => rmSync(join(folder, "state"), { recursive: true, force: true });

const get = async (worker: Worker, path: string): Promise<[status: number, value: unknown]> => {
  const response = await fetch(new URL(path, worker.url));
  return [response.status, await response.json()];
};
const call = async (worker: Worker, body: string): Promise<[status: number, value: unknown]> => {
  const response = await fetch(new URL("/call", worker.url), { method: "POST", body });
  return [response.status, await response.json()];
};
const rollback = { refused: expect.objectContaining({ code: "ERR_CATALOGUE_ROLLBACK" }) };

/** The answer to a `curl` of the README. */
async function curl(worker: Worker, line: string): Promise<string> {
  const [, path = "", body] = /^curl http:\/\/127\.0\.0\.1:8787(\/\S*)(?: --data '(.*)')?$/.exec(line) ?? [];
  const response = await fetch(new URL(path, worker.url), body === undefined ? {} : { method: "POST", body });
  return response.text();
}

test("it answers as the README says, and an older catalogue is refused in a new isolate, too", async (context) => {
  forget();
  await server.start();
  const worker = await startWorker(context);
  const readme = textOf("README.md");
  const [steps = ""] = readme.split("## In plain workerd");
  let answer: string | undefined;
  let compared = 0;
  for (const [, language, block = ""] of steps.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    if (language === "json") {
      expect(answer).toBe(block);
      compared += 1;
      continue;
    }
    const [line = ""] = block.split("\n");
    const [, flag] = /^node server\.mjs (--\S+)$/.exec(line) ?? [];
    if (flag !== undefined) await server.start(flag);
    if (line.startsWith("curl")) answer = await curl(worker, line);
  }
  expect(compared).toBe(5);

  await worker.stop();
  const another = await startWorker(context);
  expect(await get(another, "/tools")).toEqual([403, rollback]);
  expect(await call(another, '{"name":"evaluate","arguments":{"formula":"1"}}')).toEqual([403, rollback]);
  await server.start();
  expect(await call(another, '{"name":"add","arguments":{"a":2,"b":3}}')).toEqual([200, { sum: 5 }]);
}, 180_000);

test("without a record the older catalogue is a first use: it is the record that refuses it", async (context) => {
  forget();
  await server.start("--old-catalogue");
  const worker = await startWorker(context);
  const [status, value] = await get(worker, "/tools");
  expect([status, value]).toEqual([200, expect.objectContaining({ version: 1, withheld: [] })]);
  await server.start();
  expect(await get(worker, "/tools")).toEqual([200, expect.objectContaining({ version: 2 })]);
  await server.start("--old-catalogue");
  expect(await get(worker, "/tools")).toEqual([403, rollback]);
});

test("what is no call, and a server that is gone, are errors", async (context) => {
  await server.start();
  const worker = await startWorker(context);
  for (const body of ["{", "null", "{}", '{"name":5}']) expect((await call(worker, body))[0]).toBe(400);
  expect((await get(worker, "/other"))[0]).toBe(404);
  await server.stop();
  expect(await get(worker, "/tools")).toEqual([502, { error: expect.any(String) }]);
});

test.for<[what: string, listener: RequestListener, error: RegExp]>([
  [
    "sends without end",
    (_, response) => {
      const send = (): void => {
        while (response.write(Buffer.alloc(65_536)));
        response.once("drain", send);
      };
      send();
    },
    /has more than 4194304 bytes$/,
  ],
  [
    "leads elsewhere",
    (_, response) => void response.writeHead(302, { location: "http://127.0.0.1:8900/other" }).end(),
    /answers 302$/,
  ],
])("a publisher that %s", async ([, listener, error], context) => {
  const hostile = createServer(listener).listen(0, "127.0.0.1");
  context.onTestFinished(() => {
    hostile.closeAllConnections();
    hostile.close();
  });
  await once(hostile, "listening");
  const worker = await startWorker(context, (hostile.address() as AddressInfo).port);
  expect(await get(worker, "/tools")).toEqual([502, { error: expect.stringMatching(error) }]);
});

test("no page of a browser may use the server, by whatever name it reaches it", async () => {
  await server.start();
  const ask = (headers: HeadersInit): Promise<Response> => fetch(`http://127.0.0.1:${server.port}/mcp`, { headers });
  expect((await ask({})).status).toBe(405);
  expect((await ask({ origin: "http://rebound.example" })).status).toBe(403);
  // The other example has the same server.
  expect(readFileSync(inRoot("examples/next/server.mjs"), "utf8")).toBe(textOf("server.mjs"));
});

test("wrangler.jsonc and workerd.capnp say the same", () => {
  const wrangler = evaluate(parse(textOf("wrangler.jsonc"), { mode: "jsonc" })) as {
    main: string;
    compatibility_date: string;
    rules: unknown;
    durable_objects: { bindings: { name: string; class_name: string }[] };
    migrations: { new_sqlite_classes: string[] }[];
    vars: Record<string, string>;
  };
  const capnp = textOf("workerd.capnp");
  const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
  expect(scripts.build).toContain(`esbuild ${wrangler.main} `);
  expect(scripts.build).toContain("--loader:.pub=text");
  expect(wrangler.rules).toEqual([{ type: "Text", globs: ["**/*.pub"], fallthrough: true }]);
  expect(scripts.workerd).toContain("workerd serve workerd.capnp");
  expect(capnp).toContain(`compatibilityDate = "${wrangler.compatibility_date}"`);
  const bound = wrangler.durable_objects.bindings.map(
    ({ name, class_name }) => `(name = "${name}", durableObjectNamespace = "${class_name}")`,
  );
  const texts = Object.entries(wrangler.vars).map(([name, text]) => `(name = "${name}", text = "${text}")`);
  expect(
    [...capnp.matchAll(/^ {4}(\(name = "\w+", (?:text|durableObjectNamespace) .*\)),$/gm)].map(([, one]) => one),
  ).toEqual([...texts, ...bound]);
  const classes = wrangler.migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes);
  expect(classes).toEqual(wrangler.durable_objects.bindings.map(({ class_name }) => class_name));
  for (const name of classes) expect(capnp).toMatch(new RegExp(`className = "${name}", .*enableSql = true`));
});
