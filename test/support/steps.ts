/**
 * Counts the core's steps: the WASM with a counter at the beginning of every function and every turn of a loop. Copies of
 * memory are loops there too. Import this before anything that loads the core.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wasmOpt } from "../../scripts/build/tools.js";
import { inRoot } from "./repository.js";

let steps = 0;

/** The glue's own imports go under this name, and the counter, which wasm-opt adds, with them. */
const MODULE = "./inkan_bg.js";
const FEATURES = [
  ...["bulk-memory", "bulk-memory-opt", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"],
].map((name) => `--enable-${name}`);

/** The counting WASM. */
export function countingWasm(): Uint8Array<ArrayBuffer> {
  const folder = mkdtempSync(join(tmpdir(), "inkan-steps-"));
  try {
    const file = join(folder, "steps.wasm");
    const passes = ["--llvm-memory-copy-fill-lowering", "--log-execution"];
    const args = [wasmOpt(), inRoot("pkg/inkan_bg.wasm"), ...FEATURES, ...passes, "-o", file];
    execFileSync(process.execPath, args);
    return new Uint8Array(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const count = (): void => {
  steps += 1;
};

const withCounter = (imports: WebAssembly.Imports = {}): WebAssembly.Imports => ({
  ...imports,
  [MODULE]: { ...imports[MODULE], log_execution: count },
});

const { Instance, instantiate } = WebAssembly;
WebAssembly.Instance = new Proxy(Instance, {
  construct: (target, [module, imports]) => new target(module, withCounter(imports)),
});
WebAssembly.instantiate = ((source: BufferSource, imports?: WebAssembly.Imports) =>
  instantiate(source, withCounter(imports))) as typeof WebAssembly.instantiate;

/** How many steps the core takes for this. */
export async function stepsOf(work: () => unknown): Promise<number> {
  const before = steps;
  await work();
  return steps - before;
}
