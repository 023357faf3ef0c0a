/** The packed package in programs as people build them: a framework, a test runner, CommonJS, one file. */
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { inRoot } from "../../scripts/build/paths.js";
import { capture } from "../../scripts/build/process.js";
import { launch } from "../browsers/launch.js";
import { bundle } from "../runtimes/bundlers.js";
import { expectGood, type Outcome } from "../runtimes/outcome.js";
import { openPage } from "../runtimes/site.js";
import { installLocked, type StartedApp, startApp } from "../support/built_app.js";

const packed = inject("packed");
const folder = mkdtempSync(join(tmpdir(), "inkan-apps-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Installs an app of `apps/` as its lock file says, and the packed package beside it. */
function installApp(name: string): string {
  const app = join(folder, name);
  cpSync(inRoot("test/packaging/apps", name), app, { recursive: true });
  for (const file of ["body.mjs", "fixtures.mjs"]) copyFileSync(join(packed.app, file), join(app, file));
  installLocked(app, name, packed.tarball);
  return app;
}

describe("Next.js with its default bundler", () => {
  let server: StartedApp | undefined;
  let url = "";

  beforeAll(async () => {
    const app = installApp("next");
    const env = { NEXT_TELEMETRY_DISABLED: "1" };
    capture(process.execPath, ["node_modules/next/dist/bin/next", "build"], { cwd: app, env });
    // As a container gets it: the standalone output and the static files, without the folder that they were built in.
    const standalone = join(folder, "standalone");
    cpSync(join(app, ".next/standalone"), standalone, { recursive: true });
    cpSync(join(app, ".next/static"), join(standalone, ".next/static"), { recursive: true });
    rmSync(app, { recursive: true });
    server = await startApp(["server.js"], standalone, { ...env, PORT: "0", HOSTNAME: "127.0.0.1" });
    url = server.url;
  }, 600_000);

  afterAll(() => server?.stop());

  test("the standalone server verifies", async () => {
    expectGood((await (await fetch(`${url}/verify`)).json()) as Outcome);
  });

  test("the standalone server verifies while it renders a page", async () => {
    const page = await (await fetch(`${url}/rendered`)).text();
    const [, outcome = ""] = /<pre>(.*?)<\/pre>/.exec(page) ?? [];
    expectGood(JSON.parse(decodeURIComponent(outcome)) as Outcome);
  });

  test("a page verifies in the browser", async (context) => {
    const browser = await launch(context, "chromium");
    context.onTestFinished(() => browser.close());
    expectGood(await openPage(browser, url));
  });
});

test("Jest, with its modules of ECMAScript", () => {
  const app = installApp("jest");
  const jest = ["--experimental-vm-modules", "node_modules/jest/bin/jest.js", "--testMatch", "**/*.test.mjs"];
  expect(() => capture(process.execPath, jest, { cwd: app })).not.toThrow();
}, 300_000);

test("CommonJS takes it by require, in every Node that engines names", () => {
  writeFileSync(join(packed.app, "required.cjs"), 'console.log(typeof require("inkan").KeylessVerifier);\n');
  expect(capture(process.execPath, ["required.cjs"], { cwd: packed.app })).toContain("function");
  const { engines }: { engines: { node: string } } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  // The first releases of each line that require such a module without a flag.
  expect(engines.node).toBe("^20.19.0 || >=22.12.0");
});

describe("a Node program that is bundled to one file and moved", () => {
  const options = { conditions: ["node"], platform: "node", oneFile: true } as const;
  const moved = async (main: string): Promise<string> => {
    const lonely = mkdtempSync(join(folder, "one-file-"));
    copyFileSync(join(await bundle(packed.app, `${main}.mjs`, options), `${main}.js`), join(lonely, "main.mjs"));
    return lonely;
  };

  test("works with inkan/inline", async () => {
    expectGood(JSON.parse(capture(process.execPath, ["main.mjs"], { cwd: await moved("main_inline") })) as Outcome);
  });

  test("says how, with the default entry", async () => {
    const said = capture(process.execPath, ["main.mjs"], { cwd: await moved("main") });
    expect(said).toContain("inkan/inline");
  });
});
