/** The cases over real bundles: each is compared as it is, and those that both verifiers accept are mutated. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Json } from "./json.js";

/** One verification, as texts and bytes that a mutation may change. */
export interface Case {
  readonly bundle: string;
  /** Absent: pinned keys alone are held against the signature. */
  readonly trustRoot?: string;
  readonly policy: Policy;
  readonly artifact: Uint8Array | { readonly digest: string };
}

export interface Policy {
  readonly identity?: Identity;
  readonly keys?: readonly string[];
  readonly thresholds?: Partial<Thresholds>;
}

export interface Identity {
  readonly san: string;
  readonly issuer: string;
}

export interface Thresholds {
  readonly logEntries: number;
  readonly timestamps: number;
  readonly scts: number;
}

export interface Seed extends Case {
  readonly name: string;
  /** What tells instances apart: seeds of one can lend each other values that are genuine there. */
  readonly instance: string;
}

/** What is required when the policy does not say. */
export function thresholdsOf({ policy, trustRoot }: Pick<Case, "policy" | "trustRoot">): Thresholds {
  const logEntries = trustRoot === undefined ? 0 : 1;
  return { logEntries, timestamps: 0, scts: policy.keys === undefined ? 1 : 0, ...policy.thresholds };
}

interface Part {
  readonly file?: string;
  readonly json?: Json;
  readonly digest?: string;
}

interface Vector {
  readonly bundle: Part;
  readonly trustRoot?: Part;
  readonly policy: Policy;
  readonly artifact: Part;
}

/** The vectors in `folder` and below; the files that they name are relative to `base`. */
export function readSeeds(folder: string, base: string): Seed[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => readSeed(name, JSON.parse(readFileSync(join(folder, name), "utf8")), base));
}

function readSeed(name: string, vector: Vector, base: string): Seed {
  const read = ({ file, json }: Part): Buffer =>
    file === undefined ? Buffer.from(JSON.stringify(json)) : readFileSync(resolve(base, file));
  const trustRoot = vector.trustRoot === undefined ? {} : { trustRoot: read(vector.trustRoot).toString("utf8") };
  const { digest } = vector.artifact;
  return {
    name: name.replace(/\.json$/, ""),
    instance: trustRoot.trustRoot?.slice(0, 1000) ?? "",
    bundle: read(vector.bundle).toString("utf8"),
    ...trustRoot,
    policy: vector.policy,
    artifact: digest === undefined ? read(vector.artifact) : { digest },
  };
}
