/** The budget of sizes. They may shrink freely, and grow only if someone edits a number and states the reason. */
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { inRoot, root } from "./paths.js";

export const BUDGET_FILE = "scripts/build/size_budget.json";

interface Sizes {
  raw: number;
  gzip: number;
  brotli: number;
}

interface Budget {
  "inkan_bg.wasm": Sizes;
  "inkan_first.wasm": Sizes;
  /** The smallest page that verifies: its JavaScript and the first core. A refusal loads the whole core, too. */
  "browser page": Sizes;
  /** What `npm pack` makes. */
  tarball: { packed: number; unpacked: number };
  /** Why the numbers last grew. */
  reason: string;
}

/** Compressors differ slightly between versions of Node. */
const TOLERANCE = { raw: 0, gzip: 0.005, brotli: 0.005 };

/** The code that a page needs to verify one catalogue. */
const PAGE = `
import { IdentityPolicy, InMemoryStateStore, init, KeylessVerifier, TrustRoot } from "./ts/entry/slim.ts";
export async function verify(first, whole, root, identity, input) {
  await init(first, whole);
  const [trustRoot, identityPolicy] = [TrustRoot.fromJson(root), new IdentityPolicy(identity)];
  return new KeylessVerifier({ trustRoot, identityPolicy, stateStore: new InMemoryStateStore() }).verify(input);
}`;

function measure(bytes: Uint8Array): Sizes {
  return {
    raw: bytes.byteLength,
    gzip: gzipSync(bytes, { level: 9 }).byteLength,
    brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).byteLength,
  };
}

function measureAll(): Record<Measured, Sizes> {
  const { outputFiles } = buildSync({
    stdin: { contents: PAGE, resolveDir: root },
    bundle: true,
    format: "esm",
    minify: true,
    platform: "browser",
    write: false,
  });
  const module = (name: string): Sizes => measure(readFileSync(inRoot("pkg", name)));
  const [whole, first] = [module("inkan_bg.wasm"), module("inkan_first.wasm")];
  const page = measure(outputFiles[0]?.contents ?? new Uint8Array());
  const sum = (kind: Kind): number => first[kind] + page[kind];
  return {
    "inkan_bg.wasm": whole,
    "inkan_first.wasm": first,
    "browser page": { raw: sum("raw"), gzip: sum("gzip"), brotli: sum("brotli") },
  };
}

const readBudget = (): Budget => JSON.parse(readFileSync(inRoot(BUDGET_FILE), "utf8")) as Budget;
const MEASURED = ["inkan_bg.wasm", "inkan_first.wasm", "browser page"] as const;
const KINDS = ["raw", "gzip", "brotli"] as const;
type Measured = (typeof MEASURED)[number];
type Kind = (typeof KINDS)[number];

/** One line for each number that is exceeded. */
export function checkSize(): string[] {
  const [budget, sizes] = [readBudget(), measureAll()];
  return MEASURED.flatMap((what) =>
    KINDS.filter((kind) => sizes[what][kind] > budget[what][kind] * (1 + TOLERANCE[kind])).map(
      (kind) =>
        `${what} grew to ${sizes[what][kind]} bytes (${kind}), allowed are ${budget[what][kind]}: ` +
        `make it smaller, or write the new number and the reason into ${BUDGET_FILE}`,
    ),
  );
}

/** The same for the tarball of `npm pack`. */
export function checkPackageSize(tarball: { size: number; unpackedSize: number }): string[] {
  const { packed, unpacked } = readBudget().tarball;
  const grown = (found: number, allowed: number, what: string): string[] =>
    found <= allowed
      ? []
      : [`the tarball grew to ${found} bytes (${what}), allowed are ${allowed}: see ${BUDGET_FILE}`];
  return [...grown(tarball.size, packed, "packed"), ...grown(tarball.unpackedSize, unpacked, "unpacked")];
}

/** Lowers each number to the present size, if that is smaller. */
export function lowerBudget(): void {
  const [budget, sizes] = [readBudget(), measureAll()];
  for (const what of MEASURED) {
    for (const kind of KINDS) budget[what][kind] = Math.min(budget[what][kind], sizes[what][kind]);
  }
  writeFileSync(inRoot(BUDGET_FILE), `${JSON.stringify(budget, null, 2)}\n`);
}
