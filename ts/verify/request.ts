/**
 * Turns the options of one call into the input of the core: a request, the evidence and the artifact. Judges nothing.
 */

import { type Bytes, viewBytes, viewTextOrBytes } from "../input/bytes.js";
import { jsonText } from "../input/json.js";
import { invalidOption, kindOf, missingOption, readOptions, readText, readTime } from "../input/options.js";
import { type BundleSource, bundleBytes, type KeylessBundle } from "./bundle.js";

/** A bundle, made before or as it was read. */
export interface WithBundle {
  readonly bundle: KeylessBundle | BundleSource;
}

/** A detached signature, raw or base64. */
export interface WithSignature {
  readonly signature: Bytes | string;
}

export interface AtTime {
  /**
   * The time to judge at, in place of the machine's. Evidence with a later date is refused. Without `now`, the machine's
   * time decides only whether a catalogue has expired, and the policy's maximum age.
   */
  readonly now?: Date | string;
}

/** What keeps the records of unrelated files apart. */
export interface InScope {
  /**
   * A name for files or catalogues that follow one another. Files and attestations have an order only within a scope. The
   * record of a scope continues when the policy changes: when a key is rotated or a pattern is edited.
   */
  readonly scope?: string;
}

export interface CatalogueInput extends AtTime, InScope {
  /** The exact bytes of the signed file. They are copied before anything else happens. */
  readonly catalogue: Bytes;
  /**
   * The server that the tools will be offered by. The catalogue must be signed for it. A catalogue that names a server is
   * refused if the call gives neither this nor `anyServer`.
   */
  readonly server?: string;
  /** Accepts a catalogue for any server. Excludes `server`. All servers then share one record. */
  readonly anyServer?: true;
}

/** A file, or `sha256:<hex>` (also sha384, sha512) of one that is elsewhere. */
export type ArtifactInput = AtTime & InScope & ({ readonly artifact: Bytes } | { readonly digest: string });

/** The input of the core. The bytes are still the caller's memory, so they must be passed on or copied at once. */
export interface Request {
  readonly json: string;
  readonly evidence: Uint8Array;
  readonly artifact: Uint8Array;
  /** Whether the caller names a scope. */
  readonly scoped: boolean;
}

type EvidenceField = "bundle" | "signature";

const NOTHING = new Uint8Array(0);

export function catalogueRequest(options: unknown, evidence: readonly EvidenceField[]): Request {
  const read = readOptions("verify", options, [
    ...evidence,
    "catalogue",
    "digest",
    "server",
    "anyServer",
    "scope",
    "now",
  ]);
  if (read.digest !== undefined) {
    const hint = "The tools are read from the bytes; verifyArtifact takes a digest.";
    throw invalidOption("verify.digest", "the catalogue itself", "its digest", hint);
  }
  if (read.catalogue === undefined) {
    throw missingOption("verify.catalogue", "the bytes of the catalogue", "Read the signed file without an encoding.");
  }
  const server = read.server === undefined ? undefined : readText("verify.server", read.server);
  const anyServer = read.anyServer === undefined ? undefined : readAnyServer(read.anyServer, server);
  return requestOf(read, evidence, { kind: "catalogue", server, anyServer }, () =>
    viewBytes("verify.catalogue", "catalogue", read.catalogue),
  );
}

/** `anyServer: false` is refused: it would mean the same as leaving the option out. */
function readAnyServer(value: unknown, server: string | undefined): true {
  if (value !== true) {
    const found = typeof value === "boolean" ? String(value) : kindOf(value);
    throw invalidOption("verify.anyServer", "true", found, "Leave it out where the call names a server.");
  }
  if (server !== undefined) {
    throw invalidOption("verify.anyServer", "either server or anyServer", "both", "Name the server, or take any.");
  }
  return true;
}

export function artifactRequest(
  kind: "artifact" | "attestation",
  options: unknown,
  evidence: readonly EvidenceField[],
): Request {
  const read = readOptions("verify", options, [
    ...evidence,
    "artifact",
    "digest",
    "server",
    "anyServer",
    "scope",
    "now",
  ]);
  for (const name of ["server", "anyServer"] as const) {
    if (read[name] === undefined) continue;
    const hint = "Only catalogues are signed for a server; verify takes one.";
    throw invalidOption(`verify.${name}`, "nothing", kindOf(read[name]), hint);
  }
  if ((read.artifact === undefined) === (read.digest === undefined)) {
    throw invalidOption("verify", "either artifact or digest", read.digest === undefined ? "neither" : "both");
  }
  const digest = read.digest === undefined ? undefined : readText("verify.digest", read.digest);
  return requestOf(read, evidence, { kind, digest }, () =>
    read.artifact === undefined ? NOTHING : viewBytes("verify.artifact", "artifact", read.artifact),
  );
}

/** What every kind of request has. */
function requestOf(
  read: { readonly [field in EvidenceField | "scope" | "now"]?: unknown },
  fields: readonly EvidenceField[],
  own: object,
  viewArtifact: () => Uint8Array,
): Request {
  const scope = read.scope === undefined ? undefined : readText("verify.scope", read.scope);
  const now = read.now === undefined ? undefined : readTime("verify.now", read.now);
  const field = evidenceField(read, fields);
  const evidence =
    field === "bundle" ? bundleBytes(read.bundle) : viewTextOrBytes("verify.signature", "signature", read.signature);
  // Undefined members are not part of the text.
  const json = jsonText({ ...own, scope, now, clock: new Date().toISOString(), evidence: field });
  // This comes last. An object may run code of its own while it becomes a text, and that code could detach a buffer.
  return { json, evidence, artifact: viewArtifact(), scoped: scope !== undefined };
}

/** The field with the evidence. There must be exactly one. */
function evidenceField(
  read: { readonly [field in EvidenceField]?: unknown },
  fields: readonly EvidenceField[],
): EvidenceField {
  const [field, ...others] = fields.filter((candidate) => read[candidate] !== undefined);
  if (field === undefined) {
    throw missingOption("verify", fields.join(" or "), "Give the bundle that was made when the file was signed.");
  }
  if (others.length > 0) throw invalidOption("verify", `either ${fields.join(" or ")}`, "both");
  return field;
}
