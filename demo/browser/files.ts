/** The files that a person gave, each with its role. */

export type Role = "bundle" | "catalogue" | "older" | "root" | "key" | "signature" | "witnesses" | "file";

/** What a file is. */
export interface Kind {
  readonly role: Role;
  /** The version that a catalogue states. */
  readonly version?: number;
}

export interface Given extends Kind {
  readonly name: string;
  readonly blob: Blob;
}

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
