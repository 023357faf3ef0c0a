/** A keyless signature as a Sigstore bundle, version 0.3: the leaf alone, log entries and timestamps. */
import { createHash } from "node:crypto";
import { MEDIA_TYPE } from "../sign.js";
import type { Certified, Entry, Testimony } from "./client.js";

/** The bundle's JSON. What the services gave is written as it came: verify it. */
export function bundleText(bytes: Uint8Array, certified: Certified, { entries, timestamps }: Testimony): string {
  const content = {
    mediaType: MEDIA_TYPE,
    verificationMaterial: {
      certificate: { rawBytes: derOf(certified.certificate) },
      tlogEntries: entries.map(entryJson),
      ...(timestamps.length === 0
        ? {}
        : {
            timestampVerificationData: {
              rfc3161Timestamps: timestamps.map((token) => ({ signedTimestamp: base64(token) })),
            },
          }),
    },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: base64(createHash("sha256").update(bytes).digest()) },
      signature: base64(certified.signature),
    },
  };
  return `${JSON.stringify(content)}\n`;
}

/** As protobuf-JSON has it: bytes in base64, integers of 64 bits as texts, and nothing where there is nothing. */
function entryJson(entry: Entry): object {
  const { logIndex, logId, kindVersion, integratedTime, inclusionPromise, inclusionProof, canonicalizedBody } = entry;
  return {
    logIndex,
    logId: { keyId: base64(logId?.keyId) },
    kindVersion,
    ...(integratedTime === "0" ? {} : { integratedTime }),
    ...(inclusionPromise === undefined
      ? {}
      : { inclusionPromise: { signedEntryTimestamp: base64(inclusionPromise.signedEntryTimestamp) } }),
    ...(inclusionProof === undefined
      ? {}
      : {
          inclusionProof: {
            logIndex: inclusionProof.logIndex,
            rootHash: base64(inclusionProof.rootHash),
            treeSize: inclusionProof.treeSize,
            hashes: inclusionProof.hashes.map(base64),
            checkpoint: { envelope: inclusionProof.checkpoint?.envelope },
          },
        }),
    canonicalizedBody: base64(canonicalizedBody),
  };
}

const base64 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("base64");

const derOf = (pem: string): string => pem.replace(/-----[^-]*-----|\s/g, "");
