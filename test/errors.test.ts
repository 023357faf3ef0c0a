/** The texts of errors: one sentence a code, kept apart from the facts, and in one list. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RAISED_BY_TYPESCRIPT } from "../scripts/build/codes.js";
import { inRoot } from "../scripts/build/paths.js";
import { KeyedVerifier, KeylessVerifier, TrustRoot } from "../ts/entry/node.js";
import { ERROR_TEXTS } from "../ts/generated/error_texts.js";
import { refusalOf } from "./support/refusal.js";

const sources = readdirSync(inRoot("ts"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.startsWith("generated"))
  .map((name) => ({ name, text: readFileSync(inRoot("ts", name), "utf8") }));

const refusals = [
  () => new KeyedVerifier({ keys: "no key" }),
  () => new KeyedVerifier({ key: "no key" } as never),
  () => new KeylessVerifier(Promise.resolve({}) as never),
  () => TrustRoot.fromJson("{}"),
];

test.each(refusals)("a page that shows the summary and the facts shows nothing twice: %#", async (call) => {
  const { code, summary, subject, expected, found, hint, message } = await refusalOf(call);
  for (const fact of [subject, expected, found, hint]) {
    if (fact === undefined) continue;
    expect(message).toContain(fact);
    expect(summary).not.toContain(fact);
  }
  expect(summary).toMatch(/^[A-Z][^.]*\.$/);
  expect(code).toMatch(/^ERR_/);
});

test("what a log keeps has the texts under the names that they have on the error", async () => {
  const error = await refusalOf(() => new KeyedVerifier({ keys: "no key" }));
  const { code, class: name, message, summary, subject, expected, found, hint } = error.toJSON();
  expect({ code, message, summary, subject, expected, found, hint }).toEqual({
    code: error.code,
    message: error.message,
    summary: error.summary,
    subject: error.subject,
    expected: error.expected,
    found: error.found,
    hint: error.hint,
  });
  expect(name).toBe("InputError");
});

test("TypeScript raises errors by code alone, and has the texts of just these codes", () => {
  const byCode = sources.flatMap(({ text }) =>
    [...text.matchAll(/\b(?:refusal\(\s*|(?:unsigned|changed|malformed): )"(ERR_[A-Z0-9_]+)"/g)].map(
      ([, code]) => code,
    ),
  );
  expect([...new Set(byCode)].sort()).toEqual([...RAISED_BY_TYPESCRIPT].sort());
  expect(Object.keys(ERROR_TEXTS)).toEqual(RAISED_BY_TYPESCRIPT);
  const bySentence = /\bnew (?:Input|Verification|Freshness|State|Internal)Error\(|\bmessage: ["`]/;
  expect(sources.filter(({ text }) => bySentence.test(text)).map(({ name }) => name)).toEqual([]);
});
