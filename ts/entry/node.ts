// Node, Bun, Deno: the installed file, read synchronously on first use. Three ways lead to it, for programs as bundlers leave
// them. Which one holds is seen at run time.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { provideWasm } from "../core/source.js";

/** A bundler that moves assets rewrites this URL. */
const beside = (): URL => new URL("../../pkg/inkan_bg.wasm", import.meta.url);
/**
 * Next.js, in a Server Component, rewrites the URL above to a path of the website, which is no file. It leaves this path, keeps
 * the place of this module in it, and copies the file to a standalone build.
 */
const installed = (): string => join(dirname(fileURLToPath(import.meta.url)), "../../pkg/inkan_bg.wasm");
/** A program that was bundled into one file finds the package by its name. The name is hidden from bundlers. */
const byName = (name: string): string => createRequire(import.meta.url).resolve(`inkan/${name}`);

provideWasm(() => {
  const file = [beside, installed].map((place) => place()).find((place) => existsSync(place));
  return readFileSync(file ?? byName("inkan.wasm"));
});

export * from "../index.js";
