//! Sigstore bundles v0.1 to v0.3, as parsed. Proves nothing.

use crate::crypto::Digest;
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

/// Who signed, as stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerMaterial {
    /// Certificates, the leaf first. At least one.
    Certificates(Vec<Vec<u8>>),
    /// A managed key, named by a hint.
    PublicKey {
        /// Free text; cosign writes the base64 of the SHA-256 of the SubjectPublicKeyInfo.
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
    /// Its signatures, as many as there are.
    pub signatures: Vec<EnvelopeSignature>,
}

/// What was signed, as stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A signature over an artifact that is not in the bundle.
    Message {
        /// The stated digest of the artifact: a consistency check, never evidence. Absent for pure Ed25519.
        digest: Option<Digest>,
        /// The signature.
        signature: Vec<u8>,
    },
    /// An attestation.
    Envelope(Envelope),
}

/// A bundle.
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
