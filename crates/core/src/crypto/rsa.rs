//! RSA with 2048 to 4096 bits (the key's size is checked in [`crate::key`]).

use ring::signature::{self, RsaParameters, UnparsedPublicKey};

use super::{HashAlgorithm, Message, invalid};
use crate::error::Result;

/// Verifies RSASSA-PKCS1-v1_5. `key` is an `RSAPublicKey` (RFC 8017 appendix A.1.1).
///
/// # Errors
/// `ERR_SIGNATURE_INVALID`, `ERR_ARTIFACT_DIGEST`.
pub fn verify_rsa_pkcs1(key: &[u8], hash: HashAlgorithm, message: Message<'_>, signature: &[u8]) -> Result<()> {
    let parameters = match hash {
        HashAlgorithm::Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        HashAlgorithm::Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        HashAlgorithm::Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
    };
    verify(key, parameters, message.bytes()?, signature)
}

/// Verifies RSASSA-PSS. `key` is an `RSAPublicKey`.
///
/// # Errors
/// `ERR_SIGNATURE_INVALID`, `ERR_ARTIFACT_DIGEST`.
pub fn verify_rsa_pss(key: &[u8], hash: HashAlgorithm, message: Message<'_>, signature: &[u8]) -> Result<()> {
    let parameters = match hash {
        HashAlgorithm::Sha256 => &signature::RSA_PSS_2048_8192_SHA256,
        HashAlgorithm::Sha384 => &signature::RSA_PSS_2048_8192_SHA384,
        HashAlgorithm::Sha512 => &signature::RSA_PSS_2048_8192_SHA512,
    };
    verify(key, parameters, message.bytes()?, signature)
}

fn verify(key: &[u8], parameters: &'static RsaParameters, message: &[u8], signature: &[u8]) -> Result<()> {
    UnparsedPublicKey::new(parameters, key).verify(message, signature).map_err(|_| invalid())
}
