//! DER (X.690): keys, certificates, signatures, timestamp tokens. Lengths are definite and have their shortest form.
//! Whoever opens a structure must read it to its end.

use std::fmt;

use crate::encoding::time::{self, Time};
use crate::error::{Code, Error, Result};

/// Tags of the universal class, as the first octet of an element.
pub mod tag {
    /// BOOLEAN
    pub const BOOLEAN: u8 = 0x01;
    /// INTEGER
    pub const INTEGER: u8 = 0x02;
    /// BIT STRING
    pub const BIT_STRING: u8 = 0x03;
    /// OCTET STRING
    pub const OCTET_STRING: u8 = 0x04;
    /// NULL
    pub const NULL: u8 = 0x05;
    /// OBJECT IDENTIFIER
    pub const OID: u8 = 0x06;
    /// UTF8String
    pub const UTF8_STRING: u8 = 0x0c;
    /// SEQUENCE, constructed
    pub const SEQUENCE: u8 = 0x30;
    /// SET, constructed
    pub const SET: u8 = 0x31;
    /// GeneralizedTime
    pub const GENERALIZED_TIME: u8 = 0x18;
    /// UTCTime
    pub const UTC_TIME: u8 = 0x17;
    /// [n] constructed, context-specific
    pub const fn context(number: u8) -> u8 {
        0xa0 | number
    }
    /// [n] primitive, context-specific
    pub const fn context_primitive(number: u8) -> u8 {
        0x80 | number
    }
}

/// One element: its tag, its content, and the whole of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// The identifier octet.
    pub tag: u8,
    /// The content octets.
    pub content: &'a [u8],
    /// Identifier, length and content octets: what a signature covers.
    pub whole: &'a [u8],
}

/// Reads elements one after another.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

#[cold]
#[inline(never)]
fn refused(expected: &str) -> Error {
    Error::new(Code::DerMalformed).expected(expected)
}

/// The refusal of a structure that is valid DER and not what its specification requires.
pub(crate) fn malformed(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::DerMalformed).expected(expected).found(found)
}

/// The refusal, under `code`, of a structure that was read as DER. States what `error` found, or that `expected` was
/// not found.
#[cold]
#[inline(never)]
pub(crate) fn refused_as(code: Code, subject: Option<&str>, expected: &str, error: &Error) -> Error {
    let refusal = Error::new(code)
        .expected(error.expected_text().unwrap_or(expected))
        .found(error.found_text().unwrap_or("other bytes"));
    match error.subject().or(subject) {
        Some(subject) => refusal.on(subject),
        None => refusal,
    }
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything was read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element, if there is one.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever its tag is. Refuses tags above 30, which do not occur in these structures.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub fn element(&mut self) -> Result<Element<'a>> {
        let start = self.rest;
        let (&tag, rest) = start.split_first().ok_or_else(|| refused("another element"))?;
        if tag & 0x1f == 0x1f {
            return Err(refused("a tag below 31"));
        }
        let (&first, rest) = rest.split_first().ok_or_else(|| refused("a length"))?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let count = usize::from(first & 0x7f);
            let (octets, rest) = rest.split_at_checked(count).ok_or_else(|| refused("a whole length"))?;
            if !(1..=4).contains(&count) || octets.first() == Some(&0) {
                return Err(refused("a length in its shortest form"));
            }
            let length = octets.iter().fold(0u32, |sum, &octet| sum << 8 | u32::from(octet));
            if length < 0x80 {
                return Err(refused("a length in its shortest form"));
            }
            (usize::try_from(length).map_err(|_| refused("a length that fits"))?, rest)
        };
        let (content, rest) =
            rest.split_at_checked(length).ok_or_else(|| refused("as many bytes as the length says"))?;
        let used = start.len().saturating_sub(rest.len());
        let (whole, _) = start.split_at_checked(used).ok_or_else(|| refused("a whole element"))?;
        self.rest = rest;
        Ok(Element { tag, content, whole })
    }

    /// The next element, which must have this tag.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub fn expect(&mut self, tag: u8) -> Result<Element<'a>> {
        let element = self.element()?;
        if element.tag != tag {
            return Err(Error::new(Code::DerMalformed)
                .expected(format_args!("tag {tag:#04x}"))
                .found(format_args!("{:#04x}", element.tag)));
        }
        Ok(element)
    }

    /// The next element, if it has this tag. `None` if another element or nothing follows.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED` if it has the tag and is malformed.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>> {
        if self.peek() == Some(tag) { self.element().map(Some) } else { Ok(None) }
    }

    /// Opens the next element, which must have this tag. The caller must read its content to the [`end`](Self::end).
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub fn open(&mut self, tag: u8) -> Result<Reader<'a>> {
        self.expect(tag).map(|element| Reader::new(element.content))
    }

    /// Requires that everything was read.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub fn end(&self) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        Err(refused("nothing after the structure").found(format_args!("{} bytes", self.rest.len())))
    }

    /// Opens the next element, which must have this tag, and reads its content with `read`. Refuses bytes that `read`
    /// left.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`, or what `read` returns.
    pub fn nested<T>(&mut self, tag: u8, read: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
        self.open(tag)?.finish(read)
    }

    /// Reads with `read`. Refuses bytes that `read` left.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`, or what `read` returns.
    pub fn finish<T>(mut self, read: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
        let value = read(&mut self)?;
        self.end()?;
        Ok(value)
    }

    /// An INTEGER of either sign and of any size in its shortest form (X.690 section 8.3.2). Returns its content
    /// octets. For serial numbers and nonces, which are only compared. No rule forbids that they are negative.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub fn integer(&mut self) -> Result<&'a [u8]> {
        let content = self.expect(tag::INTEGER)?.content;
        match content {
            [] => Err(refused("an integer")),
            [0, second, ..] if *second < 0x80 => Err(refused("an integer in its shortest form")),
            [0xff, second, ..] if *second >= 0x80 => Err(refused("an integer in its shortest form")),
            _ => Ok(content),
        }
    }

    /// An INTEGER that is not negative, in its shortest form. Returns the magnitude without the sign octet.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub fn unsigned(&mut self) -> Result<&'a [u8]> {
        match self.integer()? {
            [first, ..] if *first >= 0x80 => Err(refused("a non-negative integer")),
            [0, magnitude @ ..] if !magnitude.is_empty() => Ok(magnitude),
            content => Ok(content),
        }
    }

    /// An INTEGER from 0 to 2^64-1.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub fn u64(&mut self) -> Result<u64> {
        let magnitude = self.unsigned()?;
        if magnitude.len() > 8 {
            return Err(refused("an integer below 2^64"));
        }
        Ok(magnitude.iter().fold(0, |sum, &octet| sum << 8 | u64::from(octet)))
    }

    /// A BIT STRING of whole octets.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub fn bit_string(&mut self) -> Result<&'a [u8]> {
        match self.expect(tag::BIT_STRING)?.content {
            [0, octets @ ..] => Ok(octets),
            _ => Err(refused("a bit string of whole octets")),
        }
    }

    /// A GeneralizedTime in the form that RFC 5280 and RFC 3161 allow: `YYYYMMDDHHMMSS[.f…]Z`, without trailing zeros
    /// in the fraction.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub fn generalized_time(&mut self) -> Result<Time> {
        let content = self.expect(tag::GENERALIZED_TIME)?.content;
        std::str::from_utf8(content)
            .ok()
            .and_then(generalized_time)
            .ok_or_else(|| refused("a GeneralizedTime such as 20261122225204Z"))
    }
}

fn generalized_time(text: &str) -> Option<Time> {
    let body = text.strip_suffix('Z')?;
    let (whole, micros) = match body.split_once('.') {
        None => (body, 0),
        Some((_, fraction)) if fraction.ends_with('0') => return None,
        Some((whole, fraction)) => (whole, time::micros(fraction)?),
    };
    Time::from_digits(whole, micros)
}

/// Writes one element, with its length in the shortest form.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|octet| **octet == 0).count();
    match length.get(zeros..).unwrap_or_default() {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(0));
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_strictly() {
        let mut reader = Reader::new(&[0x30, 3, 2, 1, 5]);
        assert_eq!(reader.nested(tag::SEQUENCE, Reader::u64).unwrap(), 5);
        for bytes in [
            &[0x30u8, 0x80, 0, 0][..],
            &[0x30, 0x81, 3, 2, 1, 5],
            &[0x30, 4, 2, 1, 5],
            &[0x30, 4, 2, 1, 5, 0],
            &[0x30, 0x82, 0, 3, 2, 1, 5],
            &[0x1f, 1, 0],
            &[0x30],
            &[],
            &[0x30, 0x85, 1, 1, 1, 1, 1],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        ] {
            let result = Reader::new(bytes).finish(|r| r.nested(tag::SEQUENCE, Reader::u64));
            assert_eq!(result.unwrap_err().code(), Code::DerMalformed, "{bytes:?}");
        }
        for integer in [&[2u8, 0][..], &[2, 1, 0x80], &[2, 2, 0, 0x7f], &[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0]] {
            assert!(Reader::new(integer).u64().is_err(), "{integer:?}");
        }
        assert_eq!(Reader::new(&[2, 1, 0]).u64().unwrap(), 0);
        assert_eq!(Reader::new(&[2, 2, 0, 0x80]).u64().unwrap(), 128);
    }

    #[test]
    fn integers_that_are_names_have_any_sign_and_one_spelling() {
        for content in [&[0u8][..], &[0x7f], &[0x80], &[0xff], &[0xde, 0xad], &[0, 0x80], &[0xff, 0x7f], &[0x80; 40]] {
            let der = element(tag::INTEGER, content);
            assert_eq!(Reader::new(&der).finish(Reader::integer).unwrap(), content);
        }
        for content in [&[][..], &[0, 0], &[0, 0x7f], &[0xff, 0x80], &[0xff, 0xff]] {
            let der = element(tag::INTEGER, content);
            assert_eq!(Reader::new(&der).integer().unwrap_err().code(), Code::DerMalformed, "{content:?}");
        }
        for content in [&[0x80u8][..], &[0xff], &[0xff, 0x7f]] {
            let der = element(tag::INTEGER, content);
            assert_eq!(Reader::new(&der).unsigned().unwrap_err().code(), Code::DerMalformed, "{content:?}");
        }
    }

    #[test]
    fn generalized_times() {
        assert_eq!(generalized_time("20261122225204Z").unwrap().to_string(), "2026-11-22T22:52:04Z");
        assert_eq!(generalized_time("20261122225204.25Z").unwrap().to_string(), "2026-11-22T22:52:04.25Z");
        for text in [
            "20261122225204",
            "20261122225204.Z",
            "20261122225204.50Z",
            "202611222252Z",
            "20261322225204Z",
            "20261122225204+0000",
        ] {
            assert!(generalized_time(text).is_none(), "{text}");
        }
    }
}
