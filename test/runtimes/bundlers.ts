/** Real bundlers, run on the folder of the packed package. Loaded from test/runtimes/node_modules when used. */
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inRoot } from "../../scripts/build/paths.js";

/** A folder to serve, and the script in it. */
export interface Site {
  folder: string;
  script: string;
}

/** Just what is used of the two. */
interface Esbuild {
  build(options: Record<string, unknown>): Promise<{ metafile: { inputs: Record<string, unknown> } }>;
}
interface Vite {
  build(options: Record<string, unknown>): Promise<unknown>;
  createServer(options: Record<string, unknown>): Promise<{
    listen(): Promise<unknown>;
    close(): Promise<void>;
    resolvedUrls: { local: string[] } | null;
  }>;
}

async function load<T>(name: string): Promise<T> {
  const require = createRequire(inRoot("test/runtimes/package.json"));
  return (await import(pathToFileURL(require.resolve(name)).href)) as T;
}

export interface BundleOptions {
  conditions: readonly string[];
  platform?: "browser" | "node" | "neutral";
  /** How a `.wasm` import is treated: workers get the file beside the script. */
  wasm?: "copy";
  /** Imports that are left as they are. */
  external?: readonly string[];
  format?: "esm" | "iife";
  /** What is imported dynamically stands in the same file. */
  oneFile?: boolean;
}

function copyModules(app: string, folder: string): void {
  for (const name of ["inkan_bg.wasm", "inkan_first.wasm"]) {
    copyFileSync(join(app, "node_modules/inkan/pkg", name), join(folder, name));
  }
}

/** Bundles with esbuild; returns the folder that holds `<main>.js`. */
export async function bundle(app: string, main: string, options: BundleOptions): Promise<string> {
  const outdir = mkdtempSync(join(app, "esbuild-"));
  await bundleInto(outdir, app, main, options);
  copyModules(app, outdir);
  return outdir;
}

/** The files that esbuild reads for `main`. */
export async function bundledFiles(app: string, main: string, options: BundleOptions): Promise<string[]> {
  return bundleInto(mkdtempSync(join(app, "esbuild-")), app, main, options);
}

async function bundleInto(outdir: string, app: string, main: string, options: BundleOptions): Promise<string[]> {
  const { build } = await load<Esbuild>("esbuild");
  const { metafile } = await build({
    absWorkingDir: app,
    entryPoints: [main],
    outdir,
    bundle: true,
    splitting: options.oneFile !== true && options.format !== "iife",
    minify: true,
    format: options.format ?? "esm",
    target: "es2022",
    platform: options.platform ?? "neutral",
    mainFields: ["module", "main"],
    conditions: options.conditions,
    external: options.external ?? [],
    loader: options.wasm ? { ".wasm": options.wasm } : {},
    logLevel: "error",
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

const viteOptions = (app: string): Record<string, unknown> => ({ root: app, configFile: false, logLevel: "error" });

/** Writes the page that loads `main`. */
function writePage(app: string, main: string): string {
  const page = join(app, "index.html");
  writeFileSync(page, `<!doctype html><title>inkan</title><script type="module" src="/${main}"></script>\n`);
  return page;
}

/** Builds with Vite as for production. */
export async function viteBuild(app: string, main: string): Promise<Site> {
  const { build } = await load<Vite>("vite");
  const outDir = mkdtempSync(join(app, "vite-"));
  writePage(app, main);
  await build({
    ...viteOptions(app),
    build: { outDir, emptyOutDir: false, rollupOptions: { output: { entryFileNames: "main.js" } } },
  });
  copyModules(app, outDir);
  return { folder: outDir, script: "main.js" };
}

/** Serves with Vite's development server while `use` runs. */
export async function viteDev(app: string, main: string, use: (url: string) => Promise<void>): Promise<void> {
  const { createServer } = await load<Vite>("vite");
  writePage(app, main);
  const server = await createServer({
    ...viteOptions(app),
    server: { port: 0, host: "127.0.0.1", hmr: false, ws: false },
  });
  try {
    await server.listen();
    await use(server.resolvedUrls?.local[0] ?? "");
  } finally {
    await server.close();
  }
}
