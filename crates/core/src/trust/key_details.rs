//! `keyDetails`: the encoding of a trust root's key and the scheme that it signs with
//! (protobuf-specs `PublicKeyDetails`; Sigstore algorithm registry).

use crate::crypto::{HashAlgorithm, Scheme};
use crate::error::{Code, Error, Result};
use crate::key::{KeyKind, PublicKey};

/// One of the registry's entries that a log may sign with.
struct Details {
    number: i32,
    kind: Kind,
    encoding: Encoding,
    scheme: Scheme,
}

enum Kind {
    P256,
    P384,
    P521,
    Ed25519,
    Rsa,
    RsaOf(usize),
}

#[derive(PartialEq)]
enum Encoding {
    /// SubjectPublicKeyInfo.
    Pkix,
    /// A bare `RSAPublicKey`.
    Pkcs1,
}

/// Names and numbers, known here or not.
pub(super) const NAMES: &[(&str, i32)] = &[
    ("PUBLIC_KEY_DETAILS_UNSPECIFIED", 0),
    ("PKCS1_RSA_PKCS1V5", 1),
    ("PKCS1_RSA_PSS", 2),
    ("PKIX_RSA_PKCS1V5", 3),
    ("PKIX_RSA_PSS", 4),
    ("PKIX_ECDSA_P256_SHA_256", 5),
    ("PKIX_ECDSA_P256_HMAC_SHA_256", 6),
    ("PKIX_ED25519", 7),
    ("PKIX_ED25519_PH", 8),
    ("PKIX_RSA_PKCS1V15_2048_SHA256", 9),
    ("PKIX_RSA_PKCS1V15_3072_SHA256", 10),
    ("PKIX_RSA_PKCS1V15_4096_SHA256", 11),
    ("PKIX_ECDSA_P384_SHA_384", 12),
    ("PKIX_ECDSA_P521_SHA_512", 13),
    ("LMS_SHA256", 14),
    ("LMOTS_SHA256", 15),
    ("PKIX_RSA_PSS_2048_SHA256", 16),
    ("PKIX_RSA_PSS_3072_SHA256", 17),
    ("PKIX_RSA_PSS_4096_SHA256", 18),
    ("PKIX_ECDSA_P384_SHA_256", 19),
    ("PKIX_ECDSA_P521_SHA_256", 20),
    ("ML_DSA_65", 21),
    ("ML_DSA_87", 22),
];

// Ed25519ph (8) is for artifacts: no log signs with it. Deterministic ECDSA (6) verifies like any other.
const ACCEPTED: &[Details] = &[
    rsa(1, Encoding::Pkcs1, Kind::Rsa, Scheme::RsaPkcs1(HashAlgorithm::Sha256)),
    rsa(2, Encoding::Pkcs1, Kind::Rsa, Scheme::RsaPss(HashAlgorithm::Sha256)),
    rsa(3, Encoding::Pkix, Kind::Rsa, Scheme::RsaPkcs1(HashAlgorithm::Sha256)),
    rsa(4, Encoding::Pkix, Kind::Rsa, Scheme::RsaPss(HashAlgorithm::Sha256)),
    other(5, Kind::P256, Scheme::Ecdsa(HashAlgorithm::Sha256)),
    other(6, Kind::P256, Scheme::Ecdsa(HashAlgorithm::Sha256)),
    other(7, Kind::Ed25519, Scheme::Ed25519),
    rsa(9, Encoding::Pkix, Kind::RsaOf(2048), Scheme::RsaPkcs1(HashAlgorithm::Sha256)),
    rsa(10, Encoding::Pkix, Kind::RsaOf(3072), Scheme::RsaPkcs1(HashAlgorithm::Sha256)),
    rsa(11, Encoding::Pkix, Kind::RsaOf(4096), Scheme::RsaPkcs1(HashAlgorithm::Sha256)),
    other(12, Kind::P384, Scheme::Ecdsa(HashAlgorithm::Sha384)),
    other(13, Kind::P521, Scheme::Ecdsa(HashAlgorithm::Sha512)),
    rsa(16, Encoding::Pkix, Kind::RsaOf(2048), Scheme::RsaPss(HashAlgorithm::Sha256)),
    rsa(17, Encoding::Pkix, Kind::RsaOf(3072), Scheme::RsaPss(HashAlgorithm::Sha256)),
    rsa(18, Encoding::Pkix, Kind::RsaOf(4096), Scheme::RsaPss(HashAlgorithm::Sha256)),
    other(19, Kind::P384, Scheme::Ecdsa(HashAlgorithm::Sha256)),
    other(20, Kind::P521, Scheme::Ecdsa(HashAlgorithm::Sha256)),
];

const fn rsa(number: i32, encoding: Encoding, kind: Kind, scheme: Scheme) -> Details {
    Details { number, kind, encoding, scheme }
}

const fn other(number: i32, kind: Kind, scheme: Scheme) -> Details {
    Details { number, kind, encoding: Encoding::Pkix, scheme }
}

/// The key in `raw` and the scheme that its log signs with.
///
/// # Errors
/// `ERR_KEY_UNSUPPORTED` if no log may have such details, `ERR_KEY_MALFORMED` if the key is another than they
/// say. The log is then left out, not the trust root refused.
pub(super) fn public_key(raw: &[u8], details: i32) -> Result<(PublicKey, Scheme)> {
    let name = NAMES.iter().find(|(_, number)| *number == details).map_or("another number", |(name, _)| name);
    let accepted = ACCEPTED.iter().find(|accepted| accepted.number == details).ok_or_else(|| {
        Error::new(Code::KeyUnsupported).expected("keyDetails of a log's key").found(format!("{name} ({details})"))
    })?;
    let key = match accepted.encoding {
        Encoding::Pkix => PublicKey::from_spki(raw)?,
        Encoding::Pkcs1 => PublicKey::from_pkcs1(raw)?,
    };
    let agrees = match (&accepted.kind, key.kind()) {
        (Kind::P256, KeyKind::P256)
        | (Kind::P384, KeyKind::P384)
        | (Kind::P521, KeyKind::P521)
        | (Kind::Ed25519, KeyKind::Ed25519)
        | (Kind::Rsa, KeyKind::Rsa { .. }) => true,
        (Kind::RsaOf(expected), KeyKind::Rsa { bits }) => *expected == bits,
        _ => false,
    };
    if !agrees {
        let found = format!("{} key", key.kind());
        return Err(Error::new(Code::KeyMalformed).expected(format!("a key of {name}")).found(found));
    }
    Ok((key, accepted.scheme))
}
