/** The contents of a bundle, as the core reads them without verifying. Members may be missing. */
import { jsonOf } from "./identify.js";

export interface Certificate {
  readonly subject?: string;
  readonly issuedBy?: string;
  readonly names?: readonly string[];
  readonly oidcIssuer?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly key?: string;
  readonly fingerprint?: string;
}

export interface LogEntry {
  readonly kind?: string;
  readonly logIndex?: string;
  readonly integratedTime?: string;
  readonly treeSize?: string;
  readonly rootHash?: string;
  readonly checkpoint?: string;
}

/** What the picture of a log entry's path needs. Only JSON bundles have it here. */
export interface ProofPath {
  readonly index: bigint;
  readonly size: bigint;
  readonly hashes: readonly Uint8Array<ArrayBuffer>[];
  readonly root: Uint8Array<ArrayBuffer>;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface Inspected {
  readonly certificates?: readonly Certificate[];
  readonly keyHint?: string;
  readonly logEntries?: readonly LogEntry[];
  readonly timestamps?: readonly string[];
  readonly paths: readonly ProofPath[];
}

export const readInspected = (inspected: unknown, text: string): Inspected => ({
  ...(inspected as Omit<Inspected, "paths">),
  paths: pathsOf(text),
});

// RFC 6962 trees have at most 2^63 leaves.
const LONGEST_PATH = 63;

type Json = { readonly [name: string]: unknown };
const objectOf = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});

function pathsOf(text: string): ProofPath[] {
  const entries = objectOf(jsonOf(text)?.verificationMaterial).tlogEntries;
  if (!Array.isArray(entries)) return [];
  return entries.slice(0, 8).flatMap((entry) => {
    try {
      return [pathOf(objectOf(entry))];
    } catch {
      // An entry without a proof, or with one that the core refuses with its reason.
      return [];
    }
  });
}

function pathOf(entry: Json): ProofPath {
  const proof = objectOf(entry.inclusionProof);
  const hashes = Array.isArray(proof.hashes) ? proof.hashes : [];
  if (proof.treeSize === undefined || hashes.length > LONGEST_PATH) throw new RangeError("no proof");
  return {
    index: countOf(proof.logIndex ?? "0"),
    size: countOf(proof.treeSize),
    hashes: hashes.map(fromBase64),
    root: fromBase64(proof.rootHash),
    body: fromBase64(entry.canonicalizedBody),
  };
}

/** Long digits are refused: reading them takes more than linear time. */
function countOf(digits: unknown): bigint {
  const text = String(digits);
  if (!/^\d{1,19}$/.test(text)) throw new RangeError("no number of a leaf");
  return BigInt(text);
}

export const fromBase64 = (text: unknown): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(String(text)), (character) => character.charCodeAt(0));

/** A name in a certificate without the word for its kind. */
export const nameOnly = (name: string): string => name.replace(/^(URI|e-mail address|otherName(?: [\d.]+)?) /, "");
