//! One certificate (RFC 5280 section 4.1), as parsed. Proves nothing.

use std::ops::Range;
use std::sync::Arc;

use super::extensions::Extensions;
use super::general_name::GeneralName;
use super::second_reading::{self, Reading};
use super::{algorithm, name};
use crate::crypto::{Message, Scheme};
use crate::encoding::der::{Reader, malformed, refused_as, tag};
use crate::encoding::time::{Time, Validity};
use crate::error::{Code, Error, Result};
use crate::key::PublicKey;
use crate::limits;

/// A well-formed certificate of version 3. It is complete and in canonical DER, and each extension is well-formed and
/// occurs once.
///
/// Not checked here: signature, times, purpose, key and issuer. See [`super::path`]. A clone shares the bytes. Two
/// certificates are equal if their bytes are.
#[derive(Debug, Clone)]
pub struct Certificate(Arc<Parsed>);

#[derive(Debug)]
struct Parsed {
    der: Vec<u8>,
    parts: Parts,
    validity: Validity,
    extensions: Extensions,
}

/// The positions of the parts in the DER.
#[derive(Debug)]
struct Parts {
    tbs: Range<usize>,
    serial: Range<usize>,
    algorithm: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    spki: Range<usize>,
    signature: Range<usize>,
}

impl Certificate {
    /// Parses one DER certificate. Refuses bytes after it.
    ///
    /// # Errors
    /// `ERR_CERTIFICATE_MALFORMED`; `ERR_INPUT_TOO_LARGE`; `ERR_CHAIN_ALGORITHM` if the certificate and its signed part
    /// state different signature algorithms.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        if der.len() > limits::CERTIFICATE_BYTES {
            return Err(Error::new(Code::InputTooLarge)
                .on("certificate")
                .expected(format_args!("at most {} bytes", limits::CERTIFICATE_BYTES))
                .found(format_args!("{} bytes", der.len())));
        }
        let certificate = parse(der).map_err(|error| match error.code() {
            Code::DerMalformed => refused_as(Code::CertificateMalformed, Some("certificate"), "a certificate", &error),
            _ => error,
        })?;
        second_reading::check(&certificate.reading())?;
        Ok(certificate)
    }

    fn reading(&self) -> Reading<'_> {
        Reading {
            der: self.der(),
            tbs: self.tbs(),
            serial: self.serial(),
            issuer: self.issuer(),
            subject: self.subject(),
            spki: self.spki(),
            signature: self.signature(),
            validity: self.validity(),
        }
    }

    /// The certificate's bytes.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The signed part, with its tag and length.
    pub fn tbs(&self) -> &[u8] {
        self.part(&self.0.parts.tbs)
    }

    /// Content octets of the serial number.
    pub fn serial(&self) -> &[u8] {
        self.part(&self.0.parts.serial)
    }

    /// The issuer's name, DER.
    pub fn issuer(&self) -> &[u8] {
        self.part(&self.0.parts.issuer)
    }

    /// The subject's name, DER.
    pub fn subject(&self) -> &[u8] {
        self.part(&self.0.parts.subject)
    }

    /// The subject's name as text, for reports.
    pub fn subject_text(&self) -> String {
        name::text(self.subject())
    }

    /// The issuer's name as text, for reports.
    pub fn issuer_text(&self) -> String {
        name::text(self.issuer())
    }

    /// From notBefore to notAfter. Both ends are inclusive.
    pub fn validity(&self) -> Validity {
        self.0.validity
    }

    /// The SubjectPublicKeyInfo, DER.
    pub fn spki(&self) -> &[u8] {
        self.part(&self.0.parts.spki)
    }

    /// The subject's key. Its kind comes from the SubjectPublicKeyInfo, and never from the certificate's signature
    /// algorithm.
    ///
    /// # Errors
    /// `ERR_KEY_MALFORMED`, `ERR_KEY_UNSUPPORTED`.
    pub fn public_key(&self) -> Result<PublicKey> {
        PublicKey::from_spki(self.spki())
    }

    /// The signature by the issuer.
    pub fn signature(&self) -> &[u8] {
        self.part(&self.0.parts.signature)
    }

    /// The algorithm of the certificate's signature.
    ///
    /// # Errors
    /// `ERR_CHAIN_ALGORITHM` if the algorithm is not accepted.
    pub fn signature_scheme(&self) -> Result<Scheme> {
        algorithm::signature_scheme(self.part(&self.0.parts.algorithm))
    }

    /// The extensions.
    pub fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// The subject's alternative names, in order. Empty without the extension.
    pub fn subject_alt_names(&self) -> &[GeneralName] {
        &self.0.extensions.subject_alt_names
    }

    /// The OIDC issuer, from Fulcio's extension 1.3.6.1.4.1.57264.1.8 or the older .1.1.
    ///
    /// # Errors
    /// `ERR_IDENTITY_ISSUER` if both are present and differ.
    pub fn oidc_issuer(&self) -> Result<Option<&str>> {
        self.0.extensions.oidc_issuer()
    }

    /// Whether issuer and subject have the same name, whoever signed (RFC 5280 section 6.1: self-issued).
    pub fn is_self_issued(&self) -> bool {
        self.issuer() == self.subject()
    }

    /// Whether `issuer_key` made the signature, with an accepted algorithm. Nothing else about the issuer is checked.
    pub(super) fn is_signed_by(&self, issuer_key: &PublicKey) -> bool {
        let verify = |scheme| issuer_key.verify(scheme, Message::Bytes(self.tbs()), self.signature());
        self.signature_scheme().and_then(verify).is_ok()
    }

    /// The bytes at `range`, which comes from [`range_in`].
    #[inline(never)]
    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.0.der.get(range.clone()).unwrap_or_default()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Certificate {}

/// The position of `inner` in `outer`, which contains it.
fn range_in(outer: &[u8], inner: &[u8]) -> Range<usize> {
    let start = inner.as_ptr().addr().saturating_sub(outer.as_ptr().addr());
    start..start.saturating_add(inner.len())
}

fn parse(der: &[u8]) -> Result<Certificate> {
    let mut whole = Reader::new(der);
    let mut r = whole.open(tag::SEQUENCE)?;
    let tbs = r.expect(tag::SEQUENCE)?;
    let outer_algorithm = r.expect(tag::SEQUENCE)?.whole;
    let signature = r.bit_string()?;
    r.end()?;
    whole.end()?;

    let mut r = Reader::new(tbs.content);
    let version = if r.peek() == Some(tag::context(0)) { r.nested(tag::context(0), Reader::u64)? } else { 0 };
    if version != 2 {
        return Err(malformed("a certificate of version 3", format_args!("version {}", version.saturating_add(1))));
    }
    // Serial numbers that are zero or negative are accepted, as RFC 5280 section 4.1.2.2 asks, because old authorities
    // have them.
    let serial = r.integer()?;
    let inner_algorithm = r.expect(tag::SEQUENCE)?.whole;
    if inner_algorithm != outer_algorithm {
        return Err(Error::new(Code::ChainAlgorithm)
            .on("certificate")
            .expected("one signature algorithm, inside and outside of the signed part")
            .found("two"));
    }
    let issuer = name(&mut r)?;
    let mut times = r.open(tag::SEQUENCE)?;
    let validity = Validity { start: time(&mut times)?, end: Some(time(&mut times)?) };
    times.end()?;
    let subject = name(&mut r)?;
    let spki = r.expect(tag::SEQUENCE)?;
    let mut key = Reader::new(spki.content);
    key.expect(tag::SEQUENCE)?;
    key.expect(tag::BIT_STRING)?;
    key.end()?;
    // issuerUniqueID and subjectUniqueID. They are not used.
    r.optional(tag::context_primitive(1))?;
    r.optional(tag::context_primitive(2))?;
    let mut extensions = Extensions::default();
    if let Some(field) = r.optional(tag::context(3))? {
        extensions.read(field.content)?;
    }
    r.end()?;

    let range = |part| range_in(der, part);
    let parts = Parts {
        tbs: range(tbs.whole),
        serial: range(serial),
        algorithm: range(outer_algorithm),
        issuer: range(issuer),
        subject: range(subject),
        spki: range(spki.whole),
        signature: range(signature),
    };
    Ok(Certificate(Arc::new(Parsed { der: der.to_vec(), parts, validity, extensions })))
}

fn name<'a>(r: &mut Reader<'a>) -> Result<&'a [u8]> {
    let name = r.expect(tag::SEQUENCE)?.whole;
    name::walk(name, &mut |_, _, _| Ok(()))?;
    Ok(name)
}

/// A UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 restricts them: with seconds, in UTC.
fn time(r: &mut Reader<'_>) -> Result<Time> {
    let element = r.element()?;
    let text = std::str::from_utf8(element.content).unwrap_or_default();
    let century = match element.tag {
        tag::GENERALIZED_TIME => Some(""),
        tag::UTC_TIME => Some(if text < "50" { "20" } else { "19" }),
        _ => None,
    };
    let digits = century.zip(text.strip_suffix('Z')).map(|(century, digits)| format!("{century}{digits}"));
    digits
        .and_then(|digits| Time::from_digits(&digits, 0))
        .ok_or_else(|| malformed("a time such as 261122225204Z", text))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use x509_parser::prelude::{FromDer, ParsedExtension, X509Certificate};

    use super::super::{oid, real};
    use super::*;

    /// Every real certificate: leaves, bundled chains, authorities.
    fn all() -> Vec<Vec<u8>> {
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        for case in real::cases() {
            let root = real::trust_root(&case);
            let mut found = real::bundle_certificates(&case);
            for kind in ["certificateAuthorities", "timestampAuthorities"] {
                let authorities = real::authorities(&root, kind);
                found.extend(authorities.iter().flat_map(|a| a.certificates()).map(|c| c.der().to_vec()));
            }
            all.extend(found.into_iter().filter(|der| seen.insert(der.clone())));
        }
        all
    }

    /// Both parsers read the same.
    fn agrees_with_x509_parser(certificate: &Certificate) {
        let (rest, other) = X509Certificate::from_der(certificate.der()).unwrap();
        assert!(rest.is_empty());
        assert_eq!(certificate.tbs(), other.tbs_certificate.as_ref());
        assert_eq!(certificate.issuer(), other.issuer().as_raw());
        assert_eq!(certificate.subject(), other.subject().as_raw());
        assert_eq!(certificate.serial(), other.raw_serial());
        assert_eq!(certificate.spki(), other.public_key().raw);
        assert_eq!(certificate.signature(), &*other.signature_value.data);
        assert_eq!(certificate.validity().start.as_seconds(), other.validity().not_before.timestamp());
        assert_eq!(certificate.validity().end.unwrap().as_seconds(), other.validity().not_after.timestamp());
        let extensions = certificate.extensions();
        for extension in other.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::BasicConstraints(theirs) => {
                    let ours = extensions.basic_constraints.unwrap();
                    assert_eq!((ours.ca, ours.path_length), (theirs.ca, theirs.path_len_constraint.map(u64::from)));
                }
                ParsedExtension::KeyUsage(theirs) => {
                    let ours = extensions.key_usage.unwrap();
                    assert_eq!(ours.digital_signature(), theirs.digital_signature());
                    assert_eq!(ours.key_cert_sign(), theirs.key_cert_sign());
                }
                ParsedExtension::ExtendedKeyUsage(theirs) => {
                    let ours = extensions.extended_key_usage.as_ref().unwrap();
                    assert_eq!(ours.names(oid::CODE_SIGNING), theirs.code_signing);
                    assert_eq!(ours.names(oid::TIME_STAMPING), theirs.time_stamping);
                    assert_eq!(ours.names(oid::ANY_EXTENDED_KEY_USAGE), theirs.any);
                    assert_eq!(ours.critical, extension.critical);
                }
                ParsedExtension::SubjectAlternativeName(theirs) => {
                    use x509_parser::extensions::GeneralName as Theirs;
                    let ours = certificate.subject_alt_names();
                    assert_eq!(ours.len(), theirs.general_names.len());
                    for (ours, theirs) in ours.iter().zip(&theirs.general_names) {
                        match (ours, theirs) {
                            (GeneralName::Uri(a), Theirs::URI(b)) => assert_eq!(a, b),
                            (GeneralName::Email(a), Theirs::RFC822Name(b)) => assert_eq!(a, b),
                            (GeneralName::Dns(a), Theirs::DNSName(b)) => assert_eq!(a, b),
                            (GeneralName::OtherName { oid, .. }, Theirs::OtherName(other, _)) => {
                                assert_eq!(oid, other.as_bytes());
                            }
                            other => panic!("{other:?}"),
                        }
                    }
                }
                ParsedExtension::SubjectKeyIdentifier(theirs) => {
                    assert_eq!(extensions.subject_key_id.as_deref(), Some(theirs.0));
                }
                ParsedExtension::AuthorityKeyIdentifier(theirs) => {
                    assert_eq!(extensions.authority_key_id.as_deref(), theirs.key_identifier.as_ref().map(|id| id.0));
                }
                ParsedExtension::ParseError { error } => {
                    let ours = [oid::BASIC_CONSTRAINTS, oid::KEY_USAGE, oid::EXTENDED_KEY_USAGE, oid::SUBJECT_ALT_NAME]
                        .into_iter()
                        .chain([oid::NAME_CONSTRAINTS, oid::SUBJECT_KEY_ID, oid::AUTHORITY_KEY_ID]);
                    assert!(!ours.into_iter().any(|oid| oid == extension.oid.as_bytes()), "{error}");
                }
                _ => {}
            }
        }
    }

    #[test]
    fn every_real_certificate_is_read_like_by_a_second_parser() {
        let all = all();
        assert!(all.len() > 60, "{}", all.len());
        for der in all {
            let certificate = Certificate::from_der(&der).unwrap();
            agrees_with_x509_parser(&certificate);
            certificate.public_key().unwrap();
            certificate.signature_scheme().unwrap();
        }
    }

    #[test]
    fn reads_a_public_good_leaf() {
        let leaf = real::leaf("happy-path-v0.3");
        assert_eq!(leaf.issuer_text(), "O=sigstore.dev, CN=sigstore-intermediate");
        assert_eq!(leaf.subject_text(), "(no subject)");
        assert_eq!(leaf.oidc_issuer().unwrap(), Some("https://token.actions.githubusercontent.com"));
        assert_eq!(leaf.subject_alt_names().len(), 1);
        assert_eq!(leaf.extensions().fulcio_text(14), Some("refs/heads/main"));
        assert_eq!(leaf.extensions().fulcio_text(6), Some("refs/heads/main"));
        assert_eq!(leaf.public_key().unwrap().kind(), crate::key::KeyKind::P256);
        assert_eq!(leaf.signature_scheme().unwrap(), Scheme::Ecdsa(crate::crypto::HashAlgorithm::Sha384));
        assert!(leaf.extensions().unprocessed_critical.is_empty() && !leaf.is_self_issued());
    }

    #[test]
    fn refuses_cut_and_padded_certificates() {
        for der in real::leaves().values().take(3) {
            for length in 0..der.len() {
                assert!(Certificate::from_der(&der[..length]).is_err(), "{length}");
            }
            let padded = [der.as_slice(), &[0]].concat();
            assert_eq!(Certificate::from_der(&padded).unwrap_err().code(), Code::CertificateMalformed);
        }
        let huge = vec![0x30; limits::CERTIFICATE_BYTES + 1];
        assert_eq!(Certificate::from_der(&huge).unwrap_err().code(), Code::InputTooLarge);
    }

    /// If a changed octet leaves a certificate readable, both parsers read the same. Nothing panics.
    #[test]
    fn changed_octets_never_trap_nor_divide_the_readers() {
        for der in real::leaves().values().step_by(6) {
            let mut changed = der.clone();
            for at in 0..der.len() {
                for mask in [0x01, 0x80, 0xff] {
                    changed[at] = der[at] ^ mask;
                    if let Ok(certificate) = Certificate::from_der(&changed) {
                        assert_eq!(certificate.der(), changed);
                        if X509Certificate::from_der(&changed).is_ok() {
                            agrees_with_x509_parser(&certificate);
                        }
                    }
                }
                changed[at] = der[at];
            }
        }
    }

    /// The certificate with the first occurrence of `from` replaced by `to`, which has the same length.
    fn replace(certificate: &Certificate, from: &[u8], to: &[u8]) -> Result<Certificate> {
        assert_eq!(from.len(), to.len());
        let mut der = certificate.der().to_vec();
        let at = der.windows(from.len()).position(|window| window == from).unwrap();
        der.splice(at..at.saturating_add(to.len()), to.iter().copied());
        Certificate::from_der(&der)
    }

    #[test]
    fn each_defect_has_its_code() {
        let leaf = real::leaf("happy-path-v0.3");
        let ecdsa = oid::ECDSA_SHA384;
        let inner = replace(&leaf, ecdsa, oid::ECDSA_SHA256).unwrap_err();
        assert_eq!(inner.code(), Code::ChainAlgorithm);
        let version = replace(&leaf, &[0xa0, 3, 2, 1, 2], &[0xa0, 3, 2, 1, 1]).unwrap_err();
        assert_eq!((version.code(), version.found_text()), (Code::CertificateMalformed, Some("version 2")));
        let twice = replace(&leaf, oid::SUBJECT_KEY_ID, oid::AUTHORITY_KEY_ID).unwrap_err();
        assert_eq!(twice.code(), Code::CertificateMalformed);
        let unknown = replace(&leaf, oid::KEY_USAGE, &[0x55, 0x1d, 0x7f]).unwrap();
        assert_eq!(unknown.extensions().unprocessed_critical, [vec![0x55, 0x1d, 0x7f]]);
        let issuer = replace(&leaf, b"\x0c\x2bhttps://token", b"\x0c\x2bhttps://tokem").unwrap();
        assert_eq!(issuer.oidc_issuer().unwrap_err().code(), Code::IdentityIssuer);
        let usage = replace(&leaf, &[3, 2, 7, 0x80], &[3, 2, 7, 0x81]).unwrap_err();
        assert_eq!(usage.subject(), Some("certificate extension 2.5.29.15"));
        let nul = replace(&leaf, b"https://github.com", b"https://github.co\0").unwrap_err();
        assert_eq!(nul.code(), Code::CertificateMalformed);
    }

    #[test]
    fn times() {
        let read = |bytes: &[u8]| Reader::new(bytes).finish(time).map(|time| time.to_string());
        assert_eq!(read(b"\x17\x0d261122225204Z").unwrap(), "2026-11-22T22:52:04Z");
        assert_eq!(read(b"\x17\x0d500101000000Z").unwrap(), "1950-01-01T00:00:00Z");
        assert_eq!(read(b"\x18\x0f20500101000000Z").unwrap(), "2050-01-01T00:00:00Z");
        for bytes in [
            &b"\x17\x0b2611222252Z"[..],
            b"\x17\x112611222252+0000",
            b"\x17\x0d261122225204z",
            b"\x17\x0d2611222252+4Z",
            b"\x17\x0d261322225204Z",
            b"\x18\x1120261122225204.5Z",
            b"\x18\x0d261122225204Z",
            b"\x04\x0d261122225204Z",
        ] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
    }
}
