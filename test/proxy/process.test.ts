/** The proxy as a process among others: how it starts, ends, and what it leaves behind. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { COMMAND } from "../support/command.js";
import { isAlive } from "../support/is_alive.js";
import { inRoot } from "../support/repository.js";
import { until } from "../support/until.js";
import { fixture, Host, type House, house, type Way } from "./support/house.js";

const liar = (way: string, ...args: string[]): House =>
  house({ command: process.execPath, args: [fixture("liar.mjs"), way, ...args] });

const gone = (pids: readonly number[]): Promise<true> =>
  until(
    () => !pids.some(isAlive),
    () => `there is still one of the processes ${pids.join(", ")}`,
  );

test("the exit code is the server's", async () => {
  const host = new Host(liar("exit code"));
  await host.initialize();
  expect(await host.close()).toBe(42);
});

test("a server that dies at start: the open request says so, and the exit code is its own", async () => {
  const host = new Host(liar("dies at start"));
  const answer = await host.ask("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: {} });
  expect(answer.error.message).toContain("exit code 7");
  expect(await host.exit).toBe(7);
  expect(host.stderr).toContain("cannot find my configuration");
  expect(host.stderr).toContain("exit code 7");
});

test("a server that says on standard output why it dies, before anybody reads: the host's log has its words", async () => {
  const host = new Host(
    house({ command: process.execPath, args: ["-e", "console.log('no such option'); process.exit(7)"] }),
  );
  const answer = await host.ask("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: {} });
  expect(answer.error.message).toContain("exit code 7");
  expect(await host.exit).toBe(7);
  expect(host.stderr).toContain("no such option");
});

test("a part of the command is gone, as where a release takes another's place: exit code 3, and the server is ended", async () => {
  const folder = mkdtempSync(inRoot("target/cut-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const parts = readdirSync(dirname(COMMAND));
  const gate = parts.filter((name) => name.startsWith("gate-"));
  expect(gate).not.toEqual([]);
  for (const name of parts) if (!gate.includes(name)) copyFileSync(join(dirname(COMMAND), name), join(folder, name));
  const program =
    "require('fs').writeFileSync('pid', String(process.pid)); setInterval(() => console.log('x'.repeat(100000)), 1)";
  const home = house({ command: process.execPath, args: ["-e", program] });
  const host = new Host(home, [], {}, { main: join(folder, "main.cjs") });
  expect(await host.exit).toBe(3);
  expect(host.stderr).toContain("Cannot find module './gate-");
  // It may have been ended before it wrote.
  if (existsSync(home.path("pid"))) await gone([Number(readFileSync(home.path("pid"), "utf8"))]);
});

test("a server that dies in a call", async () => {
  const host = new Host(liar("dies in a call"));
  await host.initialize();
  expect((await host.call("index")).error.message).toContain("exit code 9");
  expect(await host.exit).toBe(9);
});

test("a command that does not exist", async () => {
  const host = new Host(house({ command: "inkan-no-such-command" }));
  const answer = await host.ask("initialize", {});
  expect(answer.error.message).toContain("no such program in PATH");
  expect(await host.exit).toBe(2);
});

test.each([
  ["a file that is not there", (home: House) => ({ config: home.path("nowhere.json") }), "there is no such file"],
  ["a name that is misspelt", (home: House) => edited(home, "catalogue", "catalog"), "Did you mean catalogue?"],
  ["a key that is not there", (home: House) => edited(home, "publisher.pem", "other.pem"), "inkan.config.json:"],
  ["another name of the server", (home: House) => edited(home, '"field"', '"fields"'), "did you mean fields?"],
])("%s: exit code 2, before anything starts", async (_, change, said) => {
  const home = house({ command: process.execPath, args: ["-e", "require('fs').writeFileSync('started','')"] });
  const host = new Host(change(home));
  expect(await host.exit).toBe(2);
  expect(host.stderr).toContain(said);
  expect(() => statSync(home.path("started"))).toThrow();
});

function edited(home: House, from: string, to: string): House {
  writeFileSync(home.config, readFileSync(home.config, "utf8").replace(from, to));
  return home;
}

test.skipIf(process.platform === "win32").each(["catalogue.json", "catalogue.sig"])(
  "%s is a pipe to which nobody writes: it is not waited for, and calls say why",
  async (name) => {
    const home = liar("added");
    rmSync(home.path(name));
    execFileSync("mkfifo", [home.path(name)]);
    const host = new Host(home);
    await host.initialize();
    const { error } = await host.call("index");
    expect(error.data.code).toBe("ERR_POLICY_SOURCE");
    expect(error.message).toContain("a pipe");
    await host.close();
  },
);

test("an audit file that cannot be written: exit code 2", async () => {
  const home = liar("added");
  const host = new Host(home, ["--audit", home.path("no/such/folder/audit.jsonl")]);
  expect(await host.exit).toBe(2);
  expect(host.stderr).toContain("the audit file");
});

test("audit lines are appended, whole, for this user alone, and the log holds what stderr has", async () => {
  const home = liar("added");
  const audit = home.path("audit.jsonl");
  for (let round = 1; round <= 2; round += 1) {
    const host = new Host(home, ["--audit", audit, "--log", home.path("log.txt")]);
    await host.initialize();
    await host.ask("tools/list");
    await host.call("evil", { secret: "s3cret" });
    await host.close();
  }
  const lines = readFileSync(audit, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ decision, name }) => decision === "refused" && name === "evil")).toHaveLength(2);
  for (const line of lines)
    expect(line).toMatchObject({ server: "npm:@acme/field", time: expect.any(String), kind: expect.any(String) });
  expect(readFileSync(audit, "utf8")).not.toContain("s3cret");
  if (process.platform !== "win32") expect(statSync(audit).mode & 0o777).toBe(0o600);
  expect(readFileSync(home.path("log.txt"), "utf8")).toContain('refused: tool "evil"');
});

test("a torn line of a machine that lost power does not join the next one", async () => {
  const home = liar("added");
  writeFileSync(home.path("audit.jsonl"), '{"time":"20');
  const host = new Host(home, ["--audit", home.path("audit.jsonl")]);
  await host.initialize();
  await host.close();
  const [torn, ...rest] = readFileSync(home.path("audit.jsonl"), "utf8").trimEnd().split("\n");
  expect(torn).toBe('{"time":"20');
  for (const line of rest) JSON.parse(line);
});

test("killed at random moments: the audit file holds whole lines, and no process is left", async () => {
  const home = house({ command: process.execPath, args: [fixture("liar.mjs"), "has a child", "pids.json"] });
  const audit = home.path("audit.jsonl");
  for (let round = 0; round < 6; round += 1) {
    const host = new Host(home, ["--audit", audit]);
    void host.initialize().catch(() => {});
    await host.until(({ id }) => id === "init");
    for (let id = 0; id < 500; id += 1)
      host.write({ id, method: "tools/call", params: { name: id % 2 ? "index" : "evil" } });
    await sleep(Math.random() * 60);
    const pids: number[] = JSON.parse(readFileSync(home.path("pids.json"), "utf8"));
    const [server = 0] = pids;
    if (round % 2 === 0) host.child.kill("SIGKILL");
    else process.kill(server, "SIGKILL");
    await host.exit;
    await gone(pids);
  }
  for (const line of readFileSync(audit, "utf8").split("\n").slice(0, -1)) JSON.parse(line);
  expect(readFileSync(audit, "utf8").endsWith("\n")).toBe(true);
});

test("a host that closes its end: a server that stays is ended after 4 seconds, with what it has started", async () => {
  const home = liar("stays", "pids.json");
  const host = new Host(home);
  await host.initialize();
  const started = Date.now();
  expect(await host.close()).toBe(137);
  expect(Date.now() - started).toBeGreaterThan(3_500);
  await gone(JSON.parse(readFileSync(home.path("pids.json"), "utf8")));
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s ends the server too", async (signal) => {
  const home = liar("has a child", "pids.json");
  const host = new Host(home);
  await host.initialize();
  host.child.kill(signal);
  expect(await host.exit).toBe(143);
  await gone(JSON.parse(readFileSync(home.path("pids.json"), "utf8")));
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s before the catalogue is there ends the server too",
  async (signal) => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void silent.close().closeAllConnections());
    const { port } = silent.address() as AddressInfo;
    const asked = new Promise((resolve) => silent.once("request", resolve));
    const reach = { command: process.execPath, args: [fixture("liar.mjs"), "has a child", "pids.json"] };
    const home = house(reach, undefined, { catalogue: `http://127.0.0.1:${port}/catalogue.json` });
    const host = new Host(home);
    await asked;
    const pids = await until(
      () => existsSync(home.path("pids.json")) && readFileSync(home.path("pids.json"), "utf8"),
      () => `the server has not started: ${host.stderr}`,
    );
    host.child.kill(signal);
    expect(await host.exit).toBe(143);
    await gone(JSON.parse(pids as string));
  },
);

test("megabytes pass in both directions, and a line of 50 megabytes is answered with an error", async () => {
  const host = new Host(liar("added"));
  await host.initialize();
  const answer = await host.call("index", { text: "ü".repeat(2_000_000) });
  expect(answer.result.structuredContent.text).toHaveLength(2_000_000);
  const long = new Host(liar("long line"));
  await long.initialize();
  expect((await long.call("index")).error.code).toBe(-32603);
  expect((await long.ask("ping")).result).toEqual({});
});

test("environment and folder: the proxy's, with the policy's on top; the policy file's folder unless stated", async () => {
  const script =
    "process.stdin.once('data',d=>{const{id}=JSON.parse(d);console.log(JSON.stringify({jsonrpc:'2.0',id,result:{a:process.env.FROM_HOST,b:process.env.FROM_POLICY,cwd:process.cwd()}}))})";
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as the policy file has it
  const home = house({ command: process.execPath, args: ["-e", script], env: { FROM_POLICY: "${env:SECRET}-x" } });
  const host = new Host(home, [], { FROM_HOST: "h", SECRET: "s3cret" });
  const { result } = await host.ask("anything");
  expect(result).toMatchObject({ a: "h", b: "s3cret-x" });
  expect(result.cwd.endsWith(home.folder)).toBe(true);
  await host.close();
  expect(host.stderr).not.toContain("s3cret");
});

/** How hosts start commands on Linux and macOS: short environments, other folders, a shell. */
const HOSTS: Readonly<Record<string, Way & { readonly env: NodeJS.ProcessEnv }>> = {
  "Claude Desktop: the root folder, a short PATH": { cwd: "/", only: true, env: { PATH: "/usr/bin:/bin", HOME: "/" } },
  "Claude Code, Gemini CLI: the project's folder, the whole environment": { cwd: tmpdir(), env: {} },
  "Cursor, Windsurf: the home folder, a short environment": {
    cwd: homedir(),
    only: true,
    env: { PATH: "/usr/bin:/bin", HOME: homedir(), USER: "u", SHELL: "/bin/sh" },
  },
  "VS Code: without a terminal, with variables of its own": {
    cwd: "/",
    env: { ELECTRON_RUN_AS_NODE: "1", VSCODE_PID: "1", NODE_NO_WARNINGS: "1" },
  },
  "Codex: a cleared environment with a few names": {
    cwd: "/",
    only: true,
    env: { HOME: homedir(), LOGNAME: "u", USER: "u", LANG: "C", TERM: "dumb", PATH: "/usr/bin:/bin", SHELL: "/bin/sh" },
  },
  "Zed: through a shell": { cwd: "/", shell: true, env: {} },
  "nothing at all": { cwd: "/", only: true, env: {} },
  "another language, a small limit of open files": {
    cwd: "/",
    through: ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"],
    env: { LANG: "ja_JP.UTF-8", LC_ALL: "C" },
  },
};

test.each(Object.entries(HOSTS))("%s", async (_, { env, ...way }) => {
  const host = new Host(liar("added"), [], env, way);
  await host.initialize();
  expect((await host.ask("tools/list")).result.tools).toMatchObject([{ name: "index" }]);
  expect((await host.call("evil")).error.data.code).toBe("ERR_TOOL_UNSIGNED");
  expect((await host.call("index")).result.content).toHaveLength(1);
  expect(await host.close()).toBe(0);
});

test("a program that a short PATH does not have is named, with what to write in its place", async () => {
  const host = new Host(
    house({ command: "npx", args: ["server"] }),
    [],
    { PATH: "/nowhere" },
    { only: true, cwd: "/" },
  );
  const { message } = (await host.ask("initialize", {})).error;
  expect(message).toContain('"npx"');
  expect(message).toContain("absolute path");
  expect(await host.exit).toBe(2);
});

test("a folder that cannot be entered is said", async () => {
  const home = house({ command: process.execPath, cwd: "missing" });
  chmodSync(home.folder, 0o700);
  const host = new Host(home);
  expect((await host.ask("initialize", {})).error.message).toContain("no folder");
});
