//! Ed25519 (RFC 8032).

use ring::signature::{ED25519, UnparsedPublicKey};

use super::invalid;
use crate::error::Result;

/// Verifies a pure Ed25519 signature.
///
/// # Errors
/// `ERR_SIGNATURE_INVALID`.
pub fn verify_ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> Result<()> {
    UnparsedPublicKey::new(&ED25519, key).verify(message, signature).map_err(|_| invalid())
}
