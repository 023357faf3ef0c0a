/** Trouble that people had with proxies and gates, played with the library between the two sides. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inRoot } from "../support/repository.js";
import { unmet } from "./support/patterns.js";
import { playScene, type Scene } from "./support/player.js";

/** Plays about what a library has no part in. */
const NOT_FOR_A_LIBRARY: Readonly<Record<string, string>> = {
  "event-stream-with-other-lines": "the text of an event stream is the transport's; the proxy plays it",
  "session-ended-with-404": "the session of a remote server is the transport's; the proxy begins it again",
};

/** An expectation that contradicts the others of its play: two tools are to arrive, and it lists one. */
const CONTRADICTED: Readonly<Record<string, string>> = {
  "order-of-keys-and-of-required": JSON.stringify({ id: 1, result: { tools: [{ name: "keys" }] } }),
};

const plays = readdirSync(inRoot("test/mcp/field"))
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({
    name: name.replace(".json", ""),
    scene: JSON.parse(readFileSync(inRoot("test/mcp/field", name), "utf8")) as Scene,
  }));

test("there are sixteen, and those that are left out are among them", () => {
  expect(plays.length).toBe(16);
  const names = plays.map(({ name }) => name);
  expect(Object.keys(NOT_FOR_A_LIBRARY).filter((name) => !names.includes(name))).toEqual([]);
});

test.concurrent.each(plays.filter(({ name }) => !(name in NOT_FOR_A_LIBRARY)))("$name", async ({ name, scene }) => {
  const received = await playScene(scene);
  const wrong = [
    ...scene.expect.client.map((one) => unmet(one, received.client, received.server)),
    ...scene.expect.server.map((one) => unmet(one, received.server, received.client)),
  ];
  expect(wrong.filter((one) => one !== undefined && one !== CONTRADICTED[name])).toEqual([]);
  for (const message of received.client) expect(message).toMatchObject({ jsonrpc: "2.0" });
  const ids = received.client.flatMap(({ id, method }) => (method === undefined ? [id] : []));
  expect(new Set(ids).size).toBe(ids.length);
});
