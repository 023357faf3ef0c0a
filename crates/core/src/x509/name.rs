//! Distinguished names (RFC 5280 section 4.1.2.4). Two names are equal if their bytes are equal. The text form is for
//! reports only.

use super::oid;
use crate::encoding::der::{Reader, tag};
use crate::error::{Code, Error, Result};

const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;

/// A function that gets the type, string tag and content of an attribute.
pub type Visit<'v> = dyn FnMut(&[u8], u8, &[u8]) -> Result<()> + 'v;

/// Calls `attribute` with every attribute of the DER `Name`, in order.
///
/// # Errors
/// `ERR_DER_MALFORMED`, or what `attribute` returns.
pub fn walk(name: &[u8], attribute: &mut Visit<'_>) -> Result<()> {
    let mut whole = Reader::new(name);
    let mut sets = whole.open(tag::SEQUENCE)?;
    while !sets.is_empty() {
        let mut set = sets.open(tag::SET)?;
        if set.is_empty() {
            return Err(Error::new(Code::DerMalformed).expected("an attribute").found("an empty set"));
        }
        while !set.is_empty() {
            let mut r = set.open(tag::SEQUENCE)?;
            let kind = r.expect(tag::OID)?.content;
            let value = r.element()?;
            attribute(kind, value.tag, value.content)?;
            r.end()?;
        }
    }
    whole.end()
}

/// Whether the name has no attribute at all.
pub fn is_empty(name: &[u8]) -> bool {
    name == [tag::SEQUENCE, 0]
}

/// The relative distinguished names of the DER `Name`, each with its tag and length.
///
/// # Errors
/// `ERR_DER_MALFORMED`.
pub fn relative_names(name: &[u8]) -> Result<Vec<&[u8]>> {
    let mut whole = Reader::new(name);
    let mut sets = whole.open(tag::SEQUENCE)?;
    let mut parts = Vec::new();
    while !sets.is_empty() {
        parts.push(sets.expect(tag::SET)?.whole);
    }
    whole.end()?;
    Ok(parts)
}

/// Text such as `O=sigstore.dev, CN=sigstore-intermediate`, for reports.
pub fn text(name: &[u8]) -> String {
    let mut out = String::new();
    let walked = walk(name, &mut |kind, string, value| {
        if !out.is_empty() {
            out.push_str(", ");
        }
        match kind {
            [0x55, 0x04, 3] => out.push_str("CN"),
            [0x55, 0x04, 6] => out.push('C'),
            [0x55, 0x04, 7] => out.push('L'),
            [0x55, 0x04, 8] => out.push_str("ST"),
            [0x55, 0x04, 10] => out.push('O'),
            [0x55, 0x04, 11] => out.push_str("OU"),
            _ => out.push_str(&oid::dotted(kind)),
        }
        out.push('=');
        match (string, std::str::from_utf8(value)) {
            (tag::UTF8_STRING | PRINTABLE_STRING | IA5_STRING, Ok(value)) => out.push_str(value),
            _ => out.push_str(&crate::encoding::hex::encode(value)),
        }
        Ok(())
    });
    match walked {
        Ok(()) if out.is_empty() => "(no subject)".to_owned(),
        Ok(()) => out,
        Err(_) => "(malformed name)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &[u8] =
        b"\x30\x1a\x31\x0a\x30\x08\x06\x03\x55\x04\x0a\x0c\x01a\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x13\x03b c";

    #[test]
    fn reads_names() {
        assert_eq!(text(NAME), "O=a, CN=b c");
        assert_eq!(relative_names(NAME).unwrap().len(), 2);
        assert_eq!(text(&[0x30, 0]), "(no subject)");
        assert!(is_empty(&[0x30, 0]) && !is_empty(NAME));
    }

    #[test]
    fn refuses_malformed_names() {
        for name in [&[][..], &[0x30, 2, 0x31, 0], &[0x31, 0], &[0x30, 0, 0], &NAME[..20]] {
            assert!(walk(name, &mut |_, _, _| Ok(())).is_err(), "{name:?}");
            assert_eq!(text(name), "(malformed name)");
        }
    }
}
