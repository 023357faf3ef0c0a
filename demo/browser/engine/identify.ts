/** What each file is, told by its content. A name proves nothing, and neither does this: verifiers judge later. */
import type { Kind } from "../files.js";

/** Larger files are signed files: nothing else that the page takes is of this size. */
const LARGEST_READ = 32 * 1024 * 1024;

/** Reads one file. */
export async function identify(name: string, blob: Blob): Promise<Kind> {
  if (blob.size > LARGEST_READ) return { role: "file" };
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const text = textOf(bytes);
  if (text === undefined) return { role: isBinaryBundle(bytes) ? "bundle" : "file" };
  if (/^\s*-----BEGIN (\w+ )?PUBLIC KEY-----/.test(text)) return { role: "key" };
  const json = jsonOf(text);
  if (json !== undefined) return jsonRole(json);
  // It is meant to be a bundle. The core says what is wrong with it.
  if (/\.sigstore(\.json)?$/i.test(name)) return { role: "bundle" };
  if (/^(witness|group|quorum|log) \S/m.test(text) && /^quorum \S/m.test(text)) return { role: "witnesses" };
  if (/\.(sig|signature)$/i.test(name)) return { role: "signature" };
  return { role: "file" };
}

function jsonRole(json: Record<string, unknown>): Kind {
  const mediaType = typeof json.mediaType === "string" ? json.mediaType : "";
  if ("verificationMaterial" in json || mediaType.includes("sigstore.bundle")) return { role: "bundle" };
  // The legacy bundle of cosign 2, which the core refuses by a code of its own.
  if ("base64Signature" in json && "rekorBundle" in json) return { role: "bundle" };
  if ("certificateAuthorities" in json || mediaType.includes("trustedroot")) return { role: "root" };
  if (!Array.isArray(json.tools)) return { role: "file" };
  return typeof json.version === "number" ? { role: "catalogue", version: json.version } : { role: "catalogue" };
}

/** Field 1 of the protobuf is the media type. */
const isBinaryBundle = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x0a && textOf(bytes.slice(2, 24)) === "application/vnd.dev.si";

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
