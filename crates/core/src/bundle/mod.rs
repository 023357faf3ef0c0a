//! Sigstore bundles v0.1 to v0.3, in JSON or binary protobuf, as parsed. Proves nothing.
//!
//! `json.rs` rewrites the JSON form in the binary form, and `binary.rs` scans a bundle that came in the binary form. Both
//! use one table of fields (`schema.rs`). prost decodes the bytes into its messages (`messages.rs`), and `assemble.rs`
//! applies the rules of the bundle's version to them. Neither knows which form a bundle had, so both forms of one bundle
//! have one verdict.

mod assemble;
mod binary;
pub mod dsse;
mod json;
mod messages;
pub mod release;
mod schema;
pub mod statement;
#[cfg(test)]
mod tests;
mod wire;

use crate::crypto::Digest;
use crate::encoding::protojson::Path;
use crate::error::{Code, Error, Result};
use crate::foreign::{self, Wanted};
use crate::limits;
use crate::log::entry::LogEntry;

/// The bundle's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// v0.1
    V01,
    /// v0.2
    V02,
    /// v0.3
    V03,
}

impl Version {
    /// The version of this media type. The whole text must match.
    ///
    /// # Errors
    /// `ERR_BUNDLE_MEDIA_TYPE`.
    fn from_media_type(media_type: &str) -> Result<Self> {
        match media_type {
            "application/vnd.dev.sigstore.bundle+json;version=0.1" => Ok(Self::V01),
            "application/vnd.dev.sigstore.bundle+json;version=0.2" => Ok(Self::V02),
            "application/vnd.dev.sigstore.bundle+json;version=0.3"
            | "application/vnd.dev.sigstore.bundle.v0.3+json" => Ok(Self::V03),
            other => Err(Error::new(Code::BundleMediaType)
                .on("mediaType")
                .expected("application/vnd.dev.sigstore.bundle.v0.3+json, or that of v0.1 or v0.2")
                .found(if other.is_empty() { "no media type" } else { other })),
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::V01 => "v0.1",
            Self::V02 => "v0.2",
            Self::V03 => "v0.3",
        })
    }
}

/// Who signed, as the bundle states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerMaterial {
    /// Certificates, the leaf first. At least one.
    Certificates(Vec<Vec<u8>>),
    /// A managed key, named by a hint.
    PublicKey {
        /// Free text. cosign writes the base64 of the SHA-256 of the SubjectPublicKeyInfo.
        hint: String,
    },
}

/// One DSSE signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeSignature {
    /// The key id, often empty.
    pub keyid: String,
    /// The signature.
    pub signature: Vec<u8>,
}

/// A DSSE envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The payload's type.
    pub payload_type: String,
    /// The payload.
    pub payload: Vec<u8>,
    /// Its signatures. There may be several, or none.
    pub signatures: Vec<EnvelopeSignature>,
}

/// The digest beside a message signature. It identifies the artifact and proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatedDigest {
    /// No digest. cosign writes none for pure Ed25519.
    Absent,
    /// A digest of the artifact. Its length fits its algorithm.
    Digest(Digest),
    /// Bytes without an algorithm. Pure Ed25519 hashes nothing beforehand, so sigstore-go writes the whole message
    /// here. It is not a digest.
    Message(Vec<u8>),
}

impl StatedDigest {
    /// The digest, if one is stated with its algorithm.
    pub fn digest(&self) -> Option<&Digest> {
        if let Self::Digest(digest) = self { Some(digest) } else { None }
    }
}

/// What was signed, as the bundle states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A signature over an artifact that is not in the bundle.
    Message {
        /// The stated digest of the artifact. It is compared with the artifact and proves nothing.
        digest: StatedDigest,
        /// The signature.
        signature: Vec<u8>,
    },
    /// An attestation.
    Envelope(Envelope),
}

/// A bundle, as parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Its version.
    pub version: Version,
    /// Who signed.
    pub signer: SignerMaterial,
    /// Log entries.
    pub entries: Vec<LogEntry>,
    /// RFC 3161 timestamp responses, DER.
    pub timestamps: Vec<Vec<u8>>,
    /// What was signed.
    pub content: Content,
}

impl Bundle {
    /// Parses a bundle in either form.
    ///
    /// # Errors
    /// `ERR_INPUT_TOO_LARGE`; the form: `ERR_JSON_…`, `ERR_BASE64_MALFORMED`, `ERR_BUNDLE_PROTOBUF`,
    /// `ERR_BUNDLE_UNKNOWN_FIELD`, `ERR_BUNDLE_LEGACY`; the rules: `ERR_BUNDLE_MEDIA_TYPE`,
    /// `ERR_BUNDLE_MALFORMED`, `ERR_BUNDLE_MATERIAL`, `ERR_DIGEST_ALGORITHM`, `ERR_SET_MISSING`,
    /// `ERR_INCLUSION_PROOF_MISSING`.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Self::read(bytes).map_err(|error| foreign::explain(error, bytes, Wanted::Bundle))
    }

    fn read(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > limits::BUNDLE_BYTES {
            return Err(root().too_many(limits::BUNDLE_BYTES, bytes.len()));
        }
        if bytes.trim_ascii().is_empty() {
            return Err(root().malformed("a Sigstore bundle", "an empty file"));
        }
        assemble::bundle(if is_text(bytes) { binary::decode(&json::to_binary(bytes)?)? } else { binary::read(bytes)? })
    }
}

/// The binary form of a bundle in JSON, for tests and for programs that store bundles. The rules of a bundle are not
/// checked.
///
/// # Errors
/// As [`Bundle::parse`] for the form.
pub fn to_binary(json: &[u8]) -> Result<Vec<u8>> {
    json::to_binary(json)
}

/// Whether the bytes are JSON, or meant to be. Every binary bundle has a byte 0x12, which is the tag of its
/// verification material. Text does not have this control character.
fn is_text(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{") || !bytes.contains(&0x12)
}

fn root() -> Path<'static> {
    Path::root("the bundle", Code::BundleMalformed)
}
