// Node, Bun, Deno: the installed file, read synchronously on first use. Bundlers that move assets rewrite the URL. Next.js does so
// in a Server Component too, but to a path of the website, so the file's own path is next. A program that was bundled into one
// file finds the package by its name. The name is hidden from bundlers.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { provideWasm } from "../core/source.js";

const byName = (name: string): string => createRequire(import.meta.url).resolve(`inkan/${name}`);
const beside = (): URL => new URL("../../pkg/inkan_bg.wasm", import.meta.url);
const ownPath = (): string => join(fileURLToPath(import.meta.url), "../../../pkg/inkan_bg.wasm");
provideWasm(() => readFileSync([beside, ownPath].find((place) => existsSync(place()))?.() ?? byName("inkan.wasm")));

export * from "../index.js";
