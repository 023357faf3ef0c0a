/** Catalogues that real clients signed, with what must be required of them. */
import { existsSync, readFileSync } from "node:fs";
import { IdentityPolicy, TrustRoot } from "../../ts/entry/node.js";
import { vectorFile } from "./repository.js";

/** The server that the real catalogues are signed for. */
export const SERVER = "https://tools.example.com/mcp";

interface Expected {
  accept: boolean;
  signer: "keyless" | "key";
  identity: string;
  issuer: string;
  policy: { tlog: number; signedTimestamp: number; sct: number };
}

export interface RealCase {
  readonly folder: string;
  readonly files: {
    readonly catalogue: string;
    readonly bundle: string;
    readonly trustRoot: string;
    readonly key: string;
  };
  readonly catalogue: Uint8Array;
  readonly bundle: Uint8Array;
  readonly expected: Expected;
  trustRoot(): TrustRoot;
  identityPolicy(): IdentityPolicy;
  key(): string;
}

export function realCase(name: string): RealCase {
  const file = (base: string): string => vectorFile("real/catalogues/cases", name, base);
  const files = {
    catalogue: file("catalogue.json"),
    bundle: file("bundle.sigstore.json"),
    trustRoot: file("trusted_root.json"),
    key: file("public_key.pem"),
  };
  if (!existsSync(files.bundle)) throw new Error(`no such case: ${name}`);
  const expected: Expected = JSON.parse(readFileSync(file("expected.json"), "utf8"));
  return {
    folder: vectorFile("real/catalogues/cases", name),
    files,
    // Not a Buffer: its slice() shares memory.
    catalogue: new Uint8Array(readFileSync(files.catalogue)),
    bundle: new Uint8Array(readFileSync(files.bundle)),
    expected,
    trustRoot: () => TrustRoot.fromJson(readFileSync(files.trustRoot)),
    identityPolicy: () => new IdentityPolicy({ san: expected.identity, issuer: expected.issuer }),
    key: () => readFileSync(files.key, "utf8"),
  };
}
