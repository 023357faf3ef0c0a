/**
 * pkg/stamp.json: the sources that the committed files were built from. It shows a difference even if Rust is not
 * installed.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { inRoot } from "./paths.js";
import { capture } from "./process.js";

export const STAMP_FILE = "pkg/stamp.json";

interface Stamp {
  /** SHA-256 over everything that influences the bytes. */
  source: string;
  /** SHA-256 of each file that was written. */
  files: Record<string, string>;
}

const SOURCES = [
  "Cargo.toml",
  "Cargo.lock",
  "rust-toolchain.toml",
  "scripts/build/wasm.ts",
  "scripts/build/codes.ts",
  "scripts/build/limits.ts",
  "scripts/build/notices.ts",
  "crates/core/Cargo.toml",
  "crates/core/src",
  "crates/core/examples",
  "crates/ecdsa/Cargo.toml",
  "crates/ecdsa/src",
  "crates/p521_ed25519_rsa/Cargo.toml",
  "crates/p521_ed25519_rsa/src",
  "crates/wasm",
];

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Hashes the name and content of every source, whether tracked or new. Files that git ignores are left out. */
function sourceHash(): string {
  const listed = capture("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...SOURCES]);
  const names = listed.split("\0").filter((name) => name !== "" && existsSync(inRoot(name)));
  const lines = [...new Set(names)].sort().map((name) => `${sha256(readFileSync(inRoot(name)))}  ${name}\n`);
  return sha256(lines.join(""));
}

/** The stamp for these files, as the bytes of {@link STAMP_FILE}. */
export function makeStamp(files: Map<string, Uint8Array>): Uint8Array {
  const hashes = Object.fromEntries([...files].map(([name, content]) => [name, sha256(content)]));
  const stamp: Stamp = { source: sourceHash(), files: hashes };
  return Buffer.from(`${JSON.stringify(stamp, null, 2)}\n`);
}

/** One line for each difference between the stamp, the sources and the committed files. */
export function checkStamp(): string[] {
  if (!existsSync(inRoot(STAMP_FILE))) return [`${STAMP_FILE} is missing`];
  const { source, files } = JSON.parse(readFileSync(inRoot(STAMP_FILE), "utf8")) as Stamp;
  const isChanged = (name: string): boolean =>
    !existsSync(inRoot(name)) || sha256(readFileSync(inRoot(name))) !== files[name];
  return [
    ...(source === sourceHash() ? [] : [`pkg/ was built from other sources than these (${STAMP_FILE})`]),
    ...Object.keys(files)
      .filter(isChanged)
      .map((name) => `${name} is not what was built (${STAMP_FILE})`),
  ];
}
