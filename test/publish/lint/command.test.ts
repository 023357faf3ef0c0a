/** `inkan lint`, spawned: exit codes, texts, JSON and SARIF. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layOut } from "../../../ts/cli/print/layout.js";
import { lintLines } from "../../../ts/cli/print/lint.js";
import { styleOf } from "../../../ts/cli/print/style.js";
import { widthOf } from "../../../ts/cli/print/width.js";
import { ready } from "../../../ts/entry/node.js";
import { lint, RULES } from "../../../ts/publish/lint/index.js";
import { toSarif } from "../../../ts/publish/lint/sarif.js";
import { inkan, type Ran } from "../../support/command.js";
import { NOW, SPECIMENS, STATED, tool } from "./specimens.js";

const folder = mkdtempSync(join(tmpdir(), "inkan-lint-"));
beforeAll(() => ready());
afterAll(() => rmSync(folder, { recursive: true }));

const EXPIRES = "2999-01-01T00:00:00Z";
const GOOD = { ...STATED, expires: EXPIRES, tools: [tool()] };
const BAD = { ...GOOD, tools: [tool({ description: "Reads\u202e a\u001b[8m file." }), tool({ name: "get sum" })] };

function run(catalogue: object | string, ...options: string[]): Ran {
  const text = typeof catalogue === "string" ? catalogue : JSON.stringify(catalogue, null, 2);
  writeFileSync(join(folder, "c.json"), text);
  return inkan(["lint", "c.json", ...options], { cwd: folder });
}

describe("exit codes", () => {
  test("0 without findings", () => {
    expect(run(GOOD)).toEqual({ status: 0, stdout: "No findings in 1 definition.\n", stderr: "" });
  });

  test("1 with an error, and with a warning alone", () => {
    expect(run(BAD).status).toBe(1);
    expect(run({ tools: [tool()] }).status).toBe(1);
  });

  test("1 for a name that stands twice, which verifiers refuse", () => {
    const { status, stdout } = run({ ...GOOD, tools: [tool(), tool({ title: "x" })] });
    expect([status, stdout.includes("name-duplicate")]).toEqual([1, true]);
  });

  test.each([
    ["{", "ERR_JSON_MALFORMED"],
    ["[]", "ERR_CATALOGUE_MALFORMED"],
    ['{"tools":1}', "ERR_CATALOGUE_MALFORMED"],
    ['{"tools":[],"extra":1}', "ERR_CATALOGUE_MALFORMED"],
    ['{"tools":[{"name":"a"}]}', "ERR_CATALOGUE_MALFORMED"],
    ['{"tools":[],"tools":[]}', "ERR_JSON_"],
  ])("2 with the core's own error for %s", (text, code) => {
    for (const option of [[], ["--json"], ["--sarif"]]) {
      const { status, stdout, stderr } = run(text, ...option);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(code);
    }
  });

  test("2 for a missing file, no file, and options that exclude each other", () => {
    expect(inkan(["lint", join(folder, "missing.json")]).status).toBe(2);
    expect(inkan(["lint"]).status).toBe(2);
    expect(run(GOOD, "--json", "--sarif").status).toBe(2);
  });
});

describe("output", () => {
  test("is grouped by definition, printable, and names rule and line", () => {
    const { stdout } = run(BAD);
    expect(stdout).toContain("tool read_file\n");
    expect(stdout).toMatch(/error {4}hidden-unicode {2}line \d+\n {11}The text has U\+202E: people do not see it\.\n/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(stdout).toMatch(/^3 errors, 0 warnings in 2 definitions\.$/m);
  });

  test("fits 80 columns, whatever a catalogue holds", () => {
    for (const { found } of Object.values(SPECIMENS).flat()) {
      const text = typeof found === "string" ? found : JSON.stringify(found);
      const lines = layOut(lintLines(lint(text, NOW)), styleOf({}, {}), 80).split("\n");
      expect(lines.filter((one) => widthOf(one) > 80)).toEqual([]);
    }
  });

  test("has an end, and says what is left out", () => {
    const tools = Array.from({ length: 500 }, (_, index) => tool({ name: `a${index}`, description: "" }));
    const { stdout } = run({ ...GOOD, tools });
    expect(stdout).toContain("300 more are not shown.");
    expect(stdout).toContain("0 errors, 500 warnings in 500 definitions.");
  });

  test("as JSON", () => {
    const { status, stdout } = run(BAD, "--json");
    const { format, file, verdict, counts, findings, omitted, definitions } = JSON.parse(stdout);
    expect([status, format, file, verdict, omitted, definitions]).toEqual([1, 1, "c.json", "findings", 0, 2]);
    expect(counts.errors).toBe(findings.length);
    expect(findings[0]).toEqual({
      rule: "hidden-unicode",
      severity: "error",
      about: { kind: "tool", name: "read_file" },
      pointer: "/tools/0/description",
      line: expect.any(Number),
      column: 7,
      message: "The text has U+202E: people do not see it.",
    });
    expect(JSON.parse(run(GOOD, "--json").stdout)).toMatchObject({ verdict: "clean", findings: [] });
  });
});

describe("SARIF", () => {
  // biome-ignore lint/suspicious/noExplicitAny: a document of another format
  type Loose = any;
  const sarif = (catalogue: object, file = "files/my catalogue.json"): Loose =>
    toSarif(lint(JSON.stringify(catalogue, null, 2), NOW), file, "1.2.3", (text) => text);

  test("is what GitHub's code scanning takes", () => {
    const { status, stdout } = run(BAD, "--sarif");
    const { version, $schema, runs }: Loose = JSON.parse(stdout);
    expect([status, version, $schema.includes("sarif-schema-2.1.0"), runs.length]).toEqual([1, "2.1.0", true, 1]);
    const [{ tool: made, results, columnKind }] = runs;
    expect([made.driver.name, columnKind]).toEqual(["inkan lint", "utf16CodeUnits"]);
    const { rules } = made.driver;
    expect(rules.map(({ id }: Loose) => id)).toEqual(RULES.map(({ name }) => name));
    for (const rule of rules) {
      expect(rule).toMatchObject({
        shortDescription: { text: expect.stringMatching(/\S/) },
        fullDescription: { text: expect.stringMatching(/\S/) },
        help: { text: expect.any(String), markdown: expect.any(String) },
        defaultConfiguration: { level: expect.stringMatching(/^(error|warning)$/) },
      });
      // GitHub's limits of these texts.
      expect(rule.shortDescription.text.length).toBeLessThan(1024);
      expect(rule.fullDescription.text.length).toBeLessThan(1024);
    }
    expect(results.length).toBeGreaterThan(1);
    for (const result of results) {
      expect(rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(result.level).toMatch(/^(error|warning)$/);
      expect(result.message.text).toMatch(/^[ -~\n]+$/);
      expect(result.partialFingerprints.primaryLocationLineHash).toMatch(/^[0-9a-f]{16}:[1-9]\d*$/);
      const [{ physicalLocation }, ...others] = result.locations;
      expect(others).toEqual([]);
      expect(physicalLocation.artifactLocation).toEqual({ uri: "c.json", uriBaseId: "%SRCROOT%" });
      expect(physicalLocation.region).toEqual({ startLine: expect.any(Number), startColumn: expect.any(Number) });
      expect(physicalLocation.region.startLine).toBeGreaterThan(1);
    }
  });

  test("a file's name is a URI", () => {
    const place = (file: string): Loose =>
      sarif(BAD, file).runs[0].results[0].locations[0].physicalLocation.artifactLocation;
    expect(place("files/my catalogue.json")).toEqual({ uri: "files/my%20catalogue.json", uriBaseId: "%SRCROOT%" });
    expect(place("./c#1.json")).toEqual({ uri: "c%231.json", uriBaseId: "%SRCROOT%" });
    expect(place("/srv/c.json")).toEqual({ uri: "file:///srv/c.json" });
  });

  test("a finding keeps its fingerprint when others come before it, and no two have one", () => {
    const prints = (catalogue: object): string[] =>
      sarif(catalogue).runs[0].results.map(
        ({ partialFingerprints }: Loose) => partialFingerprints.primaryLocationLineHash,
      );
    const before = prints(BAD);
    const after = prints({ ...BAD, tools: [tool({ name: "a b" }), ...BAD.tools] });
    expect(before.filter((one) => !after.includes(one))).toEqual([]);
    expect(new Set(after).size).toBe(after.length);
  });
});
