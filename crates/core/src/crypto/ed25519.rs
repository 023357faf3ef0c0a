//! Ed25519 and Ed25519ph (RFC 8032).

use inkan_modular::ed25519;
use ring::signature::{ED25519, UnparsedPublicKey};

use super::{Digest, HashAlgorithm, invalid};
use crate::error::{Code, Error, Result};

/// Refuses a key that is no point of the curve, a second spelling of one, or a point of small order, under which one
/// signature fits many messages.
///
/// # Errors
/// `ERR_KEY_MALFORMED`.
pub fn check_ed25519_key(key: &[u8; 32]) -> Result<()> {
    if ed25519::is_key(key) {
        return Ok(());
    }
    Err(Error::new(Code::KeyMalformed).expected("an Ed25519 public key").found("32 other octets"))
}

/// Verifies a pure Ed25519 signature.
///
/// # Errors
/// `ERR_SIGNATURE_INVALID`.
pub fn verify_ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> Result<()> {
    UnparsedPublicKey::new(&ED25519, key).verify(message, signature).map_err(|_| invalid())
}

/// `dom2(1, "")`: the prehash flag and an empty context (RFC 8032 section 2).
const DOM2: &[u8] = b"SigEd25519 no Ed25519 collisions\x01\x00";

/// Verifies an Ed25519ph signature over a SHA-512 digest, with an empty context (RFC 8032 section 5.1.7): the group
/// equation without cofactor, `s` below the group's order, each point in its one encoding; and a key of small order,
/// under which one signature fits many messages, is refused.
///
/// # Errors
/// `ERR_SIGNATURE_INVALID`.
pub fn verify_ed25519ph(key: &[u8], prehash: &Digest, signature: &[u8]) -> Result<()> {
    let key: &[u8; 32] = key.try_into().map_err(|_| invalid())?;
    let signature: &[u8; 64] = signature.try_into().map_err(|_| invalid())?;
    if prehash.algorithm() != HashAlgorithm::Sha512 {
        return Err(invalid());
    }
    let (r, _) = signature.split_at(32);
    let challenge = HashAlgorithm::Sha512.digest_parts(&[DOM2, r, key, prehash.as_bytes()]);
    let challenge: &[u8; 64] = challenge.as_bytes().try_into().map_err(|_| invalid())?;
    if ed25519::verify(key, signature, challenge) { Ok(()) } else { Err(invalid()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::hex;

    /// RFC 8032 section 7.3.
    #[test]
    fn rfc_8032_vector() {
        let key = hex::decode("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf").unwrap();
        let signature = hex::decode("98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406").unwrap();
        let digest = HashAlgorithm::Sha512.digest(b"abc");
        verify_ed25519ph(&key, &digest, &signature).unwrap();
        assert!(verify_ed25519(&key, b"abc", &signature).is_err());
        for index in 0..signature.len() {
            let mut flipped = signature.clone();
            flipped[index] ^= 1;
            assert!(verify_ed25519ph(&key, &digest, &flipped).is_err(), "byte {index}");
        }
        assert!(verify_ed25519ph(&key, &HashAlgorithm::Sha512.digest(b"abd"), &signature).is_err());
        assert!(verify_ed25519ph(&[0; 32], &digest, &signature).is_err());
    }
}
