/**
 * `npm test`: runs all tests. Installs what they need, runs the Rust tests, and runs the TypeScript, runtime and
 * packaging tests. The last output is the sum of all of them.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inRoot, root } from "./build/paths.js";
import { install } from "./install.js";

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs a program, shows its output at once, and returns the output. */
function tee(program: string, args: string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (data: Buffer) => {
      process.stdout.write(data);
      output += data;
    });
    child.on("error", (error) => resolve({ status: null, output: String(error) }));
    child.on("close", (status) => resolve({ status, output }));
  });
}

/** A run that failed without a failed test counts as one failure. For example, it did not compile. */
const orOne = (count: Count, status: number | null): Count =>
  status !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;

/** `cargo test` with these arguments. */
async function cargoTest(...args: string[]): Promise<Count> {
  const { status, output } = await tee("cargo", ["test", "--locked", "--no-fail-fast", ...args]);
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of output.matchAll(
    /^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm,
  )) {
    count.passed += Number(passed);
    count.failed += Number(failed);
    count.skipped += Number(ignored);
  }
  return orOne(count, status);
}

/** The forged vectors must be those that the forge makes, without edits by hand and without leftovers. */
async function forgedVectors(): Promise<Count> {
  const { status, output } = await tee("cargo", ["run", "--quiet", "--locked", "-p", "inkan-forge", "--", "--check"]);
  if (status !== 0) console.error(output || "cargo run -p inkan-forge writes the vectors anew");
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
}

async function typescriptTests(): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), "inkan-test-"));
  const file = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  try {
    const { status } = await tee(process.execPath, [inRoot("node_modules/vitest/vitest.mjs"), "run", ...reporters]);
    const report = JSON.parse(readFileSync(file, "utf8")) as VitestReport;
    for (const { status: verdict, fullName } of report.testResults.flatMap((result) => result.assertionResults)) {
      if (verdict !== "passed" && verdict !== "failed") console.log(`skipped: ${fullName}`);
    }
    const { numPassedTests: passed, numFailedTests: failed, numPendingTests, numTodoTests } = report;
    return orOne({ passed, failed, skipped: numPendingTests + numTodoTests }, status);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function counted(name: string, tests: () => Promise<Count>): Promise<Count> {
  try {
    return await tests();
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

await install({ wasm: false });
const counts = [
  await counted("Rust", () => cargoTest("--workspace")),
  await counted("Rust, ECDSA by ring", () => cargoTest("-p", "inkan-core", "--features", "ring-ecdsa", "--tests")),
  await counted("forged vectors", forgedVectors),
  await counted("TypeScript", typescriptTests),
];
const sum = (key: keyof Count): number => counts.reduce((total, count) => total + count[key], 0);
const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed${skipped}`);
process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;
