//! The JSON form of a bundle (proto3 JSON mapping), transcoded into the binary form: both forms then pass the
//! same decoder and the same rules.
//!
//! Strict where parsers differ: an unknown field, two forms of one field's name, and a value of another kind
//! are refused at every level. What the values mean is not judged here.

use super::Version;
use super::schema::{self, Count, Field, HASH_ALGORITHMS, Message, Shape};
use super::wire;
use crate::encoding::json::{self, Value};
use crate::encoding::protojson::{self, Path};
use crate::error::{Code, Error, Result};
use crate::limits;

/// The binary form of a bundle in JSON.
///
/// # Errors
/// Those of [`json::parse`]; `ERR_BUNDLE_LEGACY` for cosign 2's own format; `ERR_BUNDLE_MEDIA_TYPE`, before
/// anything else is read, since another version may have other fields; `ERR_BUNDLE_UNKNOWN_FIELD`,
/// `ERR_BUNDLE_MALFORMED`, `ERR_JSON_DUPLICATE_KEY`, `ERR_JSON_NUMBER`, `ERR_BASE64_MALFORMED`,
/// `ERR_DIGEST_ALGORITHM`, `ERR_INPUT_TOO_LARGE`.
pub(super) fn to_binary(bytes: &[u8]) -> Result<Vec<u8>> {
    let tree = json::parse(bytes, limits::BUNDLE_BYTES)?;
    let has = |name| tree.get(name).is_some();
    if !has("mediaType") && (has("base64Signature") || has("rekorBundle")) {
        return Err(Error::new(Code::BundleLegacy)
            .expected("a Sigstore bundle: mediaType, verificationMaterial and the signature")
            .found("base64Signature, cert and rekorBundle"));
    }
    let media_type = tree.get("mediaType").or_else(|| tree.get("media_type"));
    if tree.as_object().is_some() {
        Version::from_media_type(media_type.and_then(Value::as_str).unwrap_or_default())?;
    }
    let mut out = Vec::with_capacity(bytes.len());
    write_message(&tree, schema::BUNDLE, &super::root(), &mut out)?;
    Ok(out)
}

fn write_message(value: &Value<'_>, fields: Message, path: &Path<'_>, out: &mut Vec<u8>) -> Result<()> {
    let members = value.as_object().ok_or_else(|| path.malformed("an object", value.kind()))?;
    for (key, _) in members {
        if !fields.iter().any(|field| field.name == key || field.proto_name == key) {
            let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
            return Err(path.field(key).refuse(Code::BundleUnknownField).expected(known.join(", ")).found(key));
        }
    }
    for field in fields {
        let mut forms = members.iter().filter(|(key, _)| field.name == key || field.proto_name == key);
        let path = path.field(field.name);
        if let Some((_, value)) = forms.next()
            && *value != Value::Null
        {
            write_field(value, field, &path, out)?;
        }
        if forms.next().is_some() {
            return Err(path
                .refuse(Code::JsonDuplicateKey)
                .expected("one form of the field's name")
                .found(format!("{} and {}", field.name, field.proto_name)));
        }
    }
    Ok(())
}

fn write_field(value: &Value<'_>, field: &Field, path: &Path<'_>, out: &mut Vec<u8>) -> Result<()> {
    let Count::Repeated(most) = field.count else { return write_value(value, field, path, out) };
    let items = value.as_array().ok_or_else(|| path.malformed("an array", value.kind()))?;
    if items.len() > most {
        return Err(path.too_many(most, items.len()));
    }
    for (index, item) in items.iter().enumerate() {
        write_value(item, field, &path.item(index), out)?;
    }
    Ok(())
}

fn write_value(value: &Value<'_>, field: &Field, path: &Path<'_>, out: &mut Vec<u8>) -> Result<()> {
    match field.shape {
        // Two's complement, as protobuf writes negative numbers.
        Shape::Int64 => {
            let integer = protojson::int64(value, path)?;
            wire::write_varint(field.number, u64::from_ne_bytes(integer.to_ne_bytes()), out);
        }
        Shape::HashAlgorithm => {
            let number = protojson::enumeration(value, path, HASH_ALGORITHMS, Code::DigestAlgorithm)?;
            wire::write_varint(field.number, u64::try_from(number).unwrap_or(0), out);
        }
        Shape::Bytes => wire::write_bytes(field.number, &protojson::bytes(value, path)?, out),
        Shape::Text => wire::write_bytes(field.number, protojson::string(value, path)?.as_bytes(), out),
        Shape::Message(fields) => {
            let mut message = Vec::new();
            write_message(value, fields, path, &mut message)?;
            wire::write_bytes(field.number, &message, out);
        }
    }
    Ok(())
}
