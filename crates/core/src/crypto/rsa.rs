//! RSA with 2048 to 4096 bits ([`crate::key`] checks the size). ring verifies signatures over messages. It takes no
//! digests, so PKCS#1 v1.5 signatures over a digest are verified here.

use inkan_p521_ed25519_rsa::rsa::raise;
use ring::signature::{self, RsaParameters, UnparsedPublicKey};

use super::{Digest, HashAlgorithm, Message, WEAK_KEY, invalid, two_numbers};
use crate::error::{Code, Error, Result};

/// The bound of the search for small prime factors (NIST SP 800-89 section 5.3.3).
const SMALL_FACTORS: u32 = 752;

/// ring verifies only under exponents below this.
const EXPONENTS: u64 = 1 << 33;

/// Refuses a key under which anybody can sign, as far as a quick test can tell (RFC 8017 section 3.1; NIST SP 800-89
/// section 5.3.3). The modulus must be odd and have no small factor. The exponent must be odd, at least 3, and small
/// enough for ring. `modulus` is big-endian.
///
/// Does not detect a modulus that is prime, or that is not a product of two large primes.
///
/// # Errors
/// `ERR_KEY_UNSUPPORTED`.
pub fn check_rsa_key(modulus: &[u8], exponent: u64) -> Result<()> {
    let refuse = |expected: &str, found: std::fmt::Arguments<'_>| {
        Err(Error::new(Code::KeyUnsupported).expected(expected).found(found).hint(WEAK_KEY))
    };
    if exponent < 3 || exponent.is_multiple_of(2) {
        return refuse("RSA with an odd exponent of at least 3", format_args!("the exponent {exponent}"));
    }
    if exponent >= EXPONENTS {
        let found = format_args!("the exponent {exponent}");
        return Err(Error::new(Code::KeyUnsupported).expected("RSA with an exponent below 2^33").found(found));
    }
    if modulus.last().is_none_or(|last| last.is_multiple_of(2)) {
        return refuse("RSA with an odd modulus", format_args!("an even modulus"));
    }
    // The smallest divisor is a prime, because a composite divisor has a smaller prime factor.
    let divides = |divisor: &u32| remainder(modulus, *divisor) == 0;
    match (3..SMALL_FACTORS).step_by(2).find(divides) {
        Some(factor) => {
            refuse("RSA with a product of two large primes", format_args!("a modulus divisible by {factor}"))
        }
        None => Ok(()),
    }
}

/// `number mod divisor`, for a big-endian number and a divisor below 2^24.
fn remainder(number: &[u8], divisor: u32) -> u32 {
    number.iter().fold(0, |rest: u32, &byte| (rest << 8 | u32::from(byte)).checked_rem(divisor).unwrap_or_default())
}

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
    match message {
        Message::Digest(_) => verify_digest(key, &*message.digest(hash)?, signature),
        _ => verify(key, parameters, message.bytes()?, signature),
    }
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

/// RSASSA-PKCS1-v1_5 over a digest (RFC 8017 section 8.2.2). The whole encoded message is built and compared, so that
/// no padding is parsed.
fn verify_digest(key: &[u8], digest: &Digest, signature: &[u8]) -> Result<()> {
    let (modulus, exponent) = two_numbers(key)?;
    let expected = encoded_message(digest, modulus.len())?;
    let same_length = signature.len() == modulus.len();
    match raise(modulus, exponent, signature).filter(|_| same_length) {
        Some(message) if message == expected => Ok(()),
        _ => Err(invalid()),
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 section 9.2, with the DigestInfo prefixes of its note 1).
fn encoded_message(digest: &Digest, length: usize) -> Result<Vec<u8>> {
    let (identifier, info_length, total): (u8, u8, u8) = match digest.algorithm() {
        HashAlgorithm::Sha256 => (1, 0x20, 0x31),
        HashAlgorithm::Sha384 => (2, 0x30, 0x41),
        HashAlgorithm::Sha512 => (3, 0x40, 0x51),
    };
    let prefix = [
        0x30,
        total,
        0x30,
        0x0d,
        0x06,
        0x09,
        0x60,
        0x86,
        0x48,
        0x01,
        0x65,
        0x03,
        0x04,
        0x02,
        identifier,
        0x05,
        0x00,
        0x04,
        info_length,
    ];
    let used = prefix.len().saturating_add(digest.as_bytes().len()).saturating_add(3);
    let padding = length.checked_sub(used).filter(|padding| *padding >= 8).ok_or_else(invalid)?;
    let mut message = vec![0x00, 0x01];
    message.resize(padding.saturating_add(2), 0xff);
    message.push(0x00);
    message.extend_from_slice(&prefix);
    message.extend_from_slice(digest.as_bytes());
    Ok(message)
}
