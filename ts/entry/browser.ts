// Browsers and unknown runtimes: base64 in chunks of their own, imported on first use. Works with every bundler.
import { compiled, provideWasm } from "../core/source.js";

provideWasm(
  async () => compiled((await import("../../pkg/inkan_inline.js")).wasmResponse()),
  async () => compiled((await import("../../pkg/inkan_first_inline.js")).wasmResponse()),
);

export * from "../index.js";
