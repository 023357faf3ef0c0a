/**
 * A regular expression that is only a repetition up to the end of the text takes quadratic work: it is tried anew at each
 * character of a long run that does not end there. The engine's work cannot be counted, so the sources are read.
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inRoot } from "./support/repository.js";

/** `/x+$/`, where x is a character or a class. */
const REPEATED_TO_THE_END = /(?<!\\)\/(?:\[(?:\\.|[^\]\\])+\]|\\.|[\w\s])[+*]\$\/[a-z]*/g;

/** Those on texts of a bounded length. */
const BOUNDED = ["publish/lint/text/mentions.ts: /[.-]+$/"];

test("the expression finds them", () => {
  const found = (text: string) => text.match(REPEATED_TO_THE_END) ?? [];
  expect(found(String.raw`a.replace(/\/+$/, "").replace(/[.\]-]*$/g).replace(/\s+$/u)`)).toHaveLength(3);
  expect(found(String.raw`/^\d+$/.test(a); /:[0-9]+$/.test(b)`)).toEqual([]);
});

test("no expression is only a repetition up to the end", () => {
  const files = readdirSync(inRoot("ts"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((name) =>
    (readFileSync(inRoot("ts", name), "utf8").match(REPEATED_TO_THE_END) ?? []).map((text) => `${name}: ${text}`),
  );
  expect(found.sort()).toEqual(BOUNDED);
});
