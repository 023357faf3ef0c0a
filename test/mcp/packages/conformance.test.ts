/** The official conformance package, with nothing between client and server, with the gate and with the proxy. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { house } from "../../proxy/support/house.js";
import { COMMAND } from "../../support/command.js";
import { inRoot } from "../../support/repository.js";
import { bridgeTo, CONTENT, conformanceServer } from "./conformance_server.js";

/** The package needs a newer Node than the oldest one that inkan runs on. */
const node = inRoot("test/runtimes/node_modules/node24-linux-x64/bin/node");
const conformance = inRoot("test/mcp/packages/node_modules/@modelcontextprotocol/conformance/dist/index.js");
const client = `${process.execPath} --import tsx ${inRoot("test/mcp/packages/conformance_client.ts")}`;

interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** Runs the package, and reads the checks that it made. What only tells what went over the wire is left out. */
async function checksOf(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<readonly Check[]> {
  const folder = mkdtempSync(join(tmpdir(), "inkan-conformance-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const run = spawn(node, [conformance, ...args, "-o", folder], {
    cwd: inRoot("."),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [run.stdout, run.stderr])
    stream.on("data", (piece) => {
      said += piece;
    });
  await new Promise((resolve) => run.once("close", resolve));
  const files = readdirSync(folder, { recursive: true }).map(String);
  const found = files.filter((file) => file.endsWith("checks.json"));
  expect(found.length, said).toBeGreaterThan(0);
  const checks: Check[] = found.flatMap((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
  return checks.filter(({ status }) => status !== "INFO");
}

/** How each check ended. A stream that came back a little late is a warning, which depends on how busy the machine is. */
const verdicts = (checks: readonly Check[]): Record<string, string> =>
  Object.fromEntries(
    checks.map(({ id, status, errorMessage }) => [
      id,
      status === "WARNING" && errorMessage?.includes("slightly late") ? "SUCCESS" : status,
    ]),
  );

describe("its servers, for clients", () => {
  test.each(["initialize", "tools_call", "elicitation-sep1034-client-defaults", "sse-retry"])(
    "%s",
    async (scenario) => {
      const args = ["client", "--command", client, "--scenario", scenario];
      const listed = house({ url: "http://127.0.0.1:1/" }).path("listed.json");
      const plain = verdicts(await checksOf(args, { MODE: "list", LISTED: listed }));
      expect(Object.values(plain)).not.toContain("FAILURE");
      expect(Object.values(plain)).toContain("SUCCESS");
      expect(verdicts(await checksOf(args, { MODE: "gate", LISTED: listed }))).toEqual(plain);
      const { config } = house({ url: "http://127.0.0.1:1/" }, { tools: JSON.parse(readFileSync(listed, "utf8")) });
      expect(verdicts(await checksOf(args, { MODE: "proxy", CONFIG: config, COMMAND }))).toEqual(plain);
    },
  );
});

describe("its clients, for servers", () => {
  test("what passes over HTTP passes through the proxy, with HTTP on both sides of it", {
    timeout: 240_000,
  }, async () => {
    const url = await conformanceServer();
    const plain = verdicts(await checksOf(["server", "--url", url.href, "--suite", "all"]));
    const { config } = house({ url: url.href }, CONTENT);
    const bridge = await bridgeTo(process.execPath, [COMMAND, "proxy", "--config", config, "--server", "field"]);
    const proxied = verdicts(await checksOf(["server", "--url", bridge.href, "--suite", "all"]));
    expect(proxied).toEqual(plain);
    expect(Object.values(plain)).not.toContain("FAILURE");
    expect(Object.keys(plain).length).toBeGreaterThan(35);
  });
});
