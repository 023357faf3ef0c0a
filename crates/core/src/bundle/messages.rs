//! The messages of a bundle as prost derives them (protobuf-specs v0.5: `sigstore_bundle.proto`, `sigstore_common.proto`,
//! `sigstore_rekor.proto`, and DSSE's `envelope.proto`).
//!
//! The members of a oneof are fields side by side. That is the same on the wire, and shows when a bundle has two of them.
//! An enumeration is its number. An absent field reads as protobuf says: as 0, or as empty.
//!
//! Decoding proves nothing about the form: prost skips unknown fields and takes the last of two. `binary.rs` refuses both
//! before.

use prost::Message;

/// `dev.sigstore.bundle.v1.Bundle`
#[derive(Message)]
#[prost(skip_debug)]
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
#[derive(Message)]
#[prost(skip_debug)]
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
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct PublicKeyIdentifier {
    #[prost(string, tag = "1")]
    pub(super) hint: String,
}

/// `dev.sigstore.common.v1.X509CertificateChain`
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct X509CertificateChain {
    #[prost(message, repeated, tag = "1")]
    pub(super) certificates: Vec<X509Certificate>,
}

/// `dev.sigstore.common.v1.X509Certificate`
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct X509Certificate {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) raw_bytes: Vec<u8>,
}

/// `dev.sigstore.bundle.v1.TimestampVerificationData`
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct TimestampVerificationData {
    #[prost(message, repeated, tag = "1")]
    pub(super) rfc3161_timestamps: Vec<Rfc3161SignedTimestamp>,
}

/// `dev.sigstore.common.v1.RFC3161SignedTimestamp`
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct Rfc3161SignedTimestamp {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) signed_timestamp: Vec<u8>,
}

/// `dev.sigstore.rekor.v1.TransparencyLogEntry`
#[derive(Message)]
#[prost(skip_debug)]
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
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct LogId {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) key_id: Vec<u8>,
}

/// `dev.sigstore.rekor.v1.KindVersion`
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct KindVersion {
    #[prost(string, tag = "1")]
    pub(super) kind: String,
    #[prost(string, tag = "2")]
    pub(super) version: String,
}

/// `dev.sigstore.rekor.v1.InclusionPromise`
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct InclusionPromise {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) signed_entry_timestamp: Vec<u8>,
}

/// `dev.sigstore.rekor.v1.InclusionProof`
#[derive(Message)]
#[prost(skip_debug)]
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
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct Checkpoint {
    #[prost(string, tag = "1")]
    pub(super) envelope: String,
}

/// `dev.sigstore.common.v1.MessageSignature`
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct MessageSignature {
    #[prost(message, optional, tag = "1")]
    pub(super) message_digest: Option<HashOutput>,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) signature: Vec<u8>,
}

/// `dev.sigstore.common.v1.HashOutput`
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct HashOutput {
    #[prost(int32, tag = "1")]
    pub(super) algorithm: i32,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) digest: Vec<u8>,
}

/// `io.intoto.Envelope`
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct Envelope {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) payload: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(super) payload_type: String,
    #[prost(message, repeated, tag = "3")]
    pub(super) signatures: Vec<Signature>,
}

/// `io.intoto.Signature`
#[derive(Message)]
#[prost(skip_debug)]
pub(super) struct Signature {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) sig: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(super) keyid: String,
}
