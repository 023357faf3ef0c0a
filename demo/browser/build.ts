/**
 * Builds the page: `tsx demo/browser/build.ts [FOLDER]`, by default into demo/browser/dist (not committed).
 *
 *   single/index.html   everything in one file, which also works from `file:`
 *   hosted/             for a server, at any path: chunks, and a service worker for use without a network
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { writeInline } from "../../scripts/build/dist.js";
import { inRoot } from "../../scripts/build/paths.js";

const source = (name: string): string => inRoot("demo/browser", name);
const read = (name: string): string => readFileSync(source(name), "utf8");

const SHARED: BuildOptions = {
  bundle: true,
  minify: true,
  // light-dark() in style sheets is younger than this; what runs here decides.
  target: "es2022",
  platform: "browser",
  legalComments: "none",
  logLevel: "warning",
  // package.json names built files, and these are sources: their side effects count.
  ignoreAnnotations: true,
};

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** No connection is allowed at all, so that nothing can leave the machine. */
function policy(script: string, style: string, more: readonly string[] = []): string {
  const rules = [
    "default-src 'none'",
    `script-src ${script} 'wasm-unsafe-eval'`,
    `style-src ${style}`,
    "img-src data:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    ...more,
  ];
  return `<meta http-equiv="Content-Security-Policy" content="${rules.join("; ")}">`;
}

/** Puts the parts into the page's HTML. The replacements are functions, because `$` in a text means nothing here. */
const fill = (parts: { policy: string; style: string; script: string; home?: string }): string =>
  read("index.html")
    .replace("<!--policy-->", () => parts.policy)
    .replace("<!--style-->", () => parts.style)
    .replace("<!--home-->", () => parts.home ?? "")
    .replace("<!--script-->", () => parts.script);

async function minifiedStyle(): Promise<string> {
  const { outputFiles } = await build({
    ...SHARED,
    entryPoints: [source("style.css")],
    target: "esnext",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

async function buildSingle(folder: string): Promise<void> {
  writeInline();
  rmSync(folder, { recursive: true, force: true });
  const { outputFiles } = await build({ ...SHARED, entryPoints: [source("single.ts")], format: "iife", write: false });
  const [script, style] = [outputFiles[0]?.text ?? "", await minifiedStyle()];
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "index.html"),
    fill({
      policy: policy(hashOf(script), hashOf(style), ["worker-src blob:"]),
      style: `<style>${style}</style>`,
      script: `<script>${script}</script>`,
    }),
  );
}

/** A link from the page to what stands around it. */
export interface Home {
  readonly href: string;
  readonly text: string;
}

/** Writes the build for a server. The page leads to `home`, if it is part of a site. */
export async function buildHosted(folder: string, home?: Home): Promise<void> {
  writeInline();
  rmSync(folder, { recursive: true, force: true });
  await build({
    ...SHARED,
    entryPoints: { main: source("hosted.ts") },
    format: "esm",
    splitting: true,
    outdir: folder,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
  });
  const style = await minifiedStyle();
  const styleName = `style-${createHash("sha256").update(style).digest("hex").slice(0, 8)}.css`;
  writeFileSync(join(folder, styleName), style);
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const main = scripts.find((name) => name.startsWith("main-"));
  const preload = `<link rel="stylesheet" href="./${styleName}">`;
  const html = fill({
    policy: policy("'self'", "'self'", ["worker-src 'self' blob:"]),
    style: preload,
    ...(home === undefined ? {} : { home: `<p><a href="${home.href}">${home.text}</a></p>` }),
    script: `<script type="module" src="./${main}"></script>`,
  });
  writeFileSync(join(folder, "index.html"), html);
  const version = createHash("sha256").update(html).digest("hex").slice(0, 16);
  await build({
    ...SHARED,
    entryPoints: [source("worker.ts")],
    outfile: join(folder, "worker.js"),
    format: "iife",
    define: {
      FILES: JSON.stringify(["./", ...scripts.map((name) => `./${name}`), `./${styleName}`]),
      VERSION: JSON.stringify(version),
    },
  });
}

export async function buildPage(folder: string): Promise<{ single: string; hosted: string }> {
  const [single, hosted] = [join(folder, "single"), join(folder, "hosted")];
  await buildSingle(single);
  await buildHosted(hosted);
  return { single, hosted };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { single, hosted } = await buildPage(process.argv[2] ?? source("dist"));
  console.log(`${single}/index.html\n${hosted}/`);
}
