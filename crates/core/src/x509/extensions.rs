//! Extensions of a certificate (RFC 5280 section 4.2, RFC 6962 section 3.3, Fulcio's oid-info), each parsed once.

use std::fmt;

use super::general_name::GeneralName;
use super::name_constraints::NameConstraints;
use super::oid;
use crate::encoding::der::{Reader, malformed, tag};
use crate::error::{Code, Error, Result};
use crate::limits;

/// basicConstraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether the subject is a certificate authority.
    pub ca: bool,
    /// The most intermediates that may follow. Self-issued ones (issuer and subject are the same) do not count.
    pub path_length: Option<u64>,
}

/// keyUsage. Each use is one bit. The first bit of the BIT STRING is the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// digitalSignature
    pub fn digital_signature(self) -> bool {
        self.0 & 0x8000 != 0
    }

    /// nonRepudiation, also contentCommitment
    pub fn non_repudiation(self) -> bool {
        self.0 & 0x4000 != 0
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
    /// The content octets of the purposes' identifiers, in order. At least one.
    pub purposes: Vec<Vec<u8>>,
}

impl ExtendedKeyUsage {
    /// Whether `purpose` itself is in the list.
    pub fn names(&self, purpose: &[u8]) -> bool {
        self.purposes.iter().any(|named| named == purpose)
    }
}

impl fmt::Display for ExtendedKeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, purpose) in self.purposes.iter().enumerate() {
            if index != 0 {
                f.write_str(", ")?;
            }
            match purpose.as_slice() {
                oid::CODE_SIGNING => f.write_str("codeSigning")?,
                oid::TIME_STAMPING => f.write_str("timeStamping")?,
                oid::ANY_EXTENDED_KEY_USAGE => f.write_str("anyExtendedKeyUsage")?,
                other => f.write_str(&oid::dotted(other))?,
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
    /// subjectAltName, in order. Empty without the extension.
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
    /// The content octets of identifiers. They are those of critical extensions that nothing here processes, and that
    /// of the poison extension of a precertificate (RFC 6962 section 3.1), critical or not, because a precertificate is
    /// not a certificate.
    pub unprocessed_critical: Vec<Vec<u8>>,
}

impl Extensions {
    /// Reads the content of the field `extensions`.
    pub(super) fn read(&mut self, content: &[u8]) -> Result<()> {
        let mut field = Reader::new(content);
        let mut list = Reader::new(field.expect(tag::SEQUENCE)?.content);
        let mut seen: Vec<&[u8]> = Vec::new();
        while !list.is_empty() {
            let extension = Extension::read(&mut list)?;
            if seen.contains(&extension.oid) {
                return Err(malformed("each extension once", "a second one").on(extension.subject()));
            }
            seen.push(extension.oid);
            if seen.len() > limits::CERTIFICATE_EXTENSIONS {
                return Err(Error::new(Code::InputTooLarge)
                    .on("certificate")
                    .expected(format_args!("at most {} extensions", limits::CERTIFICATE_EXTENSIONS))
                    .found("more"));
            }
            self.take(&extension).map_err(|error| error.on_outer(extension.subject()))?;
        }
        if seen.is_empty() {
            return Err(malformed("an extension", "an empty list"));
        }
        field.end()
    }

    /// The text of the Fulcio extension 1.3.6.1.4.1.57264.1.`number`.
    pub fn fulcio_text(&self, number: u8) -> Option<&str> {
        self.fulcio.iter().find(|(known, _)| *known == number).map(|(_, text)| text.as_str())
    }

    /// The OIDC issuer, from .1.8 or the older .1.1.
    ///
    /// # Errors
    /// `ERR_IDENTITY_ISSUER` if both are present and differ.
    pub fn oidc_issuer(&self) -> Result<Option<&str>> {
        match (self.fulcio_text(8), self.fulcio_text(1)) {
            (Some(new), Some(old)) if new != old => Err(Error::new(Code::IdentityIssuer)
                .on("certificate")
                .expected(format_args!("{new} in both extensions of the issuer"))
                .found(old)),
            (Some(issuer), _) | (None, Some(issuer)) => Ok(Some(issuer)),
            (None, None) => Ok(None),
        }
    }

    fn take(&mut self, extension: &Extension<'_>) -> Result<()> {
        let mut r = Reader::new(extension.value);
        let mut processed = true;
        match extension.oid {
            oid::BASIC_CONSTRAINTS => self.basic_constraints = Some(basic_constraints(&mut r)?),
            oid::KEY_USAGE => self.key_usage = Some(key_usage(&mut r)?),
            oid::EXTENDED_KEY_USAGE => {
                let purposes = purposes(&mut r)?;
                self.extended_key_usage = Some(ExtendedKeyUsage { critical: extension.critical, purposes });
            }
            oid::SUBJECT_ALT_NAME => general_names(&mut r, &mut self.subject_alt_names)?,
            oid::NAME_CONSTRAINTS => self.name_constraints = Some(NameConstraints::read(&mut r)?),
            oid::SCT_LIST => self.sct_list = Some(octets(&mut r)?),
            oid::SUBJECT_KEY_ID => {
                processed = false;
                self.subject_key_id = Some(octets(&mut r)?);
            }
            oid::AUTHORITY_KEY_ID => {
                processed = false;
                self.authority_key_id = authority_key_id(&mut r)?;
            }
            oid::PRECERTIFICATE_POISON => {
                self.unprocessed_critical.push(extension.oid.to_vec());
                return Ok(());
            }
            other => {
                processed = false;
                if let Some([number]) = other.strip_prefix(oid::FULCIO)
                    && let Some(text) = fulcio_text(*number, extension.value)?
                {
                    self.fulcio.push((*number, text));
                }
                r = Reader::new(&[]);
            }
        }
        r.end()?;
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
        let mut r = r.open(tag::SEQUENCE)?;
        let oid = r.expect(tag::OID)?.content;
        if !oid::is_well_formed(oid) {
            return Err(malformed("an object identifier", oid::dotted(oid)));
        }
        let critical = boolean_default_false(&mut r)?;
        let value = r.expect(tag::OCTET_STRING)?.content;
        r.end()?;
        Ok(Self { oid, critical, value })
    }

    fn subject(&self) -> String {
        format!("certificate extension {}", oid::dotted(self.oid))
    }
}

/// A BOOLEAN that may be absent. DER does not allow to write FALSE, but certificates often have it, and its meaning is
/// clear.
fn boolean_default_false(r: &mut Reader<'_>) -> Result<bool> {
    match r.optional(tag::BOOLEAN)?.map(|element| element.content) {
        None | Some([0]) => Ok(false),
        Some([0xff]) => Ok(true),
        Some(_) => Err(malformed("a boolean of 0x00 or 0xff", "another octet")),
    }
}

fn octets(r: &mut Reader<'_>) -> Result<Vec<u8>> {
    Ok(r.expect(tag::OCTET_STRING)?.content.to_vec())
}

fn basic_constraints(r: &mut Reader<'_>) -> Result<BasicConstraints> {
    let mut r = r.open(tag::SEQUENCE)?;
    let ca = boolean_default_false(&mut r)?;
    let path_length = if r.is_empty() { None } else { Some(r.u64()?) };
    r.end()?;
    Ok(BasicConstraints { ca, path_length })
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
    let mut list = r.open(tag::SEQUENCE)?;
    let mut purposes = Vec::new();
    while !list.is_empty() {
        let purpose = list.expect(tag::OID)?.content;
        if !oid::is_well_formed(purpose) {
            return Err(malformed("an object identifier", oid::dotted(purpose)));
        }
        purposes.push(purpose.to_vec());
    }
    if purposes.is_empty() { Err(malformed("a purpose", "an empty list")) } else { Ok(purposes) }
}

fn general_names(r: &mut Reader<'_>, names: &mut Vec<GeneralName>) -> Result<()> {
    let mut list = r.open(tag::SEQUENCE)?;
    while !list.is_empty() {
        names.push(GeneralName::from_element(&list.element()?)?);
    }
    if names.is_empty() { Err(malformed("a name", "an empty list")) } else { Ok(()) }
}

/// `SEQUENCE { [0] keyIdentifier, [1] authorityCertIssuer, [2] authorityCertSerialNumber }`, all optional.
fn authority_key_id(r: &mut Reader<'_>) -> Result<Option<Vec<u8>>> {
    let mut r = r.open(tag::SEQUENCE)?;
    let key_id = r.optional(tag::context_primitive(0))?;
    r.optional(tag::context(1))?;
    r.optional(tag::context_primitive(2))?;
    r.end()?;
    Ok(key_id.map(|element| element.content.to_vec()))
}

/// The text of Fulcio's extension `number`. It is bare up to number 6, and a DER UTF8String from 8 on. Unknown numbers
/// are ignored if they hold something else.
fn fulcio_text(number: u8, value: &[u8]) -> Result<Option<String>> {
    let utf8 = |octets: &[u8]| match std::str::from_utf8(octets) {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => Err(malformed("UTF-8 text", "other bytes")),
    };
    match number {
        1..=6 => utf8(value),
        0 | 7 => Ok(None),
        _ => match Reader::new(value).finish(|r| utf8(r.expect(tag::UTF8_STRING)?.content)) {
            Err(_) if number > oid::FULCIO_LAST => Ok(None),
            read => read,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::der::element;

    fn extension(oid: &[u8], critical: &[u8], value: &[u8]) -> Vec<u8> {
        let content = [&element(tag::OID, oid), critical, &element(tag::OCTET_STRING, value)].concat();
        element(tag::SEQUENCE, &content)
    }

    fn parse(extensions: &[Vec<u8>]) -> Result<Extensions> {
        let mut read = Extensions::default();
        read.read(&element(tag::SEQUENCE, &extensions.concat()))?;
        Ok(read)
    }

    /// A single extension with this value. It is not critical.
    fn one(oid: &[u8], value: &[u8]) -> Result<Extensions> {
        parse(&[extension(oid, &[], value)])
    }

    fn fulcio(number: u8) -> Vec<u8> {
        [oid::FULCIO, &[number]].concat()
    }

    #[test]
    fn basic_constraints_have_one_meaning() {
        for (value, ca, path_length) in [
            (&[0x30, 0][..], false, None),
            (&[0x30, 3, 1, 1, 0], false, None),
            (&[0x30, 3, 1, 1, 0xff], true, None),
            (&[0x30, 6, 1, 1, 0xff, 2, 1, 0], true, Some(0)),
        ] {
            let read = one(oid::BASIC_CONSTRAINTS, value).unwrap().basic_constraints;
            assert_eq!(read, Some(BasicConstraints { ca, path_length }));
        }
        for value in [
            &[0x30, 3, 1, 1, 1][..],
            &[0x30, 6, 1, 1, 0xff, 2, 1, 0xff],
            &[0x30, 9, 1, 1, 0xff, 2, 1, 0, 2, 1, 0],
            &[0x30, 0, 0],
            &[0x31, 0],
            &[],
        ] {
            assert!(one(oid::BASIC_CONSTRAINTS, value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn key_usages_have_one_meaning() {
        for (value, sign, issue) in [
            (&[3u8, 2, 7, 0x80][..], true, false),
            (&[3, 2, 1, 0x06], false, true),
            (&[3, 2, 2, 0x84], true, true),
            (&[3, 3, 7, 0x80, 0x80], true, false),
        ] {
            let usage = one(oid::KEY_USAGE, value).unwrap().key_usage.unwrap();
            assert_eq!((usage.digital_signature(), usage.key_cert_sign()), (sign, issue), "{value:?}");
        }
        for value in
            [&[3u8, 1, 0][..], &[3, 2, 0, 0], &[3, 2, 8, 0x80], &[3, 2, 7, 0xc0], &[3, 4, 0, 1, 1, 1], &[4, 2, 7, 0x80]]
        {
            assert!(one(oid::KEY_USAGE, value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn unprocessed_critical_extensions_are_kept_in_mind() {
        let critical: &[u8] = &[1, 1, 0xff];
        let unknown = [0x2a, 0x03];
        let id = [4u8, 1, 7];
        let list = [
            extension(&unknown, critical, &[]),
            extension(oid::SUBJECT_KEY_ID, critical, &id),
            extension(oid::BASIC_CONSTRAINTS, critical, &[0x30, 0]),
            extension(oid::PRECERTIFICATE_POISON, &[1, 1, 0], &[5, 0]),
            extension(&fulcio(1), critical, b"https://issuer.example"),
        ];
        let read = parse(&list).unwrap();
        let kept: Vec<String> = read.unprocessed_critical.iter().map(|oid| oid::dotted(oid)).collect();
        assert_eq!(kept, ["1.2.3", "2.5.29.14", "1.3.6.1.4.1.11129.2.4.3", "1.3.6.1.4.1.57264.1.1"]);
        let not_boolean = [extension(&unknown, &[1, 1, 1], &[])];
        assert_eq!(parse(&not_boolean).unwrap_err().code(), Code::DerMalformed);
    }

    #[test]
    fn each_extension_stands_once_and_few_stand_at_all() {
        let twice = [extension(&[0x2a, 3], &[], &[]), extension(&[0x2a, 3], &[], &[1])];
        let error = parse(&twice).unwrap_err();
        assert_eq!((error.code(), error.subject()), (Code::DerMalformed, Some("certificate extension 1.2.3")));
        assert_eq!(parse(&[]).unwrap_err().code(), Code::DerMalformed);
        let many: Vec<Vec<u8>> = (0..65).map(|arc| extension(&[0x2a, arc], &[], &[])).collect();
        assert_eq!(parse(&many).unwrap_err().code(), Code::InputTooLarge);
        parse(&many[1..]).unwrap();
    }

    #[test]
    fn fulcio_texts_are_bare_or_utf8_strings() {
        let text = |number: u8, value: &[u8]| {
            one(&fulcio(number), value).map(|read| read.fulcio_text(number).map(str::to_owned))
        };
        assert_eq!(text(6, b"refs/heads/main").unwrap().as_deref(), Some("refs/heads/main"));
        assert_eq!(text(14, b"\x0c\x04main").unwrap().as_deref(), Some("main"));
        assert_eq!(text(15, b"\x0c\x00").unwrap().as_deref(), Some(""));
        assert_eq!(text(99, b"\x0c\x04main").unwrap().as_deref(), Some("main"));
        assert_eq!(text(99, b"\x30\x00").unwrap(), None);
        for (number, value) in [
            (6u8, &b"\xff"[..]),
            (14, b"main"),
            (14, b"\x13\x04main"),
            (14, b"\x0c\x04main\x00"),
            (14, b"\x0c\x01\xff"),
        ] {
            assert!(text(number, value).is_err(), "{number} {value:?}");
        }
    }

    #[test]
    fn the_oidc_issuer_is_stated_without_contradiction() {
        let both =
            |old: &[u8]| parse(&[extension(&fulcio(8), &[], b"\x0c\x03a:b"), extension(&fulcio(1), &[], old)]).unwrap();
        assert_eq!(both(b"a:b").oidc_issuer().unwrap(), Some("a:b"));
        assert_eq!(both(b"a:c").oidc_issuer().unwrap_err().code(), Code::IdentityIssuer);
        assert_eq!(one(&fulcio(8), b"\x0c\x03a:b").unwrap().oidc_issuer().unwrap(), Some("a:b"));
        assert_eq!(one(&fulcio(1), b"a:b").unwrap().oidc_issuer().unwrap(), Some("a:b"));
        assert_eq!(one(&fulcio(9), b"\x0c\x03a:b").unwrap().oidc_issuer().unwrap(), None);
    }

    #[test]
    fn key_identifiers() {
        assert_eq!(one(oid::AUTHORITY_KEY_ID, b"\x30\x04\x80\x02ab").unwrap().authority_key_id.unwrap(), b"ab");
        assert_eq!(one(oid::AUTHORITY_KEY_ID, b"\x30\x05\xa1\x00\x82\x01\x07").unwrap().authority_key_id, None);
        for value in [&b"\x30\x02\x05\x00"[..], b"\x30\x04\x80\x02ab\x00", b"\x80\x02ab"] {
            assert!(one(oid::AUTHORITY_KEY_ID, value).is_err(), "{value:?}");
        }
        assert!(one(oid::SUBJECT_KEY_ID, b"ab").is_err() && one(oid::SCT_LIST, b"\x04\x01a\x00").is_err());
    }
}
