/* tslint:disable */
/* eslint-disable */

/**
 * Logs by their keys, to look at what they signed.
 */
export class Audit {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Verifies a document that says that a log forked; gives its two trees, as JSON.
     */
    checkFork(document: Uint8Array | number[]): string;
    /**
     * One log by its key; without an origin, under whichever the key signed.
     */
    static ofKey(pem: string, origin?: string | null): Audit;
    /**
     * The logs of a trust root.
     */
    static ofTrustRoot(trust_root: TrustRoot): Audit;
    /**
     * What a checkpoint says, as JSON.
     */
    open(note: string): string;
    /**
     * A checkpoint on its way into a store.
     */
    seed(note: string): Seeding;
    /**
     * Proves that the smaller tree is the past of the larger; gives both, as JSON.
     */
    verifyConsistency(one: string, other: string, proof: Uint8Array | number[]): string;
}

/**
 * The digest of what comes piece by piece.
 */
export class Hasher {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Nothing is hashed yet. Algorithms are named as in digests: `sha256`.
     */
    static by(algorithm: string): Hasher;
    /**
     * The digest of all pieces, such as `sha256:<hex>`.
     */
    finish(): string;
    /**
     * The next piece.
     */
    update(bytes: Uint8Array | number[]): void;
}

/**
 * A checkpoint whose record is to stand in a store.
 */
export class Seeding {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Judges the record, as a verification's is judged.
     */
    judge(key: string, stored?: string | null, floor?: string | null): string | undefined;
    /**
     * The record to settle, as JSON.
     */
    records(): string;
    /**
     * The record stands as it was judged last.
     */
    settled(key: string): void;
}

/**
 * What the operator pinned. Built once, used by many verifiers.
 */
export class TrustRoot {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * What is in it, as JSON.
     */
    describe(): string;
    /**
     * From the bytes of a `trusted_root.json`, and what the operator states beside it:
     * `{"origins"?: {"<baseUrl>": ["…"]}}`.
     */
    static fromJson(bytes: Uint8Array | number[], options: string): TrustRoot;
    /**
     * From PEM texts: `{"fulcio", "rekor": [{"pem", "origin"}], "ctfe", "tsa"?}`.
     */
    static fromPem(options: string): TrustRoot;
}

/**
 * The outcome of one verification, locked until its records are settled.
 */
export class Verification {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Judges a record against the store's text and this process's floor; gives the text to swap in.
     */
    judge(key: string, stored?: string | null, floor?: string | null): string | undefined;
    /**
     * Verifies the proof of the pair asked last: its hashes, one after the other.
     */
    prove(proof: Uint8Array | number[]): void;
    /**
     * The records to settle, as JSON; undefined after a refusal.
     */
    records(): string | undefined;
    /**
     * The refusal, as JSON; undefined if there is none so far.
     */
    refusal(): string | undefined;
    /**
     * Ends the verification with a failure of the state store, by its code; unknown codes are internal errors.
     */
    refuseState(code: string, found: string): void;
    /**
     * What was proven, as JSON in one line; a catalogue's definitions in a second. The object is freed.
     */
    release(): string;
    /**
     * The report so far, as JSON.
     */
    report(): string;
    /**
     * A record stands as it was judged last.
     */
    settled(key: string): void;
    /**
     * A pair of signed trees that must be proven to be one history before a record can be judged against these texts, as
     * JSON; undefined if there is none.
     */
    unproven(key: string, stored?: string | null, floor?: string | null): string | undefined;
    /**
     * The source gave no proof of the pair asked last.
     */
    unreachable(reason: string): void;
}

/**
 * A policy and what it is held against.
 */
export class Verifier {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Pinned keys with a pinned trust root: log evidence counts.
     */
    static keyedWithTrustRoot(policy: string, trust_root: TrustRoot): Verifier;
    /**
     * Pinned keys; only signatures are claimed.
     */
    static keyed(policy: string): Verifier;
    /**
     * Pinned identity, pinned trust root.
     */
    static keyless(trust_root: TrustRoot, policy: string): Verifier;
    /**
     * Verifies. A refusal is in the outcome's report, never thrown.
     */
    verify(request: string, evidence: Uint8Array | number[], artifact: Uint8Array | number[]): Verification;
}

export function __wbg_reset_state(): void;

/**
 * Name and digest of a definition that a server offers, as JSON. Kinds are named as in `DefinitionKind`.
 */
export function definitionDigest(kind: string, definition: Uint8Array | number[]): string;

/**
 * A stored record and the key that it belongs under, as JSON.
 */
export function describeRecord(text: string): string;

/**
 * What a bundle states, nothing of it verified, as JSON.
 */
export function inspectBundle(bytes: Uint8Array | number[]): string;

/**
 * How many pages of 64 KiB the core's memory has. They never become fewer: only a new instance has less.
 */
export function memoryPages(): number;

/**
 * The tiles that a consistency proof needs, as JSON: `[[level, index, width], …]`, indexes as texts. Sizes are decimal.
 */
export function neededTiles(older: string, newer: string): string;

/**
 * The proof out of these tiles, as JSON: `{"hashes": [base64…], "genuine": boolean}`.
 */
export function proofFromTiles(older: string, newer: string, newer_root: string, tiles: Uint8Array | number[]): string;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_audit_free: (a: number, b: number) => void;
    readonly __wbg_hasher_free: (a: number, b: number) => void;
    readonly __wbg_seeding_free: (a: number, b: number) => void;
    readonly __wbg_trustroot_free: (a: number, b: number) => void;
    readonly __wbg_verification_free: (a: number, b: number) => void;
    readonly __wbg_verifier_free: (a: number, b: number) => void;
    readonly audit_checkFork: (a: number, b: number, c: number, d: number) => void;
    readonly audit_ofKey: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly audit_ofTrustRoot: (a: number) => number;
    readonly audit_open: (a: number, b: number, c: number, d: number) => void;
    readonly audit_seed: (a: number, b: number, c: number, d: number) => void;
    readonly audit_verifyConsistency: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => void;
    readonly definitionDigest: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly describeRecord: (a: number, b: number, c: number) => void;
    readonly hasher_by: (a: number, b: number, c: number) => void;
    readonly hasher_finish: (a: number, b: number) => void;
    readonly hasher_update: (a: number, b: number, c: number) => void;
    readonly inspectBundle: (a: number, b: number, c: number) => void;
    readonly memoryPages: () => number;
    readonly neededTiles: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly proofFromTiles: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => void;
    readonly seeding_judge: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => void;
    readonly seeding_records: (a: number, b: number) => void;
    readonly seeding_settled: (a: number, b: number, c: number, d: number) => void;
    readonly trustroot_describe: (a: number, b: number) => void;
    readonly trustroot_fromJson: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly trustroot_fromPem: (a: number, b: number, c: number) => void;
    readonly verification_judge: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => void;
    readonly verification_prove: (a: number, b: number, c: number, d: number) => void;
    readonly verification_records: (a: number, b: number) => void;
    readonly verification_refusal: (a: number, b: number) => void;
    readonly verification_refuseState: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly verification_release: (a: number, b: number) => void;
    readonly verification_report: (a: number, b: number) => void;
    readonly verification_settled: (a: number, b: number, c: number) => void;
    readonly verification_unproven: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => void;
    readonly verification_unreachable: (a: number, b: number, c: number, d: number) => void;
    readonly verifier_keyed: (a: number, b: number, c: number) => void;
    readonly verifier_keyedWithTrustRoot: (a: number, b: number, c: number, d: number) => void;
    readonly verifier_keyless: (a: number, b: number, c: number, d: number) => void;
    readonly verifier_verify: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => number;
    readonly ring_core_0_17_14__bn_mul_mont: (a: number, b: number, c: number, d: number, e: number, f: number) => void;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_add_to_stack_pointer: (a: number) => number;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
