// Node, Bun, Deno: the installed file, read synchronously on first use. Bundlers that move assets rewrite the URL. A
// program that was bundled into one file finds the package by its name. The name is hidden from bundlers.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { provideWasm } from "../core/source.js";

const byName = (name: string): string => createRequire(import.meta.url).resolve(`inkan/${name}`);
const beside = (): URL => new URL("../../pkg/inkan_bg.wasm", import.meta.url);
provideWasm(() => readFileSync(existsSync(beside()) ? beside() : byName("inkan.wasm")));

export * from "../index.js";
