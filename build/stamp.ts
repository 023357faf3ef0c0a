/** pkg/stamp.json: which sources the committed files were built from. Tells drift where no Rust is installed. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { inRoot } from "./paths.js";
import { capture } from "./process.js";

export const STAMP_FILE = "pkg/stamp.json";

export interface Stamp {
  /** SHA-256 over everything that decides the bytes. */
  source: string;
  /** SHA-256 of each file that was written. */
  files: Record<string, string>;
}

const SOURCES = [
  "Cargo.toml",
  "Cargo.lock",
  "rust-toolchain.toml",
  "build/wasm.ts",
  "build/codes.ts",
  "crates/core/Cargo.toml",
  "crates/core/src",
  "crates/core/examples",
  "crates/ecdsa/Cargo.toml",
  "crates/ecdsa/src",
  "crates/wasm",
];

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

/** Hashes name and content of every source, tracked or new, but not what git ignores. */
export function sourceHash(): string {
  const listed = capture("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...SOURCES]);
  const names = listed.split("\0").filter((name) => name !== "" && existsSync(inRoot(name)));
  return sha256(
    [...new Set(names)]
      .sort()
      .map((name) => `${sha256(readFileSync(inRoot(name)))}  ${name}\n`)
      .join(""),
  );
}

export function makeStamp(files: string[]): Stamp {
  return {
    source: sourceHash(),
    files: Object.fromEntries(files.map((name) => [name, sha256(readFileSync(inRoot(name)))])),
  };
}

export const stampText = (stamp: Stamp): string => `${JSON.stringify(stamp, null, 2)}\n`;
