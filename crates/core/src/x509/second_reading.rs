//! A second reading of each certificate, by x509-parser. Two verifiers that read one certificate differently can be
//! played off against each other. So a certificate that the two parsers read differently is refused.
//!
//! Our reading is used, because it is stricter: x509-parser ignores octets after a structure. The parsers for the
//! single parts in x509-parser and asn1-rs are called in the order of RFC 5280 section 4.1, because the parser for
//! whole certificates also keeps parts that are not compared. The values of extensions are read a second time only in
//! the tests.

use x509_parser::asn1_rs::{Any, BitString, FromDer, Oid, Tag};
use x509_parser::certificate::Validity;
use x509_parser::nom::Offset;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo, X509Name};

use crate::encoding::time::Validity as Window;
use crate::error::{Code, Error, Result};

/// What our own reading found in a certificate.
pub(super) struct Reading<'c> {
    pub(super) der: &'c [u8],
    pub(super) tbs: &'c [u8],
    pub(super) serial: &'c [u8],
    pub(super) issuer: &'c [u8],
    pub(super) subject: &'c [u8],
    pub(super) spki: &'c [u8],
    pub(super) signature: &'c [u8],
    pub(super) validity: Window,
}

/// Requires that x509-parser reads the same.
///
/// # Errors
/// `ERR_CERTIFICATE_MALFORMED`.
pub(super) fn check(ours: &Reading<'_>) -> Result<()> {
    let part = match compare(ours) {
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

/// The parts, and whether x509-parser reads the same for each. `None` if it cannot read the certificate.
fn compare(ours: &Reading<'_>) -> Option<[(&'static str, bool); 11]> {
    let (end, content) = open(ours.der, Tag::Sequence)?;
    let (_, fields) = open(content, Tag::Sequence)?;
    let (rest, signed_part) = read::<Any<'_>, _>(content)?;
    let (rest, outer_algorithm) = read::<AlgorithmIdentifier<'_>, _>(rest)?;
    let (_, signature) = BitString::from_der(rest).ok()?;

    let (rest, version) = open(fields, Tag(0))?;
    let (_, version) = open(version, Tag::Integer)?;
    let (rest, serial) = open(rest, Tag::Integer)?;
    let (rest, algorithm) = read::<AlgorithmIdentifier<'_>, _>(rest)?;
    let (rest, issuer) = read::<X509Name<'_>, _>(rest)?;
    let (rest, validity) = Validity::from_der(rest).ok()?;
    let (rest, subject) = read::<X509Name<'_>, _>(rest)?;
    let (rest, key) = read::<SubjectPublicKeyInfo<'_>, _>(rest)?;
    let rest = pass_unique_identifier(rest, Tag(1))?;
    let rest = pass_unique_identifier(rest, Tag(2))?;
    read_extensions(rest)?;

    Some([
        ("end", end.is_empty()),
        ("signed part", signed_part == ours.tbs),
        ("version", version == [2]),
        ("serial number", serial == ours.serial),
        ("issuer", issuer == ours.issuer),
        ("subject", subject == ours.subject),
        ("key", key == ours.spki),
        ("signature algorithm", algorithm == outer_algorithm),
        ("signature", &*signature.data == ours.signature),
        ("start", validity.not_before.timestamp() == ours.validity.start.as_seconds()),
        ("end", Some(validity.not_after.timestamp()) == ours.validity.end.map(|end| end.as_seconds())),
    ])
}

/// Reads a `T`. Returns the rest of the input, and the bytes of the `T`.
fn read<'a, T: FromDer<'a, E>, E>(input: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (rest, _) = T::from_der(input).ok()?;
    Some((rest, input.get(..input.offset(rest))?))
}

/// Opens an element with this tag. Returns the rest of the input, and the content.
fn open(input: &[u8], tag: Tag) -> Option<(&[u8], &[u8])> {
    let (rest, element) = Any::from_der(input).ok()?;
    (element.tag() == tag).then_some((rest, element.data))
}

/// Skips the unique identifier with this tag, a bit string, if it is there.
fn pass_unique_identifier(input: &[u8], tag: Tag) -> Option<&[u8]> {
    match open(input, tag) {
        Some((_, [])) => None,
        Some((rest, _)) => Some(rest),
        None => Some(input),
    }
}

/// Reads each extension except its value. There may be none.
fn read_extensions(field: &[u8]) -> Option<()> {
    if field.is_empty() {
        return Some(());
    }
    let (_, list) = open(field, Tag(3))?;
    let (_, mut list) = open(list, Tag::Sequence)?;
    while !list.is_empty() {
        let (rest, extension) = open(list, Tag::Sequence)?;
        let (value, _) = read::<Oid<'_>, _>(extension)?;
        let value = open(value, Tag::Boolean).map_or(value, |(value, _)| value);
        open(value, Tag::OctetString)?;
        list = rest;
    }
    Some(())
}
