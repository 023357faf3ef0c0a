/** What is verified: real bundles of four kinds, and beside each what every peer must refuse before it is timed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../scripts/build/paths.js";

const CONFORMANCE = inRoot("test/vectors/real/conformance");
const BUNDLES = join(CONFORMANCE, "bundle-verify");

export const ARTIFACT = join(BUNDLES, "a.txt");
export const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
export const ISSUER = "https://token.actions.githubusercontent.com";

/** One kind of bundle. */
export interface Kind {
  readonly name: string;
  readonly title: string;
  readonly bundle: string;
  readonly root: string;
}

const kind = (name: string, title: string, folder: string): Kind => {
  const own = join(BUNDLES, folder, "trusted_root.json");
  const root = existsSync(own) ? own : join(CONFORMANCE, "roots/production.trusted_root.json");
  return { name, title, bundle: join(BUNDLES, folder, "bundle.sigstore.json"), root };
};

export const KINDS: readonly Kind[] = [
  kind("v1-message", "Rekor v1, message", "happy-path-v0.3"),
  kind("v1-dsse", "Rekor v1, DSSE", "happy-path-intoto-in-dsse-v3"),
  kind("v2-message", "Rekor v2, message", "rekor2-happy-path"),
  kind("v2-dsse", "Rekor v2, DSSE", "rekor2-dsse-happy-path"),
];

/** What must be refused of each kind, by the part that is altered. */
export const ALTERED = ["artifact", "identity", "signature", "inclusion proof"] as const;
export type Altered = (typeof ALTERED)[number];

/** The task of a kind with a part altered, as the job names it. */
export const altered = (name: string, part: Altered): string => `${name}/${part.replace(" ", "-")}`;

/** Writes the job, and the altered files that it names, into `folder`; returns the job's file. */
export function writeJob(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: string | Uint8Array): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const other = write("other.txt", "another artifact\n");
  const lines = KINDS.flatMap(({ name, bundle, root }) => {
    const spoilt = (part: string, spoil: (text: string) => string): string =>
      write(`${name}.${part}.json`, spoil(readFileSync(bundle, "utf8")));
    const line = (task: string, fields: { bundle?: string; artifact?: string; identity?: string } = {}): string =>
      [task, fields.bundle ?? bundle, fields.artifact ?? ARTIFACT, root, fields.identity ?? IDENTITY, ISSUER].join(
        "\t",
      );
    return [
      line(name),
      line(altered(name, "artifact"), { artifact: other }),
      line(altered(name, "identity"), { identity: `${IDENTITY}s` }),
      line(altered(name, "signature"), { bundle: spoilt("signature", spoilSignature) }),
      line(altered(name, "inclusion proof"), { bundle: spoilt("proof", spoilProof) }),
    ];
  });
  return write("job.tsv", `${lines.join("\n")}\n`);
}

/** Parts of a bundle that are altered here. */
interface Parts {
  messageSignature?: { signature: string };
  dsseEnvelope?: { signatures: { sig: string }[] };
  verificationMaterial: { tlogEntries: { inclusionProof: { hashes: string[] } }[] };
}

function spoilSignature(text: string): string {
  const bundle = JSON.parse(text) as Parts;
  const [dsse] = bundle.dsseEnvelope?.signatures ?? [];
  if (bundle.messageSignature !== undefined)
    bundle.messageSignature.signature = flip(bundle.messageSignature.signature);
  if (dsse !== undefined) dsse.sig = flip(dsse.sig);
  return JSON.stringify(bundle);
}

function spoilProof(text: string): string {
  const bundle = JSON.parse(text) as Parts;
  const proof = bundle.verificationMaterial.tlogEntries[0]?.inclusionProof;
  if (proof === undefined) throw new Error("a bundle without an inclusion proof cannot be altered there");
  proof.hashes = proof.hashes.map((hash, index) => (index === 0 ? flip(hash) : hash));
  return JSON.stringify(bundle);
}

/** Flips a bit in the last byte: the encoding stays as it was. */
function flip(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  return bytes.toString("base64");
}
