//! The binary form of a bundle, decoded by prost. The only importer of prost.
//!
//! The messages are those of protobuf-specs, as far as a bundle reaches; the members of a oneof stand side by
//! side as optional fields, which is the same on the wire, so that two of them can be seen and refused.

use prost::Message;

use super::schema;
use super::wire::{Fields, Payload};
use super::{Version, scan};
use crate::error::{Code, Error, Result};

/// Decodes a binary bundle whose form is that of the schema. Its rules are not judged here.
///
/// # Errors
/// `ERR_BUNDLE_MEDIA_TYPE`, before anything else is read, since another version may have other fields;
/// `ERR_BUNDLE_PROTOBUF`, `ERR_BUNDLE_UNKNOWN_FIELD`, `ERR_INPUT_TOO_LARGE`.
pub(super) fn decode(bytes: &[u8]) -> Result<Bundle> {
    let root = super::root();
    let mut fields = Fields::new(bytes, &root);
    let mut media_type = "";
    while let Some((number, payload)) = fields.next()? {
        if let (1, Payload::Bytes(text)) = (number, payload) {
            media_type = std::str::from_utf8(text).unwrap_or_default();
        }
    }
    Version::from_media_type(media_type)?;
    scan::check_message(bytes, schema::BUNDLE, &root)?;
    Bundle::decode(bytes).map_err(|_| Error::new(Code::BundleProtobuf).expected("a protobuf message"))
}

/// `dev.sigstore.bundle.v1.Bundle`
#[derive(Clone, PartialEq, Message)]
pub(super) struct Bundle {
    #[prost(string, tag = "1")]
    pub(super) media_type: String,
    #[prost(message, optional, tag = "2")]
    pub(super) verification_material: Option<VerificationMaterial>,
    #[prost(message, optional, tag = "3")]
    pub(super) message_signature: Option<MessageSignature>,
    #[prost(message, optional, tag = "4")]
    pub(super) dsse_envelope: Option<Envelope>,
}

/// `dev.sigstore.bundle.v1.VerificationMaterial`
#[derive(Clone, PartialEq, Message)]
pub(super) struct VerificationMaterial {
    #[prost(message, optional, tag = "1")]
    pub(super) public_key: Option<PublicKeyIdentifier>,
    #[prost(message, optional, tag = "2")]
    pub(super) x509_certificate_chain: Option<X509CertificateChain>,
    #[prost(message, repeated, tag = "3")]
    pub(super) tlog_entries: Vec<TransparencyLogEntry>,
    #[prost(message, optional, tag = "4")]
    pub(super) timestamp_verification_data: Option<TimestampVerificationData>,
    #[prost(message, optional, tag = "5")]
    pub(super) certificate: Option<X509Certificate>,
}

/// `dev.sigstore.common.v1.PublicKeyIdentifier`
#[derive(Clone, PartialEq, Message)]
pub(super) struct PublicKeyIdentifier {
    #[prost(string, tag = "1")]
    pub(super) hint: String,
}

/// `dev.sigstore.common.v1.X509CertificateChain`
#[derive(Clone, PartialEq, Message)]
pub(super) struct X509CertificateChain {
    #[prost(message, repeated, tag = "1")]
    pub(super) certificates: Vec<X509Certificate>,
}

/// `dev.sigstore.common.v1.X509Certificate`
#[derive(Clone, PartialEq, Message)]
pub(super) struct X509Certificate {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) raw_bytes: Vec<u8>,
}

/// `dev.sigstore.bundle.v1.TimestampVerificationData`
#[derive(Clone, PartialEq, Message)]
pub(super) struct TimestampVerificationData {
    #[prost(message, repeated, tag = "1")]
    pub(super) rfc3161_timestamps: Vec<Rfc3161SignedTimestamp>,
}

/// `dev.sigstore.common.v1.RFC3161SignedTimestamp`
#[derive(Clone, PartialEq, Message)]
pub(super) struct Rfc3161SignedTimestamp {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) signed_timestamp: Vec<u8>,
}

/// `dev.sigstore.rekor.v1.TransparencyLogEntry`
#[derive(Clone, PartialEq, Message)]
pub(super) struct TransparencyLogEntry {
    #[prost(int64, tag = "1")]
    pub(super) log_index: i64,
    #[prost(message, optional, tag = "2")]
    pub(super) log_id: Option<LogId>,
    #[prost(message, optional, tag = "3")]
    pub(super) kind_version: Option<KindVersion>,
    #[prost(int64, tag = "4")]
    pub(super) integrated_time: i64,
    #[prost(message, optional, tag = "5")]
    pub(super) inclusion_promise: Option<InclusionPromise>,
    #[prost(message, optional, tag = "6")]
    pub(super) inclusion_proof: Option<InclusionProof>,
    #[prost(bytes = "vec", tag = "7")]
    pub(super) canonicalized_body: Vec<u8>,
}

/// `dev.sigstore.common.v1.LogId`
#[derive(Clone, PartialEq, Message)]
pub(super) struct LogId {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) key_id: Vec<u8>,
}

/// `dev.sigstore.rekor.v1.KindVersion`
#[derive(Clone, PartialEq, Message)]
pub(super) struct KindVersion {
    #[prost(string, tag = "1")]
    pub(super) kind: String,
    #[prost(string, tag = "2")]
    pub(super) version: String,
}

/// `dev.sigstore.rekor.v1.InclusionPromise`
#[derive(Clone, PartialEq, Message)]
pub(super) struct InclusionPromise {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) signed_entry_timestamp: Vec<u8>,
}

/// `dev.sigstore.rekor.v1.InclusionProof`
#[derive(Clone, PartialEq, Message)]
pub(super) struct InclusionProof {
    #[prost(int64, tag = "1")]
    pub(super) log_index: i64,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) root_hash: Vec<u8>,
    #[prost(int64, tag = "3")]
    pub(super) tree_size: i64,
    #[prost(bytes = "vec", repeated, tag = "4")]
    pub(super) hashes: Vec<Vec<u8>>,
    #[prost(message, optional, tag = "5")]
    pub(super) checkpoint: Option<Checkpoint>,
}

/// `dev.sigstore.rekor.v1.Checkpoint`
#[derive(Clone, PartialEq, Message)]
pub(super) struct Checkpoint {
    #[prost(string, tag = "1")]
    pub(super) envelope: String,
}

/// `dev.sigstore.common.v1.MessageSignature`
#[derive(Clone, PartialEq, Message)]
pub(super) struct MessageSignature {
    #[prost(message, optional, tag = "1")]
    pub(super) message_digest: Option<HashOutput>,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) signature: Vec<u8>,
}

/// `dev.sigstore.common.v1.HashOutput`
#[derive(Clone, PartialEq, Message)]
pub(super) struct HashOutput {
    /// The number, since an enumeration is open on the wire.
    #[prost(int32, tag = "1")]
    pub(super) algorithm: i32,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) digest: Vec<u8>,
}

/// `io.intoto.Envelope`
#[derive(Clone, PartialEq, Message)]
pub(super) struct Envelope {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) payload: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(super) payload_type: String,
    #[prost(message, repeated, tag = "3")]
    pub(super) signatures: Vec<Signature>,
}

/// `io.intoto.Signature`
#[derive(Clone, PartialEq, Message)]
pub(super) struct Signature {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) sig: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(super) keyid: String,
}
