/** A JSON bundle as binary protobuf, by the field numbers of sigstore/protobuf-specs. Enough for message signatures. */

type Field = readonly [number: number, type: "text" | "bytes" | "integer" | "algorithm" | Message];
interface Message {
  readonly [name: string]: Field;
}

const CHECKPOINT: Message = { envelope: [1, "text"] };
const PROOF: Message = {
  logIndex: [1, "integer"],
  rootHash: [2, "bytes"],
  treeSize: [3, "integer"],
  hashes: [4, "bytes"],
  checkpoint: [5, CHECKPOINT],
};
const ENTRY: Message = {
  logIndex: [1, "integer"],
  logId: [2, { keyId: [1, "bytes"] }],
  kindVersion: [3, { kind: [1, "text"], version: [2, "text"] }],
  integratedTime: [4, "integer"],
  inclusionPromise: [5, { signedEntryTimestamp: [1, "bytes"] }],
  inclusionProof: [6, PROOF],
  canonicalizedBody: [7, "bytes"],
};
const CERTIFICATE: Message = { rawBytes: [1, "bytes"] };
const MATERIAL: Message = {
  publicKey: [1, { hint: [1, "text"] }],
  x509CertificateChain: [2, { certificates: [1, CERTIFICATE] }],
  tlogEntries: [3, ENTRY],
  timestampVerificationData: [4, { rfc3161Timestamps: [1, { signedTimestamp: [1, "bytes"] }] }],
  certificate: [5, CERTIFICATE],
};
const BUNDLE: Message = {
  mediaType: [1, "text"],
  verificationMaterial: [2, MATERIAL],
  messageSignature: [
    3,
    { messageDigest: [1, { algorithm: [1, "algorithm"], digest: [2, "bytes"] }], signature: [2, "bytes"] },
  ],
};
const ALGORITHMS = ["HASH_ALGORITHM_UNSPECIFIED", "SHA2_256", "SHA2_384", "SHA2_512"];

function varint(value: bigint): number[] {
  return value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
}

function encodeField([number, type]: Field, value: unknown): number[] {
  const tag = (wire: number): number[] => varint(BigInt(number * 8 + wire));
  if (type === "integer") return [...tag(0), ...varint(BigInt(String(value)))];
  if (type === "algorithm") return [...tag(0), ALGORITHMS.indexOf(String(value))];
  const content =
    typeof type === "object"
      ? encodeMessage(type, value as object)
      : [...Buffer.from(String(value), type === "bytes" ? "base64" : "utf8")];
  return [...tag(2), ...varint(BigInt(content.length)), ...content];
}

function encodeMessage(message: Message, value: object): number[] {
  return Object.entries(value).flatMap(([name, content]) => {
    const field = message[name];
    if (field === undefined) throw new Error(`no field ${name}`);
    return (Array.isArray(content) ? content : [content]).flatMap((item) => encodeField(field, item));
  });
}

export const binaryBundle = (json: object): Uint8Array => Uint8Array.from(encodeMessage(BUNDLE, json));
