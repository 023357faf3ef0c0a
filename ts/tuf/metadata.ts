/** What the record of a repository needs, out of metadata that the TUF client has verified. */
import { createHash } from "node:crypto";
import type { RepositoryVersions } from "../trust/record.js";

/** Verified metadata of the top-level roles, parsed. */
export type Metadata = Readonly<Record<"root" | "timestamp" | "snapshot" | "targets", { readonly signed: Signed }>>;

interface Signed {
  readonly version: number;
  /** Of the root. */
  readonly keys?: Readonly<Record<string, unknown>>;
  readonly roles?: Readonly<Record<string, { readonly keyids: readonly string[]; readonly threshold: number }>>;
  /** Of targets. */
  readonly targets?: Readonly<Record<string, unknown>>;
}

export function versionsOf({ root, timestamp, snapshot, targets }: Metadata): RepositoryVersions {
  const [r, t, s, g] = [root, timestamp, snapshot, targets].map(({ signed }) => decimal(signed.version));
  return { root: r ?? "", timestamp: t ?? "", snapshot: s ?? "", targets: g ?? "" };
}

/** A version beyond 2^53 is not the one that was signed. */
function decimal(version: number): string {
  if (!Number.isSafeInteger(version) || version < 0) throw new Error(`a version is ${version}`);
  return String(version);
}

/** SHA-256 over the keys and thresholds of timestamp and snapshot: a change of them lets their versions start anew. */
export function onlineKeysOf({ root: { signed } }: Metadata): string {
  const roles = ["timestamp", "snapshot"].map((name) => {
    const role = signed.roles?.[name];
    const keys = (role?.keyids ?? []).map((id) => JSON.stringify(keyOf(signed.keys?.[id]))).sort();
    return [name, role?.threshold, keys];
  });
  return createHash("sha256").update(JSON.stringify(roles)).digest("hex");
}

/** What a key is, whatever the root calls it. */
function keyOf(key: unknown): unknown {
  const { keytype, scheme, keyval } = Object(key) as Record<string, unknown>;
  return [keytype, scheme, (Object(keyval) as Record<string, unknown>).public];
}
