//! A second reading of each certificate, by x509-parser. Two verifiers that read one certificate differently can be
//! played against each other, and so can two readers of one verifier: what the two do not read alike is refused.
//!
//! Ours decides, being the stricter one; x509-parser passes over octets after a structure. Part for part its reader of
//! that part is asked, in the order of RFC 5280 section 4.1. The values of extensions are read by ours alone here, and by
//! both in the tests.

use x509_parser::asn1_rs::{self, Any, BitString, FromDer, Oid, OptTaggedImplicit, OptTaggedParser, Tag};
use x509_parser::certificate::Validity;
use x509_parser::nom::Offset;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo, X509Name, X509Version};

use super::certificate::Certificate;
use crate::error::{Code, Error, Result};

/// Requires that x509-parser reads the certificate like ours.
///
/// # Errors
/// `ERR_CERTIFICATE_MALFORMED`.
pub(super) fn check(certificate: &Certificate) -> Result<()> {
    let part = match compare(certificate) {
        None => "reading",
        Some(parts) => match parts.iter().find(|(_, same)| !same) {
            None => return Ok(()),
            Some((part, _)) => part,
        },
    };
    Err(Error::new(Code::CertificateMalformed)
        .on("certificate")
        .expected("a certificate that two parsers read alike")
        .found(format_args!("another {part} by the second one")))
}

/// The parts, and whether x509-parser reads them like ours; nothing if it does not read the certificate.
fn compare(certificate: &Certificate) -> Option<[(&'static str, bool); 11]> {
    let (end, content) = open(certificate.der(), Tag::Sequence)?;
    let (after_tbs, tbs) = open(content, Tag::Sequence)?;
    let (rest, outer_algorithm) = AlgorithmIdentifier::from_der(after_tbs).ok()?;
    let (_, signature) = BitString::from_der(rest).ok()?;

    let (rest, version) = OptTaggedParser::from(0).parse_der(tbs, |_, content| X509Version::from_der(content)).ok()?;
    let (rest, serial) = open(rest, Tag::Integer)?;
    let (rest, algorithm) = AlgorithmIdentifier::from_der(rest).ok()?;
    let (rest, issuer) = name(rest)?;
    let (rest, validity) = Validity::from_der(rest).ok()?;
    let (rest, subject) = name(rest)?;
    let (rest, key) = SubjectPublicKeyInfo::from_der(rest).ok()?;
    let (rest, _) = OptTaggedImplicit::<BitString<'_>, asn1_rs::Error, 1>::from_der(rest).ok()?;
    let (rest, _) = OptTaggedImplicit::<BitString<'_>, asn1_rs::Error, 2>::from_der(rest).ok()?;
    read_extensions(rest)?;

    let ours = certificate.validity();
    Some([
        ("end", end.is_empty()),
        ("signed part", content.get(..content.offset(after_tbs)) == Some(certificate.tbs())),
        ("version", version == Some(X509Version::V3)),
        ("serial number", serial == certificate.serial()),
        ("issuer", issuer == certificate.issuer()),
        ("subject", subject == certificate.subject()),
        ("key", key.raw == certificate.spki()),
        ("signature algorithm", algorithm == outer_algorithm),
        ("signature", &*signature.data == certificate.signature()),
        ("start", validity.not_before.timestamp() == ours.start.as_seconds()),
        ("end", Some(validity.not_after.timestamp()) == ours.end.map(|end| end.as_seconds())),
    ])
}

/// What follows the first element, which has this tag, and its content.
fn open(input: &[u8], tag: Tag) -> Option<(&[u8], &[u8])> {
    let (rest, element) = Any::from_der(input).ok()?;
    (element.tag() == tag).then_some((rest, element.data))
}

/// What follows the name, and its bytes.
fn name(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (rest, name) = X509Name::from_der(input).ok()?;
    Some((rest, name.as_raw()))
}

/// Reads each extension as far as its value; there need be none.
fn read_extensions(field: &[u8]) -> Option<()> {
    if field.is_empty() {
        return Some(());
    }
    let (_, list) = open(field, Tag(3))?;
    let (_, mut list) = open(list, Tag::Sequence)?;
    while !list.is_empty() {
        let (rest, extension) = open(list, Tag::Sequence)?;
        let (extension, _) = Oid::from_der(extension).ok()?;
        let (extension, _) = <Option<bool>>::from_der(extension).ok()?;
        <&[u8]>::from_der(extension).ok()?;
        list = rest;
    }
    Some(())
}
