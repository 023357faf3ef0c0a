// What crates/wasm will export; ts/core.ts takes these types from pkg/ once it does.
export interface TrustRoot {
  describe(): string;
  free(): void;
}
export interface Verifier {
  verify(request: string, evidence: Uint8Array, artifact: Uint8Array): Verification;
  free(): void;
}
export interface Verification {
  report(): string;
  nextRecord(): string | undefined;
  judge(stored: string | undefined, floor: string | undefined): string | undefined;
  settled(): void;
  refuseState(code: string, found: string): void;
  release(): string;
  free(): void;
}
export interface Seam {
  readonly TrustRoot: { fromJson(bytes: Uint8Array): TrustRoot; fromPem(options: string): TrustRoot };
  readonly Verifier: {
    keyless(trustRoot: TrustRoot, policy: string): Verifier;
    keyed(policy: string): Verifier;
    keyedWithTrustRoot(policy: string, trustRoot: TrustRoot): Verifier;
  };
  toolDigest(definition: Uint8Array): string;
  inspectBundle(bytes: Uint8Array): string;
}
