//! Object identifiers of certificates, as DER content octets (RFC 5280, RFC 6962, RFC 8017, Fulcio's oid-info).

use crate::crypto::HashAlgorithm;

/// basicConstraints, 2.5.29.19
pub const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
/// keyUsage, 2.5.29.15
pub const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
/// extKeyUsage, 2.5.29.37
pub const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
/// subjectAltName, 2.5.29.17
pub const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
/// nameConstraints, 2.5.29.30
pub const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x1e];
/// subjectKeyIdentifier, 2.5.29.14
pub const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
/// authorityKeyIdentifier, 2.5.29.35
pub const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];
/// The list of signed certificate timestamps, 1.3.6.1.4.1.11129.2.4.2
pub const SCT_LIST: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02];
/// The poison of precertificates, 1.3.6.1.4.1.11129.2.4.3
pub const PRECERTIFICATE_POISON: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x03];

/// anyExtendedKeyUsage, 2.5.29.37.0
pub const ANY_EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25, 0x00];
/// id-kp-codeSigning, 1.3.6.1.5.5.7.3.3
pub const CODE_SIGNING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03];
/// id-kp-timeStamping, 1.3.6.1.5.5.7.3.8
pub const TIME_STAMPING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];

/// ecdsa-with-SHA256, 1.2.840.10045.4.3.2
pub const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// ecdsa-with-SHA384, 1.2.840.10045.4.3.3
pub const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
/// ecdsa-with-SHA512, 1.2.840.10045.4.3.4
pub const ECDSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];
/// sha256WithRSAEncryption, 1.2.840.113549.1.1.11
pub const RSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
/// sha384WithRSAEncryption, 1.2.840.113549.1.1.12
pub const RSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c];
/// sha512WithRSAEncryption, 1.2.840.113549.1.1.13
pub const RSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d];
/// id-RSASSA-PSS, 1.2.840.113549.1.1.10
pub const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
/// id-mgf1, 1.2.840.113549.1.1.8
pub const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];
/// id-Ed25519, 1.3.101.112
pub const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// id-sha256, 2.16.840.1.101.3.4.2.1
pub const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
/// id-sha384, 2.16.840.1.101.3.4.2.2
pub const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
/// id-sha512, 2.16.840.1.101.3.4.2.3
pub const SHA512: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];

/// The hash function of this identifier, if it is a SHA-2 function.
pub fn hash(content: &[u8]) -> Option<HashAlgorithm> {
    match content {
        SHA256 => Some(HashAlgorithm::Sha256),
        SHA384 => Some(HashAlgorithm::Sha384),
        SHA512 => Some(HashAlgorithm::Sha512),
        _ => None,
    }
}

/// emailAddress in names, 1.2.840.113549.1.9.1
pub const EMAIL_ADDRESS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01];

/// The arc of Fulcio's extensions, 1.3.6.1.4.1.57264.1. One more octet identifies the extension.
pub const FULCIO: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01];
/// The otherName of Fulcio's user names, 1.3.6.1.4.1.57264.1.7
pub const FULCIO_USERNAME: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01, 0x07];

/// The last of Fulcio's extensions that this build knows, 1.3.6.1.4.1.57264.1.24 (`signer::fulcio` names them).
pub const FULCIO_LAST: u8 = 24;

/// The dotted form of an identifier's content octets, for messages. Hexadecimal if they are not an identifier.
pub fn dotted(content: &[u8]) -> String {
    let mut text = String::new();
    let walked = walk(content, &mut |arc| {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(&arc.to_string());
    });
    if walked.is_some() { text } else { crate::encoding::hex::encode(content) }
}

/// Whether the octets are an identifier in its shortest form (X.690 section 8.19), with arcs below 2^63.
pub fn is_well_formed(content: &[u8]) -> bool {
    walk(content, &mut |_| {}).is_some()
}

/// Calls `each` with every arc, in order, as long as the octets are well-formed. `None` if they are not an identifier.
fn walk(content: &[u8], each: &mut dyn FnMut(u64)) -> Option<()> {
    let mut arc = 0u64;
    let (mut is_first, mut started) = (true, false);
    for &octet in content {
        if !started && octet == 0x80 || arc > u64::MAX >> 8 {
            return None;
        }
        arc = arc << 7 | u64::from(octet & 0x7f);
        started = octet & 0x80 != 0;
        if !started {
            if is_first {
                let root = (arc / 40).min(2);
                each(root);
                arc = arc.checked_sub(root.checked_mul(40)?)?;
                is_first = false;
            }
            each(arc);
            arc = 0;
        }
    }
    if started || is_first { None } else { Some(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_dotted_forms() {
        assert_eq!(dotted(FULCIO_USERNAME), "1.3.6.1.4.1.57264.1.7");
        assert_eq!(dotted(SCT_LIST), "1.3.6.1.4.1.11129.2.4.2");
        assert_eq!(dotted(PRECERTIFICATE_POISON), "1.3.6.1.4.1.11129.2.4.3");
        assert_eq!(dotted(ANY_EXTENDED_KEY_USAGE), "2.5.29.37.0");
        assert_eq!(dotted(CODE_SIGNING), "1.3.6.1.5.5.7.3.3");
        assert_eq!(dotted(RSA_PSS), "1.2.840.113549.1.1.10");
        assert_eq!(dotted(SHA512), "2.16.840.1.101.3.4.2.3");
        assert_eq!(dotted(ECDSA_SHA384), "1.2.840.10045.4.3.3");
        assert_eq!(dotted(ED25519), "1.3.101.112");
        assert_eq!(dotted(&[0x88, 0x37, 0x03]), "2.999.3");
    }

    #[test]
    fn tells_what_is_no_identifier() {
        for content in [&[][..], &[0x80, 1], &[0x2a, 0x86], &[0x2a, 0x80, 1], &[0xff; 12]] {
            assert!(!is_well_formed(content), "{content:?}");
            assert_eq!(dotted(content), crate::encoding::hex::encode(content));
        }
    }
}
