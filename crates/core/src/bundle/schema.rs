//! The fields of a bundle (protobuf-specs v0.5: `sigstore_bundle.proto`, `sigstore_common.proto`,
//! `sigstore_rekor.proto`, and DSSE's `envelope.proto`). Both readers use this table, so JSON and protobuf have the
//! same known fields, repeated fields and bounds.

use crate::error::listed;
use crate::limits;

/// The fields that one message may have.
pub(super) type Fields = &'static [Field];

/// A number of fields that no message exceeds.
pub(super) const MOST_FIELDS: usize = 8;

/// One field of a message.
pub(super) struct Field {
    /// Its number on the wire.
    pub(super) number: u32,
    /// Its name in JSON, and in messages to people.
    pub(super) name: &'static str,
    /// Its name in the `.proto` file, which JSON may use as well.
    pub(super) proto_name: &'static str,
    /// What it holds.
    pub(super) shape: Shape,
    /// How often it may occur.
    pub(super) count: Count,
}

impl Field {
    /// Whether this is the name of the field, in either form.
    pub(super) fn is_named(&self, key: &str) -> bool {
        self.name == key || self.proto_name == key
    }
}

/// The names of the fields, for messages.
pub(super) fn names(fields: Fields) -> String {
    listed(fields.iter().map(|field| field.name))
}

/// What a field holds.
pub(super) enum Shape {
    /// An int64.
    Int64,
    /// The value of an enumeration. A name that is not in [`HASH_ALGORITHMS`] is refused as an unknown digest
    /// algorithm.
    HashAlgorithm,
    /// Bytes.
    Bytes,
    /// A string.
    Text,
    /// A message.
    Message(Fields),
}

/// How often a field may occur.
#[derive(Clone, Copy)]
pub(super) enum Count {
    /// At most once.
    Single,
    /// Any number of times up to this bound.
    Repeated(usize),
}

/// The names of `HashAlgorithm` in protobuf-specs, including those of algorithms that are not accepted here.
pub(super) const HASH_ALGORITHMS: &[(&str, i32)] = &[
    ("HASH_ALGORITHM_UNSPECIFIED", 0),
    ("SHA2_256", 1),
    ("SHA2_384", 2),
    ("SHA2_512", 3),
    ("SHA3_256", 4),
    ("SHA3_384", 5),
];

const fn single(number: u32, name: &'static str, proto_name: &'static str, shape: Shape) -> Field {
    Field { number, name, proto_name, shape, count: Count::Single }
}

const fn repeated(number: u32, name: &'static str, proto_name: &'static str, shape: Shape, most: usize) -> Field {
    Field { number, name, proto_name, shape, count: Count::Repeated(most) }
}

/// `dev.sigstore.bundle.v1.Bundle`
pub(super) const BUNDLE: Fields = &[
    single(1, "mediaType", "media_type", Shape::Text),
    single(2, "verificationMaterial", "verification_material", Shape::Message(VERIFICATION_MATERIAL)),
    single(3, "messageSignature", "message_signature", Shape::Message(MESSAGE_SIGNATURE)),
    single(4, "dsseEnvelope", "dsse_envelope", Shape::Message(ENVELOPE)),
];

const VERIFICATION_MATERIAL: Fields = &[
    single(1, "publicKey", "public_key", Shape::Message(PUBLIC_KEY_IDENTIFIER)),
    single(2, "x509CertificateChain", "x509_certificate_chain", Shape::Message(X509_CERTIFICATE_CHAIN)),
    repeated(3, "tlogEntries", "tlog_entries", Shape::Message(TRANSPARENCY_LOG_ENTRY), limits::LOG_ENTRIES),
    single(4, "timestampVerificationData", "timestamp_verification_data", Shape::Message(TIMESTAMP_VERIFICATION_DATA)),
    single(5, "certificate", "certificate", Shape::Message(X509_CERTIFICATE)),
];

const PUBLIC_KEY_IDENTIFIER: Fields = &[single(1, "hint", "hint", Shape::Text)];

const X509_CERTIFICATE_CHAIN: Fields =
    &[repeated(1, "certificates", "certificates", Shape::Message(X509_CERTIFICATE), limits::BUNDLE_CERTIFICATES)];

const X509_CERTIFICATE: Fields = &[single(1, "rawBytes", "raw_bytes", Shape::Bytes)];

const TIMESTAMP_VERIFICATION_DATA: Fields = &[repeated(
    1,
    "rfc3161Timestamps",
    "rfc3161_timestamps",
    Shape::Message(RFC3161_SIGNED_TIMESTAMP),
    limits::TIMESTAMPS,
)];

const RFC3161_SIGNED_TIMESTAMP: Fields = &[single(1, "signedTimestamp", "signed_timestamp", Shape::Bytes)];

const TRANSPARENCY_LOG_ENTRY: Fields = &[
    single(1, "logIndex", "log_index", Shape::Int64),
    single(2, "logId", "log_id", Shape::Message(LOG_ID)),
    single(3, "kindVersion", "kind_version", Shape::Message(KIND_VERSION)),
    single(4, "integratedTime", "integrated_time", Shape::Int64),
    single(5, "inclusionPromise", "inclusion_promise", Shape::Message(INCLUSION_PROMISE)),
    single(6, "inclusionProof", "inclusion_proof", Shape::Message(INCLUSION_PROOF)),
    single(7, "canonicalizedBody", "canonicalized_body", Shape::Bytes),
];

const LOG_ID: Fields = &[single(1, "keyId", "key_id", Shape::Bytes)];

const KIND_VERSION: Fields = &[single(1, "kind", "kind", Shape::Text), single(2, "version", "version", Shape::Text)];

const INCLUSION_PROMISE: Fields = &[single(1, "signedEntryTimestamp", "signed_entry_timestamp", Shape::Bytes)];

const INCLUSION_PROOF: Fields = &[
    single(1, "logIndex", "log_index", Shape::Int64),
    single(2, "rootHash", "root_hash", Shape::Bytes),
    single(3, "treeSize", "tree_size", Shape::Int64),
    repeated(4, "hashes", "hashes", Shape::Bytes, limits::PROOF_HASHES),
    single(5, "checkpoint", "checkpoint", Shape::Message(CHECKPOINT)),
];

const CHECKPOINT: Fields = &[single(1, "envelope", "envelope", Shape::Text)];

const MESSAGE_SIGNATURE: Fields = &[
    single(1, "messageDigest", "message_digest", Shape::Message(HASH_OUTPUT)),
    single(2, "signature", "signature", Shape::Bytes),
];

const HASH_OUTPUT: Fields =
    &[single(1, "algorithm", "algorithm", Shape::HashAlgorithm), single(2, "digest", "digest", Shape::Bytes)];

// DSSE's own `.proto` file has names in camel case, so there is no second form.
const ENVELOPE: Fields = &[
    single(1, "payload", "payload", Shape::Bytes),
    single(2, "payloadType", "payloadType", Shape::Text),
    repeated(3, "signatures", "signatures", Shape::Message(SIGNATURE), limits::ENVELOPE_SIGNATURES),
];

const SIGNATURE: Fields = &[single(1, "sig", "sig", Shape::Bytes), single(2, "keyid", "keyid", Shape::Text)];
