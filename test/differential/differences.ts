/**
 * The kinds of differences between the two verifiers. Each is a row of the tables of docs/differences.md, which gives
 * its reason; a difference that is of no kind fails the test.
 */
import type { Comparison } from "./campaign.js";
import { describePath, type Json, valueAt } from "./json.js";
import { AS_IT_IS, type Target } from "./mutate.js";
import type { Case } from "./seeds.js";

/** A difference, as the kinds look at it. */
interface Difference {
  readonly target: Target;
  /** Where the change is, indices left out. */
  readonly place: string;
  readonly operation: string;
  readonly seed: string;
  /** This library's code, or that of the other. */
  readonly code: string;
  readonly comparison: Comparison;
}

interface Kind {
  readonly name: string;
  readonly covers: (difference: Difference) => boolean;
}

const codes =
  (...names: string[]) =>
  ({ code }: Difference): boolean =>
    names.includes(`${code}`);
const inBundle =
  (place: RegExp) =>
  (difference: Difference): boolean =>
    difference.target === "bundle" && (place.test(difference.place) || difference.operation === AS_IT_IS);
const inRoot =
  (place: RegExp) =>
  (difference: Difference): boolean =>
    difference.target === "trustRoot" && place.test(difference.place);
const inPolicy = ({ target }: Difference): boolean => target === "policy";
const all =
  (...conditions: ((difference: Difference) => boolean)[]) =>
  (difference: Difference): boolean =>
    conditions.every((condition) => condition(difference));
const seeds =
  (...names: string[]) =>
  ({ seed, operation }: Difference): boolean =>
    operation === AS_IT_IS && names.includes(seed.slice(seed.lastIndexOf("/") + 1));

/** Where this library refuses and sigstore-js accepts. */
export const STRICTER: readonly Kind[] = [
  { name: "A JSON name twice in one object", covers: codes("ERR_JSON_DUPLICATE_KEY") },
  { name: "Members that the bundle's format does not define", covers: codes("ERR_BUNDLE_UNKNOWN_FIELD") },
  { name: "Base64 with foreign characters or stray bits", covers: codes("ERR_BASE64_MALFORMED") },
  {
    name: "Integers in another form than proto3 JSON's",
    covers: all(codes("ERR_BUNDLE_MALFORMED"), inBundle(/\.(logIndex|treeSize|integratedTime)$/)),
  },
  {
    name: "Members of another JSON type",
    covers: all(
      codes("ERR_BUNDLE_MALFORMED", "ERR_BUNDLE_MEDIA_TYPE"),
      inBundle(/./),
      ({ operation }) => operation === "wrap in an array" || operation === "wrap in an object",
    ),
  },
  {
    name: "A media type of another format",
    covers: all(codes("ERR_BUNDLE_MEDIA_TYPE", "ERR_BUNDLE_MATERIAL"), inBundle(/^mediaType$/)),
  },
  {
    name: "The stated messageDigest of another file",
    covers: all(
      codes("ERR_DIGEST_MISMATCH", "ERR_DIGEST_ALGORITHM", "ERR_BUNDLE_MALFORMED"),
      inBundle(/^messageSignature\.messageDigest/),
    ),
  },
  {
    name: "A proof's stated root, size or index against the checkpoint",
    covers: all(
      codes("ERR_CHECKPOINT_MISMATCH"),
      inBundle(/^verificationMaterial\.tlogEntries\[\]\.(logIndex|inclusionProof\.(rootHash|treeSize))$/),
    ),
  },
  { name: "A hint of another key", covers: all(codes("ERR_KEY_HINT"), inBundle(/publicKey/)) },
  {
    name: "A log's promise without its proof",
    covers: all(codes("ERR_INCLUSION_PROOF_MISSING"), inBundle(/inclusionProof/)),
  },
  {
    name: "A Rekor v1 entry without the log's promise",
    covers: all(codes("ERR_SET_MISSING"), inBundle(/inclusionPromise/)),
  },
  {
    name: "A DSSE envelope about another artifact",
    covers: all(codes("ERR_STATEMENT_SUBJECT"), ({ target, place }) => target === "artifact" || place === ""),
  },
  {
    name: "A checkpoint that is no well-formed signed note",
    covers: all(
      codes("ERR_CHECKPOINT_MALFORMED", "ERR_CHECKPOINT_UNSIGNED", "ERR_CHECKPOINT_SIGNATURE"),
      inBundle(/checkpoint\.envelope$/),
    ),
  },
  {
    name: "A checkpoint of another origin",
    covers: all(codes("ERR_CHECKPOINT_ORIGIN"), inRoot(/^tlogs\[\]\.baseUrl$/)),
  },
  {
    name: "A Rekor v2 log's key outside its window",
    covers: all(
      codes("ERR_LOG_KEY_VALIDITY"),
      (difference) => inRoot(/^tlogs\[\]\.publicKey(\.|$)/)(difference) || difference.operation === AS_IT_IS,
    ),
  },
  {
    name: "A log's key or hash that the trust root does not describe rightly",
    covers: all(
      codes("ERR_LOG_UNTRUSTED", "ERR_SCT_UNTRUSTED", "ERR_TRUST_ROOT_INCOMPLETE"),
      inRoot(/^(ct|t)logs\[\]\.(hashAlgorithm|publicKey\.(keyDetails|rawBytes))$/),
    ),
  },
  {
    name: "A trust root in another form than its format's",
    covers: all(codes("ERR_TRUST_ROOT_MALFORMED"), inRoot(/^/)),
  },
  {
    name: "Malformed or misplaced certificates in the trust root",
    covers: all(
      codes(
        "ERR_CERTIFICATE_MALFORMED",
        "ERR_CHAIN_ALGORITHM",
        "ERR_CHAIN_UNTRUSTED",
        "ERR_CHAIN_SIGNATURE",
        "ERR_TIMESTAMP_CERTIFICATE",
      ),
      inRoot(/^(certificate|timestamp)Authorities\[\]\.certChain\./),
    ),
  },
  {
    name: "A leaf certificate's two signature algorithms, and its DER",
    covers: all(codes("ERR_CHAIN_ALGORITHM", "ERR_CERTIFICATE_MALFORMED"), inBundle(/\.rawBytes$/)),
  },
  {
    name: "Timestamp tokens: their DER, algorithms and certificate",
    covers: all(
      codes("ERR_TIMESTAMP_MALFORMED", "ERR_TIMESTAMP_CERTIFICATE", "ERR_TIMESTAMP_SIGNATURE"),
      inBundle(/rfc3161Timestamps\[\]\.signedTimestamp$/),
    ),
  },
  { name: "A log entry's time counted as a timestamp", covers: codes("ERR_TIMESTAMP_THRESHOLD") },
  {
    name: "The pinned identity as a regular expression",
    covers: all(codes("ERR_IDENTITY_SAN", "ERR_IDENTITY_SAN_TYPE"), inPolicy),
  },
  { name: "A threshold that cannot apply", covers: all(codes("ERR_OPTION_INVALID"), inPolicy) },
];

/** Where this library accepts and sigstore-js refuses. */
export const MORE_TOLERANT: readonly Kind[] = [
  {
    name: "Names of protobuf fields",
    covers: (difference) => difference.operation === "snake case" || seeds("edge-snake-case-names")(difference),
  },
  {
    name: "Evidence by unknown logs and authorities",
    covers: (difference) =>
      seeds("edge-timestamp-plus-foreign", "edge-tlog-plus-foreign")(difference) || hasStrangers(difference),
  },
  {
    name: "One timestamp twice",
    covers: (difference) =>
      seeds("edge-timestamp-duplicated")(difference) ||
      (difference.place.endsWith("rfc3161Timestamps") && difference.operation === "first twice"),
  },
  {
    name: "Trust root members that this verification does not use",
    covers: inRoot(/^(ct|t)logs\[\]\.(hashAlgorithm|checkpointKeyId|publicKey\.(keyDetails|rawBytes))$/),
  },
  { name: "An anchor's own signature and issuer", covers: isAboutAnAnchor },
  { name: "Ed25519ph", covers: seeds("dsse-key-ed25519", "key-ed25519-tlog") },
  { name: "Pure Ed25519 over a message", covers: seeds("sg-keyless-ed25519-tsa") },
];

type Root = { [list: string]: Json | undefined };

/** Whether the bundle brings an entry or a timestamp that nobody in the trust root vouches for. */
function hasStrangers({ comparison: { given }, place, target, code }: Difference): boolean {
  if (target === "bundle") {
    if (/^(verificationMaterial(\.tlogEntries(\[\])?)?)?$/.test(place) && hasForeignEntry(given)) return true;
    const inTimestamps = /timestampVerificationData$|rfc3161Timestamps(\[\](\.signedTimestamp)?)?$/.test(place);
    return inTimestamps && (code === "TIMESTAMP_ERROR" || needsNoTimestamp(given));
  }
  // The authority was taken away, and no timestamp is required.
  const withoutAuthority = target === "trustRoot" && place.startsWith("timestampAuthorities");
  return withoutAuthority && code === "TIMESTAMP_ERROR" && needsNoTimestamp(given);
}

function hasForeignEntry(given: Case): boolean {
  const ids = (lists: Json | undefined): unknown[] =>
    Array.isArray(lists) ? lists.map((entry) => valueAt(entry, ["logId", "keyId"])) : [];
  const known = ids((JSON.parse(given.trustRoot ?? "{}") as Root).tlogs);
  return ids(valueAt(JSON.parse(given.bundle), ["verificationMaterial", "tlogEntries"])).some(
    (id) => !known.includes(id),
  );
}

const needsNoTimestamp = ({ bundle, policy }: Case): boolean =>
  (policy.thresholds?.timestamps ?? 0) === 0 && (policy.keys !== undefined || bundle.includes("inclusionPromise"));

/** The chain that a change in the trust root is in, and where in it. */
function changedCertificate({ comparison: { mutation } }: Difference): { index: number; count: number } | undefined {
  const [list, authority, chain, certificates, index] = mutation.path;
  if (mutation.target !== "trustRoot" || chain !== "certChain" || certificates !== "certificates") return undefined;
  const all = valueAt(JSON.parse(mutation.seed.trustRoot ?? "{}"), [list ?? "", authority ?? 0, chain, certificates]);
  return typeof index === "number" && Array.isArray(all) ? { index, count: all.length } : undefined;
}

function isAboutAnAnchor(difference: Difference): boolean {
  const changed = changedCertificate(difference);
  return changed !== undefined && changed.index === changed.count - 1;
}

/** The kind of a difference; undefined for one that nobody has judged yet. */
export function kindOf(comparison: Comparison): string | undefined {
  const { mutation, inkan, peer } = comparison;
  const refused = inkan.accepted ? peer : inkan;
  const difference: Difference = {
    target: mutation.target,
    place: describePath(mutation.path).replace(/\[\d+\]/g, "[]"),
    operation: mutation.operation,
    seed: mutation.seed.name,
    code: refused.accepted ? "" : refused.code,
    comparison,
  };
  return (inkan.accepted ? MORE_TOLERANT : STRICTER).find(({ covers }) => covers(difference))?.name;
}
