/** A catalogue at an https URL that its publisher replaces while the proxy runs. */
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type LocalTls, localTls } from "../support/tls.js";
import { until } from "../support/until.js";
import { Host, house, names, tool } from "./support/house.js";

const added = tool("added");

/** A server that lists three tools, of which one is never signed, and answers each call. */
const SERVER = `
import { createInterface } from "node:readline";
const tools = ${JSON.stringify([tool("index"), added, tool("evil", "POISON")])};
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const result = method === "initialize"
    ? {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: "s", version: "1" },
      }
    : method === "tools/list" ? { tools } : { content: [{ type: "text", text: "called" }] };
  console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
}`;

/** What the publisher's server hands out now, by path. */
type Files = Record<string, Buffer>;

async function serve({ key, cert }: LocalTls, files: Files, port = 0): Promise<Server> {
  const server = createServer({ key, cert }, ({ url = "" }, response) => {
    const file = files[url];
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "application/json" }).end(file);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => void end(server));
  return server;
}

async function end(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

test("over https: a new version is taken up, a rollback and an outage leave the present one, and it goes on after them", async () => {
  const tls = localTls();
  const files: Files = {};
  let server = await serve(tls, files);
  const { port } = server.address() as AddressInfo;
  const origin = `https://127.0.0.1:${port}`;
  const reach = { command: process.execPath, args: ["server.mjs"] };
  const home = house(reach, undefined, {
    catalogue: `${origin}/catalogue.json`,
    signature: `${origin}/catalogue.sig`,
    refresh: { everySeconds: 1 },
  });
  const release = (version: number, tools: readonly object[]): void => {
    home.publish({ version, tools });
    for (const name of ["catalogue.json", "catalogue.sig"]) files[`/${name}`] = readFileSync(home.path(name));
  };
  release(1, [tool("index")]);
  writeFileSync(home.path("authority.pem"), tls.authority);
  writeFileSync(home.path("server.mjs"), SERVER);

  // The connection counts: without the authority there is no catalogue.
  const stranger = new Host(home);
  await stranger.initialize();
  expect((await stranger.call("index")).error.data.code).toBe("ERR_POLICY_SOURCE");
  await stranger.close();

  const host = new Host(home, [], { NODE_EXTRA_CA_CERTS: home.path("authority.pem") });
  await host.initialize();
  const listed = async (): Promise<string[]> => names(await host.ask("tools/list"));
  /** The catalogue is read again where a list has what is not signed: asks until `happened`. */
  const rereads = (happened: () => boolean): Promise<unknown> =>
    until(
      async () => {
        await host.ask("tools/list");
        return happened();
      },
      () => host.stderr,
      { pause: 100 },
    );
  const told = (): number => host.messages.filter(({ method }) => method === "notifications/tools/list_changed").length;
  const refused = (code: string): (() => boolean) => {
    const from = host.stderr.length;
    return () => host.stderr.slice(from).includes(`no newer catalogue was taken up (${code}`);
  };
  expect(await listed()).toEqual(["index"]);

  release(2, [tool("index"), added]);
  await rereads(() => told() === 1);
  expect(await listed()).toEqual(["index", "added"]);
  expect((await host.call("added")).result.content).toHaveLength(1);

  const rollback = refused("ERR_CATALOGUE_ROLLBACK");
  release(1, [tool("index")]);
  await rereads(rollback);
  expect(await listed()).toEqual(["index", "added"]);

  const outage = refused("ERR_POLICY_SOURCE");
  await end(server);
  await rereads(outage);
  expect(await listed()).toEqual(["index", "added"]);
  expect(told()).toBe(1);

  release(3, [tool("index")]);
  server = await serve(tls, files, port);
  await rereads(() => told() === 2);
  expect(await listed()).toEqual(["index"]);
  expect((await host.call("added")).error.data.code).toBe("ERR_TOOL_UNSIGNED");
}, 120_000);
