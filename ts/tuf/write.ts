/** Writes a fetched trust root, and beside it when TUF gave it. */
import { statSync } from "node:fs";
import { replaceFile } from "../publish/write.js";
import { recordNameOf, recordToText } from "../trust/record.js";
import type { FetchedTrustRoot } from "./fetch.js";

/**
 * Replaces the file, then its record (`trusted_root.tuf.json` beside `trusted_root.json`). Each is replaced whole or not at
 * all, and a record for other bytes says nothing. A new file is readable for this user alone; an old one keeps who may
 * read it.
 */
export function writeTrustRoot(file: string, { json, record }: FetchedTrustRoot): void {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
  replaceFile(file, text, modeOf(file));
  const beside = recordNameOf(file);
  replaceFile(beside, recordToText(record), modeOf(beside));
}

/** Who may read the file now; nobody else may write it. */
function modeOf(file: string): number {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  return 0o600 | (mode & 0o044);
}
