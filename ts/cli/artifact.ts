/** A file of any kind as the library takes it: whole, or a large one by the digest that its bundle is about. */
import { createReadStream, statSync } from "node:fs";
import { LIMITS } from "../generated/limits.js";
import type { ArtifactInput, WithBundle, WithSignature } from "../verify/request.js";
import { readBytes } from "./files.js";
import { type DigestAlgorithm, digestOf, inspect } from "./library.js";

const DIGEST = /^sha(256|384|512):[0-9a-f]+$/i;

/** Above so many bytes a file is read piece by piece, if one digest of it is enough. */
const LARGE = 64 * 2 ** 20;

/** Whether FILE is not a file but the digest of one. */
export const isDigest = (file: string): boolean => DIGEST.test(file);

type Artifact = Pick<Extract<ArtifactInput, { artifact: unknown }>, "artifact"> | { readonly digest: string };

export async function artifactFrom(file: string, evidence: WithBundle | WithSignature): Promise<Artifact> {
  if (isDigest(file)) return { digest: file };
  const algorithm = isLarge(file) ? await statedAlgorithm(evidence) : undefined;
  if (algorithm === undefined) return { artifact: readBytes(file, LIMITS.artifact) };
  return { digest: await digestOf(createReadStream(file, { highWaterMark: 2 ** 20 }), algorithm) };
}

function isLarge(file: string): boolean {
  const stat = file === "-" ? undefined : statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size > LARGE;
}

/** The algorithm of the digest that the bundle states. Whether that serves is for the verification to say. */
async function statedAlgorithm(evidence: WithBundle | WithSignature): Promise<DigestAlgorithm | undefined> {
  if (!("bundle" in evidence)) return undefined;
  try {
    const { content } = (await inspect(evidence.bundle)) as { readonly content: { readonly digest?: string } };
    return content.digest?.split(":")[0] as DigestAlgorithm | undefined;
  } catch {
    // The verification of a bundle that cannot be read says so better.
    return undefined;
  }
}
