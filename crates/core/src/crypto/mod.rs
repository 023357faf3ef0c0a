//! Hashes and signatures. Only this folder imports ring and the curve crates.
//!
//! A signature is verified under a [`Scheme`], which names the whole algorithm with its hash. [`crate::key`] decides
//! which schemes a key may be used with. The signature and its container never decide it.

mod digest;
mod ecdsa;
#[cfg_attr(feature = "ring-ecdsa", path = "p256_p384_ring.rs")]
mod p256_p384;
mod ed25519;
mod rsa;

pub use digest::{Digest, HashAlgorithm, Hashed, Hasher, sha256, sha256_parts};
pub use ecdsa::{Curve, EcdsaKey};
pub use ed25519::{check_ed25519_key, verify_ed25519, verify_ed25519ph};
pub use rsa::{check_rsa_key, verify_rsa_pkcs1, verify_rsa_pss};

use std::borrow::Cow;

use crate::encoding::der::{Reader, tag};
use crate::error::{Code, Error, Result};

/// A whole signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// ECDSA with a DER signature (RFC 3279), over the curve of the key.
    Ecdsa(HashAlgorithm),
    /// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2).
    RsaPkcs1(HashAlgorithm),
    /// RSASSA-PSS (RFC 8017 section 8.1), MGF1 and salt by the same hash.
    RsaPss(HashAlgorithm),
    /// Ed25519 (RFC 8032 section 5.1).
    Ed25519,
    /// Ed25519ph (RFC 8032 section 5.1), prehashed with SHA-512, empty context.
    Ed25519ph,
}

impl Scheme {
    /// The hash that is applied to the message first. `None` for Ed25519, which signs the message itself.
    pub fn hash(self) -> Option<HashAlgorithm> {
        match self {
            Self::Ecdsa(hash) | Self::RsaPkcs1(hash) | Self::RsaPss(hash) => Some(hash),
            Self::Ed25519ph => Some(HashAlgorithm::Sha512),
            Self::Ed25519 => None,
        }
    }
}

/// What was signed: the bytes, or only their digest.
#[derive(Debug, Clone, Copy)]
pub enum Message<'a> {
    /// The whole message.
    Bytes(&'a [u8]),
    /// The whole message. Each of its digests is computed once.
    Hashed(&'a Hashed<'a>),
    /// Its digest. Only schemes with the same hash can use it.
    Digest(&'a Digest),
}

impl Message<'_> {
    /// The digest by `algorithm`, computed from the bytes. If only a digest is given, it must be by that algorithm.
    ///
    /// # Errors
    /// `ERR_ARTIFACT_DIGEST` if only a digest by another algorithm is given.
    pub fn digest(&self, algorithm: HashAlgorithm) -> Result<Cow<'_, Digest>> {
        match self {
            Self::Bytes(bytes) => Ok(Cow::Owned(algorithm.digest(bytes))),
            Self::Hashed(hashed) => Ok(Cow::Borrowed(hashed.digest(algorithm))),
            Self::Digest(digest) if digest.algorithm() == algorithm => Ok(Cow::Borrowed(digest)),
            Self::Digest(digest) => Err(Error::new(Code::ArtifactDigest)
                .expected(format_args!("the artifact, or its {} digest", algorithm.name()))
                .found(format_args!("a {} digest", digest.algorithm().name()))),
        }
    }

    /// The message itself, for schemes without a hash.
    ///
    /// # Errors
    /// `ERR_ARTIFACT_DIGEST` if only a digest is given.
    pub fn bytes(&self) -> Result<&[u8]> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Hashed(hashed) => Ok(hashed.bytes()),
            Self::Digest(_) => Err(Error::new(Code::ArtifactDigest)
                .expected("the artifact itself: Ed25519 signs whole messages")
                .found("a digest")),
        }
    }
}

/// The name of the algorithm whose signatures look like `signature`, if its form allows to tell.
pub fn signature_form(signature: &[u8]) -> Option<&'static str> {
    match (two_numbers(signature), signature.len()) {
        (Ok((r, s)), _) => Some(match r.len().max(s.len()) {
            ..=32 => "ECDSA (P-256)",
            33..=48 => "ECDSA (P-384)",
            _ => "ECDSA (P-521)",
        }),
        (Err(_), 64) => Some("Ed25519"),
        (Err(_), 256 | 384 | 512) => Some("RSA"),
        _ => None,
    }
}

/// The hint about a key under which signatures prove nothing.
const WEAK_KEY: &str = "Anybody can sign under such a key: do not pin it, and get the right key from its owner.";

fn invalid() -> Error {
    Error::new(Code::SignatureInvalid)
}

/// The two integers of a sequence. ECDSA signatures (RFC 3279 section 2.2.3) and `RSAPublicKey` (RFC 8017 appendix
/// A.1.1) have this form.
fn two_numbers(der: &[u8]) -> Result<(&[u8], &[u8])> {
    let pair = Reader::new(der).finish(|r| r.nested(tag::SEQUENCE, |r| Ok((r.unsigned()?, r.unsigned()?))));
    pair.map_err(|_| invalid())
}
