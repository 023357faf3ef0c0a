/* tslint:disable */
/* eslint-disable */
export const memory: WebAssembly.Memory;
export const __wbg_trustroot_free: (a: number, b: number) => void;
export const __wbg_verification_free: (a: number, b: number) => void;
export const __wbg_verifier_free: (a: number, b: number) => void;
export const describeRecord: (a: number, b: number) => [number, number, number, number];
export const inspectBundle: (a: number, b: number) => [number, number, number, number];
export const toolDigest: (a: number, b: number) => [number, number, number, number];
export const trustroot_describe: (a: number) => [number, number];
export const trustroot_fromJson: (a: number, b: number) => [number, number, number];
export const trustroot_fromPem: (a: number, b: number) => [number, number, number];
export const verification_judge: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
export const verification_nextRecord: (a: number) => [number, number];
export const verification_refuseState: (a: number, b: number, c: number, d: number, e: number) => void;
export const verification_release: (a: number) => [number, number, number, number];
export const verification_report: (a: number) => [number, number];
export const verification_settled: (a: number) => void;
export const verifier_keyed: (a: number, b: number) => [number, number, number];
export const verifier_keyedWithTrustRoot: (a: number, b: number, c: number) => [number, number, number];
export const verifier_keyless: (a: number, b: number, c: number) => [number, number, number];
export const verifier_verify: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => number;
export const ring_core_0_17_14__bn_mul_mont: (a: number, b: number, c: number, d: number, e: number, f: number) => void;
export const __wbindgen_externrefs: WebAssembly.Table;
export const __wbindgen_malloc: (a: number, b: number) => number;
export const __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
export const __wbindgen_free: (a: number, b: number, c: number) => void;
export const __externref_table_dealloc: (a: number) => void;
export const __wbindgen_start: () => void;
