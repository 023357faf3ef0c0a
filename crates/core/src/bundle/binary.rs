//! The binary form of a bundle (protobuf): a scan of its form, then prost's decoder.
//!
//! The scan makes it stricter than protobuf decoders. A decoder skips unknown fields, takes the last of a field that
//! occurs twice, merges two messages, and does not bound lists. Here each of these is refused at every level.

use prost::Message as _;

use super::Version;
use super::messages::Bundle;
use super::schema::{self, Count, Fields, Shape};
use super::wire::{Payload, Reader};
use crate::encoding::protojson::Path;
use crate::error::{Code, Result};

/// Reads a binary bundle that has the form of the schema. The rules of a bundle are not checked here.
///
/// # Errors
/// `ERR_BUNDLE_MEDIA_TYPE`, before anything else is read, because another version may have other fields;
/// `ERR_BUNDLE_PROTOBUF`, `ERR_BUNDLE_UNKNOWN_FIELD`, `ERR_INPUT_TOO_LARGE`.
pub(super) fn read(bytes: &[u8]) -> Result<Bundle> {
    let root = super::root();
    Version::from_media_type(media_type(bytes, &root)?)?;
    scan(bytes, schema::BUNDLE, &root)?;
    decode(bytes)
}

/// Decodes a binary bundle whose form is known: it was scanned, or the reader of JSON has made it.
///
/// # Errors
/// `ERR_BUNDLE_PROTOBUF`, if prost refuses the bytes. Known forms are decoded.
pub(super) fn decode(bytes: &[u8]) -> Result<Bundle> {
    Bundle::decode(bytes).map_err(|_| {
        super::root().refuse(Code::BundleProtobuf).expected("a protobuf message").found("bytes that are not decoded")
    })
}

/// The media type, field 1 of a bundle. Empty if there is none.
fn media_type<'a>(bytes: &'a [u8], root: &Path<'_>) -> Result<&'a str> {
    let mut fields = Reader::new(bytes, root);
    let mut media_type = "";
    while let Some((number, payload)) = fields.next()? {
        if let (1, "", Payload::Bytes(text)) = (number, media_type, payload) {
            media_type = std::str::from_utf8(text).unwrap_or_default();
        }
    }
    Ok(media_type)
}

/// Refuses what a decoder passes over in this message and in those within it.
fn scan(bytes: &[u8], fields: Fields, path: &Path<'_>) -> Result<()> {
    let mut counts = [0usize; schema::MOST_FIELDS];
    let mut wire = Reader::new(bytes, path);
    while let Some((number, payload)) = wire.next()? {
        let Some((field, count)) = fields.iter().zip(&mut counts).find(|(field, _)| field.number == number) else {
            return Err(path
                .field(&format!("#{number}"))
                .refuse(Code::BundleUnknownField)
                .expected(schema::names(fields))
                .found(format_args!("field number {number}")));
        };
        let path = path.field(field.name);
        let earlier = *count;
        *count = earlier.saturating_add(1);
        match field.count {
            Count::Single if earlier > 0 => {
                return Err(path.refuse(Code::BundleProtobuf).expected("the field once").found("the field again"));
            }
            Count::Single => value(payload, &field.shape, &path)?,
            Count::Repeated(most) if earlier >= most => return Err(path.too_many(most, *count)),
            Count::Repeated(_) => value(payload, &field.shape, &path.item(earlier))?,
        }
    }
    Ok(())
}

fn value(payload: Payload<'_>, shape: &Shape, path: &Path<'_>) -> Result<()> {
    let expected = match (shape, payload) {
        (Shape::Int64, Payload::Varint(_)) | (Shape::Bytes, Payload::Bytes(_)) => return Ok(()),
        (Shape::HashAlgorithm, Payload::Varint(number)) if i32::try_from(number).is_ok() => return Ok(()),
        (Shape::Text, Payload::Bytes(bytes)) if std::str::from_utf8(bytes).is_ok() => return Ok(()),
        (Shape::Message(fields), Payload::Bytes(bytes)) => return scan(bytes, fields, path),
        (Shape::Int64, _) => "an integer",
        (Shape::HashAlgorithm, _) => "the number of a hash algorithm",
        (Shape::Bytes, _) => "bytes",
        (Shape::Text, _) => "UTF-8 text",
        (Shape::Message(_), _) => "a message",
    };
    Err(path.refuse(Code::BundleProtobuf).expected(expected).found("a value of another type"))
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
        assert_eq!(read(&bytes).unwrap().encode_to_vec(), bytes);
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
