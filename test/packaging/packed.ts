/** Packs the package once and installs it in an empty folder, as a user would; both suites work on what is there. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { inRoot } from "../../scripts/build/paths.js";
import { capture } from "../../scripts/build/process.js";
import { fixturesModule } from "../runtimes/fixtures.js";

export interface Packed {
  /** The folder in which `inkan` is installed; holds the test body and its mains. */
  app: string;
  /** The packed file, and what it contains. */
  tarball: string;
  files: { path: string; size: number }[];
  /** Bytes of the tarball. */
  size: number;
  unpackedSize: number;
}

declare module "vitest" {
  export interface ProvidedContext {
    packed: Packed;
  }
}

/** Two projects of vitest.config.ts use it, in one process. */
const shared = globalThis as { inkanPacked?: { readonly packed: Packed; readonly folder: string } };

export default function setup(project: TestProject): () => void {
  shared.inkanPacked ??= pack();
  const { packed, folder } = shared.inkanPacked;
  project.provide("packed", packed);
  return () => rmSync(folder, { recursive: true, force: true });
}

function pack(): { packed: Packed; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "inkan-packed-"));
  const app = join(folder, "app");
  mkdirSync(app);
  const printed = capture("npm", ["pack", "--json", "--silent", "--pack-destination", folder]);
  const [tarball] = JSON.parse(printed.slice(printed.indexOf("["))) as [
    { filename: string; files: Packed["files"]; size: number; unpackedSize: number },
  ];
  writeFileSync(join(app, "package.json"), `{ "private": true, "type": "module" }\n`);
  capture("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", join(folder, tarball.filename)], {
    cwd: app,
  });
  // A peer that programs with `inkan/opentelemetry` have.
  symlinkSync(inRoot("node_modules/@opentelemetry"), join(app, "node_modules/@opentelemetry"));
  copyFileSync(inRoot("test/runtimes/body.mjs"), join(app, "body.mjs"));
  for (const name of readdirSync(inRoot("test/runtimes/mains"))) {
    copyFileSync(inRoot("test/runtimes/mains", name), join(app, name));
  }
  writeFileSync(join(app, "fixtures.mjs"), fixturesModule());
  const { filename, files, size, unpackedSize } = tarball;
  return { packed: { app, tarball: join(folder, filename), files, size, unpackedSize }, folder };
}
