// Browsers and unknown runtimes: base64 in a chunk of its own, imported on first use. Works with every bundler.
import { compiled, provideWasm } from "../core/source.js";

provideWasm(async () => compiled((await import("../../pkg/inkan_inline.js")).wasmResponse()));

export * from "../index.js";
