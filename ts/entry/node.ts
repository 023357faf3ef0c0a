// Node, Bun, Deno: the file beside the glue, read synchronously on first use.
import { readFileSync } from "node:fs";
import { provideWasm } from "../wasm_source.js";

provideWasm(() => readFileSync(new URL("../../pkg/inkan_bg.wasm", import.meta.url)));

export * from "../index.js";
