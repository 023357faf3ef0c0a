/** Findings as SARIF 2.1.0 (OASIS), the part of it that GitHub's code scanning reads. */
import { createHash } from "node:crypto";
import type { Finding, LintResult } from "./finding.js";
import { RULES } from "./rules.js";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** `file` as it was named: GitHub wants it relative to the repository. `show` makes a text of the catalogue printable. */
export function toSarif(
  { findings }: LintResult,
  file: string,
  version: string,
  show: (text: string) => string,
): object {
  const seen = new Map<string, number>();
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "inkan lint", semanticVersion: version, rules: RULES.map(descriptorOf) } },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => {
          const id = identityOf(finding);
          const count = (seen.get(id) ?? 0) + 1;
          seen.set(id, count);
          return resultOf(finding, file, `${id}:${count}`, show);
        }),
      },
    ],
  };
}

const descriptorOf = ({ name, severity, about, mend }: (typeof RULES)[number]): object => ({
  id: name,
  name,
  shortDescription: { text: (about.split(/(?<=\.) /)[0] ?? about).replaceAll("`", "") },
  fullDescription: { text: about.replaceAll("`", "") },
  help: { text: `${about} ${mend}`.replaceAll("`", ""), markdown: `${about}\n\n${mend}` },
  defaultConfiguration: { level: severity },
  properties: { tags: ["mcp"], precision: severity === "error" ? "high" : "medium", "problem.severity": severity },
});

function resultOf(finding: Finding, file: string, fingerprint: string, show: (text: string) => string): object {
  const { rule, severity, about, line, column, message } = finding;
  const subject = about.name === undefined ? about.kind : `${about.kind} ${about.name}`;
  return {
    ruleId: rule,
    ruleIndex: RULES.findIndex(({ name }) => name === rule),
    level: severity,
    message: { text: show(`${subject}: ${message}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: locationOf(file),
          region: { startLine: line, startColumn: column },
        },
        logicalLocations: [{ fullyQualifiedName: show(finding.pointer === "" ? "/" : finding.pointer) }],
      },
    ],
    partialFingerprints: { primaryLocationLineHash: fingerprint },
  };
}

/** The same for a finding after others have come before it in the file: the definition by name, and the place within it. */
function identityOf({ rule, about, pointer }: Finding): string {
  const place = about.name === undefined ? pointer : pointer.replace(/^(?:\/alternatives)?\/[^/]*\/\d+/, "");
  const identity = JSON.stringify([rule, about.kind, about.name, place]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 16);
}

/** RFC 3986. An absolute path is a URI of its own, a relative one is below the root of the repository. */
function locationOf(file: string): object {
  const path = file.replaceAll("\\", "/").replace(/^(?:\.\/)+/, "");
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  if (path.startsWith("/")) return { uri: `file://${encoded}` };
  return { uri: encoded, uriBaseId: "%SRCROOT%" };
}
