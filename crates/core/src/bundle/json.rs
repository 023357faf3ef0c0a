//! The JSON form of a bundle (proto3 JSON mapping), rewritten in the binary form by the schema. So both forms are decoded
//! by the same decoder.
//!
//! Stricter than protobuf-JSON parsers, which differ from each other. An unknown field, a field under both forms of its
//! name, and a value of another kind are refused at every level. The meaning of the values is not checked here.

use super::Version;
use super::schema::{self, Count, Field, Fields, HASH_ALGORITHMS, Shape};
use super::wire;
use crate::encoding::json;
use crate::encoding::protojson::{self, Path};
use crate::error::{Code, Error, Result};
use crate::foreign::{self, Wanted};
use crate::limits;

/// The binary form of a bundle in JSON.
///
/// # Errors
/// Those of [`json::parse`]; `ERR_BUNDLE_LEGACY` for the format that cosign 2 wrote without a bundle;
/// `ERR_BUNDLE_MEDIA_TYPE`, before anything else is read, because another version may have other fields;
/// `ERR_BUNDLE_UNKNOWN_FIELD`, `ERR_BUNDLE_MALFORMED`, `ERR_JSON_DUPLICATE_KEY`, `ERR_JSON_NUMBER`,
/// `ERR_BASE64_MALFORMED`, `ERR_DIGEST_ALGORITHM`, `ERR_INPUT_TOO_LARGE`.
pub(super) fn to_binary(bytes: &[u8]) -> Result<Vec<u8>> {
    let tree = json::parse(bytes, limits::BUNDLE_BYTES)?;
    let has = |name| tree.get(name).is_some();
    if !has("mediaType") && (has("base64Signature") || has("rekorBundle")) {
        return Err(Error::new(Code::BundleLegacy)
            .expected("a Sigstore bundle: mediaType, verificationMaterial and the signature")
            .found("base64Signature, cert and rekorBundle"));
    }
    let media_type = tree.get("mediaType").or_else(|| tree.get("media_type"));
    let version = match tree.as_object() {
        Some(_) => Version::from_media_type(media_type.and_then(json::Value::as_str).unwrap_or_default()).map(|_| ()),
        None => Err(super::root().malformed("an object", tree.kind())),
    };
    version.map_err(|error| foreign::explain_document(error, &tree, Wanted::Bundle))?;
    let mut out = Vec::new();
    message(&tree, schema::BUNDLE, &super::root(), &mut out)?;
    Ok(out)
}

/// Appends the fields of a message.
fn message(stated: &json::Value<'_>, fields: Fields, path: &Path<'_>, out: &mut Vec<u8>) -> Result<()> {
    let kind = stated.kind();
    let json::Value::Object(members) = stated else { return Err(path.malformed("an object", kind)) };
    // For each field: the value under the first form of its name, and whether the other form occurs as well.
    let mut stated = [const { (None, false) }; schema::MOST_FIELDS];
    for (key, value) in members {
        let known = fields.iter().zip(stated.iter_mut()).find(|(field, _)| field.is_named(key));
        match known {
            Some((_, (first @ None, _))) => *first = Some(value),
            Some((_, (_, again))) => *again = true,
            None => {
                let known = schema::names(fields);
                return Err(path.field(key).refuse(Code::BundleUnknownField).expected(known).found(key));
            }
        }
    }
    for (field, (first, again)) in fields.iter().zip(stated) {
        let path = path.field(field.name);
        if let Some(value) = first
            && *value != json::Value::Null
        {
            field_value(value, field, &path, out)?;
        }
        if again {
            return Err(path
                .refuse(Code::JsonDuplicateKey)
                .expected("one form of the field's name")
                .found(format_args!("{} and {}", field.name, field.proto_name)));
        }
    }
    Ok(())
}

fn field_value(stated: &json::Value<'_>, field: &Field, path: &Path<'_>, out: &mut Vec<u8>) -> Result<()> {
    let Count::Repeated(most) = field.count else { return value(stated, field, path, out) };
    let kind = stated.kind();
    let json::Value::Array(items) = stated else { return Err(path.malformed("an array", kind)) };
    if items.len() > most {
        return Err(path.too_many(most, items.len()));
    }
    for (index, item) in items.iter().enumerate() {
        value(item, field, &path.item(index), out)?;
    }
    Ok(())
}

fn value(stated: &json::Value<'_>, field: &Field, path: &Path<'_>, out: &mut Vec<u8>) -> Result<()> {
    match field.shape {
        Shape::Int64 => wire::write_varint(field.number, protojson::int64(stated, path)?.cast_unsigned(), out),
        Shape::HashAlgorithm => {
            let number = protojson::enumeration(stated, path, HASH_ALGORITHMS, Code::DigestAlgorithm)?;
            wire::write_varint(field.number, i64::from(number).cast_unsigned(), out);
        }
        Shape::Bytes => wire::write_bytes(field.number, &protojson::bytes(stated, path)?, out),
        Shape::Text => wire::write_bytes(field.number, protojson::string(stated, path)?.as_bytes(), out),
        Shape::Message(fields) => {
            let mut inner = Vec::new();
            message(stated, fields, path, &mut inner)?;
            wire::write_bytes(field.number, &inner, out);
        }
    }
    Ok(())
}
