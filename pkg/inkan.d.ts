/* tslint:disable */
/* eslint-disable */

/**
 * Computes a digest from bytes that come in pieces.
 */
export class Hasher {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * A hasher without any bytes yet. Algorithms are named as in digests: `sha256`.
     */
    static by(algorithm: string): Hasher;
    /**
     * The digest of all pieces, such as `sha256:<hex>`.
     */
    finish(): string;
    /**
     * Adds a piece.
     */
    update(bytes: Uint8Array | number[]): void;
}

/**
 * Verifies what logs signed, without a bundle.
 */
export class LogVerifier {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Verifies a fork document. Returns its two trees, as JSON.
     */
    checkFork(document: Uint8Array | number[]): string;
    /**
     * For one log, by its key. Without an origin, every origin that the key signed is accepted.
     */
    static ofKey(pem: string, origin?: string | null): LogVerifier;
    /**
     * For the logs of a trust root.
     */
    static ofTrustRoot(trust_root: TrustRoot): LogVerifier;
    /**
     * What a checkpoint says, as JSON.
     */
    open(note: string): string;
    /**
     * A checkpoint to store.
     */
    seed(note: string): Seeding;
    /**
     * Proves that the smaller tree is the past of the larger one. Returns both, as JSON.
     */
    verifyConsistency(one: string, other: string, proof: Uint8Array | number[]): string;
}

/**
 * TUF metadata whose record is to stand in a store.
 */
export class RepositoryUpdate {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * From the record's text.
     */
    static fromRecord(record: string): RepositoryUpdate;
    /**
     * Judges the record against the store's text and this process's floor; gives the text to swap in.
     */
    judge(key: string, stored?: string | null, floor?: string | null): string | undefined;
    /**
     * The record to store, as JSON.
     */
    records(): string;
    /**
     * The store holds the record as it was judged last.
     */
    stored(key: string): void;
}

/**
 * A checkpoint whose record must be stored.
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
     * The record to store, as JSON.
     */
    records(): string;
    /**
     * The record is stored as it was judged last.
     */
    stored(key: string): void;
}

/**
 * The authorities and logs that the operator pinned. It is built once and used by many verifiers.
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
     * From the bytes of a `trusted_root.json`, and the origins that the operator states:
     * `{"origins"?: {"<baseUrl>": ["…"]}}`.
     */
    static fromJson(bytes: Uint8Array | number[], options: string): TrustRoot;
    /**
     * From PEM texts: `{"fulcio", "rekor": [{"pem", "origin"}], "ctfe", "tsa"?}`.
     */
    static fromPem(options: string): TrustRoot;
}

/**
 * The result of one verification. It is locked until its records are stored.
 */
export class Verification {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Judges a record by the store's text and this process's floor. Returns the text to write.
     */
    judge(key: string, stored?: string | null, floor?: string | null): string | undefined;
    /**
     * Verifies the proof of the pair that was asked last. The proof is the concatenation of its hashes.
     */
    prove(proof: Uint8Array | number[]): void;
    /**
     * The records to store, as JSON. Undefined after a refusal.
     */
    records(): string | undefined;
    /**
     * The refusal as JSON. Undefined if there is none so far.
     */
    refusal(): string | undefined;
    /**
     * Ends the verification with a failure of the state store, given by its code. Unknown codes become internal
     * errors.
     */
    refuseState(code: string, found: string): void;
    /**
     * What was proven, as JSON in one line. A catalogue's definitions follow in a second line. Frees the object.
     */
    release(): string;
    /**
     * The report so far, as JSON.
     */
    report(): string;
    /**
     * The record is stored as it was judged last.
     */
    stored(key: string): void;
    /**
     * A pair of signed trees that must be proven to be one history before a record can be judged by these texts, as
     * JSON. Undefined if there is none.
     */
    unproven(key: string, stored?: string | null, floor?: string | null): string | undefined;
    /**
     * The source gave no proof of the pair that was asked last.
     */
    unreachable(reason: string): void;
}

/**
 * A policy, with the trust root or the keys that it applies to.
 */
export class Verifier {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * With pinned keys and a trust root. Log evidence counts.
     */
    static keyedWithTrustRoot(policy: string, trust_root: TrustRoot): Verifier;
    /**
     * With pinned keys. Only the signature is claimed.
     */
    static keyed(policy: string): Verifier;
    /**
     * With a pinned identity and a trust root.
     */
    static keyless(trust_root: TrustRoot, policy: string): Verifier;
    /**
     * Verifies. A refusal is in the report of the result and is never thrown.
     */
    verify(request: string, evidence: Uint8Array | number[], artifact: Uint8Array | number[]): Verification;
}

export function __wbg_reset_state(): void;

/**
 * Name and digest of a definition that a server offers, as JSON. Kinds are named as in `DefinitionKind`.
 */
export function definitionDigest(kind: string, definition: Uint8Array | number[]): string;

/**
 * A stored record and its key, as JSON.
 */
export function describeRecord(text: string): string;

/**
 * What a bundle states, as JSON. Nothing of it is verified.
 */
export function inspectBundle(bytes: Uint8Array | number[]): string;

/**
 * The number of pages of 64 KiB in the core's memory. It never becomes smaller. Only a new instance has less.
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
    readonly __wbg_hasher_free: (a: number, b: number) => void;
    readonly __wbg_logverifier_free: (a: number, b: number) => void;
    readonly __wbg_repositoryupdate_free: (a: number, b: number) => void;
    readonly __wbg_seeding_free: (a: number, b: number) => void;
    readonly __wbg_trustroot_free: (a: number, b: number) => void;
    readonly __wbg_verification_free: (a: number, b: number) => void;
    readonly __wbg_verifier_free: (a: number, b: number) => void;
    readonly definitionDigest: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly describeRecord: (a: number, b: number, c: number) => void;
    readonly hasher_by: (a: number, b: number, c: number) => void;
    readonly hasher_finish: (a: number, b: number) => void;
    readonly hasher_update: (a: number, b: number, c: number) => void;
    readonly inspectBundle: (a: number, b: number, c: number) => void;
    readonly logverifier_checkFork: (a: number, b: number, c: number, d: number) => void;
    readonly logverifier_ofKey: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly logverifier_ofTrustRoot: (a: number) => number;
    readonly logverifier_open: (a: number, b: number, c: number, d: number) => void;
    readonly logverifier_seed: (a: number, b: number, c: number, d: number) => void;
    readonly logverifier_verifyConsistency: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => void;
    readonly memoryPages: () => number;
    readonly neededTiles: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly proofFromTiles: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => void;
    readonly repositoryupdate_fromRecord: (a: number, b: number, c: number) => void;
    readonly repositoryupdate_judge: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => void;
    readonly repositoryupdate_records: (a: number, b: number) => void;
    readonly repositoryupdate_stored: (a: number, b: number, c: number, d: number) => void;
    readonly seeding_judge: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => void;
    readonly seeding_records: (a: number, b: number) => void;
    readonly seeding_stored: (a: number, b: number, c: number, d: number) => void;
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
    readonly verification_stored: (a: number, b: number, c: number) => void;
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
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __externref_table_dealloc: (a: number) => void;
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

/** Added by build.ts. What both builds of the core import. */
export function imports(): WebAssembly.Imports;
/** Added by build.ts. Uses this instance from now on. Objects of the one before can be used no longer. */
export function install(instance: WebAssembly.Instance, module: WebAssembly.Module): void;
