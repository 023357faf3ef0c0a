/**
 * Builds the `inkan` command before the tests, as it is published: bundled, which starts several times faster than the
 * sources do through tsx. It is built in each run, so no test runs a command that is older than its sources.
 */
import { dirname } from "node:path";
import type { TestProject } from "vitest/node";
import { bundleCommand } from "../../scripts/build/command.js";
import { COMMAND } from "./command.js";

export default async function setup(project: TestProject): Promise<void> {
  const build = (): Promise<void> => bundleCommand(dirname(COMMAND));
  await build();
  project.onTestsRerun(build);
}
