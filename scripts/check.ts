/**
 * `npm run check`: format, lint, types, architecture, links, the docs site, manifest, drift. Runs everything, then says
 * what failed. With `--no-tests`, leaves out what `npm test` runs too.
 */
import { readdirSync } from "node:fs";
import { inRoot } from "./build/paths.js";
import { runMeanwhile } from "./build/process.js";
import { actionlintPath, cargo, problems, workflowTools } from "./build/tools.js";
import { installPackages } from "./install.js";

interface Step {
  name: string;
  program: string;
  args: string[];
}

// Under a path, because a link that works only at the root of a host is found there.
process.env.SITE_BASE ??= "/inkan/";

const step = (name: string, program: string, ...args: string[]): Step => ({ name, program, args });
const node = (name: string, script: string, ...args: string[]): Step =>
  step(name, process.execPath, inRoot("node_modules", script), ...args);
const vitest = (name: string, project: string, file: string): Step =>
  node(name, "vitest/vitest.mjs", "run", "--project", project, file);

const typescript = [
  node("format and lint, TypeScript", "@biomejs/biome/bin/biome", "ci", "--error-on-warnings"),
  node("types", "typescript/bin/tsc", "--project", "tsconfig.json"),
  node("types, docs site", "typescript/bin/tsc", "--project", "site/tsconfig.json"),
  node("docs site", "tsx/dist/cli.mjs", "site/build.ts"),
  node("docs site, in Chromium", "vitest/vitest.mjs", "run", "--config", "site/vitest.config.ts"),
];
/** `npm test` has these too. */
const tests = [
  vitest("architecture", "unit", "test/architecture.test.ts"),
  vitest("links", "unit", "test/links.test.ts"),
  vitest("manifest", "package", "test/packaging/manifest.test.ts"),
];
const rust = [
  step("format, Rust", "cargo", "fmt", "--all", "--check"),
  step(
    "lint, Rust",
    "cargo",
    ...["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"],
  ),
];

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(inRoot(folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);
const workflows = [
  step(
    "workflows",
    actionlintPath(),
    "-color",
    ...filesIn(".github/workflows", ".yml"),
    ...filesIn("examples/workflows", ".yml"),
  ),
  step("scripts of the shell", "shellcheck", ".ci/run", ...filesIn("scripts", ".sh")),
];
const drift = node("drift", "tsx/dist/cli.mjs", "build.ts", "--check");

const failed: string[] = [];

/** These steps, if their tools are there. Without them CI fails, and elsewhere a line says so. */
function withTools(what: string, tools: Parameters<typeof problems>[0], steps: Step[]): Step[] {
  const missing = problems(tools);
  if (missing.length === 0) return steps;
  if (process.env.CI) failed.push(`${what}: ${missing.join("\n  ")}`);
  else console.warn(`not checked here, ${what}: ${missing.join("\n  ")}`);
  return [];
}

/** Runs steps one after the other, and shows what each printed when it has ended. */
async function runSteps(steps: Step[]): Promise<void> {
  for (const { name, program, args } of steps) {
    const began = performance.now();
    const { ok, printed } = await runMeanwhile(program, args);
    const seconds = Math.round((performance.now() - began) / 1_000);
    console.log(`\ncheck: ${name}, ${seconds} s${ok ? "" : ", failed"}\n${printed.trimEnd()}`);
    if (!ok) failed.push(name);
  }
}

// Types of packages that only tests use.
installPackages();
const isWithTests = !process.argv.includes("--no-tests");
// Side by side: the steps of one list wait for compilers that use one core for most of their time.
await Promise.all([
  runSteps([...withTools("workflows", workflowTools, workflows), ...typescript, ...(isWithTests ? tests : [])]),
  runSteps([...withTools("format and lint, Rust", [cargo], rust), drift]),
]);
console.log(failed.length === 0 ? "\nall checks hold" : `\nfailed:\n  ${failed.join("\n  ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
