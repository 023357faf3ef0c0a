//! ECDSA over P-256 and P-384.

use ring::signature::{self, UnparsedPublicKey};

use super::{HashAlgorithm, Message, invalid};
use crate::error::{Code, Error, Result};

/// A curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// NIST P-256 (secp256r1)
    P256,
    /// NIST P-384 (secp384r1)
    P384,
}

/// A public key: a point on its curve.
#[derive(Debug)]
pub struct EcdsaKey {
    curve: Curve,
    point: Vec<u8>,
}

impl EcdsaKey {
    /// From an uncompressed SEC 1 point.
    ///
    /// # Errors
    /// `ERR_KEY_MALFORMED` if the point is of another length or form.
    pub fn from_sec1(curve: Curve, point: &[u8]) -> Result<Self> {
        let length = match curve {
            Curve::P256 => 65,
            Curve::P384 => 97,
        };
        if point.len() != length || point.first() != Some(&4) {
            return Err(Error::new(Code::KeyMalformed)
                .expected("an uncompressed point")
                .found(format!("{} bytes", point.len())));
        }
        Ok(Self { curve, point: point.to_vec() })
    }

    /// Verifies a DER signature (RFC 3279 section 2.2.3).
    ///
    /// # Errors
    /// `ERR_SIGNATURE_INVALID`, `ERR_ARTIFACT_DIGEST`.
    pub fn verify(&self, hash: HashAlgorithm, message: Message<'_>, signature: &[u8]) -> Result<()> {
        let algorithm = match (self.curve, hash) {
            (Curve::P256, HashAlgorithm::Sha256) => &signature::ECDSA_P256_SHA256_ASN1,
            (Curve::P256, HashAlgorithm::Sha384) => &signature::ECDSA_P256_SHA384_ASN1,
            (Curve::P384, HashAlgorithm::Sha256) => &signature::ECDSA_P384_SHA256_ASN1,
            (Curve::P384, HashAlgorithm::Sha384) => &signature::ECDSA_P384_SHA384_ASN1,
            _ => return Err(invalid()),
        };
        UnparsedPublicKey::new(algorithm, &self.point).verify(message.bytes()?, signature).map_err(|_| invalid())
    }
}
