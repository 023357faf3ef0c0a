/** What a user downloads: contents, size, exports, types, and what the WASM asks of its host. */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, inject, test } from "vitest";
import { inRoot } from "../../scripts/build/paths.js";
import { capture } from "../../scripts/build/process.js";
import { checkPackageSize } from "../../scripts/build/size.js";
import { bundle, bundledFiles } from "../runtimes/bundlers.js";
import type { Outcome } from "../runtimes/outcome.js";

const packed = inject("packed");
const installed = join(packed.app, "node_modules/inkan");

const ALLOWED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md|THIRD_PARTY_NOTICES\.txt)$/,
  /^docs\/[\w-]+\.md$/,
  /^docs\/[\w.-]+\.schema\.json$/,
  /^dist\/[a-z_/]+\.(js|d\.ts)$/,
  /^dist\/cli\/(main|[\w-]+-[\w-]{8})\.cjs$/,
  /^pkg\/(inkan\.js|inkan\.d\.ts|inkan_bg\.wasm|inkan_bg\.wasm\.d\.ts|inkan_first\.wasm|inkan(_first)?_inline\.js)$/,
];
const REQUIRED = [
  "LICENSE",
  "README.md",
  "dist/cli/main.cjs",
  "dist/entry/node.js",
  "dist/index.d.ts",
  "pkg/inkan_bg.wasm",
  "pkg/inkan_inline.js",
  "pkg/inkan_first.wasm",
  "pkg/inkan_first_inline.js",
];
const MODULES = ["inkan_bg.wasm", "inkan_first.wasm"];

test("the tarball holds what it must, and nothing else", () => {
  const names = packed.files.map(({ path }) => path);
  expect(names.filter((name) => !ALLOWED.some((pattern) => pattern.test(name)))).toEqual([]);
  expect(REQUIRED.filter((name) => !names.includes(name))).toEqual([]);
});

test("each file of the command is loaded by another of them, and they load nothing else but Node and optional peers", () => {
  const files = packed.files.flatMap(({ path }) => /^dist\/cli\/(.+)$/.exec(path)?.[1] ?? []);
  const loaded = new Set(
    files.flatMap((file) => {
      const text = readFileSync(join(installed, "dist/cli", file), "utf8");
      return [...text.matchAll(/\b(?:require|import)\(["'`]([^"'`]+)["'`]\)/g)].map(([, name = ""]) => name);
    }),
  );
  const own = [...loaded].filter((name) => name.startsWith("./")).map((name) => name.slice(2));
  expect([...own, "main.cjs"].sort()).toEqual(files.sort());
  const foreign = [...loaded].filter((name) => !/^(\.\/|node:)/.test(name));
  expect(foreign.sort()).toEqual(["@sigstore/sign", "ioredis", "tuf-js"]);
});

test("the tarball keeps to its size", () => {
  expect(checkPackageSize(packed)).toEqual([]);
});

const entryOf: [condition: string, entry: string][] = [
  ["workerd", "workerd"],
  ["edge-light", "workerd"],
  ["browser", "browser"],
  ["an unknown runtime", "browser"],
  ["node", "node"],
  ["deno", "node"],
  ["bun", "node"],
];

test.each(entryOf)("under %s the package is its %s entry", async (condition, entry) => {
  const options = { conditions: [condition], wasm: "copy", external: ["node:*"] } as const;
  const files = await bundledFiles(packed.app, "main.mjs", options);
  const entries = files.flatMap((file) => /dist\/entry\/(\w+)\.js$/.exec(file)?.[1] ?? []);
  expect(entries).toEqual([entry]);
});

test.each(["browser", "an unknown runtime"])("under %s nothing asks for a Node module", async (condition) => {
  // esbuild refuses `node:` imports that nothing provides.
  const files = await bundledFiles(packed.app, "page.mjs", { conditions: [condition], platform: "browser" });
  expect(files.filter((file) => /node:|ioredis|state\/(json|redis)|cli\//.test(file))).toEqual([]);
});

test("the inline entry has no top-level await and fits in one classic script", async () => {
  const options = { conditions: [], platform: "browser", format: "iife" } as const;
  await bundledFiles(packed.app, "page_inline.mjs", options);
});

test("the element is defined by an import of its name alone, and weighs little", async () => {
  writeFileSync(join(packed.app, "element.mjs"), 'import "inkan/element";\n');
  const folder = await bundle(packed.app, "element.mjs", { conditions: ["browser"], platform: "browser" });
  const script = readFileSync(join(folder, "element.js"));
  expect(script.toString()).toContain("customElements.define(");
  expect(gzipSync(script).length).toBeLessThan(6_000);
  // A server that renders a page imports it too.
  expect(capture("node", ["element.mjs"], { cwd: packed.app })).toBe("");
});

test("every entry exports the same names", () => {
  const names = (main: string): string[] =>
    (JSON.parse(capture("node", [`${main}.mjs`], { cwd: packed.app })) as Outcome).exports;
  expect(names("main_inline")).toEqual(names("main"));
  expect(names("main_slim")).toEqual([...names("main"), "init"].sort());
});

const settings: [consumer: string, options: string[]][] = [
  ["Node types", ["--module", "nodenext", "--lib", "es2022", "--types", "node"]],
  ["neither Node nor DOM types", ["--module", "nodenext", "--lib", "es2022", "--types", ""]],
  ["the library of ES2020", ["--module", "nodenext", "--lib", "es2020", "--types", ""]],
  [
    "a bundler and DOM types",
    ["--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2022,dom", "--types", ""],
  ],
];

test.each(settings)("a strict program compiles with %s", (_, options) => {
  // The types of the element need those of the DOM.
  const names = ["consumer.ts", ...(options.join().includes("dom") ? ["consumer_dom.ts"] : [])];
  for (const name of names) copyFileSync(inRoot("test/packaging/fixtures", name), join(packed.app, name));
  const strict = ["--noEmit", "--ignoreConfig", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022"];
  const types = ["--typeRoots", inRoot("node_modules/@types")];
  capture("node", [inRoot("node_modules/typescript/bin/tsc"), ...strict, ...types, ...options, ...names], {
    cwd: packed.app,
  });
});

/** The exports that hold code, as programs import them. */
const exported = (): string[] => {
  const { exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as { exports: object };
  return Object.entries(exports)
    .filter(([, to]) => typeof to === "object")
    .map(([name]) => name.replace(/^\./, "inkan"));
};
const importsOf = (files: readonly string[]): string[] =>
  files.flatMap((file) =>
    [...readFileSync(inRoot(file), "utf8").matchAll(/from "(inkan[^"]*)"/g)].map(([, name = ""]) => name),
  );

test("every export is loaded on the runtimes where it belongs, and is used by a strict program", () => {
  const mains = readdirSync(inRoot("test/runtimes/mains")).map((name) => `test/runtimes/mains/${name}`);
  const programs = ["consumer.ts", "consumer_dom.ts"].map((name) => `test/packaging/fixtures/${name}`);
  expect(exported().length).toBeGreaterThan(15);
  for (const files of [mains, programs]) {
    const imported = new Set(importsOf(files));
    expect(exported().filter((name) => !imported.has(name))).toEqual([]);
  }
});

test.each(MODULES)("%s asks nothing of its host but the glue's own functions", async (name) => {
  const module = await WebAssembly.compile(readFileSync(join(installed, "pkg", name)));
  const foreign = WebAssembly.Module.imports(module).filter(
    ({ module: from, name }) => from !== "./inkan_bg.js" || !/^(__wbg_)?__wbindgen_|^__wbg_Error_/.test(name),
  );
  expect(foreign).toEqual([]);
});

test("the glue finds no file by itself", () => {
  expect(readFileSync(join(installed, "pkg/inkan.js"), "utf8")).not.toMatch(/new URL\(|import\.meta/);
});

test.each(MODULES)("%s names no folder of the machine that built it", (name) => {
  const text = readFileSync(join(installed, "pkg", name), "latin1");
  expect(text.match(/\/(home|root|Users|tmp|work|usr)\/[\w./-]+|\.cargo\/|[\w.-]+-[0-9a-f]{16}\//g)).toBeNull();
});
