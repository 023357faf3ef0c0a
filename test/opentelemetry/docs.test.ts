/** docs/observe.md: its example runs, and its queries, rules and sample line use names that exist. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { ERROR_CLASSES } from "../../ts/generated/error_codes.js";
import type { GateDecision } from "../../ts/mcp/index.js";
import { metricAttributes, spanAttributes } from "../../ts/opentelemetry/attributes.js";
import { fixture, Host, house, tool } from "../proxy/support/house.js";
import { runScript } from "../support/command.js";
import { inRoot } from "../support/repository.js";

const page = readFileSync(inRoot("docs/observe.md"), "utf8");
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, text = ""]) => text);
const codes = Object.keys(ERROR_CLASSES);

const base: GateDecision = {
  time: "2026-01-01T00:00:00.000Z",
  server: "s",
  direction: "inbound",
  method: "tools/list",
  kind: "tool",
  name: "n",
  decision: "refused",
  code: "ERR_TOOL_CHANGED",
  signedDigest: "sha256:00",
  offeredDigest: "sha256:01",
  signer: { type: "key", algorithm: "a", fingerprint: "sha256:02" },
  logIndex: "1",
  catalogueVersion: 1,
  catalogueDigest: "sha256:03",
};
const prompt: GateDecision = {
  ...base,
  kind: "prompt",
  signer: { type: "keyless", san: { type: "uri", value: "x" }, issuer: "y", certificate: "sha256:04", extensions: {} },
};

test("the example prints the span of a call that a closed gate refuses", () => {
  const [code = "", ...others] = blocks("js");
  expect(others).toEqual([]);
  // Below the repository, where the SDK is found.
  const folder = inRoot(`target/observe-test-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const at = (path: string): string => JSON.stringify(pathToFileURL(inRoot(path)).href);
  const script = `${folder}/example.mts`;
  writeFileSync(
    script,
    code
      .replace('"inkan/mcp"', at("ts/mcp/index.ts"))
      .replace('"inkan/opentelemetry"', at("ts/opentelemetry/index.ts")),
  );
  const { status, stdout, stderr } = runScript(script, [], { cwd: folder });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/name: 'tools\/call',/);
  expect(stdout).toMatch(/'error.type': 'ERR_GATE_CLOSED'/);
  expect(stdout).toMatch(/'network.transport': 'pipe'/);
});

test("the tables have every attribute, and no other", () => {
  const [, spans = "", metrics = ""] = /^### Spans$(.*)^### Metrics$(.*)^## Dashboard$/ms.exec(page) ?? [];
  const named = (section: string): string[] => {
    const rows = section.split("\n").filter((line) => line.startsWith("|"));
    const found = rows.flatMap((line) => [...line.matchAll(/`((?:inkan|gen_ai|mcp|error|network)\.[\w.]+)`/g)]);
    return [...new Set(found.map(([, name = ""]) => name))].sort();
  };
  const keys = (make: (decision: GateDecision) => object, more: string[]): string[] =>
    [...new Set([...Object.keys(make(base)), ...Object.keys(make(prompt)), ...more])].sort();
  expect(named(spans)).toEqual(keys(spanAttributes, ["mcp.session.id", "network.transport"]));
  expect(named(metrics)).toEqual(
    keys((decision) => metricAttributes(decision, "n"), ["inkan.decisions", "inkan.catalogue.version"]),
  );
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string };
}

test("queries and rules use metrics, labels, decisions and codes that exist", () => {
  const labels = [base, prompt].flatMap((decision) => Object.keys(metricAttributes(decision, "n")));
  const known = new Set([
    "inkan_decisions_total",
    "inkan_catalogue_version",
    ...labels.map((label) => label.replaceAll(".", "_")),
  ]);
  const [rules] = blocks("yaml")
    .map((text) => parse(text))
    .filter((one) => "groups" in one);
  const alerts = rules.groups[0].rules as Rule[];
  expect(alerts.length).toBe(5);
  const queries = [...blocks("promql"), ...alerts.flatMap(({ expr, annotations }) => [expr, annotations.summary])];
  expect(queries.length).toBe(11);
  for (const query of queries) {
    const used = query.match(/\b(?:inkan|gen_ai|mcp|error)_[a-z_]+/g) ?? [];
    expect(used.filter((name) => !known.has(name))).toEqual([]);
    const brackets = [...query].filter((character) => "(){}[]".includes(character)).join("");
    expect(unmatched(brackets)).toBe("");
    for (const [, , pattern = ""] of query.matchAll(/inkan_code(=~|=)"([^"]+)"/g)) {
      for (const part of pattern.split("|")) {
        expect(
          codes.filter((code) => new RegExp(`^(?:${part})$`).test(code)),
          part,
        ).not.toEqual([]);
      }
    }
    for (const [, decision = ""] of query.matchAll(/inkan_decision="([^"]+)"/g)) {
      expect(["allowed", "hidden", "refused", "revoked", "dropped"]).toContain(decision);
    }
  }
});

/** The brackets that have no partner. */
function unmatched(brackets: string): string {
  const without = brackets.replace(/\(\)|\{\}|\[\]/g, "");
  return without === brackets ? brackets : unmatched(without);
}

test("every code of the table of decisions exists", () => {
  const [, table = ""] = /^## Decisions$(.*)^## OpenTelemetry$/ms.exec(page) ?? [];
  for (const [, code = "", rest] of table.matchAll(/`(ERR_[A-Z_]+)(…)?`/g)) {
    expect(
      codes.filter((one) => (rest === undefined ? one === code : one.startsWith(code))),
      code,
    ).not.toEqual([]);
  }
});

test("the sample line has the members of a real one, and the collector's configuration reads them", async () => {
  const home = house({ command: process.execPath, args: [fixture("liar.mjs"), "added"] }, { tools: [tool("index")] });
  const audit = home.path("audit.jsonl");
  const host = new Host(home, ["--audit", audit]);
  await host.initialize();
  await host.ask("tools/list");
  await host.close();
  const lines = readFileSync(audit, "utf8").trim().split("\n");
  const real = lines.map((line) => JSON.parse(line)).find(({ name }) => name === "evil");
  const [sample = ""] = blocks("json");
  const shape = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? Object.entries(value).map(([name, inner]) => [name, shape(inner)])
      : typeof value;
  expect(sample.trim().split("\n").length).toBe(1);
  expect(shape(JSON.parse(sample))).toEqual(shape(real));
  expect(JSON.parse(sample).signer.algorithm).toBe(real.signer.algorithm);

  const [collector] = blocks("yaml")
    .map((text) => parse(text))
    .filter((one) => "receivers" in one);
  const [operator] = collector.receivers.filelog.operators;
  const member = (from: string): unknown => real[from.replace(/^attributes\./, "")];
  // The layout in Go's notation is this form.
  expect(operator.timestamp.layout).toBe("2006-01-02T15:04:05.000Z07:00");
  expect(member(operator.timestamp.parse_from)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(Object.values(operator.severity.mapping).flat().sort()).toEqual([
    "allowed",
    "dropped",
    "hidden",
    "refused",
    "revoked",
  ]);
  expect(member(operator.severity.parse_from)).toBe("hidden");
}, 60_000);
