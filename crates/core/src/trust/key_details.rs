//! `keyDetails`: the encoding and the kind of a key in a trust root (protobuf-specs `PublicKeyDetails`; Sigstore
//! algorithm registry).

use crate::error::{Code, Error, Result};
use crate::key::{KeyKind, PublicKey};

/// All names and numbers, including those of unsupported kinds.
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

/// The key in `raw`. Its kind must be the one that `details` states, and one that logs sign with.
///
/// Signed notes, entry timestamps and SCTs do not use RSASSA-PSS and Ed25519ph, so no log has such a key. Deterministic
/// ECDSA is verified like other ECDSA.
///
/// # Errors
/// `ERR_KEY_UNSUPPORTED`, `ERR_KEY_MALFORMED`. The caller leaves the log out and accepts the rest of the trust root.
pub(super) fn log_key(raw: &[u8], details: i32) -> Result<PublicKey> {
    let expected = match details {
        1 | 3 => "RSA",
        5 | 6 => "ECDSA P-256",
        7 => "Ed25519",
        9 => "RSA-2048",
        10 => "RSA-3072",
        11 => "RSA-4096",
        12 | 19 => "ECDSA P-384",
        13 | 20 => "ECDSA P-521",
        _ => {
            let name = NAMES.iter().find(|(_, number)| *number == details).map_or("unknown", |(name, _)| name);
            return Err(Error::new(Code::KeyUnsupported)
                .expected("keyDetails of a key that logs sign with")
                .found(format_args!("{name} ({details})")));
        }
    };
    let key = if details == 1 { PublicKey::from_pkcs1(raw)? } else { PublicKey::from_spki(raw)? };
    let kind = key.kind();
    if kind.to_string() == expected || (expected == "RSA" && matches!(kind, KeyKind::Rsa { .. })) {
        return Ok(key);
    }
    Err(Error::new(Code::KeyMalformed)
        .expected(format_args!("the kind that keyDetails name, {expected}"))
        .found(format_args!("{kind} key")))
}
