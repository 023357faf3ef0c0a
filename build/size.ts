/** The ratchet on the size of the WASM: it may shrink freely, and grows only when someone edits a number and says why. */
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { inRoot } from "./paths.js";

export const BUDGET_FILE = "build/size_budget.json";

interface Sizes {
  raw: number;
  gzip: number;
  brotli: number;
}

interface Budget {
  "inkan_bg.wasm": Sizes;
  /** What `npm pack` makes. */
  tarball: { packed: number; unpacked: number };
  /** Why the numbers last grew. */
  reason: string;
}

/** Compressors differ by a little between versions of Node. */
const TOLERANCE = { raw: 0, gzip: 0.005, brotli: 0.005 };

export function measure(wasm: Uint8Array): Sizes {
  return {
    raw: wasm.byteLength,
    gzip: gzipSync(wasm, { level: 9 }).byteLength,
    brotli: brotliCompressSync(wasm, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).byteLength,
  };
}

const readBudget = (): Budget => JSON.parse(readFileSync(inRoot(BUDGET_FILE), "utf8")) as Budget;
const KINDS = ["raw", "gzip", "brotli"] as const;

/** One line for each number that is exceeded. */
export function checkSize(wasm: Uint8Array): string[] {
  const budget = readBudget()["inkan_bg.wasm"];
  const sizes = measure(wasm);
  return KINDS.filter((kind) => sizes[kind] > budget[kind] * (1 + TOLERANCE[kind])).map(
    (kind) =>
      `inkan_bg.wasm grew to ${sizes[kind]} bytes (${kind}), allowed are ${budget[kind]}: ` +
      `make it smaller, or write the new number and the reason into ${BUDGET_FILE}`,
  );
}

/** The same for the tarball. */
export function checkPackageSize(tarball: { size: number; unpackedSize: number }): string[] {
  const { packed, unpacked } = readBudget().tarball;
  const grown = (found: number, allowed: number, what: string): string[] =>
    found <= allowed
      ? []
      : [`the tarball grew to ${found} bytes (${what}), allowed are ${allowed}: see ${BUDGET_FILE}`];
  return [...grown(tarball.size, packed, "packed"), ...grown(tarball.unpackedSize, unpacked, "unpacked")];
}

/** Lowers each number that is now undercut. */
export function lowerBudget(wasm: Uint8Array): void {
  const budget = readBudget();
  const sizes = measure(wasm);
  const lower = { ...budget["inkan_bg.wasm"] };
  for (const kind of KINDS) lower[kind] = Math.min(lower[kind], sizes[kind]);
  writeFileSync(inRoot(BUDGET_FILE), `${JSON.stringify({ ...budget, "inkan_bg.wasm": lower }, null, 2)}\n`);
}
