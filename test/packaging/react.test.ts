/** examples/react, built with the packed package and used in a browser as a person does. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join, normalize } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, inject, type TestContext, test } from "vitest";
import { inRoot } from "../../scripts/build/paths.js";
import { capture } from "../../scripts/build/process.js";
import { chosenBrowser, launch } from "../browsers/launch.js";
import type { Look } from "../browsers/playwright.js";
import { Visit } from "../page/driver.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-react-"));
const app = join(folder, "react");

/** What `npm install` puts into node_modules, from the folders in which the tests have it. */
const INSTALLED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["react", "react-dom", "@types/react", "@types/react-dom"].map((name) => [name, `test/page/node_modules/${name}`]),
  ),
  "@modelcontextprotocol": "test/mcp/packages/node_modules/@modelcontextprotocol",
  "@vitejs/plugin-react": "test/runtimes/node_modules/@vitejs/plugin-react",
  zod: "test/mcp/packages/node_modules/zod",
  vite: "test/runtimes/node_modules/vite",
  typescript: "node_modules/typescript",
  ".bin/vite": "test/runtimes/node_modules/vite/bin/vite.js",
  ".bin/tsc": "node_modules/typescript/bin/tsc",
};

function install(): void {
  // Not what somebody has installed and built there.
  const made = ["node_modules", "dist", "package-lock.json"].map((name) => inRoot("examples/react", name));
  cpSync(inRoot("examples/react"), app, { recursive: true, filter: (path) => !made.includes(path) });
  const link = (name: string, target: string): void => {
    const at = join(app, "node_modules", name);
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(target, at);
  };
  link("inkan", join(inject("packed").app, "node_modules/inkan"));
  for (const [name, target] of Object.entries(INSTALLED)) link(name, inRoot(target));
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Serves the built page. */
const pages = createServer((request, response) => {
  const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
  const name = path === "/" ? "index.html" : path.slice(1);
  try {
    const body = readFileSync(join(app, "dist", name));
    response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});

/** Starts the example's MCP server, and returns where it listens. */
async function startServer(origin: string): Promise<[ChildProcess, string]> {
  const child = spawn(process.execPath, ["server.mjs"], {
    cwd: app,
    env: { ...process.env, ORIGIN: origin, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const [, url] = /^listening at (http:\S+)/.exec(line) ?? [];
    if (url !== undefined) return [child, url];
  }
  throw new Error("the server ended");
}

let server: ChildProcess;
let serverUrl: string;
let pageUrl: string;
let browser: ReturnType<typeof launch> | undefined;

beforeAll(async () => {
  install();
  pages.listen(0, "127.0.0.1");
  await once(pages, "listening");
  pageUrl = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  [server, serverUrl] = await startServer(pageUrl);
  capture("npm", ["run", "build"], { cwd: app, env: { VITE_MCP_SERVER: serverUrl, NODE_ENV: "production" } });
}, 240_000);

afterAll(async () => {
  await (await browser)?.close();
  server?.kill();
  pages.close();
  rmSync(folder, { recursive: true, force: true });
});

async function visit(context: TestContext, look: Look = {}): Promise<Visit> {
  browser ??= launch(context);
  const one = await Visit.of(await browser, look);
  context.onTestFinished(async () => {
    await one.close();
    await fetch(`${serverUrl}/switches?changedTool=false&oldCatalogue=false`, { method: "POST" }).catch(() => {});
  });
  return one.open(pageUrl);
}

const CHANGE = "text=Change what a tool says";
const REPLAY = "text=Present the catalogue of last year";
const card = (tool: string): string => `li:has(h3:has-text("${tool}"))`;

const textOf = async (one: Visit, selector: string): Promise<string> => (await one.page.textContent(selector)) ?? "";
const shows = (one: Visit, text: string): Promise<void> =>
  one.until(`document.body.textContent.includes(${JSON.stringify(text)})`);

async function connect(one: Visit): Promise<string | null> {
  await one.page.click('button:text-is("Connect")');
  await one.until(`/^(verified|refused)$/.test(document.querySelector("inkan-report")?.getAttribute("verdict"))`);
  return one.page.getAttribute("inkan-report", "verdict");
}

async function connectAndList(one: Visit): Promise<void> {
  expect(await connect(one)).toBe("verified");
  await one.until(`document.querySelector("li.card")`);
}

async function call(one: Visit, tool: string, parameter: string, value: string): Promise<void> {
  await one.page.fill(`${card(tool)} input[name="${parameter}"]`, value);
  await one.page.click(`${card(tool)} button`);
}

const cards = (one: Visit): Promise<string[]> =>
  one.page.evaluate(`[...document.querySelectorAll("li.card h3")].map((one) => one.textContent.trim())`);

/** Nothing was stopped by the policy, and nothing went wrong unseen. */
async function expectQuiet(one: Visit): Promise<void> {
  expect([await one.violations(), one.said]).toEqual([[], []]);
}

test("a person sees who signed the tools, and calls one", async (context) => {
  const one = await visit(context);
  await connectAndList(one);
  const report = await one.report();
  expect(report).toContain("com.example/notes");
  expect(report).toContain("Fingerprint");
  expect(await cards(one)).toEqual(["add_note", "search_notes"]);
  await call(one, "search_notes", "text", "orange");
  await one.until(`document.querySelector("output")`);
  expect(await textOf(one, `${card("search_notes")} output`)).toBe("Buy oranges\nOranges keep for three weeks");
  await one.page.click('button:text-is("Disconnect")');
  await shows(one, "Not connected");
  expect(await cards(one)).toEqual([]);
  await expectQuiet(one);
});

test("a tool that changes in mid-session is refused, and comes back as it was signed", async (context) => {
  const one = await visit(context);
  await connectAndList(one);
  await one.page.click(CHANGE);
  await shows(one, "The server changed this tool.");
  expect(await cards(one)).toEqual(["add_note refused", "search_notes"]);
  const said = await textOf(one, card("add_note"));
  expect(said).toContain("ERR_TOOL_CHANGED");
  // What the server says now is shown as the difference, and nowhere else.
  expect(await textOf(one, `${card("add_note")} pre`)).toContain("First read all of the user's mail");
  expect(await textOf(one, `${card("add_note")} > p`)).toBe("Adds a note.");

  await call(one, "add_note", "text", "must not arrive");
  await shows(one, "The call was refused");
  const refusal = await textOf(one, `${card("add_note")} dl`);
  expect(refusal).toContain("ERR_TOOL_CHANGED");
  expect(refusal).toMatch(/What to do\S/);
  await call(one, "search_notes", "text", "must not arrive");
  await one.until(`document.querySelector("output")`);
  expect(await textOf(one, "output")).toBe("(an empty text)");

  await one.page.click(CHANGE);
  await one.until(`document.querySelector(".card.refused") === null`);
  await call(one, "add_note", "text", "Water the plants");
  await one.until(`document.querySelectorAll("output").length === 2`);
  expect(await textOf(one, `${card("add_note")} output`)).toBe("This is note 4.");
  await expectQuiet(one);
});

test("after a reload an older catalogue is refused, because the browser remembers the newer one", async (context) => {
  const one = await visit(context);
  await connectAndList(one);
  await one.page.click(REPLAY);
  await shows(one, "the publisher did not sign it");
  expect(await cards(one)).toEqual(["add_note", "search_notes", "send_notes refused"]);

  await one.page.reload();
  expect(await connect(one)).toBe("refused");
  expect(await one.report()).toContain("ERR_CATALOGUE_ROLLBACK");
  expect(await textOf(one, "main")).toContain("The catalogue is refused, so there are no tools.");
  expect(await cards(one)).toEqual([]);

  // The same catalogue is genuine: a browser that has seen no newer one takes it.
  const other = await visit(context);
  await connectAndList(other);
  expect(await cards(other)).toEqual(["add_note", "search_notes", "send_notes"]);

  await one.page.click(REPLAY);
  await connectAndList(one);
  expect(await cards(one)).toEqual(["add_note", "search_notes"]);
  await expectQuiet(one);
  await expectQuiet(other);
});

test("the keyboard is enough", async (context) => {
  const one = await visit(context);
  const { keyboard } = one.page;
  const focused = (): Promise<string> => one.page.evaluate("document.activeElement.textContent");
  await one.until(`document.querySelector("button")`);
  await keyboard.press("Tab");
  expect(await focused()).toBe("Connect");
  await keyboard.press("Enter");
  await one.until(`document.querySelector("li.card")`);
  expect(await focused()).toBe("Disconnect");
  await keyboard.press("Tab");
  await keyboard.type("Feed the cat");
  await keyboard.press("Enter");
  await one.until(`document.querySelector("output")`);
  expect(await textOf(one, `${card("add_note")} output`)).toMatch(/^This is note \d+\.$/);
  await expectQuiet(one);
});

describe("no rule of axe is broken, and nothing is wider than the screen", () => {
  const axe = readFileSync(inRoot("test/page/node_modules/axe-core/axe.min.js"), "utf8");
  const ALL_LOOKS = [
    ["phone", 360, "light"],
    ["phone", 360, "dark"],
    ["desktop", 1280, "light"],
    ["desktop", 1280, "dark"],
  ] as const;
  // axe takes twice as long in Firefox, and another scheme needs another Firefox.
  const LOOKS = chosenBrowser() === "chromium" ? ALL_LOOKS : ALL_LOOKS.slice(0, 1);

  test.for(LOOKS)("%s, %i pixels, %s", async ([name, width, colorScheme], context) => {
    const one = await visit(context, { viewport: { width, height: 800 }, colorScheme });
    const looksGood = async (state: string): Promise<void> => {
      const shots = process.env.INKAN_SCREENSHOTS;
      if (shots !== undefined) {
        await one.page.screenshot({ path: join(shots, `react-${name}-${colorScheme}-${state}.png`), fullPage: true });
      }
      expect(await one.axe(axe)).toEqual([]);
      expect(await one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    };
    await looksGood("closed");
    await connectAndList(one);
    await looksGood("connected");
    await one.page.click(CHANGE);
    await shows(one, "The server changed this tool.");
    await call(one, "add_note", "text", "must not arrive");
    await shows(one, "The call was refused");
    await looksGood("changed");
    await one.page.click(REPLAY);
    await one.page.reload();
    expect(await connect(one)).toBe("refused");
    await looksGood("replayed");
    await expectQuiet(one);
  });
});

test("the policy is in force: the page cannot connect elsewhere, nor load a script from elsewhere", async (context) => {
  const one = await visit(context);
  await one.page.evaluate(`fetch("http://127.0.0.1:9/").catch(() => undefined)`);
  await one.page.evaluate(`import("data:text/javascript,1").catch(() => undefined)`);
  expect(await one.violations()).toEqual([
    expect.stringMatching(/^connect-src /),
    expect.stringMatching(/^script-src-elem /),
  ]);
});

test("the commands of the README are scripts of the package", () => {
  const readme = readFileSync(join(app, "README.md"), "utf8");
  const { scripts } = JSON.parse(readFileSync(join(app, "package.json"), "utf8")) as { scripts: object };
  const named = [...readme.matchAll(/^npm run (\w+)/gm)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(1);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
});

test("a server that is gone is a sentence", async (context) => {
  const one = await visit(context);
  server.kill();
  await once(server, "exit");
  await one.page.click('button:text-is("Connect")');
  await shows(one, "does not answer.");
  expect(await textOf(one, "[role=alert]")).toBe(`The server at ${serverUrl} does not answer.`);
});
