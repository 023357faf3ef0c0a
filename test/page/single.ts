/** The page of demo/browser in one file, built once for a file of tests, and opened in a browser from `file:`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, type TestContext } from "vitest";
import { buildPage } from "../../demo/browser/build.js";
import { launch } from "../browsers/launch.js";
import type { Look } from "../browsers/playwright.js";
import { Visit } from "./driver.js";

/** Gives what opens the page in a profile of its own, which is closed after the test. */
export function singlePage(): (context: TestContext, look?: Look, fragment?: string) => Promise<Visit> {
  const folder = mkdtempSync(join(tmpdir(), "inkan-page-"));
  let browser: ReturnType<typeof launch> | undefined;
  let url: string;
  beforeAll(async () => {
    const { single } = await buildPage(folder);
    url = pathToFileURL(join(single, "index.html")).href;
  });
  afterAll(async () => {
    await (await browser)?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return async (context, look = {}, fragment = "") => {
    browser ??= launch(context);
    const visit = await Visit.of(await browser, look);
    context.onTestFinished(() => visit.close());
    return visit.open(url + fragment);
  };
}

/** Nothing was stopped by the policy, and nothing went wrong unseen. */
export async function expectQuiet(one: Visit): Promise<void> {
  expect(await one.violations()).toEqual([]);
  expect(one.said).toEqual([]);
}
