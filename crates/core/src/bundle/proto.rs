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
        if let (1, "", Payload::Bytes(text)) = (number, media_type, payload) {
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

#[cfg(test)]
mod tests {
    use super::super::schema::{Count, Shape};
    use super::super::wire::{write_bytes, write_varint};
    use super::*;

    /// Writes a message with every field of the schema, lists twice, and inserts `defect` at the end of the
    /// `at`-th message from the bottom up.
    fn full(message: schema::Message, at: &mut usize, defect: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for field in message {
            let times = if matches!(field.count, Count::Single) { 1 } else { 2 };
            for _ in 0..times {
                match field.shape {
                    Shape::Int64 => write_varint(field.number, u64::MAX, &mut out),
                    Shape::HashAlgorithm => write_varint(field.number, 3, &mut out),
                    Shape::Bytes => write_bytes(field.number, &[0xff, 0], &mut out),
                    Shape::Text if field.name == "mediaType" => {
                        write_bytes(field.number, b"application/vnd.dev.sigstore.bundle.v0.3+json", &mut out);
                    }
                    Shape::Text => write_bytes(field.number, "é".as_bytes(), &mut out),
                    Shape::Message(fields) => write_bytes(field.number, &full(fields, at, defect), &mut out),
                }
            }
        }
        if *at == 0 {
            out.extend_from_slice(defect);
        }
        *at = at.wrapping_sub(1);
        out
    }

    fn without_defect() -> Vec<u8> {
        let mut never = usize::MAX;
        full(schema::BUNDLE, &mut never, &[])
    }

    fn code(bytes: &[u8]) -> Option<Code> {
        decode(bytes).err().map(|error| error.code())
    }

    #[test]
    fn the_messages_are_those_of_the_schema() {
        let bytes = without_defect();
        assert_eq!(decode(&bytes).unwrap().encode_to_vec(), bytes);
    }

    #[test]
    fn what_decoders_pass_over_is_refused_in_every_message() {
        let mut messages = 0;
        for (defect, expected) in [
            (&[0x78, 1][..], Code::BundleUnknownField),
            (&[0x7a, 0], Code::BundleUnknownField),
            (&[0x79, 0, 0, 0, 0, 0, 0, 0, 0], Code::BundleUnknownField),
            (&[0x7d, 0, 0, 0, 0], Code::BundleUnknownField),
            // Field 1 as another type, and as a group.
            (&[0x09, 0, 0, 0, 0, 0, 0, 0, 0], Code::BundleProtobuf),
            (&[0x0b, 0x0c], Code::BundleProtobuf),
            (&[0x80], Code::BundleProtobuf),
        ] {
            for index in 0.. {
                let mut at = index;
                let bytes = full(schema::BUNDLE, &mut at, defect);
                if at < usize::MAX / 2 {
                    messages = index;
                    break;
                }
                assert_eq!(code(&bytes), Some(expected), "{defect:x?} in message {index}");
            }
        }
        assert!(messages > 20, "{messages}");
    }

    #[test]
    fn binary_forms_that_have_no_json() {
        let bundle = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = without_defect();
            change(&mut bytes);
            decode(&bytes).err().map(|error| (error.code(), error.subject().unwrap_or_default().to_owned()))
        };
        let twice = |number| bundle(&|bytes| write_bytes(number, &[], bytes)).unwrap();
        assert_eq!(twice(1), (Code::BundleProtobuf, "mediaType".to_owned()));
        assert_eq!(twice(2), (Code::BundleProtobuf, "verificationMaterial".to_owned()));
        let digest = |value: u64| {
            let (mut hash, mut message) = (Vec::new(), Vec::new());
            write_varint(1, value, &mut hash);
            write_bytes(1, &hash, &mut message);
            let mut bytes = Vec::new();
            write_bytes(1, b"application/vnd.dev.sigstore.bundle.v0.3+json", &mut bytes);
            write_bytes(3, &message, &mut bytes);
            code(&bytes)
        };
        assert_eq!(digest(1), None);
        assert_eq!(digest(1 << 31), Some(Code::BundleProtobuf));
        assert_eq!(digest(u64::MAX), Some(Code::BundleProtobuf));
        let mut text = Vec::new();
        write_bytes(1, b"application/vnd.dev.sigstore.bundle.v0.3+json", &mut text);
        let key = [0x12, 5, 0x0a, 3, 0x0a, 1, 0xff];
        text.extend_from_slice(&key);
        assert_eq!(code(&text), Some(Code::BundleProtobuf));
    }
}
