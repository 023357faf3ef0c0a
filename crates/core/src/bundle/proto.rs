//! The binary form of a bundle, decoded by prost. The only importer of prost.
//!
//! The messages of a bundle are described by the schema already, so prost's trait is implemented once, for a
//! message of the schema, by the functions that prost's derived code calls, and not derived for each. The members
//! of a oneof are fields side by side, which is the same on the wire, so that two of them can be seen and refused.

use std::borrow::Cow;

use prost::DecodeError;
use prost::Message as _;
use prost::bytes::{Buf, BufMut};
use prost::encoding::{self, DecodeContext, WireType};

use super::message::{Message, Value};
use super::schema::{self, Count, Shape};
use super::wire::{Payload, Reader};
use super::{Version, scan};
use crate::error::{Code, Error, Result};

/// Reads a binary bundle whose form is that of the schema. Its rules are not judged here.
///
/// # Errors
/// `ERR_BUNDLE_MEDIA_TYPE`, before anything else is read, since another version may have other fields;
/// `ERR_BUNDLE_PROTOBUF`, `ERR_BUNDLE_UNKNOWN_FIELD`, `ERR_INPUT_TOO_LARGE`.
pub(super) fn read(bytes: &[u8]) -> Result<Value<'static>> {
    let root = super::root();
    let mut fields = Reader::new(bytes, &root);
    let mut media_type = "";
    while let Some((number, payload)) = fields.next()? {
        if let (1, "", Payload::Bytes(text)) = (number, media_type, payload) {
            media_type = std::str::from_utf8(text).unwrap_or_default();
        }
    }
    Version::from_media_type(media_type)?;
    scan::check_message(bytes, schema::BUNDLE, &root)?;
    let mut message = Message { fields: schema::BUNDLE, values: Vec::new() };
    message.merge(bytes).map_err(|_| Error::new(Code::BundleProtobuf).expected("a protobuf message"))?;
    Ok(Value::Message(message))
}

/// The binary form of a message.
pub(super) fn write(message: &Value<'_>) -> Vec<u8> {
    if let Value::Message(message) = message { message.encode_to_vec() } else { Vec::new() }
}

impl prost::Message for Message<'_> {
    fn merge_field(
        &mut self,
        number: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        context: DecodeContext,
    ) -> std::result::Result<(), DecodeError> {
        let Some(field) = self.fields.iter().find(|field| field.number == number) else {
            return encoding::skip_field(wire_type, number, buf, context);
        };
        let value = match field.shape {
            Shape::Int64 | Shape::HashAlgorithm => {
                let mut integer = 0;
                encoding::int64::merge(wire_type, &mut integer, buf, context)?;
                Value::Integer(integer)
            }
            Shape::Bytes => {
                // As prost reads strings. Its own reading of bytes copies them twice, and weighs 4 KB in the WASM.
                // That so many bytes are there was checked by the scan.
                encoding::wire_type::check_wire_type(WireType::LengthDelimited, wire_type)?;
                let length = usize::try_from(encoding::decode_varint(buf)?).unwrap_or(usize::MAX);
                let mut bytes = Vec::new();
                bytes.put(buf.take(length));
                Value::Bytes(bytes)
            }
            Shape::Text => {
                let mut text = String::new();
                encoding::string::merge(wire_type, &mut text, buf, context)?;
                Value::Text(Cow::Owned(text))
            }
            Shape::Message(fields) => {
                let mut message = Message { fields, values: Vec::new() };
                encoding::message::merge(wire_type, &mut message, buf, context)?;
                Value::Message(message)
            }
        };
        let earlier = self.values.iter_mut().find(|(earlier, _)| earlier.number == number);
        match (field.count, earlier) {
            (Count::Repeated(_), Some((_, Value::List(items)))) => items.push(value),
            (Count::Repeated(_), _) => self.values.push((field, Value::List(vec![value]))),
            (Count::Single, _) => self.values.push((field, value)),
        }
        Ok(())
    }

    fn encode_raw(&self, buf: &mut impl BufMut) {
        for (field, value) in &self.values {
            encode(field.number, value, buf);
        }
    }

    fn encoded_len(&self) -> usize {
        self.values.iter().map(|(field, value)| encoded_len(field.number, value)).fold(0, usize::saturating_add)
    }

    fn clear(&mut self) {
        self.values.clear();
    }
}

fn encode(number: u32, value: &Value<'_>, buf: &mut impl BufMut) {
    match value {
        Value::Integer(integer) => encoding::int64::encode(number, integer, buf),
        Value::Bytes(bytes) => encoding::bytes::encode(number, bytes, buf),
        Value::Text(text) => encoding::string::encode(number, &text.to_string(), buf),
        Value::Message(message) => encoding::message::encode(number, message, buf),
        Value::List(items) => items.iter().for_each(|item| encode(number, item, buf)),
    }
}

fn encoded_len(number: u32, value: &Value<'_>) -> usize {
    match value {
        Value::Integer(integer) => encoding::int64::encoded_len(number, integer),
        Value::Bytes(bytes) => encoding::bytes::encoded_len(number, bytes),
        Value::Text(text) => encoding::string::encoded_len(number, &text.to_string()),
        Value::Message(message) => encoding::message::encoded_len(number, message),
        Value::List(items) => items.iter().map(|item| encoded_len(number, item)).fold(0, usize::saturating_add),
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::{write_bytes, write_varint};
    use super::*;

    /// Writes a message with every field of the schema, lists twice, and inserts `defect` at the end of the
    /// `at`-th message from the bottom up.
    fn full(message: schema::Fields, at: &mut usize, defect: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for field in message {
            let times = if matches!(field.count, Count::Single) { 1 } else { 2 };
            for _ in 0..times {
                match field.shape {
                    Shape::Int64 => write_varint(field.number, u64::MAX, &mut out),
                    Shape::HashAlgorithm => write_varint(field.number, 3, &mut out),
                    Shape::Bytes => write_bytes(field.number, &[0xff, 0], &mut out),
                    Shape::Text if field.name == "mediaType" => {
                        write_bytes(field.number, b"application/vnd.dev.sigstore.bundle.v0.3+json", &mut out);
                    }
                    Shape::Text => write_bytes(field.number, "é".as_bytes(), &mut out),
                    Shape::Message(fields) => write_bytes(field.number, &full(fields, at, defect), &mut out),
                }
            }
        }
        if *at == 0 {
            out.extend_from_slice(defect);
        }
        *at = at.wrapping_sub(1);
        out
    }

    fn without_defect() -> Vec<u8> {
        let mut never = usize::MAX;
        full(schema::BUNDLE, &mut never, &[])
    }

    fn code(bytes: &[u8]) -> Option<Code> {
        read(bytes).err().map(|error| error.code())
    }

    #[test]
    fn the_messages_are_those_of_the_schema() {
        let bytes = without_defect();
        assert_eq!(write(&read(&bytes).unwrap()), bytes);
    }

    #[test]
    fn what_decoders_pass_over_is_refused_in_every_message() {
        let mut messages = 0;
        for (defect, expected) in [
            (&[0x78, 1][..], Code::BundleUnknownField),
            (&[0x7a, 0], Code::BundleUnknownField),
            (&[0x79, 0, 0, 0, 0, 0, 0, 0, 0], Code::BundleUnknownField),
            (&[0x7d, 0, 0, 0, 0], Code::BundleUnknownField),
            // Field 1 as another type, and as a group.
            (&[0x09, 0, 0, 0, 0, 0, 0, 0, 0], Code::BundleProtobuf),
            (&[0x0b, 0x0c], Code::BundleProtobuf),
            (&[0x80], Code::BundleProtobuf),
        ] {
            for index in 0.. {
                let mut at = index;
                let bytes = full(schema::BUNDLE, &mut at, defect);
                if at < usize::MAX / 2 {
                    messages = index;
                    break;
                }
                assert_eq!(code(&bytes), Some(expected), "{defect:x?} in message {index}");
            }
        }
        assert!(messages > 20, "{messages}");
    }

    #[test]
    fn binary_forms_that_have_no_json() {
        let bundle = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = without_defect();
            change(&mut bytes);
            read(&bytes).err().map(|error| (error.code(), error.subject().unwrap_or_default().to_owned()))
        };
        let twice = |number| bundle(&|bytes| write_bytes(number, &[], bytes)).unwrap();
        assert_eq!(twice(1), (Code::BundleProtobuf, "mediaType".to_owned()));
        assert_eq!(twice(2), (Code::BundleProtobuf, "verificationMaterial".to_owned()));
        let digest = |value: u64| {
            let (mut hash, mut message) = (Vec::new(), Vec::new());
            write_varint(1, value, &mut hash);
            write_bytes(1, &hash, &mut message);
            let mut bytes = Vec::new();
            write_bytes(1, b"application/vnd.dev.sigstore.bundle.v0.3+json", &mut bytes);
            write_bytes(3, &message, &mut bytes);
            code(&bytes)
        };
        assert_eq!(digest(1), None);
        assert_eq!(digest(1 << 31), Some(Code::BundleProtobuf));
        assert_eq!(digest(u64::MAX), Some(Code::BundleProtobuf));
        let mut text = Vec::new();
        write_bytes(1, b"application/vnd.dev.sigstore.bundle.v0.3+json", &mut text);
        let key = [0x12, 5, 0x0a, 3, 0x0a, 1, 0xff];
        text.extend_from_slice(&key);
        assert_eq!(code(&text), Some(Code::BundleProtobuf));
    }
}
