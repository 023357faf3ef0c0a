//! What a protobuf decoder passes over in silence, refused beforehand: unknown fields, fields of another type,
//! a single field or a member of a oneof twice (the last would win), over-long integers, lists without bound.

use super::schema::{self, Count, Field, Fields, Shape};
use super::wire::{self, Payload};
use crate::encoding::protojson::Path;
use crate::error::{Code, Error, Result};

/// Checks the form of the message `bytes` against its fields, to the bottom.
///
/// # Errors
/// `ERR_BUNDLE_PROTOBUF`, `ERR_BUNDLE_UNKNOWN_FIELD`, `ERR_INPUT_TOO_LARGE`.
pub(super) fn check_message(bytes: &[u8], fields: Fields, path: &Path<'_>) -> Result<()> {
    let mut counts = [0usize; schema::MOST_FIELDS];
    let mut wire = wire::Reader::new(bytes, path);
    while let Some((number, payload)) = wire.next()? {
        let known = fields.iter().zip(counts.iter_mut()).find(|(field, _)| field.number == number);
        let Some((field, count)) = known else {
            return Err(path
                .field(&format!("#{number}"))
                .refuse(Code::BundleUnknownField)
                .expected(schema::names(fields))
                .found(format_args!("field number {number}")));
        };
        let path = path.field(field.name);
        let index = *count;
        *count = count.saturating_add(1);
        match field.count {
            Count::Single if index > 0 => {
                return Err(path.refuse(Code::BundleProtobuf).expected("the field once").found("the field again"));
            }
            Count::Single => check_value(payload, field, &path)?,
            Count::Repeated(most) if index >= most => return Err(path.too_many(most, *count)),
            Count::Repeated(_) => check_value(payload, field, &path.item(index))?,
        }
    }
    Ok(())
}

fn check_value(payload: Payload<'_>, field: &Field, path: &Path<'_>) -> Result<()> {
    let wrong = |expected: &str| Err(wrong(path, expected));
    match (&field.shape, payload) {
        (Shape::Int64, Payload::Varint(_)) | (Shape::Bytes, Payload::Bytes(_)) => Ok(()),
        (Shape::HashAlgorithm, Payload::Varint(number)) if i32::try_from(number).is_ok() => Ok(()),
        (Shape::HashAlgorithm, _) => wrong("the number of a hash algorithm"),
        (Shape::Text, Payload::Bytes(bytes)) if std::str::from_utf8(bytes).is_ok() => Ok(()),
        (Shape::Text, _) => wrong("UTF-8 text"),
        (Shape::Message(fields), Payload::Bytes(bytes)) => check_message(bytes, fields, path),
        (Shape::Message(_), _) => wrong("a message"),
        (Shape::Int64, _) => wrong("an integer"),
        (Shape::Bytes, _) => wrong("bytes"),
    }
}

fn wrong(path: &Path<'_>, expected: &str) -> Error {
    path.refuse(Code::BundleProtobuf).expected(expected).found("a value of another type")
}
