/** Real `inkan proxy` processes that share one Redis and one site, in the same two cases of failure. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { fixture, Host, house, names, tool } from "../proxy/support/house.js";
import { fileServer } from "../support/file_server.js";
import { jsonLines } from "../support/json_lines.js";
import { RedisServer, stopServers } from "../support/redis_server.js";
import { until } from "../support/until.js";

afterAll(stopServers);

const PAUSE = 1_100;

test("two proxies, one Redis, one site: each goes down and comes back", async () => {
  const redis = await RedisServer.start();
  onTestFinished(() => redis.remove());
  let isDown = false;
  const { origin } = await fileServer((request, response) => {
    if (isDown) response.destroy();
    else response.writeHead(200).end(readFileSync(home.path((request.url ?? "/").slice(1))));
  });
  const reach = { command: process.execPath, args: [fixture("liar.mjs"), "added"] };
  const home = house(
    reach,
    { version: 1, tools: [tool("index")] },
    {
      catalogue: `${origin}/catalogue.json`,
      signature: `${origin}/catalogue.sig`,
      state: redis.url,
      refresh: { everySeconds: 1 },
    },
  );
  const audit = home.path("audit.jsonl");
  const started = async (): Promise<Host> => {
    const host = new Host(home, ["--audit", audit]);
    await host.initialize();
    return host;
  };
  const codes = (): string[] => jsonLines(audit).flatMap(({ code }) => code ?? []);
  /** Asks until an answer is as wanted: a proxy takes up what it finds between two answers. */
  const lists = async (host: Host, wanted: readonly string[]): Promise<void> => {
    let found: string[] = [];
    await until(
      async () => {
        found = names(await host.ask("tools/list"));
        return found.join() === wanted.join();
      },
      () => `${found.join()} is listed, and not ${wanted.join()}`,
      { pause: PAUSE / 4 },
    );
  };

  const [one, two] = [await started(), await started()];
  for (const host of [one, two]) await lists(host, ["index"]);

  // Redis is gone: what runs goes on, what starts is closed, and a newer catalogue waits.
  await redis.kill();
  home.publish({ version: 2, tools: [tool("index"), tool("evil", "POISON")] });
  const third = await started();
  expect(names(await third.ask("tools/list"))).toEqual([]);
  expect((await third.call("index")).error.data.code).toBe("ERR_STATE_UNAVAILABLE");
  for (const host of [one, two]) {
    await lists(host, ["index"]);
    expect((await host.call("index")).result.content).toHaveLength(1);
    expect((await host.call("evil")).error.data.code).toBe("ERR_TOOL_UNSIGNED");
  }
  expect(codes()).toContain("ERR_STATE_UNAVAILABLE");

  // Redis is back, with the site down. What runs goes on. What a proxy had fetched before may verify now, or not.
  isDown = true;
  await redis.start();
  await sleep(PAUSE);
  expect(names(await one.ask("tools/list"))).toContain("index");
  const { error } = await third.call("index");
  if (error !== undefined) expect(error.data.code).toMatch(/^ERR_(STATE_UNAVAILABLE|POLICY_SOURCE)$/);

  // Both are back: all three take it up.
  isDown = false;
  for (const host of [one, two, third]) await lists(host, ["index", "evil"]);
  home.publish({ version: 1, tools: [tool("index")] });
  const fourth = await started();
  expect((await fourth.call("index")).error.data.code).toBe("ERR_CATALOGUE_ROLLBACK");
  expect(codes()).toContain("ERR_CATALOGUE_ROLLBACK");
}, 120_000);
