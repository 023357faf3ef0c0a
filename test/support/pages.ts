/** Pages: each has loaded the library anew, as `inkan/slim`, and so it begins with its first core again. */
import { readFileSync } from "node:fs";
import { buildSync } from "esbuild";
import { inRoot } from "./repository.js";

export type Page = typeof import("../../ts/entry/slim.js") &
  Pick<typeof import("../../ts/core/source.js"), "provideWasm">;

const bytesOf = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(inRoot("pkg", name)));
export const WHOLE = new WebAssembly.Module(bytesOf("inkan_bg.wasm"));
export const FIRST = new WebAssembly.Module(bytesOf("inkan_first.wasm"));

const { outputFiles } = buildSync({
  stdin: {
    contents: 'export * from "./ts/entry/slim.ts"; export { provideWasm } from "./ts/core/source.ts";',
    resolveDir: inRoot(),
  },
  bundle: true,
  format: "iife",
  globalName: "inkan",
  platform: "browser",
  target: "es2022",
  write: false,
  logLevel: "warning",
});
const open = new Function(`${outputFiles[0]?.text}; return inkan;`) as () => Page;

/** A page that has loaded no core. */
export const unloadedPage = open;

/** A page with the whole core alone. */
export async function wholePage(): Promise<Page> {
  const page = open();
  await page.init(WHOLE);
  return page;
}

/** A page with the first core, and the whole one behind it. */
export async function firstPage(whole: Parameters<Page["init"]>[1] = () => WHOLE): Promise<Page> {
  const page = open();
  await page.init(FIRST, whole);
  return page;
}
