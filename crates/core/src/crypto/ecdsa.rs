//! ECDSA (FIPS 186-5 section 6.4) with DER signatures: P-256 and P-384 by our fast arithmetic, P-521 by our small one.

use inkan_ecdsa as fast;
use inkan_modular::p521;

use super::{HashAlgorithm, Message, invalid};
use crate::error::{Code, Error, Result};

/// A curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// NIST P-256 (secp256r1)
    P256,
    /// NIST P-384 (secp384r1)
    P384,
    /// NIST P-521 (secp521r1)
    P521,
}

/// A public key: a point on its curve.
#[derive(Debug)]
pub struct EcdsaKey(Point);

#[derive(Debug)]
enum Point {
    /// A key seen once.
    Fast(fast::PublicKey),
    /// A key known in advance, with a table built at its first use.
    Pinned(fast::PinnedKey),
    /// Uncompressed, on the curve.
    P521(Vec<u8>),
}

impl EcdsaKey {
    /// From an uncompressed SEC 1 point, which is checked to lie on the curve.
    ///
    /// # Errors
    /// `ERR_KEY_MALFORMED`.
    pub fn from_sec1(curve: Curve, point: &[u8]) -> Result<Self> {
        let malformed = || {
            Error::new(Code::KeyMalformed)
                .expected("an uncompressed point on the curve")
                .found(format!("{} bytes", point.len()))
        };
        let fast = |curve| fast::PublicKey::from_sec1(curve, point).map(Point::Fast).map_err(|_| malformed());
        match curve {
            Curve::P256 => fast(fast::Curve::P256),
            Curve::P384 => fast(fast::Curve::P384),
            Curve::P521 if p521::is_point(point) => Ok(Point::P521(point.to_vec())),
            Curve::P521 => Err(malformed()),
        }
        .map(Self)
    }

    /// The same key, prepared for many verifications.
    pub fn pin(self) -> Self {
        Self(match self.0 {
            Point::Fast(key) => Point::Pinned(fast::PinnedKey::from(key)),
            other => other,
        })
    }

    /// Verifies a DER signature (RFC 3279 section 2.2.3).
    ///
    /// # Errors
    /// `ERR_SIGNATURE_INVALID`, `ERR_ARTIFACT_DIGEST`.
    pub fn verify(&self, hash: HashAlgorithm, message: Message<'_>, signature: &[u8]) -> Result<()> {
        let digest = message.digest(hash)?;
        let digest = digest.as_bytes();
        let (r, s) = fast::parse_der_signature(signature).map_err(|_| invalid())?;
        match &self.0 {
            Point::Fast(key) => key.verify_digest(digest, r, s).map_err(|_| invalid()),
            Point::Pinned(key) => key.verify_digest(digest, r, s).map_err(|_| invalid()),
            Point::P521(key) if p521::verify(key, digest, r, s) => Ok(()),
            Point::P521(_) => Err(invalid()),
        }
    }
}
