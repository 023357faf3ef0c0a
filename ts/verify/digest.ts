import { CoreHasher } from "../core/hasher.js";
import { ensureWhole } from "../core/instance.js";
import { type Bytes, viewBytes } from "../input/bytes.js";
import { hasMethods } from "../input/members.js";
import { invalidOption, kindOf, readOneOf } from "../input/options.js";

/** The hash functions that signatures are made with. */
export type DigestAlgorithm = "sha256" | "sha384" | "sha512";

/** A file that comes piece by piece: a `Blob`, a `ReadableStream`, a stream of Node, or any other iterable. */
export type Pieces =
  | AsyncIterable<Bytes>
  | Iterable<Bytes>
  | { getReader(): PieceReader }
  | { stream(): { getReader(): PieceReader } };

interface PieceReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Bytes | undefined }>;
  cancel(reason?: unknown): Promise<unknown>;
}

/**
 * The digest of a file that is too large to hold, for `verifyArtifact({ digest, … })`: `sha256:<hex>`. No more than one
 * piece is in memory. The algorithm is that of the signature: SHA-256, but for keys on P-384, P-521 and Ed25519.
 */
export async function digestOf(file: Pieces, algorithm: DigestAlgorithm = "sha256"): Promise<string> {
  const pieces = piecesOf(file);
  const name = readOneOf("digestOf.algorithm", algorithm, ["sha256", "sha384", "sha512"]);
  await ensureWhole();
  const hasher = new CoreHasher(name);
  try {
    for await (const piece of pieces) hasher.update(viewBytes("digestOf.file", "artifact", piece));
    return hasher.finish();
  } finally {
    hasher.free();
  }
}

function piecesOf(file: unknown): AsyncIterable<unknown> | Iterable<unknown> {
  const can = (name: string | symbol): boolean => hasMethods(file, name);
  if (can("stream")) return piecesOf((file as { stream(): unknown }).stream());
  // Before iteration: not every browser can iterate a stream.
  if (can("getReader")) return readAll(file as { getReader(): PieceReader });
  const isWhole = ArrayBuffer.isView(file);
  if (!isWhole && can(Symbol.asyncIterator)) return file as AsyncIterable<unknown>;
  if (!isWhole && can(Symbol.iterator)) return file as Iterable<unknown>;
  const hint = isWhole ? "A file that is held whole is given as verifyArtifact({ artifact, … })." : undefined;
  throw invalidOption("digestOf.file", "a Blob, a stream or a sequence of pieces", kindOf(file), hint);
}

async function* readAll(stream: { getReader(): PieceReader }): AsyncGenerator<unknown> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel();
  }
}
