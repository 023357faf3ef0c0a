// Browsers and unknown runtimes: base64 in a chunk of its own, imported on first use; works with every bundler.
import { provideWasm } from "../wasm_source.js";

provideWasm(async () => (await import("../../pkg/inkan_inline.js")).wasmBytes());

export * from "../index.js";
