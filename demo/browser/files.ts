/** What each dropped file is, told by its content. A name proves nothing, and neither does this: verifiers judge later. */

export type Role = "bundle" | "catalogue" | "older" | "root" | "key" | "signature" | "witnesses" | "file";

export interface Given {
  readonly name: string;
  readonly role: Role;
  readonly blob: Blob;
  /** The version that a catalogue states. */
  readonly version?: number;
}

/** Larger files are signed files: nothing else that the page takes is of this size. */
const LARGEST_READ = 32 * 1024 * 1024;

export const ROLES: Readonly<Record<Role, string>> = {
  bundle: "Sigstore bundle",
  catalogue: "catalogue of MCP tools",
  older: "older catalogue, to compare with",
  root: "trust root",
  key: "public key",
  signature: "detached signature",
  witnesses: "witness policy",
  file: "signed file",
};

/** Reads one file. */
export async function identify(name: string, blob: Blob): Promise<Given> {
  if (blob.size > LARGEST_READ) return { name, blob, role: "file" };
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const text = textOf(bytes);
  if (text === undefined) return { name, blob, role: isBinaryBundle(bytes) ? "bundle" : "file" };
  if (/^\s*-----BEGIN (\w+ )?PUBLIC KEY-----/.test(text)) return { name, blob, role: "key" };
  const json = jsonOf(text);
  if (json !== undefined) return { name, blob, ...jsonRole(json) };
  if (/^(witness|group|quorum|log) \S/m.test(text) && /^quorum \S/m.test(text))
    return { name, blob, role: "witnesses" };
  if (/\.(sig|signature)$/i.test(name)) return { name, blob, role: "signature" };
  return { name, blob, role: "file" };
}

function jsonRole(json: Record<string, unknown>): { role: Role; version?: number } {
  const mediaType = typeof json.mediaType === "string" ? json.mediaType : "";
  if ("verificationMaterial" in json || mediaType.includes("sigstore.bundle")) return { role: "bundle" };
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

/**
 * The files after one more. Each role is there once. A second catalogue makes one of the two the older one. A catalogue of
 * the same name replaces the one before, unless both came `together`: then they are of different folders.
 */
export function withFile(files: readonly Given[], added: Given, together: readonly Given[]): readonly Given[] {
  const present = files.find((one) => one.role === "catalogue");
  const isPair = present !== undefined && (present.name !== added.name || together.includes(present));
  if (added.role === "catalogue" && isPair) {
    const older = (added.version ?? Number.POSITIVE_INFINITY) < (present.version ?? Number.NEGATIVE_INFINITY);
    const [newer, old] = older ? [present, added] : [added, present];
    return [...without(files, "catalogue", "older"), newer, { ...old, role: "older" as const }];
  }
  const excluded: Role[] = added.role === "file" || added.role === "catalogue" ? ["file", "catalogue"] : [added.role];
  if (added.role === "bundle") excluded.push("signature");
  if (added.role === "signature") excluded.push("bundle");
  return [...without(files, ...excluded), added];
}

/** The files without one. An older catalogue that is left alone is the catalogue. */
export function withoutFile(files: readonly Given[], removed: Given): readonly Given[] {
  const left = files.filter((one) => one !== removed);
  if (left.some(({ role }) => role === "catalogue" || role === "file")) return left;
  return left.map((one) => (one.role === "older" ? { ...one, role: "catalogue" as const } : one));
}

const without = (files: readonly Given[], ...roles: readonly Role[]): readonly Given[] =>
  files.filter((one) => !roles.includes(one.role));

/** The other way around. */
export const swapped = (files: readonly Given[]): readonly Given[] =>
  files.map((one) => {
    if (one.role === "catalogue") return { ...one, role: "older" as const };
    return one.role === "older" ? { ...one, role: "catalogue" as const } : one;
  });

export const roleOf = (files: readonly Given[], role: Role): Given | undefined =>
  files.find((one) => one.role === role);

export const bytesOf = async (given: Given): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await given.blob.arrayBuffer());
