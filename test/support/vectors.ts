/** Reads a vector (format: test/vectors/README.md) and runs it through the public API, as a user's program would. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type {
  IdentityPolicy,
  KeyedVerifier,
  KeylessVerifier,
  Proof,
  StateStore,
  TrustRoot,
} from "../../ts/entry/node.js";
import * as node from "../../ts/entry/node.js";
import { readVectorFile, vectorFile } from "./repository.js";

interface Source {
  file?: string;
  json?: unknown;
  text?: string;
  blanks?: number;
  base64?: string;
}

/** The library with the classes of one way to load the core. */
export type Library = Pick<
  typeof node,
  "IdentityPolicy" | "InkanError" | "InMemoryStateStore" | "KeyedVerifier" | "KeylessVerifier" | "TrustRoot"
>;

export interface Vector {
  name: string;
  title: string;
  source?: string;
  twin?: string;
  trustRoot?: Source & { pem?: object; origins?: Record<string, string[]> };
  policy: { identity?: object; keys?: string[]; [option: string]: unknown };
  request: { kind: "catalogue" | "artifact" | "attestation"; [option: string]: unknown };
  bundle: Source & { signature?: string };
  artifact: Source & { digest?: string };
  expect: string;
}

/** Every vector: each JSON file outside real/ that says what it expects. */
export function allVectors(): Vector[] {
  return ["cases", "forged"]
    .flatMap((folder) => [...jsonFiles(vectorFile(folder))])
    .flatMap((file) => {
      const vector = JSON.parse(readFileSync(file, "utf8"));
      return typeof vector.expect === "string" ? [{ ...vector, name: relative(vectorFile(), file) }] : [];
    });
}

/** One vector, by its path below test/vectors. */
export const vectorNamed = (name: string): Vector => ({ ...JSON.parse(readFileSync(vectorFile(name), "utf8")), name });

function* jsonFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* jsonFiles(path);
    else if (entry.name.endsWith(".json")) yield path;
  }
}

export function bytesOf(source: Source): Uint8Array {
  if (source.file !== undefined) return readVectorFile(source.file);
  if (source.base64 !== undefined) return Buffer.from(source.base64, "base64");
  if (source.json !== undefined) return Buffer.from(JSON.stringify(source.json));
  if (source.text !== undefined) return Buffer.from(source.text + " ".repeat(source.blanks ?? 0));
  throw new Error(`no such form: ${Object.keys(source)}`);
}

export function trustRootOf(
  { trustRoot }: Vector,
  { TrustRoot }: Pick<Library, "TrustRoot"> = node,
): { trustRoot?: TrustRoot } {
  if (trustRoot === undefined) return {};
  if (trustRoot.pem !== undefined) return { trustRoot: TrustRoot.fromPem(trustRoot.pem as never) };
  const { origins } = trustRoot;
  return { trustRoot: TrustRoot.fromJson(bytesOf(trustRoot), origins === undefined ? {} : { origins }) };
}

/** The verifier of a vector. What the policy holds is passed on as it is: unknown options must be refused. */
function verifierOf(vector: Vector, library: Library, stateStore: StateStore): KeylessVerifier | KeyedVerifier {
  const { identity, keys, ...policy } = vector.policy;
  const options = { ...trustRootOf(vector, library), ...policy, stateStore };
  if (keys !== undefined) return new library.KeyedVerifier({ ...options, keys });
  const identityPolicy = identity === undefined ? {} : { identityPolicy: identityOf(identity, library) };
  return new library.KeylessVerifier({ ...options, ...identityPolicy } as never);
}

function identityOf(identity: object, { IdentityPolicy }: Library): IdentityPolicy {
  const [[name, release] = [], ...others] = Object.entries(identity);
  return name === "githubRelease" && others.length === 0
    ? IdentityPolicy.githubRelease(release)
    : new IdentityPolicy(identity as never);
}

function inputOf({ request: { kind, ...request }, bundle, artifact }: Vector): object {
  const evidence =
    bundle.signature === undefined
      ? { bundle: bytesOf(bundle) }
      : { signature: Buffer.from(bundle.signature, "base64") };
  if (artifact.digest !== undefined) return { ...request, ...evidence, digest: artifact.digest };
  const bytes = bytesOf(artifact);
  return { ...request, ...evidence, ...(kind === "catalogue" ? { catalogue: bytes } : { artifact: bytes }) };
}

/** What the vector proves. Throws the refusal. */
export async function proofOf(
  vector: Vector,
  library: Library = node,
  store: StateStore = new library.InMemoryStateStore(),
): Promise<Proof> {
  const verifier = verifierOf(vector, library, store);
  const input = inputOf(vector) as never;
  if (vector.request.kind === "catalogue") return verifier.verify(input);
  if (vector.request.kind === "artifact") return verifier.verifyArtifact(input);
  return verifier.verifyAttestation(input);
}

/** The whole report as JSON, or the error that is thrown in its place. */
export async function reportOf(vector: Vector, library: Library, store: StateStore): Promise<string> {
  try {
    const verifier = verifierOf(vector, library, store);
    const input = inputOf(vector) as never;
    const { kind } = vector.request;
    if (kind === "catalogue") return JSON.stringify(await verifier.report(input));
    if (kind === "artifact") return JSON.stringify(await verifier.reportArtifact(input));
    return JSON.stringify(await verifier.reportAttestation(input));
  } catch (error) {
    if (error instanceof library.InkanError) return JSON.stringify({ thrown: error });
    throw error;
  }
}

/** `accept`, or the code of the refusal. */
export async function verdictOf(vector: Vector): Promise<string> {
  try {
    await proofOf(vector);
    return "accept";
  } catch (error) {
    if (error instanceof node.InkanError) return error.code;
    throw error;
  }
}

/** The same vector with the artifact's SHA-256 in place of its bytes; undefined where that cannot be asked. */
export function byDigest(vector: Vector): Vector | undefined {
  const { kind, server: _, ...request } = vector.request;
  if (vector.artifact.digest !== undefined || vector.bundle.signature !== undefined) return undefined;
  const digest = createHash("sha256").update(bytesOf(vector.artifact)).digest("hex");
  const asked = kind === "catalogue" ? "artifact" : kind;
  return { ...vector, request: { ...request, kind: asked }, artifact: { digest: `sha256:${digest}` } };
}
