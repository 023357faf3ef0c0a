/** The records of a store, as lines to read and as JSON. */
import { describeRecord } from "../core/inspect.js";
import { InkanError, refusal } from "../errors.js";
import { printable } from "../input/printable.js";
import type { LogRecord, ScopeRecord, StateRecord } from "../state/record.js";
import type { ManagedStateStore } from "../state/store.js";
import { ready } from "./library.js";
import type { Style } from "./style.js";

/** What stands under one key. */
export interface Kept {
  readonly key: string;
  readonly text: string;
  /** What the text says; the refusal where it is no record, or that of another key. */
  readonly content: StateRecord | InkanError;
}

/** Everything in the store: logs first, then scopes. */
export async function readRecords(store: ManagedStateStore): Promise<Kept[]> {
  await ready();
  const records = [...(await store.records())].map(([key, text]) => ({ key, text, content: contentOf(key, text) }));
  return records.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function contentOf(key: string, text: string): StateRecord | InkanError {
  try {
    const { key: own, record } = describeRecord(text);
    if (own === key) return record;
    return refusal("ERR_STATE_CORRUPT", {
      subject: key,
      expected: "the record of this key",
      found: `the record of ${own}`,
      hint: "Find out who moved it; then remove it on purpose with inkan state reset.",
    });
  } catch (error) {
    if (error instanceof InkanError && error.code === "ERR_STATE_CORRUPT") return error;
    throw error;
  }
}

/** One record in a paragraph. */
export function renderRecord({ key, content }: Kept, style: Style): string {
  const [title, facts] =
    content instanceof InkanError
      ? [`${style.bad("Unreadable")}: ${printable(key)}`, { code: content.code, found: content.found }]
      : content.kind === "log"
        ? [`Log ${printable(content.origin)}`, logFacts(key, content)]
        : [`Scope of ${signerOf(content)}`, scopeFacts(key, content)];
  const lines = Object.entries(facts).filter(([, value]) => value !== undefined);
  return [title, ...lines.map(([name, value]) => `  ${`${name}:`.padEnd(12)} ${printable(value ?? "", 300)}`)].join(
    "\n",
  );
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

type Facts = Readonly<Record<string, string | undefined>>;

/** Who may sign, in words. */
function signerOf({ policy }: ScopeRecord): string {
  const [type, ...parts] = policy.split("\n");
  if (type === "identity") {
    const [, name = "", issuer = ""] = parts;
    return `${printable(name, 500)}, as vouched for by ${printable(issuer)}`;
  }
  const keys = parts.map((fingerprint) => `sha256:${printable(fingerprint)}`);
  return keys.length === 1 ? `the pinned key ${keys[0]}` : `the pinned keys ${keys.join(", ")}`;
}

/** One record as JSON. */
export const recordToJson = ({ key, content }: Kept): object =>
  content instanceof InkanError ? { key, error: { code: content.code, found: content.found } } : { key, ...content };
