//! ECDSA (FIPS 186-5 section 6.4) with DER signatures. P-256 and P-384 use the fast arithmetic of `inkan-ecdsa`, P-521
//! uses a small one.

use inkan_p521_ed25519_rsa::p521;

use super::p256_p384::P256OrP384Key;
use super::{HashAlgorithm, Message, invalid, two_numbers};
use crate::error::{Code, Error, Result};
use crate::first;

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
    P256OrP384(P256OrP384Key),
    /// An uncompressed point on P-521.
    P521(Vec<u8>),
}

impl EcdsaKey {
    /// From an uncompressed SEC 1 point. The point must lie on the curve.
    ///
    /// # Errors
    /// `ERR_KEY_MALFORMED`.
    pub fn from_sec1(curve: Curve, point: &[u8]) -> Result<Self> {
        if curve == Curve::P521 {
            first::require_whole()?;
        }
        let key = match curve {
            Curve::P521 => p521::is_point(point).then(|| Point::P521(point.to_vec())),
            _ => P256OrP384Key::from_sec1(curve, point).map(Point::P256OrP384),
        };
        key.map(Self).ok_or_else(|| {
            let refusal = Error::new(Code::KeyMalformed).expected("an uncompressed point on the curve");
            match point.first() {
                Some(2 | 3) => refusal
                    .found("a compressed point")
                    .hint("Write the key again: openssl ec -pubin -in key.pem -pubout -conv_form uncompressed."),
                Some(6 | 7) => refusal.found("a point in hybrid form"),
                Some(0) => refusal.found("the point at infinity"),
                _ => refusal.found(format_args!("{} bytes that are no such point", point.len())),
            }
        })
    }

    /// Prepares the key for many verifications. Later ones are faster.
    pub fn prepare(&mut self) {
        if let Point::P256OrP384(key) = &mut self.0 {
            key.prepare();
        }
    }

    /// Verifies a DER signature (RFC 3279 section 2.2.3).
    ///
    /// # Errors
    /// `ERR_SIGNATURE_INVALID`, `ERR_ARTIFACT_DIGEST`.
    pub fn verify(&self, hash: HashAlgorithm, message: Message<'_>, signature: &[u8]) -> Result<()> {
        let point = match &self.0 {
            Point::P256OrP384(key) => return key.verify(hash, message, signature),
            Point::P521(point) => point,
        };
        first::require_whole()?;
        let digest = message.digest(hash)?;
        let (r, s) = two_numbers(signature)?;
        if p521::verify(point, digest.as_bytes(), r, s) { Ok(()) } else { Err(invalid()) }
    }
}
