/** Pipes that are full, half closed or gone, on both sides of the proxy. */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { isAlive } from "../support/is_alive.js";
import { PATIENCE, until } from "../support/until.js";
import { fixture, Host, type House, house } from "./support/house.js";

const PIECE = 64 * 1_024;

const pipes = (way: string, ...args: string[]): House =>
  house({ command: process.execPath, args: [fixture("pipes.mjs"), way, ...args] });

/** The number in a file, once it has stood still for a second. */
async function settled(file: string): Promise<number> {
  const read = (): number => {
    try {
      return Number(readFileSync(file, "utf8"));
    } catch {
      return 0;
    }
  };
  for (let before = -1; ; ) {
    const now = read();
    if (now === before && now > 0) return now;
    before = now;
    await sleep(1_000);
  }
}

test("a server that floods a host that reads nothing is held up, and nothing is lost when the host reads again", async () => {
  const home = pipes("floods", "count");
  const host = new Host(home);
  await host.initialize();
  host.child.stdout.pause();
  host.write({ id: 1, method: "tools/call", params: { name: "index" } });
  const count = await settled(home.path("count"));
  // What pipes and streams hold, which is far from the 125 MiB that the server has to say.
  expect(count * PIECE).toBeLessThan(16 * 2 ** 20);
  host.child.stdout.resume();
  await host.until(({ id }) => id === 1);
  const told = host.messages.filter(({ method }) => method === "notifications/message");
  expect(told.map(({ params }) => Number(params.data.split(" ")[0]))).toEqual(told.map((_, at) => at + 1));
  expect(told).toHaveLength(2_000);
});

test("a host that floods a server that reads nothing is held up, and its end is seen", async () => {
  const host = new Host(pipes("reads nothing"));
  await host.initialize();
  await sleep(300);
  const line = `${JSON.stringify({ jsonrpc: "2.0", method: "notifications/x", params: { text: "x".repeat(PIECE) } })}\n`;
  let taken = 0;
  for (let count = 0; count < 4_000; count += 1) {
    const room = new Promise<boolean>((resolve) => host.child.stdin.write(line, () => resolve(true)));
    // A busy machine stands still for a while, too: not so much has been taken then.
    const patience = taken > 8 * 2 ** 20 ? 3_000 : PATIENCE;
    if (!(await Promise.race([room, sleep(patience, false)]))) break;
    taken += line.length;
  }
  expect(taken).toBeGreaterThan(8 * 2 ** 20);
  expect(taken).toBeLessThan(80 * 2 ** 20);
  host.child.kill("SIGTERM");
  expect(await host.exit).toBe(143);
});

test("a host that closes its end before a server that reads nothing: the proxy ends nevertheless", async () => {
  const host = new Host(pipes("reads nothing"));
  await host.initialize();
  await sleep(300);
  for (let count = 0; count < 40; count += 1) {
    host.write({ id: count, method: "tools/call", params: { name: "index", arguments: { text: "x".repeat(PIECE) } } });
  }
  expect(await host.close()).toBe(143);
});

test("a host whose output nobody reads any more ends the session", async () => {
  const home = pipes("waits", "pid");
  const host = new Host(home);
  await host.initialize();
  host.write({ id: 1, method: "tools/call", params: { name: "index" } });
  await settled(home.path("pid"));
  host.child.stdout.destroy();
  host.write({ id: 2, method: "tools/call", params: { name: "evil" } });
  expect(await host.exit).toBe(0);
});

test("a server that closes its output and lives on: open calls are answered, and it is ended", async () => {
  const host = new Host(pipes("closes output"));
  await host.initialize();
  expect((await host.call("index")).error.message).toContain("closed its output");
  expect(await host.exit).toBe(143);
});

test("a server that closes its input: what it has read is answered, what it cannot read fails", async () => {
  const home = pipes("closes input", "closed");
  const host = new Host(home);
  await host.initialize();
  host.write({ id: "read", method: "tools/call", params: { name: "index" } });
  await until(
    () => existsSync(home.path("closed")),
    () => "the server does not close its input",
  );
  host.write({ id: "late", method: "tools/call", params: { name: "index" } });
  expect((await host.until(({ id }) => id === "late")).error.message).toContain("closed its input");
  expect((await host.until(({ id }) => id === "read")).result.content[0].text).toBe("still");
  expect((await host.ask("ping")).error.message).toContain("closed its input");
});

test("a server killed in the middle of calls: each open one is answered with an error", async () => {
  const home = pipes("waits", "pid");
  const host = new Host(home);
  await host.initialize();
  for (let id = 0; id < 50; id += 1) host.write({ id, method: "tools/call", params: { name: "index" } });
  const pid = await settled(home.path("pid"));
  process.kill(pid, "SIGKILL");
  for (let id = 0; id < 50; id += 1) {
    expect((await host.until((message) => message.id === id)).error.message).toContain("exit code 137");
  }
  expect(await host.exit).toBe(137);
  expect(host.messages.filter(({ id }) => typeof id === "number")).toHaveLength(50);
  expect(isAlive(pid)).toBe(false);
});

test("a server that ends by itself when its input ends hands on its own exit code", async () => {
  const late = new Host(pipes("answers late"));
  await late.initialize();
  expect(await late.close()).toBe(5);
  const calm = new Host(pipes("calm"));
  await calm.initialize();
  expect(await calm.close()).toBe(0);
});

test("a server that never answers: the first request is answered before the host gives up", async () => {
  const host = new Host(house({ command: process.execPath, args: [fixture("liar.mjs"), "never answers"] }));
  host.write({
    id: "init",
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: {} },
  });
  const answer = await host.until(({ id }) => id === "init");
  expect(answer.error.message).toContain("not answered within 30 seconds");
  expect(host.stderr).toContain("not answered within 30 seconds");
});

const onPosix = test.skipIf(process.platform === "win32");

const exited = (host: Host): Promise<unknown> => new Promise((resolve) => host.child.once("exit", resolve));

onPosix("standard error is a full pipe that nobody reads: calls are answered, and the proxy ends", async () => {
  const home = house({ command: process.execPath, args: [fixture("liar.mjs"), "added"] });
  const full = 'mkfifo "$0" && exec 3<>"$0" && head -c 65536 /dev/zero >&3 && exec "$@" 2>&3';
  const host = new Host(home, [], {}, { through: ["/bin/sh", "-c", full, home.path("fifo")] });
  await host.initialize();
  for (let count = 0; count < 3; count += 1) {
    expect((await host.call("evil")).error.data.code).toBe("ERR_TOOL_UNSIGNED");
  }
  await host.close();
});

onPosix("standard error is a full socket that nobody reads: calls are answered, and the proxy ends", async () => {
  const fills = "require('fs').writeSync(2, 'x'.repeat(4e6))";
  const host = new Host(house({ command: process.execPath, args: ["-e", fills] }));
  host.child.stderr.pause();
  await sleep(1_000);
  for (let count = 0; count < 3; count += 1) {
    expect((await host.call("evil")).error.data.code).toBe("ERR_TOOL_UNSIGNED");
  }
  const end = exited(host);
  host.child.stdin.end();
  expect(await end).toBe(143);
  host.child.stderr.resume();
});

onPosix("what the server writes to standard error at its end reaches the host whole", async () => {
  const words = "process.stderr.write('y'.repeat(1e6) + 'THE END', () => process.exit(5))";
  const host = new Host(house({ command: process.execPath, args: ["-e", words] }));
  expect(await host.exit).toBe(5);
  expect(host.stderr).toContain("yTHE END");
  expect(host.stderr.match(/y/g)?.length).toBeGreaterThanOrEqual(1e6);
});
