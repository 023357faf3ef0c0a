/** How the command shows the keys and logs of bundles and trust roots. */
import { fingerprintOf } from "../../input/fingerprint.js";
import { memberOf } from "../../input/members.js";
import { printable } from "../../input/printable.js";

/** A bundle's key hint for people. */
export const hintText = (hint: string): string => fingerprintOf(hint) ?? printable(hint);

/** What `inspect` says of a bundle, with the fingerprint beside a key hint that is one. */
export const withFingerprint = (content: object): object =>
  mapped(content, (hint) => ({ keyHint: hint, keyFingerprint: fingerprintOf(hint) }));

/** Lists of log entries and of logs, whose ids stand in bundles and trust roots as base64. */
const WITH_LOG_IDS: ReadonlySet<string> = new Set(["logEntries", "logs", "ctLogs"]);

/**
 * What `inspect` says of a bundle or a trust root, for people: each key and log in the one spelling alone. A log's id is no
 * fingerprint in every case (C2SP signed-note), so that it has no `sha256:` before it.
 */
export function withReadableKeys(content: object): object {
  const keyed = mapped(content, (hint) => ({ key: fingerprintOf(hint) }));
  const lists = Object.entries(keyed).map(([name, value]) => [
    name,
    WITH_LOG_IDS.has(name) && Array.isArray(value) ? value.map(withHexId) : value,
  ]);
  return Object.fromEntries(lists);
}

/** The content with other members in place of a key hint that is a fingerprint. */
function mapped(content: object, members: (hint: string) => object): object {
  const hint: unknown = memberOf(content, "keyHint");
  if (typeof hint !== "string" || fingerprintOf(hint) === undefined) return content;
  return Object.fromEntries(
    Object.entries(content).flatMap(([name, value]) =>
      name === "keyHint" ? Object.entries(members(hint)) : [[name, value]],
    ),
  );
}

function withHexId(log: unknown): unknown {
  const id: unknown = memberOf(log, "logId");
  if (typeof id !== "string") return log;
  return { ...(log as object), logId: fingerprintOf(id)?.slice("sha256:".length) ?? id };
}
