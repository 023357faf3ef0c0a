//! P-256 and P-384 with the arithmetic of `inkan-ecdsa`, which is made for WebAssembly.

use inkan_ecdsa as fast;

use super::{Curve, HashAlgorithm, Message, invalid};
use crate::error::Result;

/// A public key: a point on P-256 or P-384.
#[derive(Debug)]
pub(super) enum P256OrP384Key {
    /// A key that verifies few signatures.
    Plain(Box<fast::PublicKey>),
    /// A key that verifies many signatures. It builds a table after some uses.
    Prepared(Box<fast::PreparedKey>),
}

impl P256OrP384Key {
    /// From an uncompressed SEC 1 point. `None` if it is not on the curve, or if the curve is another one.
    pub(super) fn from_sec1(curve: Curve, point: &[u8]) -> Option<Self> {
        let curve = match curve {
            Curve::P256 => fast::Curve::P256,
            Curve::P384 => fast::Curve::P384,
            Curve::P521 => return None,
        };
        fast::PublicKey::from_sec1(curve, point).ok().map(Box::new).map(Self::Plain)
    }

    /// Prepares the key for many verifications.
    pub(super) fn prepare(&mut self) {
        if let Self::Plain(key) = self {
            *self = Self::Prepared(Box::new(fast::PreparedKey::from(fast::PublicKey::clone(key))));
        }
    }

    /// Verifies a DER signature.
    pub(super) fn verify(&self, hash: HashAlgorithm, message: Message<'_>, signature: &[u8]) -> Result<()> {
        let digest = message.digest(hash)?;
        let digest = digest.as_bytes();
        let (r, s) = fast::parse_der_signature(signature).map_err(|_| invalid())?;
        match self {
            Self::Plain(key) => key.verify_digest(digest, r, s),
            Self::Prepared(key) => key.verify_digest(digest, r, s),
        }
        .map_err(|_| invalid())
    }
}
