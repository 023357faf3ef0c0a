/** The manifest and the types as tools for publishers judge them. `npm run check` runs this file by itself. */
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { inRoot } from "../../scripts/build/paths.js";
import { capture } from "../../scripts/build/process.js";

const packed = inject("packed");
const installed = join(packed.app, "node_modules/inkan");

test("the manifest is fit to publish", () => {
  const publint = inRoot("test/runtimes/node_modules/publint/src/cli.js");
  expect(capture("node", [publint, "run", installed, "--strict", "--pack", "false"])).toContain("All good!");
});

test("types resolve for every way of importing", () => {
  const attw = inRoot("test/runtimes/node_modules/@arethetypeswrong/cli/dist/index.js");
  const options = [
    "--profile",
    "esm-only",
    "--exclude-entrypoints",
    "inkan.wasm",
    "inkan_first.wasm",
    "--no-emoji",
    "--format",
    "ascii",
  ];
  // A problem makes it fail. Resolution as of Node 10 and from CommonJS is outside the profile.
  expect(capture("node", [attw, packed.tarball, ...options])).toContain("inkan v");
});
