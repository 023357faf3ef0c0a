//! Extensions of a certificate (RFC 5280 section 4.2, RFC 6962 section 3.3, Fulcio's oid-info), each parsed once.

use std::fmt;

use super::general_name::GeneralName;
use super::name_constraints::NameConstraints;
use super::oid;
use crate::encoding::der::{Reader, tag};
use crate::error::{Code, Error, Result};
use crate::limits;

/// basicConstraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether the subject is a certificate authority.
    pub ca: bool,
    /// How many intermediates may follow, those not counted whose issuer and subject have one name.
    pub path_length: Option<u64>,
}

/// keyUsage: one bit a use, the first of the BIT STRING highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// digitalSignature
    pub fn digital_signature(self) -> bool {
        self.0 & 0x8000 != 0
    }

    /// keyCertSign
    pub fn key_cert_sign(self) -> bool {
        self.0 & 0x0400 != 0
    }
}

/// extKeyUsage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtendedKeyUsage {
    /// Whether the extension is critical.
    pub critical: bool,
    /// Content octets of the purposes' identifiers, in order. At least one.
    pub purposes: Vec<Vec<u8>>,
}

impl ExtendedKeyUsage {
    /// Whether `purpose` is named itself.
    pub fn names(&self, purpose: &[u8]) -> bool {
        self.purposes.iter().any(|named| named == purpose)
    }
}

impl fmt::Display for ExtendedKeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, purpose) in self.purposes.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            match purpose.as_slice() {
                oid::CODE_SIGNING => write!(f, "{separator}codeSigning")?,
                oid::TIME_STAMPING => write!(f, "{separator}timeStamping")?,
                oid::ANY_EXTENDED_KEY_USAGE => write!(f, "{separator}anyExtendedKeyUsage")?,
                other => write!(f, "{separator}{}", oid::dotted(other))?,
            }
        }
        Ok(())
    }
}

/// The extensions of one certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// basicConstraints
    pub basic_constraints: Option<BasicConstraints>,
    /// keyUsage
    pub key_usage: Option<KeyUsage>,
    /// extKeyUsage
    pub extended_key_usage: Option<ExtendedKeyUsage>,
    /// subjectAltName, in order; empty without the extension.
    pub subject_alt_names: Vec<GeneralName>,
    /// nameConstraints
    pub name_constraints: Option<NameConstraints>,
    /// subjectKeyIdentifier
    pub subject_key_id: Option<Vec<u8>>,
    /// The keyIdentifier of authorityKeyIdentifier.
    pub authority_key_id: Option<Vec<u8>>,
    /// The list of signed certificate timestamps in its TLS encoding.
    pub sct_list: Option<Vec<u8>>,
    /// Fulcio's extensions: last arc and text, in order.
    pub fulcio: Vec<(u8, String)>,
    /// Content octets of the identifiers of critical extensions that nothing here processes, and of the poison that
    /// makes a precertificate (RFC 6962 section 3.1), critical or not: that is no certificate.
    pub unprocessed_critical: Vec<Vec<u8>>,
}

impl Extensions {
    /// Parses the content of the field `extensions`.
    pub(super) fn parse(content: &[u8]) -> Result<Self> {
        let mut out = Self::default();
        Reader::new(content).finish(|r| {
            let list = r.expect(tag::SEQUENCE)?;
            let mut seen: Vec<&[u8]> = Vec::new();
            let mut r = Reader::new(list.content);
            while !r.is_empty() {
                let extension = Extension::read(&mut r)?;
                if seen.contains(&extension.oid) {
                    return Err(malformed("each extension once", "a second one").on(extension.subject()));
                }
                seen.push(extension.oid);
                if seen.len() > limits::CERTIFICATE_EXTENSIONS {
                    return Err(Error::new(Code::InputTooLarge)
                        .on("certificate")
                        .expected(format!("at most {} extensions", limits::CERTIFICATE_EXTENSIONS))
                        .found("more"));
                }
                out.take(&extension).map_err(|error| error.on_outer(extension.subject()))?;
            }
            if seen.is_empty() { Err(malformed("an extension", "an empty list")) } else { Ok(()) }
        })?;
        Ok(out)
    }

    /// The text of the Fulcio extension 1.3.6.1.4.1.57264.1.`number`.
    pub fn fulcio_text(&self, number: u8) -> Option<&str> {
        self.fulcio.iter().find(|(known, _)| *known == number).map(|(_, text)| text.as_str())
    }

    /// The OIDC issuer, from .1.8 or the older .1.1.
    ///
    /// # Errors
    /// `ERR_IDENTITY_ISSUER` if both are there and differ.
    pub fn oidc_issuer(&self) -> Result<Option<&str>> {
        match (self.fulcio_text(8), self.fulcio_text(1)) {
            (Some(new), Some(old)) if new != old => Err(Error::new(Code::IdentityIssuer)
                .on("certificate")
                .expected(format!("{new} in both extensions of the issuer"))
                .found(old)),
            (Some(issuer), _) | (None, Some(issuer)) => Ok(Some(issuer)),
            (None, None) => Ok(None),
        }
    }

    fn take(&mut self, extension: &Extension<'_>) -> Result<()> {
        let mut processed = true;
        let r = Reader::new(extension.value);
        match extension.oid {
            oid::BASIC_CONSTRAINTS => self.basic_constraints = Some(r.finish(basic_constraints)?),
            oid::KEY_USAGE => self.key_usage = Some(r.finish(key_usage)?),
            oid::EXTENDED_KEY_USAGE => {
                let purposes = r.finish(|r| r.nested(tag::SEQUENCE, purposes))?;
                self.extended_key_usage = Some(ExtendedKeyUsage { critical: extension.critical, purposes });
            }
            oid::SUBJECT_ALT_NAME => self.subject_alt_names = r.finish(|r| r.nested(tag::SEQUENCE, general_names))?,
            oid::NAME_CONSTRAINTS => self.name_constraints = Some(NameConstraints::parse(extension.value)?),
            oid::SCT_LIST => {
                self.sct_list = Some(r.finish(|r| Ok(r.expect(tag::OCTET_STRING)?.content.to_vec()))?);
            }
            oid::PRECERTIFICATE_POISON => self.unprocessed_critical.push(extension.oid.to_vec()),
            oid::SUBJECT_KEY_ID => {
                processed = false;
                self.subject_key_id = Some(r.finish(|r| Ok(r.expect(tag::OCTET_STRING)?.content.to_vec()))?);
            }
            oid::AUTHORITY_KEY_ID => {
                processed = false;
                self.authority_key_id = r.finish(authority_key_id)?;
            }
            other => {
                processed = false;
                if let Some([number]) = other.strip_prefix(oid::FULCIO)
                    && let Some(text) = fulcio_text(*number, extension.value)?
                {
                    self.fulcio.push((*number, text));
                }
            }
        }
        if extension.critical && !processed {
            self.unprocessed_critical.push(extension.oid.to_vec());
        }
        Ok(())
    }
}

/// One extension: `SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }`.
struct Extension<'a> {
    oid: &'a [u8],
    critical: bool,
    value: &'a [u8],
}

impl<'a> Extension<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self> {
        r.nested(tag::SEQUENCE, |r| {
            let oid = r.expect(tag::OID)?.content;
            if !oid::is_well_formed(oid) {
                return Err(malformed("an object identifier", &oid::dotted(oid)));
            }
            let critical = boolean_default_false(r)?;
            let value = r.expect(tag::OCTET_STRING)?.content;
            Ok(Self { oid, critical, value })
        })
    }

    fn subject(&self) -> String {
        format!("certificate extension {}", oid::dotted(self.oid))
    }
}

/// A BOOLEAN that may be left out. That FALSE is spelt out is not DER but common, and has one meaning.
fn boolean_default_false(r: &mut Reader<'_>) -> Result<bool> {
    match r.optional(tag::BOOLEAN)?.map(|element| element.content) {
        None | Some([0]) => Ok(false),
        Some([0xff]) => Ok(true),
        Some(_) => Err(malformed("a boolean of 0x00 or 0xff", "another octet")),
    }
}

fn basic_constraints(r: &mut Reader<'_>) -> Result<BasicConstraints> {
    r.nested(tag::SEQUENCE, |r| {
        let ca = boolean_default_false(r)?;
        let path_length = if r.is_empty() { None } else { Some(r.u64()?) };
        Ok(BasicConstraints { ca, path_length })
    })
}

fn key_usage(r: &mut Reader<'_>) -> Result<KeyUsage> {
    let (unused, first, second) = match r.expect(tag::BIT_STRING)?.content {
        [unused @ 0..=7, first] => (*unused, *first, 0),
        [unused @ 0..=7, first, second] => (*unused, *first, *second),
        _ => return Err(malformed("one to nine bits of use", "another number of them")),
    };
    let bits = u16::from_be_bytes([first, second]);
    let last = if second == 0 { first } else { second };
    if bits == 0 || last.trailing_zeros() < u32::from(unused) {
        return Err(malformed("at least one use, and no bit beyond the last", "other bits"));
    }
    Ok(KeyUsage(bits))
}

fn purposes(r: &mut Reader<'_>) -> Result<Vec<Vec<u8>>> {
    let mut purposes = Vec::new();
    while !r.is_empty() {
        let purpose = r.expect(tag::OID)?.content;
        if !oid::is_well_formed(purpose) {
            return Err(malformed("an object identifier", &oid::dotted(purpose)));
        }
        purposes.push(purpose.to_vec());
    }
    if purposes.is_empty() { Err(malformed("a purpose", "an empty list")) } else { Ok(purposes) }
}

fn general_names(r: &mut Reader<'_>) -> Result<Vec<GeneralName>> {
    let mut names = Vec::new();
    while !r.is_empty() {
        names.push(GeneralName::from_element(&r.element()?)?);
    }
    if names.is_empty() { Err(malformed("a name", "an empty list")) } else { Ok(names) }
}

/// `SEQUENCE { [0] keyIdentifier, [1] authorityCertIssuer, [2] authorityCertSerialNumber }`, all optional.
fn authority_key_id(r: &mut Reader<'_>) -> Result<Option<Vec<u8>>> {
    r.nested(tag::SEQUENCE, |r| {
        let key_id = r.optional(tag::context_primitive(0))?.map(|element| element.content.to_vec());
        r.optional(tag::context(1))?;
        r.optional(tag::context_primitive(2))?;
        Ok(key_id)
    })
}

/// The text of Fulcio's extension `number`: bare up to 6, a DER UTF8String from 8 on. Numbers that this build does
/// not know are passed over if they hold something else.
fn fulcio_text(number: u8, value: &[u8]) -> Result<Option<String>> {
    let utf8 = |octets: &[u8]| match std::str::from_utf8(octets) {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => Err(malformed("UTF-8 text", "other bytes")),
    };
    match number {
        1..=6 => utf8(value),
        0 | 7 => Ok(None),
        _ => match Reader::new(value).finish(|r| utf8(r.expect(tag::UTF8_STRING)?.content)) {
            Err(_) if oid::fulcio_name(number).is_none() => Ok(None),
            read => read,
        },
    }
}

fn malformed(expected: &str, found: &str) -> Error {
    Error::new(Code::DerMalformed).expected(expected).found(found)
}
