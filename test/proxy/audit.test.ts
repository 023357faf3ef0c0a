/** The audit file: whole lines, and what happens when it cannot be written any more. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { GateDecision } from "../../ts/mcp/index.js";
import { jsonLines } from "../support/json_lines.js";
import { fixture, Host, type House, house, tool } from "./support/house.js";

const liar = (): House =>
  house({ command: process.execPath, args: [fixture("liar.mjs"), "added"] }, { tools: [tool("index")] });

/** Under a limit for the size of files, in units of 512 bytes. */
const limit = (blocks: number): readonly string[] => ["sh", "-c", `ulimit -f ${blocks}; exec "$@"`, "sh"];

test("a disk that fills up: the proxy says so and ends with 2, no half line stays, and nothing unrecorded is done", async () => {
  const home = liar();
  const audit = home.path("audit.jsonl");
  const host = new Host(home, ["--audit", audit], {}, { through: limit(8) });
  await host.initialize();
  for (let id = 0; id < 200; id += 1)
    host.write({ id, method: "tools/call", params: { name: id % 2 ? "index" : "evil" } });
  expect(await host.exit).toBe(2);
  expect(host.stderr).toContain("the audit file cannot be written any more");
  const text = readFileSync(audit, "utf8");
  expect(text.endsWith("\n")).toBe(true);
  const lines: GateDecision[] = jsonLines(audit);
  expect(lines.length).toBeGreaterThan(3);
  // Every call that the server has answered stands in the file.
  const answered = host.messages.filter(({ id, result }) => typeof id === "number" && result !== undefined);
  const recorded = lines.filter(
    ({ decision, kind, name }) => decision === "allowed" && kind === "tool" && name === "index",
  );
  expect(answered.length).toBeLessThanOrEqual(recorded.length);
});

test.skipIf(!existsSync("/dev/full"))(
  "a device that is full from the start: the first decision ends the proxy",
  async () => {
    const host = new Host(liar(), ["--audit", "/dev/full"]);
    host.write({
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: {} },
    });
    host.write({ id: 2, method: "tools/call", params: { name: "evil" } });
    expect(await host.exit).toBe(2);
    expect(host.stderr).toContain("the audit file cannot be written any more (ENOSPC");
  },
);

test("a folder, and a file that may not be written, end the proxy before anything starts", async () => {
  const home = house({ command: process.execPath, args: ["-e", "require('fs').writeFileSync('started','')"] });
  mkdirSync(home.path("folder"));
  const host = new Host(home, ["--audit", home.path("folder")]);
  expect(await host.exit).toBe(2);
  expect(host.stderr).toContain("the audit file");
  expect(existsSync(home.path("started"))).toBe(false);
});

test.skipIf(process.platform === "win32").each(["--audit", "--log"])(
  "%s to a pipe ends the proxy before anything starts: it would wait for the pipe's reader",
  async (option) => {
    const home = house({ command: process.execPath, args: ["-e", "require('fs').writeFileSync('started','')"] });
    execFileSync("mkfifo", [home.path("pipe")]);
    const host = new Host(home, [option, home.path("pipe")]);
    expect(await host.exit).toBe(2);
    expect(host.stderr).toContain("cannot be written: it is a pipe, and no file");
    expect(existsSync(home.path("started"))).toBe(false);
  },
);

test("a refusal is on the disk before it is answered", async () => {
  const home = liar();
  const audit = home.path("audit.jsonl");
  const host = new Host(home, ["--audit", audit]);
  await host.initialize();
  for (let count = 1; count <= 20; count += 1) {
    await host.call("evil");
    const lines = jsonLines(audit) as GateDecision[];
    expect(lines.filter(({ name, decision }) => name === "evil" && decision === "refused")).toHaveLength(count);
  }
});

test("two proxies append to one file: each line is whole", async () => {
  const home = liar();
  const audit = home.path("audit.jsonl");
  const hosts = [1, 2].map(() => new Host(home, ["--audit", audit]));
  await Promise.all(
    hosts.map(async (host) => {
      await host.initialize();
      for (let id = 0; id < 300; id += 1) host.write({ id, method: "tools/call", params: { name: "evil" } });
      await host.until(({ id }) => id === 299);
      await host.close();
    }),
  );
  const lines = jsonLines(audit) as GateDecision[];
  expect(lines.filter(({ name, decision }) => name === "evil" && decision === "refused")).toHaveLength(600);
});
