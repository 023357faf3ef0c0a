// Node, Bun, Deno: the installed file, read synchronously on first use. Found by name, so that a bundled program finds it too.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { provideWasm } from "../core/source.js";

provideWasm(() => readFileSync(createRequire(import.meta.url).resolve("inkan/inkan.wasm")));

export * from "../index.js";
