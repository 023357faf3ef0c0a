//! The protobuf wire format, read strictly: varints have their shortest form, lengths fit, and groups are refused.

use crate::encoding::protojson::Path;
use crate::error::{Code, Error, Result};

/// Wire type of integers and enumerations.
pub(super) const VARINT: u64 = 0;
/// Wire type of bytes, strings and messages.
pub(super) const LENGTH_DELIMITED: u64 = 2;

/// The value of one field on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload<'a> {
    /// An integer.
    Varint(u64),
    /// Bytes, a string or a message.
    Bytes(&'a [u8]),
    /// A number of fixed width. No field of a bundle has this type.
    Fixed,
}

/// Reads the fields of one message, one after another.
pub(super) struct Reader<'a, 'p> {
    rest: &'a [u8],
    path: &'p Path<'p>,
}

impl<'a, 'p> Reader<'a, 'p> {
    /// Reads the message `bytes` that stands at `path`.
    pub(super) fn new(bytes: &'a [u8], path: &'p Path<'p>) -> Self {
        Self { rest: bytes, path }
    }

    /// The next field's number and value; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u32, Payload<'a>)>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).ok().filter(|number| (1..1 << 29).contains(number));
        let number = number.ok_or_else(|| self.malformed("a field number"))?;
        let payload = match key & 7 {
            VARINT => Payload::Varint(self.varint()?),
            1 => self.take(8).map(|_| Payload::Fixed)?,
            LENGTH_DELIMITED => {
                let length = self.varint()?;
                Payload::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Payload::Fixed)?,
            _ => return Err(self.malformed("a wire type of proto3")),
        };
        Ok(Some((number, payload)))
    }

    fn varint(&mut self) -> Result<u64> {
        let mut value = 0u64;
        for (index, &byte) in self.rest.iter().enumerate().take(10) {
            // The tenth byte holds only the last of the 64 bits.
            let shift = u32::try_from(index).unwrap_or(0).saturating_mul(7);
            let bits = u64::from(byte & 0x7f);
            if index == 9 && bits > 1 {
                return Err(self.malformed("an integer of 64 bits"));
            }
            value |= bits.wrapping_shl(shift);
            if byte < 0x80 {
                if byte == 0 && index > 0 {
                    return Err(self.malformed("an integer in its shortest form"));
                }
                self.take(u64::try_from(index).unwrap_or(0).saturating_add(1))?;
                return Ok(value);
            }
        }
        Err(self.malformed("a whole integer"))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8]> {
        let split = usize::try_from(length).ok().and_then(|length| self.rest.split_at_checked(length));
        let (taken, rest) = split.ok_or_else(|| self.malformed("as many bytes as the length says"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn malformed(&self, expected: &str) -> Error {
        self.path
            .refuse(Code::BundleProtobuf)
            .expected(expected)
            .found(format_args!("other bytes, {} before the end of the message", self.rest.len()))
    }
}

/// Appends an integer field.
pub(super) fn write_varint(number: u32, value: u64, out: &mut Vec<u8>) {
    varint(u64::from(number) << 3 | VARINT, out);
    varint(value, out);
}

/// Appends a field of bytes.
pub(super) fn write_bytes(number: u32, bytes: &[u8], out: &mut Vec<u8>) {
    varint(u64::from(number) << 3 | LENGTH_DELIMITED, out);
    varint(u64::try_from(bytes.len()).unwrap_or(u64::MAX), out);
    out.extend_from_slice(bytes);
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<(u32, Payload<'_>)>> {
        let path = Path::root("the bundle", Code::BundleMalformed);
        let mut fields = Reader::new(bytes, &path);
        let mut found = Vec::new();
        while let Some(field) = fields.next()? {
            found.push(field);
        }
        Ok(found)
    }

    #[test]
    fn reads_what_it_writes() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX >> 1, u64::MAX] {
            let mut out = Vec::new();
            write_varint(7, value, &mut out);
            write_bytes(16, b"abc", &mut out);
            assert_eq!(read(&out).unwrap(), [(7, Payload::Varint(value)), (16, Payload::Bytes(b"abc"))]);
        }
    }

    #[test]
    fn refuses_second_spellings_and_overruns() {
        for bytes in [
            &[0x08][..],
            &[0x08, 0x80],
            &[0x08, 0x80, 0x00],
            &[0x08, 0x81, 0x80, 0x00],
            &[0x88, 0x00, 0x01],
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x01],
            &[0x0a, 0x05, 0x01],
            &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            &[0x00, 0x01],
            &[0x0b],
            &[0x0c],
            &[0x0e],
            &[0x09, 1, 2, 3],
            &[0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x01],
        ] {
            assert_eq!(read(bytes).unwrap_err().code(), Code::BundleProtobuf, "{bytes:x?}");
        }
    }
}
