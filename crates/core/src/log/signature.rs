//! How logs sign checkpoints and entry timestamps (C2SP signed-note, Rekor v1). ECDSA and RSA (PKCS #1 v1.5) keys of
//! every size sign with SHA-256. Ed25519 signs the text itself. ECDSA keys on larger curves may also sign with the hash
//! that the Sigstore algorithm registry assigns to them.

use crate::crypto::{HashAlgorithm, Message, Scheme};
use crate::error::Result;
use crate::key::{KeyKind, PublicKey};

/// Checks a log's signature over `text`.
///
/// # Errors
/// `ERR_SIGNATURE_INVALID`. Callers replace it by the code of what was signed.
pub(super) fn check_log_signature(key: &PublicKey, text: &str, signature: &[u8]) -> Result<()> {
    let message = Message::Bytes(text.as_bytes());
    let default = key.default_scheme();
    match key.kind() {
        KeyKind::P384 | KeyKind::P521 => key
            .verify(Scheme::Ecdsa(HashAlgorithm::Sha256), message, signature)
            .or_else(|_| key.verify(default, message, signature)),
        KeyKind::P256 | KeyKind::Ed25519 | KeyKind::Rsa { .. } => key.verify(default, message, signature),
    }
}
