/** `<inkan-report>`: in Node, in plain HTML, in React, in Vue and in Svelte; with hostile texts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { afterAll, expect, type TestContext, test } from "vitest";
import { inRoot } from "../../scripts/build/paths.js";
import { InkanReport } from "../../ts/element/index.js";
import { readReport } from "../../ts/element/reading.js";
import { InkanError, InMemoryStateStore, KeylessVerifier } from "../../ts/entry/node.js";
import { launch } from "../browsers/launch.js";
import type { Look } from "../browsers/playwright.js";
import { realCase, SERVER } from "../support/cases.js";
import { Visit } from "./driver.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-element-"));
let browser: ReturnType<typeof launch> | undefined;
afterAll(async () => {
  await (await browser)?.close();
  rmSync(folder, { recursive: true, force: true });
});

const real = realCase("series-02");
const verifier = () =>
  new KeylessVerifier({
    trustRoot: real.trustRoot(),
    identityPolicy: real.identityPolicy(),
    stateStore: new InMemoryStateStore(),
  });
const input = { catalogue: real.catalogue, bundle: real.bundle, server: SERVER };
const refusedInput = { ...input, server: "https://evil.example" };

/** Compiles components of Svelte, as a bundler's plugin does. */
const svelte: Plugin = {
  name: "svelte",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.svelte$/ }, ({ path }) => {
      const { compile } = createRequire(inRoot("test/page/package.json"))("svelte/compiler") as SvelteCompiler;
      const { js } = compile(readFileSync(path, "utf8"), { filename: path, generate: "client" });
      return { contents: js.code };
    });
  },
};
/** Just what is used of it. */
interface SvelteCompiler {
  compile(source: string, options: { filename: string; generate: "client" }): { js: { code: string } };
}

/** A page of which the script is one of mains/. */
async function visit(context: TestContext, main: string, look: Look = {}): Promise<Visit> {
  const place = mkdtempSync(join(folder, main));
  await build({
    entryPoints: [inRoot("test/page/mains", `${main}.mjs`)],
    outfile: join(place, "main.js"),
    bundle: true,
    format: "iife",
    platform: "browser",
    alias: { "inkan/element": inRoot("ts/element/index.ts") },
    plugins: [svelte],
    define: { "process.env.NODE_ENV": '"production"' },
    ignoreAnnotations: true,
    logLevel: "error",
  });
  writeFileSync(
    join(place, "index.html"),
    // Trusted types refuse every text that would become markup.
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'self' file:; require-trusted-types-for 'script'"><title>element</title>
      <main id="app"></main><script src="main.js"></script>`,
  );
  browser ??= launch(context);
  const visit = await Visit.of(await browser, look);
  context.onTestFinished(() => visit.close());
  return visit.open(pathToFileURL(join(place, "index.html")).href);
}

const show = (one: Visit, report: unknown): Promise<unknown> =>
  one.page.evaluate(`show(${JSON.stringify(report)}); undefined`);
const shows = (one: Visit, verdict: string): Promise<void> =>
  one.until(`document.querySelector("inkan-report")?.getAttribute("verdict") === "${verdict}"`);

test("the import does nothing in Node", () => {
  expect(typeof InkanReport).toBe("function");
  expect("customElements" in globalThis).toBe(false);
});

test.for(["plain", "react", "vue", "svelte"])(
  "shows what is verified and what is refused: %s",
  async (main, context) => {
    const one = await visit(context, main);
    await show(one, await verifier().report(input));
    await shows(one, "verified");
    const text = await one.report();
    expect(text).toContain(real.expected.identity);
    expect(text).toContain("calendar_create_event");
    await show(one, await verifier().report(refusedInput));
    await shows(one, "refused");
    expect(await one.report()).toContain("ERR_CATALOGUE_SERVER");
    expect(await one.report()).not.toContain("calendar_create_event");
    expect([await one.violations(), one.said]).toEqual([[], []]);
  },
);

test("hostile texts stay texts", async (context) => {
  const one = await visit(context, "plain");
  const bad = "<img src=x onerror=document.title='owned'>\u202e\u200b\u001b[2J";
  const definition = {
    name: bad,
    description: `${bad}\n${bad}`,
    inputSchema: { properties: { [bad]: { description: bad, enum: [bad] } } },
  };
  const report = {
    verdict: "verified",
    steps: [{ id: "bundle", title: bad, status: "passed", details: [bad] }],
    catalogue: {
      signer: { san: { value: bad } },
      signedAt: [bad],
      digest: bad,
      log: [],
      server: bad,
      instructions: bad,
      tools: [{ name: bad, definition }],
    },
  };
  await show(one, report);
  await shows(one, "verified");
  const root = `document.querySelector("inkan-report").shadowRoot`;
  await one.page.evaluate(`{ for (const one of ${root}.querySelectorAll("details")) one.open = true; }`);
  await one.until(`${root}.querySelector("[part=schema]")`);
  await one.page.evaluate(`{ for (const one of ${root}.querySelectorAll("details")) one.open = true; }`);
  await one.until(`${root}.querySelector("[part=json]")`);
  const text = await one.report();
  expect(text).toContain("<img src=x onerror=document.title='owned'>\\u{202e}\\u{200b}\\u{1b}[2J");
  for (const character of "\u202e\u200b\u001b") expect(text).not.toContain(character);
  expect(await one.page.evaluate(`${root}.querySelectorAll("img").length`)).toBe(0);
  expect([await one.violations(), one.said]).toEqual([[], []]);
});

const catalogueOf = (catalogue: object) => ({ verdict: "verified", steps: [{ status: "passed" }], catalogue });
const inShadow = `document.querySelector("inkan-report").shadowRoot`;

test("of a long text the beginning is shown, and its reader gets to the end of it", async (context) => {
  const one = await visit(context, "plain");
  const description = `${"line\n".repeat(3000)}${"😀".repeat(20_000)} the hidden end`;
  const long = "n".repeat(100_000);
  await show(one, catalogueOf({ tools: [{ name: long, definition: { description } }] }));
  await shows(one, "verified");
  await one.page.evaluate(`{ ${inShadow}.querySelector("details[part=tool]").open = true; }`);
  await one.until(`${inShadow}.querySelector("[part=description]")`);
  const shownText = `${inShadow}.querySelector("[part=description]").textContent`;
  expect(await one.page.evaluate(`${shownText}.split("\\n").length`)).toBeLessThan(40);
  expect(await one.page.evaluate(`${inShadow}.querySelector("[part=tool-name]").textContent`)).toBe(
    `${"n".repeat(200)}… (99800 more characters)`,
  );
  for (let clicks = 0; !(await one.page.evaluate<string>(shownText)).endsWith("the hidden end"); clicks += 1) {
    expect(clicks).toBeLessThan(10);
    await one.page.click("text=Show more of this text");
  }
  // No character was cut in half, and no part is there twice.
  expect(await one.page.evaluate(`${shownText} === ${JSON.stringify(description)}`)).toBe(true);
  expect(await one.page.evaluate(`${inShadow}.querySelector("[part=description] + button").hidden`)).toBe(true);
});

test("long identities and texts without a blank stay in the width of a phone", async (context) => {
  const one = await visit(context, "plain", { viewport: { width: 360, height: 800 } });
  const identity = `https://github.com/${"a".repeat(300)}/tools/.github/workflows/${"w".repeat(300)}.yml@refs/tags/v1`;
  const long = "x".repeat(5000);
  await show(one, {
    ...catalogueOf({
      signer: { san: { type: "uri", value: identity }, issuer: long, fingerprint: long, extensions: { [long]: long } },
      signedAt: [long],
      log: [{ origin: long, logIndex: long, rootHash: long }],
      server: long,
      tools: [{ name: long, definition: { title: long, inputSchema: { properties: { [long]: { enum: [long] } } } } }],
    }),
    steps: [{ title: long, status: "passed", details: [long] }],
  });
  await shows(one, "verified");
  await one.page.evaluate(`{ for (const one of ${inShadow}.querySelectorAll("details")) one.open = true; }`);
  await one.until(`${inShadow}.querySelector("[part=schema]")`);
  expect(await one.report()).toContain(identity);
  expect(await one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  await show(one, { verdict: "refused", error: { code: long, summary: long, expected: long, found: identity } });
  await shows(one, "refused");
  expect(await one.report()).toContain(identity);
  expect(await one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
});

test("a thousand tools are made a hundred at a time", async (context) => {
  const one = await visit(context, "plain");
  const tools = Array.from({ length: 1000 }, (_, index) => ({ name: `tool_${index}`, definition: {} }));
  await show(one, { verdict: "verified", steps: [{ status: "passed" }], catalogue: { tools } });
  await shows(one, "verified");
  const count = `document.querySelector("inkan-report").shadowRoot.querySelectorAll("details[part=tool]").length`;
  expect(await one.page.evaluate(count)).toBe(100);
  await one.page.click("text=Show 100 of 900 more");
  expect(await one.page.evaluate(count)).toBe(200);
});

test.for([
  ["nothing", undefined],
  ["a text", "verified"],
  ["a list", []],
  ["a verdict alone", { verdict: "verified" }],
  ["a verdict without steps", { verdict: "verified", steps: [], catalogue: {} }],
  ["a verdict with a failed step", { verdict: "verified", steps: [{ status: "failed" }], catalogue: {} }],
  ["a verdict with a step not reached", { verdict: "verified", steps: [{ status: "not-reached" }], catalogue: {} }],
  ["a verdict with an unknown status", { verdict: "verified", steps: [{ status: "toString" }], catalogue: {} }],
  [
    "a verdict with something that is no step",
    { verdict: "verified", steps: [{ status: "passed" }, "x"], catalogue: {} },
  ],
  ["a verdict without a proof", { verdict: "verified", steps: [{ status: "passed" }] }],
] as const)("is not shown as verified: %s", ([, given]) => {
  expect(readReport(given)).toMatchObject({ verdict: "none" });
});

test("a report is the same after JSON, and a thrown error is a refusal", async () => {
  const report = await verifier().report(input);
  expect(readReport(JSON.parse(JSON.stringify(report)))).toMatchObject({ verdict: "verified", kind: "catalogue" });
  const thrown = await verifier()
    .verify(refusedInput)
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(InkanError);
  const reading = readReport(thrown);
  expect(reading).toMatchObject({ verdict: "refused", error: { code: "ERR_CATALOGUE_SERVER" } });
  expect(reading.steps.length).toBeGreaterThan(5);
});
