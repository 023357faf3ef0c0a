/** Asks the library for a verdict on what was given. */
import {
  type ArtifactReport,
  type CatalogueReport,
  digestOf,
  IdentityPolicy,
  InMemoryStateStore,
  inspect,
  KeyedVerifier,
  KeylessVerifier,
  TrustRoot,
} from "../../../ts/index.js";
import { publicGood } from "../../../ts/trust/public_good.js";
import { bytesOf, type Given, roleOf } from "../files.js";
import { type Choices, type Judgement, Missing } from "./calls.js";
import { type Inspected, readInspected } from "./inspected.js";

/** Files above this are hashed piece by piece, and verified by their digest. */
const LARGEST_WHOLE = 64 * 1024 * 1024;

/** The verdict, and what it says about the bundle. */
export async function judge(files: readonly Given[], choices: Choices): Promise<Judgement> {
  const bundle = roleOf(files, "bundle");
  // First, because nobody is asked for the signer of a bundle that cannot be read.
  const inside = bundle === undefined ? undefined : await look(bundle);
  const report = JSON.stringify(await verdictOn(files, choices));
  const authorities = await authoritiesOf(await trustRootOf(files, choices.root));
  return inside === undefined ? { report, authorities } : { report, authorities, inside };
}

async function verdictOn(files: readonly Given[], choices: Choices): Promise<CatalogueReport | ArtifactReport> {
  const catalogue = roleOf(files, "catalogue");
  const subject = catalogue ?? roleOf(files, "file");
  if (subject === undefined) throw new Missing("Add the file that was signed.");
  const key = roleOf(files, "key");
  const bundle = roleOf(files, "bundle");
  const signature = roleOf(files, "signature");
  if (bundle === undefined && signature === undefined)
    throw new Missing("Add the bundle that was made when the file was signed.");
  if (bundle === undefined && key === undefined) {
    throw new Missing("A detached signature needs the public key of its signer. Add the key as a PEM file.");
  }
  const policy = await shared(files);
  const trustRoot = await trustRootOf(files, choices.root);
  const target =
    catalogue === undefined ? undefined : { catalogue: await bytesOf(catalogue), ...serverOf(choices.server) };
  const artifact =
    subject.blob.size > LARGEST_WHOLE ? { digest: await digestOf(subject.blob) } : { artifact: await bytesOf(subject) };
  if (key !== undefined) {
    const verifier = new KeyedVerifier({
      keys: await key.blob.text(),
      ...policy,
      ...(trustRoot === undefined ? {} : { trustRoot }),
    });
    const evidence =
      bundle === undefined ? { signature: await (signature as Given).blob.text() } : { bundle: await bytesOf(bundle) };
    return target === undefined
      ? verifier.reportArtifact({ ...artifact, ...evidence })
      : verifier.report({ ...target, ...evidence });
  }
  if (trustRoot === undefined) throw new Missing("A signature by a certificate needs a trust root. Choose one.");
  const verifier = new KeylessVerifier({ trustRoot, identityPolicy: identityOf(choices), ...policy });
  const evidence = { bundle: await bytesOf(bundle as Given) };
  return target === undefined
    ? verifier.reportArtifact({ ...artifact, ...evidence })
    : verifier.report({ ...target, ...evidence });
}

/** The page remembers nothing: each verification is the first one. */
async function shared(files: readonly Given[]) {
  const witnesses = roleOf(files, "witnesses");
  return {
    stateStore: new InMemoryStateStore(),
    ...(witnesses === undefined ? {} : { witnesses: { policy: await witnesses.blob.text(), mode: "report" as const } }),
  };
}

async function trustRootOf(files: readonly Given[], root: Choices["root"]): Promise<TrustRoot | undefined> {
  if (root === "none") return undefined;
  if (root === "public-good") return publicGood();
  const given = roleOf(files, "root");
  if (given === undefined) throw new Missing("Add the trust root's file, or choose another trust root.");
  return TrustRoot.fromJson(await bytesOf(given));
}

async function authoritiesOf(root: TrustRoot | undefined): Promise<string[]> {
  const described = await root?.describe();
  const list = Array.isArray(described?.authorities) ? (described.authorities as { subject?: unknown }[]) : [];
  return [...new Set(list.map(({ subject }) => String(subject)))];
}

function identityOf({ identity, match, issuer }: Choices): IdentityPolicy {
  if (identity === "" || issuer === "")
    throw new Missing("Say which identity and which issuer you expect of the signer.");
  return new IdentityPolicy(match === "pattern" ? { sanPattern: identity, issuer } : { san: identity, issuer });
}

const serverOf = (server: string): { server: string } | { anyServer: true } =>
  server === "" ? { anyServer: true } : { server };

/** What a bundle holds, unverified. */
export async function look(bundle: Given): Promise<Inspected> {
  return readInspected(await inspect(await bytesOf(bundle)), await bundle.blob.slice(0, 16 * 1024 * 1024).text());
}
