//! The signature algorithms that certificates may be signed with. This is our own table, not that of a library.

use super::oid;
use std::fmt;

use crate::crypto::{HashAlgorithm, Scheme};
use crate::encoding::der::{Reader, tag};
use crate::error::{Code, Error, Result};

/// The scheme of a DER AlgorithmIdentifier (RFC 5758, RFC 4055, RFC 8410): ECDSA and RSA with SHA-2, and Ed25519. The
/// parameters must be those that the RFC requires.
///
/// # Errors
/// `ERR_CHAIN_ALGORITHM`.
pub fn signature_scheme(identifier: &[u8]) -> Result<Scheme> {
    let (algorithm, parameters) = algorithm_and_parameters(identifier).map_err(|_| refused("other bytes"))?;
    if algorithm == oid::RSA_PSS
        && let Some(parameters) = parameters
    {
        return pss_scheme(parameters).map_err(|_| refused("RSASSA-PSS by other hashes"));
    }
    let known = SCHEMES.iter().find(|(known, scheme)| {
        let null_fits = parameters == Some(NULL) && matches!(scheme, Scheme::RsaPkcs1(_));
        *known == algorithm && (parameters.is_none() || null_fits)
    });
    match known {
        Some((_, scheme)) => Ok(*scheme),
        None => Err(refused(format_args!("{} ({})", known_weak(algorithm), oid::dotted(algorithm)))),
    }
}

/// The schemes without parameters. With RSA, the parameters may also be NULL.
const SCHEMES: [(&[u8], Scheme); 7] = [
    (oid::ECDSA_SHA256, Scheme::Ecdsa(HashAlgorithm::Sha256)),
    (oid::ECDSA_SHA384, Scheme::Ecdsa(HashAlgorithm::Sha384)),
    (oid::ECDSA_SHA512, Scheme::Ecdsa(HashAlgorithm::Sha512)),
    (oid::RSA_SHA256, Scheme::RsaPkcs1(HashAlgorithm::Sha256)),
    (oid::RSA_SHA384, Scheme::RsaPkcs1(HashAlgorithm::Sha384)),
    (oid::RSA_SHA512, Scheme::RsaPkcs1(HashAlgorithm::Sha512)),
    (oid::ED25519, Scheme::Ed25519),
];

fn algorithm_and_parameters(identifier: &[u8]) -> Result<(&[u8], Option<&[u8]>)> {
    let mut whole = Reader::new(identifier);
    let mut r = whole.open(tag::SEQUENCE)?;
    let algorithm = r.expect(tag::OID)?.content;
    let parameters = if r.is_empty() { None } else { Some(r.element()?.whole) };
    r.end()?;
    whole.end()?;
    Ok((algorithm, parameters))
}

const NULL: &[u8] = &[tag::NULL, 0];

fn refused(found: impl fmt::Display) -> Error {
    Error::new(Code::ChainAlgorithm)
        .expected("a signature by ECDSA or RSA with SHA-256, SHA-384 or SHA-512, or by Ed25519")
        .found(found)
}

fn known_weak(algorithm: &[u8]) -> &'static str {
    match algorithm {
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05] | [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01] => "SHA-1",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04] => "MD5",
        _ => "an algorithm",
    }
}

/// RSASSA-PSS-params (RFC 4055 section 3.1). The hash, the mask hash and the salt length must fit together.
fn pss_scheme(parameters: &[u8]) -> Result<Scheme> {
    let mut whole = Reader::new(parameters);
    let mut r = whole.open(tag::SEQUENCE)?;
    let hash = hash_algorithm(r.open(tag::context(0))?)?;
    let mut explicit = r.open(tag::context(1))?;
    let mut mask = explicit.open(tag::SEQUENCE)?;
    explicit.end()?;
    let is_mgf1 = mask.expect(tag::OID)?.content == oid::MGF1;
    let mask_hash = hash_algorithm(mask)?;
    let salt = number(r.open(tag::context(2))?)?;
    let trailer = if r.is_empty() { 1 } else { number(r.open(tag::context(3))?)? };
    r.end()?;
    whole.end()?;
    let length = u64::try_from(hash.length()).unwrap_or(0);
    if !is_mgf1 || mask_hash != hash || salt != length || trailer != 1 {
        return Err(Error::new(Code::DerMalformed));
    }
    Ok(Scheme::RsaPss(hash))
}

/// The single number in an explicit tag.
fn number(mut r: Reader<'_>) -> Result<u64> {
    let number = r.u64()?;
    r.end()?;
    Ok(number)
}

/// The single AlgorithmIdentifier of SHA-2 in `r`, with NULL or without parameters.
fn hash_algorithm(mut r: Reader<'_>) -> Result<HashAlgorithm> {
    let mut identifier = r.open(tag::SEQUENCE)?;
    r.end()?;
    let algorithm = identifier.expect(tag::OID)?.content;
    if !identifier.is_empty() {
        identifier.open(tag::NULL)?.end()?;
    }
    identifier.end()?;
    oid::hash(algorithm).ok_or_else(|| Error::new(Code::DerMalformed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::hex;

    fn scheme(text: &str) -> Result<Scheme> {
        signature_scheme(&hex::decode(text).unwrap())
    }

    #[test]
    fn knows_the_accepted_ones() {
        assert_eq!(scheme("300a06082a8648ce3d040303").unwrap(), Scheme::Ecdsa(HashAlgorithm::Sha384));
        assert_eq!(scheme("300d06092a864886f70d01010b0500").unwrap(), Scheme::RsaPkcs1(HashAlgorithm::Sha256));
        assert_eq!(scheme("300506032b6570").unwrap(), Scheme::Ed25519);
        let pss = "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120";
        assert_eq!(scheme(pss).unwrap(), Scheme::RsaPss(HashAlgorithm::Sha256));
        assert_eq!(scheme(&pss.replace("0120", "0114")).unwrap_err().code(), Code::ChainAlgorithm);
        assert!(scheme(&pss.replacen("0402010500a1", "0402020500a1", 1)).is_err());
    }

    #[test]
    fn refuses_the_others() {
        for (text, found) in [
            ("300d06092a864886f70d0101050500", "SHA-1 (1.2.840.113549.1.1.5)"),
            ("300906072a8648ce3d0401", "SHA-1 (1.2.840.10045.4.1)"),
            ("300c06082a8648ce3d0403030500", "an algorithm (1.2.840.10045.4.3.3)"),
            ("300d06092a864886f70d01010a0500", "RSASSA-PSS by other hashes"),
            ("300506032b6571", "an algorithm (1.3.101.113)"),
            ("3000", "other bytes"),
            ("", "other bytes"),
        ] {
            let error = scheme(text).unwrap_err();
            assert_eq!((error.code(), error.found_text()), (Code::ChainAlgorithm, Some(found)), "{text}");
        }
    }
}
