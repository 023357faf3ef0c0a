/** One call's options to what the core takes: a request, the evidence and the artifact. Nothing is judged here. */
import { type BundleSource, bundleBytes, type KeylessBundle } from "./bundle.js";
import { type Bytes, copyTextOrBytes, viewBytes } from "./bytes.js";
import { invalidOption, missingOption, readOptions, readText, readTime } from "./options.js";

/** A bundle, made before or as it was read. */
export interface WithBundle {
  readonly bundle: KeylessBundle | BundleSource;
}

/** A detached signature, raw or base64. */
export interface WithSignature {
  readonly signature: Bytes | string;
}

export interface AtTime {
  /** Refuse evidence that is dated after this time. No clock is read otherwise. */
  readonly now?: Date | string;
}

export interface CatalogueInput extends AtTime {
  /** The exact bytes of the signed file. They are copied before anything else happens. */
  readonly catalogue: Bytes;
  /** The server that the tools will be offered by; the catalogue must be signed for it. */
  readonly server?: string;
}

/** A file, or `sha256:<hex>` (also sha384, sha512) of one that is elsewhere. */
export type ArtifactInput = AtTime & ({ readonly artifact: Bytes } | { readonly digest: string });

/** What goes over the seam. `artifact` is still the caller's memory: it is passed on, or copied, at once. */
export interface Request {
  readonly json: string;
  readonly evidence: Uint8Array;
  readonly artifact: Uint8Array;
}

type EvidenceField = "bundle" | "signature";

const NOTHING = new Uint8Array(0);

export function catalogueRequest(options: unknown, evidence: readonly EvidenceField[], clock?: string): Request {
  const read = readOptions("verify", options, [...evidence, "catalogue", "server", "now"]);
  if (read.catalogue === undefined) {
    throw missingOption("verify.catalogue", "the bytes of the catalogue", "Read the signed file without an encoding.");
  }
  const artifact = viewBytes("verify.catalogue", read.catalogue);
  const server = read.server === undefined ? {} : { server: readText("verify.server", read.server) };
  return { ...readEvidence(read, evidence, { kind: "catalogue", ...server, ...readNow(read.now, clock) }), artifact };
}

export function artifactRequest(
  kind: "artifact" | "attestation",
  options: unknown,
  evidence: readonly EvidenceField[],
  clock?: string,
): Request {
  const read = readOptions("verify", options, [...evidence, "artifact", "digest", "now"]);
  if ((read.artifact === undefined) === (read.digest === undefined)) {
    throw invalidOption("verify", "either artifact or digest", read.digest === undefined ? "neither" : "both");
  }
  const artifact = read.artifact === undefined ? NOTHING : viewBytes("verify.artifact", read.artifact);
  const digest = read.digest === undefined ? {} : { digest: readText("verify.digest", read.digest) };
  return { ...readEvidence(read, evidence, { kind, ...digest, ...readNow(read.now, clock) }), artifact };
}

function readNow(now: unknown, clock: string | undefined): object {
  if (now !== undefined) return { now: readTime("verify.now", now) };
  return clock === undefined ? {} : { now: clock };
}

function readEvidence(
  read: { readonly [field in EvidenceField]?: unknown },
  fields: readonly EvidenceField[],
  request: object,
): Omit<Request, "artifact"> {
  const given = fields.filter((field) => read[field] !== undefined);
  const [field] = given;
  if (field === undefined) {
    throw missingOption("verify", fields.join(" or "), "Give the bundle that was made when the file was signed.");
  }
  if (given.length > 1) throw invalidOption("verify", `either ${fields.join(" or ")}`, "both");
  const evidence = field === "bundle" ? bundleBytes(read.bundle) : copyTextOrBytes("verify.signature", read.signature);
  return { json: JSON.stringify({ ...request, evidence: field }), evidence };
}
