/**
 * The library as the command uses it: made to end soon, not to run long.
 *
 * V8 first compiles a function of WebAssembly quickly, and once it has run for a while again, to fast code, on another
 * thread. One verification is over before that has paid, and the process would wait for that thread in the end. So the
 * while is made longer: a large file still earns fast code. Runtimes without the flag, or without flags, do as before.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { provideWasm } from "../core/source.js";

/** About the bytes of a function's code that are executed before V8 compiles it anew: a fraction of a second. */
const TIERING_BUDGET = 200_000_000;

// This file is two folders deep in ts/ and in dist/. Resolving the package's name would take longer than reading it.
const WASM = join(import.meta.dirname, "../../pkg/inkan_bg.wasm");

provideWasm(() => {
  try {
    // Loaded here and not before: it is the costliest module of all.
    process.getBuiltinModule("node:v8").setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  } catch {
    // Bun has the function, and nothing behind it; Node before 20.16 has no such way to it.
  }
  return readFileSync(WASM);
});

export * from "../index.js";
