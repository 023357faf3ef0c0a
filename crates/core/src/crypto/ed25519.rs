//! Ed25519 and Ed25519ph (RFC 8032).

use inkan_p521_ed25519_rsa::ed25519;
use ring::signature::{ED25519, UnparsedPublicKey};

use super::{Digest, HashAlgorithm, WEAK_KEY, invalid};
use crate::encoding::hex;
use crate::error::{Code, Error, Result};

/// Refuses a key that is not a point of the curve, a second encoding of one, or a point of small order. Under a point
/// of small order, one signature is valid for many messages (RFC 8032 section 5.1.3; Chalkias, Garillot and Nikolaenko,
/// "Taming the many EdDSAs", 2020, section 3).
///
/// Accepts a point of mixed order, as that paper's rule for strongly binding signatures does. Only the holder of the
/// secret scalar can sign under it, and the equation without cofactor gives the same verdict everywhere.
///
/// # Errors
/// `ERR_KEY_MALFORMED`.
pub fn check_ed25519_key(key: &[u8; 32]) -> Result<()> {
    if ed25519::is_key(key) {
        return Ok(());
    }
    Err(Error::new(Code::KeyMalformed)
        .expected("an Ed25519 public key: a point that is not of small order, in its only encoding")
        .found(hex::encode(key))
        .hint(WEAK_KEY))
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

/// Verifies an Ed25519ph signature over a SHA-512 digest, with an empty context (RFC 8032 section 5.1.7). Uses the
/// group equation without cofactor. Requires that `s` is below the group's order and that each point has its one
/// encoding. Refuses a key of small order, because one signature under it is valid for many messages.
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

    /// The points of the torsion group. The last four have order 8.
    const TORSION: [&str; 8] = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ];

    /// Second encodings: x = 0 with the sign of an odd x, and every y from p on, with either sign.
    fn second_spellings() -> Vec<[u8; 32]> {
        let mut spellings = Vec::new();
        for (low, high) in [(1, 0u8), (0xec, 0xff)] {
            let mut zero_x = [high; 32];
            (zero_x[0], zero_x[31]) = (low, high | 0x80);
            spellings.push(zero_x);
        }
        for low in 0xed..=0xffu8 {
            for sign in [0x7f, 0xff] {
                let mut key = [0xff; 32];
                (key[0], key[31]) = (low, sign);
                spellings.push(key);
            }
        }
        spellings
    }

    #[test]
    fn no_key_verifies_everything() {
        let torsion = TORSION.map(|text| <[u8; 32]>::try_from(hex::decode(text).unwrap()).unwrap());
        for key in torsion.into_iter().chain(second_spellings()) {
            assert_eq!(check_ed25519_key(&key).unwrap_err().code(), Code::KeyMalformed, "{}", hex::encode(&key));
        }
        let good = "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf";
        check_ed25519_key(&hex::decode(good).unwrap().try_into().unwrap()).unwrap();
        // The sum of a point of order 8 and a point of large order. No signature is valid for every message under it.
        let mixed = "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d";
        check_ed25519_key(&hex::decode(mixed).unwrap().try_into().unwrap()).unwrap();
    }

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
