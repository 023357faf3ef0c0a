/** Every error code is raised somewhere: by a vector, or by a test that cannot be one because it needs state or a call. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERROR_CLASSES } from "../ts/generated/error_codes.js";
import { inRoot } from "./support/repository.js";
import { allVectors } from "./support/vectors.js";

/** Codes that no input can show, and why. */
const UNSEEN: Readonly<Record<string, string>> = {
  ERR_DER_MALFORMED: "whoever reads DER says which structure it was",
};

test("every code has a vector or a test", () => {
  const tests = readdirSync(inRoot("test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts") && name !== "codes.test.ts" && !name.includes("node_modules"))
    .map((name) => readFileSync(inRoot("test", name), "utf8"));
  const raised = new Set([
    ...allVectors().map((vector) => vector.expect),
    ...tests.flatMap((text) => text.match(/\bERR_[A-Z0-9_]+\b/g) ?? []),
  ]);
  expect(Object.keys(ERROR_CLASSES).filter((code) => !raised.has(code) && !(code in UNSEEN))).toEqual([]);
  expect(Object.keys(UNSEEN).filter((code) => raised.has(code))).toEqual([]);
});
