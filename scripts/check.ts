/** `npm run check`: format, lint, types, architecture, manifest, drift. Runs everything, then says what failed. */
import { inRoot } from "./build/paths.js";
import { BuildError, run } from "./build/process.js";
import { cargo, problems } from "./build/tools.js";
import { installPackages } from "./install.js";

const node =
  (script: string, ...args: string[]) =>
  (): void =>
    run(process.execPath, [inRoot("node_modules", script), ...args]);

const steps: [name: string, step: () => void][] = [
  ["format and lint, TypeScript", node("@biomejs/biome/bin/biome", "ci", "--error-on-warnings")],
  ["types", node("typescript/bin/tsc", "--project", "tsconfig.json")],
  ["architecture", node("vitest/vitest.mjs", "run", "--project", "unit", "test/architecture.test.ts")],
  ["manifest", node("vitest/vitest.mjs", "run", "--project", "package", "test/packaging/manifest.test.ts")],
];
const rustSteps: [name: string, step: () => void][] = [
  ["format, Rust", () => run("cargo", ["fmt", "--all", "--check"])],
  [
    "lint, Rust",
    () => run("cargo", ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"]),
  ],
];

// Types of packages that only tests use.
installPackages();
const failed: string[] = [];
const missing = problems([cargo]);
if (missing.length === 0) steps.push(...rustSteps);
else if (process.env.CI) failed.push(`format and lint, Rust: ${missing.join("")}`);
else console.warn(`Rust is neither formatted nor linted here: ${missing.join("")}`);
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
