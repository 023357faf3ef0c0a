/** A TUF repository made here, with real keys and signatures, and what a lying mirror may make of it. */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { Key, Metadata, MetaFile, Root, Signature, Snapshot, TargetFile, Targets, Timestamp } from "@tufjs/models";
import type { Served, Site } from "./log_server.js";

export const ROLES = ["root", "timestamp", "snapshot", "targets"] as const;
export type Role = (typeof ROLES)[number];

interface Pair {
  readonly key: Key;
  readonly privateKey: KeyObject;
}

function makePair(): Pair {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const hex = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
  const keyID = createHash("sha256").update(hex).digest("hex");
  const key = new Key({ keyID, keyType: "ed25519", scheme: "ed25519", keyVal: { public: hex } });
  return { key, privateKey: createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })) };
}

const IN_A_MONTH = new Date(Date.now() + 30 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
export const LONG_AGO = "2020-01-01T00:00:00Z";
const SPEC = "1.0.31";
export const TARGET = "trusted_root.json";

/** A repository whose next state is made by {@link publish}. */
export class TufRepository {
  /** What a mirror serves: path to bytes. */
  readonly files = new Map<string, Buffer>();
  readonly versions: Record<Role, number> = { root: 0, timestamp: 0, snapshot: 0, targets: 0 };
  readonly expires: Record<Role, string> = {
    root: IN_A_MONTH,
    timestamp: IN_A_MONTH,
    snapshot: IN_A_MONTH,
    targets: IN_A_MONTH,
  };
  readonly thresholds: Record<Role, number> = { root: 2, timestamp: 1, snapshot: 1, targets: 1 };
  readonly pairs: Record<Role, Pair[]> = {
    root: [makePair(), makePair(), makePair()],
    timestamp: [makePair()],
    snapshot: [makePair()],
    targets: [makePair(), makePair()],
  };
  /** The name of the target. */
  target: string = TARGET;
  /** The first version of the root. */
  readonly initialRoot: Buffer;

  constructor(readonly trustRoot: Buffer) {
    this.rotateRoot();
    this.initialRoot = this.file("1.root.json");
    this.publish(trustRoot);
  }

  file(name: string): Buffer {
    const bytes = this.files.get(name);
    if (bytes === undefined) throw new Error(`no ${name}`);
    return bytes;
  }

  /** The next version of the root, signed by the keys before and by its own. `change` makes the new keys. */
  rotateRoot(change: (pairs: Record<Role, Pair[]>) => void = () => {}): void {
    const before = [...this.pairs.root];
    change(this.pairs);
    this.versions.root += 1;
    const root = new Root({
      version: this.versions.root,
      specVersion: SPEC,
      expires: this.expires.root,
      consistentSnapshot: true,
    });
    for (const role of ROLES) {
      for (const { key } of this.pairs[role]) root.addKey(key, role);
      Object.assign(root.roles[role] ?? {}, { threshold: this.thresholds[role] });
    }
    const signers = new Set([...before, ...this.pairs.root]);
    this.files.set(`${this.versions.root}.root.json`, signed(new Metadata(root), [...signers]));
  }

  /** New keys for a role. */
  rotateKeys(...roles: Role[]): void {
    this.rotateRoot((pairs) => {
      for (const role of roles) pairs[role] = pairs[role].map(makePair);
    });
  }

  /** The next version of everything but the root, for a trust root. */
  publish(trustRoot: Buffer): void {
    const sha256 = createHash("sha256").update(trustRoot).digest("hex");
    const target = new TargetFile({ path: this.target, length: trustRoot.length, hashes: { sha256 } });
    this.versions.targets += 1;
    const targets = new Targets({ ...this.#common("targets"), targets: { [this.target]: target } });
    this.files.set(`targets/${sha256}.${this.target}`, trustRoot);
    this.signTargets(targets);
  }

  /** Signs targets, then the snapshot and timestamp over them. `signers` is how many keys sign targets. */
  signTargets(targets: Targets, signers = this.pairs.targets.length): void {
    const bytes = signed(new Metadata(targets), this.pairs.targets.slice(0, signers));
    this.files.set(`${this.versions.targets}.targets.json`, bytes);
    this.versions.snapshot += 1;
    const meta = { "targets.json": metaOf(this.versions.targets, bytes) };
    const snapshot = signed(new Metadata(new Snapshot({ ...this.#common("snapshot"), meta })), this.pairs.snapshot);
    this.files.set(`${this.versions.snapshot}.snapshot.json`, snapshot);
    this.signTimestamp(metaOf(this.versions.snapshot, snapshot));
  }

  /** The next timestamp alone, as a repository makes one each few days. */
  signTimestamp(snapshotMeta: MetaFile = this.#snapshotMeta()): void {
    this.versions.timestamp += 1;
    const timestamp = new Timestamp({ ...this.#common("timestamp"), snapshotMeta });
    this.files.set("timestamp.json", signed(new Metadata(timestamp), this.pairs.timestamp));
  }

  /** A copy of what is served now. */
  state(): Map<string, Buffer> {
    return new Map(this.files);
  }

  #snapshotMeta(): MetaFile {
    const { snapshot } = this.versions;
    return metaOf(snapshot, this.file(`${snapshot}.snapshot.json`));
  }

  #common(role: Role): { version: number; specVersion: string; expires: string } {
    return { version: this.versions[role], specVersion: SPEC, expires: this.expires[role] };
  }
}

function metaOf(version: number, bytes: Buffer): MetaFile {
  return new MetaFile({
    version,
    length: bytes.length,
    hashes: { sha256: createHash("sha256").update(bytes).digest("hex") },
  });
}

function signed(metadata: Metadata<Root | Timestamp | Snapshot | Targets>, pairs: readonly Pair[]): Buffer {
  for (const { key, privateKey } of pairs) {
    metadata.sign((data) => new Signature({ keyID: key.keyID, sig: sign(null, data, privateKey).toString("hex") }));
  }
  return Buffer.from(JSON.stringify(metadata.toJSON()));
}

/** Serves files, with others in place of some. */
export const mirrorOf =
  (files: ReadonlyMap<string, Buffer>, instead: Readonly<Record<string, Served>> = {}): Site =>
  (path) =>
    Object.hasOwn(instead, path.slice(1)) ? instead[path.slice(1)] : files.get(path.slice(1));
