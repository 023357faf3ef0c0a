/** The records of a store, as lines to read and as JSON. */
import { InkanError } from "../../errors.js";
import { printable } from "../../input/printable.js";
import type { LogRecord, RepositoryRecord, ScopeRecord } from "../../state/record.js";
import type { Kept } from "../input/records.js";
import { bad, type Line, line } from "./line.js";

/** One record in a paragraph. */
export function recordLines({ key, content }: Kept): Line[] {
  const [title, facts] =
    content instanceof InkanError
      ? [[bad("Unreadable"), `: ${printable(key)}`], { code: content.code, found: content.found }]
      : content.kind === "log"
        ? [[`Log ${printable(content.origin)}`], logFacts(key, content)]
        : content.kind === "tuf"
          ? [[`TUF repository ${printable(content.repository)}`], repositoryFacts(key, content)]
          : [[`Scope of ${signerOf(content)}`], scopeFacts(key, content)];
  const given = Object.entries(facts).filter(([, value]) => value !== undefined);
  return [
    line(title, 4),
    ...given.map(([name, value]) => line(`  ${`${name}:`.padEnd(12)} ${printable(value ?? "", 300)}`, 15)),
  ];
}

const logFacts = (key: string, { treeSize, rootHash, logKey }: LogRecord): Facts => ({
  "tree size": treeSize,
  "root hash": rootHash,
  "log key": `sha256:${logKey}`,
  record: key,
});

const scopeFacts = (key: string, content: ScopeRecord): Facts => ({
  server: content.server,
  scope: content.scope,
  version: content.version,
  certificate: content.notBefore,
  digest: `sha256:${content.digest}`,
  record: key,
});

const repositoryFacts = (key: string, content: RepositoryRecord): Facts => ({
  versions: `root ${content.root}, timestamp ${content.timestamp}, snapshot ${content.snapshot}, targets ${content.targets}`,
  "trust root": `sha256:${content.digest}`,
  record: key,
});

type Facts = Readonly<Record<string, string | undefined>>;

/** Who may sign, in words. */
function signerOf({ policy }: ScopeRecord): string {
  const [type, ...parts] = policy.split("\n");
  if (type === "identity") {
    const [, name = "", issuer = ""] = parts;
    return `${printable(name, 500)}, as vouched for by ${printable(issuer)}`;
  }
  if (type === "github-release") return `GitHub's releases of ${printable(parts.join(" "))}`;
  const keys = parts.map((fingerprint) => `sha256:${printable(fingerprint)}`);
  return keys.length === 1 ? `the pinned key ${keys[0]}` : `the pinned keys ${keys.join(", ")}`;
}

/** One record as JSON. */
export const recordToJson = ({ key, content }: Kept): object =>
  content instanceof InkanError ? { key, error: { code: content.code, found: content.found } } : { key, ...content };
