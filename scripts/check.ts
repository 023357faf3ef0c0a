/** `npm run check`: format, lint, types, architecture, links, the docs site, manifest, drift. Runs everything, then says what failed. */
import { readdirSync } from "node:fs";
import { inRoot } from "./build/paths.js";
import { BuildError, run } from "./build/process.js";
import { actionlintPath, cargo, problems, workflowTools } from "./build/tools.js";
import { installPackages } from "./install.js";

const node =
  (script: string, ...args: string[]) =>
  (): void =>
    run(process.execPath, [inRoot("node_modules", script), ...args]);

const withBase = (step: () => void) => (): void => {
  process.env.SITE_BASE ??= "/inkan/";
  step();
};

const steps: [name: string, step: () => void][] = [
  ["format and lint, TypeScript", node("@biomejs/biome/bin/biome", "ci", "--error-on-warnings")],
  ["types", node("typescript/bin/tsc", "--project", "tsconfig.json")],
  ["types, docs site", node("typescript/bin/tsc", "--project", "site/tsconfig.json")],
  ["architecture", node("vitest/vitest.mjs", "run", "--project", "unit", "test/architecture.test.ts")],
  ["links", node("vitest/vitest.mjs", "run", "--project", "unit", "test/links.test.ts")],
  // Under a path, because a link that works only at the root of a host is found there.
  ["docs site", withBase(node("tsx/dist/cli.mjs", "site/build.ts"))],
  ["docs site, in Chromium", withBase(node("vitest/vitest.mjs", "run", "--config", "site/vitest.config.ts"))],
  ["manifest", node("vitest/vitest.mjs", "run", "--project", "package", "test/packaging/manifest.test.ts")],
];
const rustSteps: [name: string, step: () => void][] = [
  ["format, Rust", () => run("cargo", ["fmt", "--all", "--check"])],
  [
    "lint, Rust",
    () => run("cargo", ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"]),
  ],
];

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(inRoot(folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);
const workflowSteps: [name: string, step: () => void][] = [
  [
    "workflows",
    () =>
      run(actionlintPath(), [
        "-color",
        ...filesIn(".github/workflows", ".yml"),
        ...filesIn("examples/workflows", ".yml"),
      ]),
  ],
  ["scripts of the shell", () => run("shellcheck", [".ci/run", ...filesIn("scripts", ".sh")])],
];

/** Adds steps if their tools are there. Without them CI fails, and elsewhere a line says so. */
function offer(what: string, tools: Parameters<typeof problems>[0], added: typeof steps): void {
  const missing = problems(tools);
  if (missing.length === 0) steps.push(...added);
  else if (process.env.CI) failed.push(`${what}: ${missing.join("\n  ")}`);
  else console.warn(`not checked here, ${what}: ${missing.join("\n  ")}`);
}

// Types of packages that only tests use.
installPackages();
const failed: string[] = [];
offer("format and lint, Rust", [cargo], rustSteps);
offer("workflows", workflowTools, workflowSteps);
steps.push(["drift", node("tsx/dist/cli.mjs", "build.ts", "--check")]);

for (const [name, step] of steps) {
  console.log(`\ncheck: ${name}`);
  try {
    step();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    failed.push(name);
  }
}
console.log(failed.length === 0 ? "\nall checks hold" : `\nfailed:\n  ${failed.join("\n  ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
