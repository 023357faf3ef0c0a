//! GeneralName (RFC 5280 section 4.2.1.6): the forms of a name, and the characters that they may contain.

use std::fmt;

use super::{name, oid};
use crate::encoding::der::{Element, Reader, malformed, tag};
use crate::encoding::hex;
use crate::error::Result;

/// One name, as an alternative name or as the base of a name constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneralName {
    /// uniformResourceIdentifier: printable ASCII, not empty.
    Uri(String),
    /// rfc822Name: printable ASCII, not empty.
    Email(String),
    /// dNSName: printable ASCII, not empty.
    Dns(String),
    /// directoryName: the DER of the name.
    Directory(Vec<u8>),
    /// iPAddress: four or sixteen octets (twice as many in a constraint).
    Ip(Vec<u8>),
    /// otherName.
    OtherName {
        /// Content octets of its type.
        oid: Vec<u8>,
        /// Its value, if it is a UTF8String without control characters.
        text: Option<String>,
    },
    /// x400Address, ediPartyName or registeredID: only its tag.
    Other(u8),
}

impl GeneralName {
    /// From one element of an alternative name.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED` for an unknown form, an empty text, and characters other than printable ASCII. Verifiers
    /// differ in how they read a NUL or a line end inside a name.
    pub fn from_element(element: &Element<'_>) -> Result<Self> {
        let name = Self::from_constraint(element)?;
        match &name {
            Self::Uri(text) | Self::Email(text) | Self::Dns(text) if text.is_empty() => {
                Err(malformed("a name", "an empty one"))
            }
            Self::Ip(octets) if !matches!(octets.len(), 4 | 16) => {
                Err(malformed("an address of 4 or 16 octets", format_args!("{} octets", octets.len())))
            }
            Self::OtherName { oid, text: None } if oid == oid::FULCIO_USERNAME => {
                Err(malformed("a user name as UTF8String without control characters", "another value"))
            }
            _ => Ok(name),
        }
    }

    /// From the base of a constraint. There, an empty text means every name.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub fn from_constraint(element: &Element<'_>) -> Result<Self> {
        const EMAIL: u8 = tag::context_primitive(1);
        const DNS: u8 = tag::context_primitive(2);
        const URI: u8 = tag::context_primitive(6);
        const IP: u8 = tag::context_primitive(7);
        const REGISTERED_ID: u8 = tag::context_primitive(8);
        const OTHER_NAME: u8 = tag::context(0);
        const X400_ADDRESS: u8 = tag::context(3);
        const DIRECTORY: u8 = tag::context(4);
        const EDI_PARTY: u8 = tag::context(5);
        let content = element.content;
        Ok(match element.tag {
            EMAIL => Self::Email(ia5(content)?),
            DNS => Self::Dns(ia5(content)?),
            URI => Self::Uri(ia5(content)?),
            IP => Self::Ip(content.to_vec()),
            DIRECTORY => {
                name::walk(content, &mut |_, _, _| Ok(()))?;
                Self::Directory(content.to_vec())
            }
            OTHER_NAME => other_name(content)?,
            X400_ADDRESS | EDI_PARTY | REGISTERED_ID => Self::Other(element.tag),
            other => return Err(malformed("a general name", format_args!("tag {other:#04x}"))),
        })
    }

    /// Its form, for messages and reports.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Uri(_) => "URI",
            Self::Email(_) => "e-mail address",
            Self::Dns(_) => "DNS name",
            Self::Directory(_) => "directory name",
            Self::Ip(_) => "IP address",
            Self::OtherName { .. } => "otherName",
            Self::Other(0x88) => "registered identifier",
            Self::Other(0xa3) => "X.400 address",
            Self::Other(_) => "EDI party name",
        }
    }

    /// The exact text, for the forms that are text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Uri(text) | Self::Email(text) | Self::Dns(text) => Some(text),
            Self::OtherName { text, .. } => text.as_deref(),
            Self::Directory(_) | Self::Ip(_) | Self::Other(_) => None,
        }
    }
}

impl fmt::Display for GeneralName {
    /// The form and the text, for reports.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made;
        let text = match self {
            Self::Uri(text) | Self::Email(text) | Self::Dns(text) => text,
            Self::Directory(der) => {
                made = name::text(der);
                &made
            }
            Self::Ip(octets) => {
                made = hex::encode(octets);
                &made
            }
            Self::OtherName { oid, text } => {
                made = format!("{} {}", oid::dotted(oid), text.as_deref().unwrap_or("(not text)"));
                &made
            }
            Self::Other(_) => return f.write_str(self.kind()),
        };
        write!(f, "{} {text}", self.kind())
    }
}

fn other_name(content: &[u8]) -> Result<GeneralName> {
    let mut r = Reader::new(content);
    let oid = r.expect(tag::OID)?.content;
    let mut explicit = r.open(tag::context(0))?;
    let value = explicit.element()?;
    explicit.end()?;
    r.end()?;
    let text = if value.tag == tag::UTF8_STRING { std::str::from_utf8(value.content).ok() } else { None };
    let text = text.filter(|text| !text.is_empty() && !text.contains(char::is_control));
    Ok(GeneralName::OtherName { oid: oid.to_vec(), text: text.map(str::to_owned) })
}

/// The content of an IA5String. Only printable ASCII is accepted.
fn ia5(content: &[u8]) -> Result<String> {
    match content.iter().find(|octet| !matches!(octet, 0x20..=0x7e)) {
        Some(octet) => Err(malformed("printable ASCII in a name", format_args!("octet {octet:#04x}"))),
        None => Ok(content.iter().map(|&octet| char::from(octet)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn parse(bytes: &[u8]) -> Result<GeneralName> {
        Reader::new(bytes).finish(|r| GeneralName::from_element(&r.element()?))
    }

    #[test]
    fn reads_each_form() {
        assert_eq!(parse(b"\x81\x03a@b").unwrap(), GeneralName::Email("a@b".to_owned()));
        assert_eq!(parse(b"\x82\x03a.b").unwrap(), GeneralName::Dns("a.b".to_owned()));
        assert_eq!(parse(b"\x86\x03a:b").unwrap().to_string(), "URI a:b");
        assert_eq!(parse(b"\x87\x04\x7f\x00\x00\x01").unwrap().kind(), "IP address");
        assert_eq!(parse(b"\xa4\x02\x30\x00").unwrap().to_string(), "directory name (no subject)");
        assert_eq!(parse(b"\x88\x01\x2a").unwrap(), GeneralName::Other(0x88));
        let user = parse(b"\xa0\x13\x06\x0a\x2b\x06\x01\x04\x01\x83\xbf\x30\x01\x07\xa0\x05\x0c\x03a!b").unwrap();
        assert_eq!((user.kind(), user.text()), ("otherName", Some("a!b")));
        let foreign = parse(b"\xa0\x07\x06\x01\x2a\xa0\x02\x05\x00").unwrap();
        assert_eq!(foreign.text(), None);
    }

    #[test]
    fn refuses_what_verifiers_read_differently() {
        for bytes in [
            &b"\x81\x04a@b\x00"[..],
            b"\x86\x04a:b\n",
            b"\x86\x04a:\xc3\xa9",
            b"\x82\x00",
            b"\x87\x03\x7f\x00\x01",
            b"\xa4\x03\x30\x00\x00",
            b"\xa0\x13\x06\x0a\x2b\x06\x01\x04\x01\x83\xbf\x30\x01\x07\xa0\x05\x0c\x03a\x00b",
            b"\xa0\x13\x06\x0a\x2b\x06\x01\x04\x01\x83\xbf\x30\x01\x07\xa0\x05\x13\x03a!b",
            b"\xa0\x09\x06\x01\x2a\xa0\x02\x05\x00\x05\x00",
            b"\x89\x00",
            b"\x0c\x01a",
        ] {
            assert_eq!(parse(bytes).unwrap_err().code(), Code::DerMalformed, "{bytes:?}");
        }
    }
}
