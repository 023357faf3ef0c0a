/**
 * Builds the `inkan` command before the tests, as it is published: one file, which starts several times faster than the
 * sources do through tsx. It is built in each run, so no test runs a command that is older than its sources.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { TestProject } from "vitest/node";
import { bundleCommand } from "../../scripts/build/dist.js";
import { COMMAND } from "./command.js";

function build(): void {
  const made = `${COMMAND}.${process.pid}`;
  mkdirSync(dirname(COMMAND), { recursive: true });
  try {
    bundleCommand(made);
    // Another run of tests may be starting the command at this moment.
    if (!existsSync(COMMAND) || !readFileSync(COMMAND).equals(readFileSync(made))) renameSync(made, COMMAND);
  } finally {
    rmSync(made, { force: true });
  }
}

export default function setup(project: TestProject): void {
  build();
  project.onTestsRerun(async () => build());
}
