//! A second reading of each certificate, by x509-parser. Two verifiers that read one certificate differently can be
//! played against each other, and so can two readers of one verifier: what the two do not read alike is refused.
//!
//! Ours decides, being the stricter one; x509-parser passes over octets after a structure and over some BER. The
//! values of extensions are read by ours alone here, and by both in the tests.

use x509_parser::certificate::X509CertificateParser;
use x509_parser::nom::Parser;
use x509_parser::x509::X509Version;

use super::certificate::Certificate;
use crate::error::{Code, Error, Result};

/// Requires that x509-parser reads the certificate like ours.
///
/// # Errors
/// `ERR_CERTIFICATE_MALFORMED`.
pub(super) fn check(certificate: &Certificate) -> Result<()> {
    let refuse = |part: &str| {
        Err(Error::new(Code::CertificateMalformed)
            .on("certificate")
            .expected("a certificate that two parsers read alike")
            .found(format_args!("another {part} by the second one")))
    };
    let parsed = X509CertificateParser::new().with_deep_parse_extensions(false).parse(certificate.der());
    let Ok((rest, other)) = parsed else { return refuse("reading") };
    let tbs = &other.tbs_certificate;
    let validity = certificate.validity();
    let agreed = [
        ("end", rest.is_empty()),
        ("signed part", tbs.as_ref() == certificate.tbs()),
        ("version", tbs.version == X509Version::V3),
        ("serial number", tbs.raw_serial() == certificate.serial()),
        ("issuer", tbs.issuer.as_raw() == certificate.issuer()),
        ("subject", tbs.subject.as_raw() == certificate.subject()),
        ("key", tbs.subject_pki.raw == certificate.spki()),
        ("signature algorithm", tbs.signature == other.signature_algorithm),
        ("signature", &*other.signature_value.data == certificate.signature()),
        ("start", tbs.validity.not_before.timestamp() == validity.start.as_seconds()),
        ("end", Some(tbs.validity.not_after.timestamp()) == validity.end.map(|end| end.as_seconds())),
    ];
    match agreed.iter().find(|(_, same)| !same) {
        None => Ok(()),
        Some((part, _)) => refuse(part),
    }
}
