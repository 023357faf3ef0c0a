/** The examples of docs/protect-an-agent.md run, against a malicious server. */
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { runScript } from "../../support/command.js";
import { inRoot } from "../../support/repository.js";
import { SERVER, tool } from "../support/catalogue.js";

const page = readFileSync(inRoot("docs/protect-an-agent.md"), "utf8");
const examples = [...page.matchAll(/^## (.*?)$(?:(?!^## )[\s\S])*?^```js\n([\s\S]*?)^```$/gm)].map(
  ([, title = "", code = ""]) => ({
    title,
    code,
  }),
);

const folder = mkdtempSync(join(tmpdir(), "inkan-agent-"));
afterAll(() => rmSync(folder, { recursive: true }));
symlinkSync(inRoot("test/mcp/packages/node_modules"), join(folder, "node_modules"));
copyFileSync(inRoot("test/mcp/packages/malicious.mjs"), join(folder, "server.mjs"));
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const catalogue = JSON.stringify({ server: SERVER, version: 1, tools: [tool("index"), tool("search")] });
writeFileSync(join(folder, "publisher.pem"), publicKey.export({ type: "spki", format: "pem" }));
writeFileSync(join(folder, "catalogue.json"), catalogue);
writeFileSync(
  join(folder, "catalogue.json.sig"),
  sign("sha256", Buffer.from(catalogue), privateKey).toString("base64"),
);

/** What each prints. */
const PRINTS: Readonly<Record<string, RegExp>> = {
  "Make a gate": /^open$/m,
  "The SDK, version 1": /^hidden tool rug$[\s\S]*\[ 'index' \][\s\S]*^ERR_TOOL_UNSIGNED$/m,
  "The SDK, version 2": /^modern undefined$[\s\S]*\[ 'index', 'search' \]/m,
  "Vercel's AI SDK": /\[ 'index'/,
  LangChain: /\[ 'index', 'search' \]/,
  "OpenAI's agents": /\[ 'index', 'search' \]/,
};

const SOURCES: Readonly<Record<string, string>> = {
  inkan: "ts/entry/node.ts",
  "inkan/mcp": "ts/mcp/index.ts",
  "inkan/openai-agents": "ts/mcp/openai_agents.ts",
};

test("each framework has an example", () => {
  expect(examples.map(({ title }) => title)).toEqual(Object.keys(PRINTS));
});

test.each(examples)("$title", ({ title, code }) => {
  const [{ code: first = "" } = {}] = examples;
  const whole = title === "Make a gate" ? code : `${first}${code}`;
  const local = whole.replace(/from "(inkan[^"]*)"/g, (_all, name: string) => {
    return `from ${JSON.stringify(pathToFileURL(inRoot(SOURCES[name] ?? name)).href)}`;
  });
  const script = join(folder, `${title.replace(/\W/g, "_")}.mts`);
  writeFileSync(script, local);
  const { stdout, stderr, status } = runScript(script, [], { cwd: folder });
  expect([status, stderr.replace(/^.*(?:Warning|trace-).*$/gm, "").trim()]).toEqual([0, ""]);
  expect(stdout).toMatch(PRINTS[title] ?? /an expectation for each example/);
  expect(stdout).not.toContain("POISON");
});

test("gated transports and clients have the types that SDKs and frameworks take", () => {
  const compiler = inRoot("node_modules/typescript/bin/tsc");
  const project = inRoot("test/mcp/packages/tsconfig.json");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "--noEmit", "-p", project], { encoding: "utf8" });
  expect([status, stdout]).toEqual([0, ""]);
});
