/** Signatures under every kind of key, sound and spoilt: the core in WASM and Node's OpenSSL give one verdict. */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import { describe, expect, test } from "vitest";
import { digestOf, KeyedVerifier } from "../ts/entry/node.js";

interface Kind {
  readonly name: string;
  readonly make: () => { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  /** The hash that such a key signs with; null where it takes the message itself. */
  readonly hash: "sha256" | "sha384" | "sha512" | null;
  readonly rounds: number;
}

const curve = (namedCurve: string) => () => generateKeyPairSync("ec", { namedCurve });
const rsa = (modulusLength: number) => () => generateKeyPairSync("rsa", { modulusLength });

// Rounds enough for the tables of a pinned key, which it earns at its fifth use.
const kinds: Kind[] = [
  { name: "P-256", make: curve("P-256"), hash: "sha256", rounds: 60 },
  { name: "P-384", make: curve("P-384"), hash: "sha384", rounds: 60 },
  { name: "P-521", make: curve("P-521"), hash: "sha512", rounds: 8 },
  { name: "Ed25519", make: () => generateKeyPairSync("ed25519"), hash: null, rounds: 40 },
  { name: "RSA-2048", make: rsa(2048), hash: "sha256", rounds: 20 },
  { name: "RSA-3072", make: rsa(3072), hash: "sha256", rounds: 5 },
];

/** A signature with one bit changed, cut, extended, or with one of its bytes replaced by an edge value. */
function* spoilt(signature: Buffer): Generator<Buffer> {
  const at = randomBytes(2).readUInt16BE() % signature.length;
  for (const value of [(signature[at] ?? 0) ^ (1 << (at % 8)), 0, 0xff]) {
    const changed = Buffer.from(signature);
    changed[at] = value;
    yield changed;
  }
  yield signature.subarray(0, -1);
  yield Buffer.concat([signature, Buffer.of(0)]);
}

describe.each(kinds)("$name", ({ make, hash, rounds }) => {
  const { publicKey, privateKey } = make();
  const keys = publicKey.export({ type: "spki", format: "pem" }).toString();
  // A detached signature alone: without a scope and without records.
  const verifier = new KeyedVerifier({ keys });
  const accepts = async (input: { artifact: Buffer } | { digest: string }, signature: Buffer): Promise<boolean> =>
    (await verifier.reportArtifact({ ...input, signature })).verdict === "verified";

  test("is judged as OpenSSL judges", async () => {
    const key = createPublicKey(keys);
    for (let round = 0; round < rounds; round += 1) {
      const artifact = randomBytes(round);
      const signature = sign(hash, artifact, privateKey);
      expect(await accepts({ artifact }, signature)).toBe(true);
      expect(await accepts({ artifact: Buffer.concat([artifact, Buffer.of(1)]) }, signature)).toBe(false);
      for (const changed of spoilt(signature)) {
        const described = `${artifact.toString("hex")} ${changed.toString("hex")}`;
        expect([described, await accepts({ artifact }, changed)]).toEqual([
          described,
          verify(hash, artifact, key, changed),
        ]);
      }
    }
  });

  if (hash === null) return;
  test("verifies by the digest alone", async () => {
    for (let round = 0; round < rounds / 4; round += 1) {
      const artifact = randomBytes(100);
      const digest = await digestOf([artifact], hash);
      expect(digest).toBe(`${hash}:${createHash(hash).update(artifact).digest("hex")}`);
      const signature = sign(hash, artifact, privateKey);
      expect(await accepts({ digest }, signature)).toBe(true);
      const other = await digestOf([artifact, artifact], hash);
      expect(await accepts({ digest: other }, signature)).toBe(false);
      for (const changed of spoilt(signature)) {
        expect(await accepts({ digest }, changed)).toBe(verify(hash, artifact, publicKey, changed));
      }
    }
  });
});
