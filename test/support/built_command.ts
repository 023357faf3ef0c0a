/**
 * Builds the `inkan` command before the tests, as it is published: bundled, which starts several times faster than the
 * sources do through tsx. It is built in each run, so no test runs a command that is older than its sources.
 */
import { readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundleCommand } from "../../scripts/build/command.js";
import { COMMAND } from "./command.js";

const HOUR = 3_600_000;

async function build(): Promise<void> {
  const folder = dirname(COMMAND);
  const names = await bundleCommand(folder);
  // What earlier builds left. Another run of tests may still be loading what is young.
  for (const name of readdirSync(folder).filter((name) => !names.includes(name))) {
    const path = join(folder, name);
    if (statSync(path).mtimeMs < Date.now() - HOUR) rmSync(path);
  }
}

export default async function setup(project: TestProject): Promise<void> {
  await build();
  project.onTestsRerun(build);
}
