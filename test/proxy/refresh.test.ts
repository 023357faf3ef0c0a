/** A catalogue that is replaced while the proxy runs: what is taken up, and what leaves the one before in place. */
import { rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { until } from "../support/until.js";
import { fixture, Host, type House, house, names, tool } from "./support/house.js";

const evil = tool("evil", "POISON");

/** A server that offers `index` and `evil`, and a catalogue that is read again once a second. */
const homeOf = (catalogue: object, more: object = {}): House =>
  house({ command: process.execPath, args: [fixture("liar.mjs"), "added"] }, catalogue, {
    refresh: { everySeconds: 1 },
    ...more,
  });

/** Asks for the list, which holds what is not signed, until the proxy has read the catalogue anew: once a second at most. */
const rereads = (host: Host, happened: () => boolean): Promise<unknown> =>
  until(
    async () => {
      await host.ask("tools/list");
      return happened();
    },
    () => `it does not happen: ${host.stderr.slice(-4_000)}`,
    { pause: 200 },
  );
const isTold = (host: Host): boolean =>
  host.messages.some(({ method }) => method === "notifications/tools/list_changed");

test("a newer catalogue is taken up, and the client is told", async () => {
  const home = homeOf({ tools: [tool("other")] });
  const host = new Host(home);
  await host.initialize();
  expect(names(await host.ask("tools/list"))).toEqual([]);
  home.publish({ version: 2, tools: [tool("index")] });
  await rereads(host, () => isTold(host));
  expect(names(await host.ask("tools/list"))).toEqual(["index"]);
});

test("what must not follow leaves the catalogue in place, and says why; what may follow is taken up after it", async () => {
  const home = homeOf({ version: 5, tools: [tool("index")] });
  const host = new Host(home);
  await host.initialize();
  const tools = [tool("index"), evil];
  const server = { server: "npm:@acme/other" };
  const wrong: Record<string, () => void> = {
    ERR_CATALOGUE_ROLLBACK: () => home.publish({ version: 4, tools }),
    ERR_SIGNATURE_INVALID: () => home.publish({ version: 6, tools }, "stranger"),
    ERR_CATALOGUE_EXPIRED: () => home.publish({ version: 6, tools, expires: "2020-01-01T00:00:00Z" }),
    ERR_CATALOGUE_SERVER: () => home.publish({ version: 6, tools, ...server }),
    ERR_CATALOGUE_MALFORMED: () => home.publish({ version: 6, tools, tolls: [] }),
    ERR_POLICY_SOURCE: () => rmSync(home.path("catalogue.json")),
    ERR_SIGNATURE_MALFORMED: () => {
      // At no moment do the two belong together: the proxy may read them at any.
      home.publish({ version: 6, tools }, "stranger");
      writeFileSync(home.path("catalogue.sig"), "AAAA");
    },
  };
  for (const [said, change] of Object.entries(wrong)) {
    const before = host.stderr.length;
    change();
    await rereads(host, () => host.stderr.slice(before).includes(`no newer catalogue was taken up (${said})`));
    expect(names(await host.ask("tools/list"))).toEqual(["index"]);
    expect((await host.call("evil")).error.data.code).toBe("ERR_TOOL_UNSIGNED");
    expect((await host.call("index")).result.content).toHaveLength(1);
  }
  expect(host.lines.join("\n")).not.toContain("POISON");
  home.publish({ version: 7, tools });
  await rereads(host, () => isTold(host));
  expect(names(await host.ask("tools/list"))).toEqual(["index", "evil"]);
  expect((await host.call("evil")).result.content).toHaveLength(1);
});

test("a proxy that began without a catalogue opens when there is one", async () => {
  const home = homeOf({ tools: [tool("index")] });
  rmSync(home.path("catalogue.json"));
  const host = new Host(home);
  await host.initialize();
  expect((await host.call("index")).error.data.code).toMatch(/^ERR_/);
  home.publish({ tools: [tool("index")] });
  await rereads(host, () => isTold(host));
  expect((await host.call("index")).result.content).toHaveLength(1);
});

test("a catalogue at a URL that nobody answers: the lists are empty, the call says why, and it is asked again", async () => {
  const home = homeOf({ tools: [tool("index")] }, { catalogue: "https://127.0.0.1:9/catalogue.json" });
  const host = new Host(home);
  await host.initialize();
  expect(names(await host.ask("tools/list"))).toEqual([]);
  const { error } = await host.call("index");
  expect(error.data.code).toMatch(/^ERR_/);
  const before = host.stderr.length;
  await rereads(host, () =>
    host.stderr.slice(before).includes("the refresh failed, no newer catalogue was taken up (ERR_"),
  );
  expect((await host.call("index")).error.data.code).toBe(error.data.code);
});
