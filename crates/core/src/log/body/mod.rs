//! The canonicalized body of a log entry: what the log recorded (Rekor's entry types, rekor-v2-spec).
//!
//! Read strictly: kind and version must be those that the entry states, and a field that the type does not
//! define is refused. The body is the very leaf that was hashed, so nothing in it may be passed over.

mod object;
mod hashedrekord;
mod dsse;
mod intoto;
mod verifier;

use crate::crypto::Digest;
use crate::encoding::json;
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::log::entry::LogEntry;
use object::Object;

/// What an entry recorded. Proves nothing by itself: inclusion proves that the log recorded it, and comparison
/// with the bundle that it is about this signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryBody {
    /// What was signed.
    pub content: RecordedContent,
    /// The signatures over it, each with its signer. At least one; `hashedrekord` has exactly one.
    pub signatures: Vec<RecordedSignature>,
}

/// What was signed, as the log recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedContent {
    /// `hashedrekord`: the digest of an artifact, or of a DSSE envelope's pre-authentication encoding.
    ArtifactDigest(Digest),
    /// `dsse` and `intoto`: a DSSE envelope.
    Envelope {
        /// The digest of the payload.
        payload_hash: Digest,
        /// The digest of the envelope's JSON as it was uploaded, whose spelling is not part of a bundle.
        envelope_hash: Option<Digest>,
        /// The payload type, which only `intoto` records.
        payload_type: Option<String>,
    },
}

/// A signature, as the log recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedSignature {
    /// The signature's bytes.
    pub signature: Vec<u8>,
    /// Who signed.
    pub verifier: RecordedVerifier,
    /// The algorithm (`PublicKeyDetails` in protobuf-specs), which only Rekor v2 records.
    pub key_details: Option<String>,
}

/// Who signed, as the log recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedVerifier {
    /// A certificate, DER.
    Certificate(Vec<u8>),
    /// A public key, SubjectPublicKeyInfo in DER.
    PublicKey(Vec<u8>),
}

/// Reads the body of an entry.
///
/// # Errors
/// `ERR_ENTRY_UNSUPPORTED`, `ERR_ENTRY_MALFORMED`, `ERR_INPUT_TOO_LARGE`.
pub fn parse_body(entry: &LogEntry) -> Result<EntryBody> {
    entry.generation()?;
    let value = json::parse(&entry.body, limits::BUNDLE_BYTES).map_err(|error| match error.code() {
        Code::InputTooLarge => error,
        code => malformed("body", "canonical JSON", code.text()),
    })?;
    let body = Object::open(&value, "body", &["apiVersion", "kind", "spec"])?;
    for (field, stated) in [("kind", &entry.kind), ("apiVersion", &entry.version)] {
        let found = body.text(field)?;
        if found != stated {
            return Err(malformed(&format!("body.{field}"), &format!("{stated}, as the entry states"), found));
        }
    }
    match (entry.kind.as_str(), entry.version.as_str()) {
        ("hashedrekord", "0.0.1") => hashedrekord::parse_v001(&body),
        ("hashedrekord", _) => hashedrekord::parse_v002(&body),
        ("dsse", "0.0.1") => dsse::parse_v001(&body),
        ("dsse", _) => dsse::parse_v002(&body),
        _ => intoto::parse_v002(&body),
    }
}

fn malformed(field: &str, expected: &str, found: &str) -> Error {
    Error::new(Code::EntryMalformed).on(field).expected(expected).found(found)
}
