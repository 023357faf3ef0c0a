/**
 * Programs that tests run. In CI, a missing program fails the test. Elsewhere the test is skipped and says what to
 * install.
 */
import { existsSync } from "node:fs";
import type { TestContext } from "vitest";
import { inRoot } from "./build/paths.js";
import { which } from "./build/process.js";

/**
 * The path of a program: the one under test/runtimes/node_modules if `shipped` names it, otherwise the first one on
 * PATH. Does not return without a path.
 */
export function need(context: TestContext, program: string, install: string, shipped?: string): string {
  const binary = shipped === undefined ? undefined : inRoot("test/runtimes/node_modules", shipped);
  const found = binary !== undefined && existsSync(binary) ? binary : which(program);
  if (found !== undefined) return found;
  const message = `${program} is missing; to install: ${install}`;
  if (process.env.CI) throw new Error(message);
  return context.skip(message);
}
