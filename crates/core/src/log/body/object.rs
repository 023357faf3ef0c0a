//! A JSON object of a body, of which every field must be one that its type defines.

use std::borrow::Cow;

use super::malformed;
use crate::crypto::{Digest, HashAlgorithm};
use crate::encoding::json::Value;
use crate::encoding::{base64, hex};
use crate::error::Result;

/// An object and its path in the body, for messages.
pub(super) struct Object<'v, 'a> {
    path: String,
    members: &'v [(Cow<'a, str>, Value<'a>)],
}

impl<'v, 'a> Object<'v, 'a> {
    /// Opens an object that has no fields but `defined`.
    pub(super) fn open(value: &'v Value<'a>, path: &str, defined: &[&str]) -> Result<Self> {
        let members = value.as_object().ok_or_else(|| malformed(path, "an object", value.kind()))?;
        if let Some((unknown, _)) = members.iter().find(|(key, _)| !defined.contains(&key.as_ref())) {
            return Err(malformed(path, format_args!("no fields but {}", defined.join(", ")), unknown));
        }
        Ok(Self { path: path.to_owned(), members })
    }

    /// The path of a field.
    pub(super) fn path_of(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.members.iter().any(|(name, _)| name == key)
    }

    fn value(&self, key: &str) -> Result<&'v Value<'a>> {
        let member = self.members.iter().find(|(name, _)| name == key);
        member.map(|(_, value)| value).ok_or_else(|| malformed(&self.path_of(key), "a value", "none"))
    }

    pub(super) fn object(&self, key: &str, defined: &[&str]) -> Result<Object<'v, 'a>> {
        Object::open(self.value(key)?, &self.path_of(key), defined)
    }

    /// A list of objects, not empty.
    pub(super) fn objects(&self, key: &str, defined: &[&str]) -> Result<Vec<Object<'v, 'a>>> {
        let value = self.value(key)?;
        let path = self.path_of(key);
        match value.as_array() {
            Some([]) => Err(malformed(&path, "at least one", "none")),
            Some(items) => items.iter().map(|item| Object::open(item, &path, defined)).collect(),
            None => Err(malformed(&path, "an array", value.kind())),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<&'v str> {
        let value = self.value(key)?;
        value.as_str().ok_or_else(|| malformed(&self.path_of(key), "a string", value.kind()))
    }

    /// Base64, not empty.
    pub(super) fn bytes(&self, key: &str) -> Result<Vec<u8>> {
        let text = self.text(key)?;
        let decoded = base64::decode(text).ok().filter(|bytes| !bytes.is_empty());
        decoded.ok_or_else(|| malformed(&self.path_of(key), "base64", text))
    }

    /// Base64 of text, not empty.
    pub(super) fn encoded_text(&self, key: &str) -> Result<String> {
        let bytes = self.bytes(key)?;
        String::from_utf8(bytes).map_err(|_| malformed(&self.path_of(key), "base64 of text", "other bytes"))
    }

    /// `{"algorithm": "sha256", "value": "<hex>"}` (Rekor v1).
    pub(super) fn hex_digest(&self, key: &str) -> Result<Digest> {
        let hash = self.object(key, &["algorithm", "value"])?;
        let (name, value) = (hash.text("algorithm")?, hash.text("value")?);
        hash.digest(HashAlgorithm::from_name(name), name, hex::decode(value).ok(), value)
    }

    /// `{"algorithm": "SHA2_256", "digest": "<base64>"}` (Rekor v2).
    pub(super) fn base64_digest(&self, key: &str) -> Result<Digest> {
        let hash = self.object(key, &["algorithm", "digest"])?;
        let (name, value) = (hash.text("algorithm")?, hash.text("digest")?);
        hash.digest(HashAlgorithm::from_protobuf_name(name), name, base64::decode(value).ok(), value)
    }

    fn digest(
        &self,
        algorithm: Option<HashAlgorithm>,
        name: &str,
        bytes: Option<Vec<u8>>,
        text: &str,
    ) -> Result<Digest> {
        let algorithm = algorithm.ok_or_else(|| malformed(&self.path, "SHA-256, SHA-384 or SHA-512", name))?;
        let digest = bytes.and_then(|bytes| Digest::from_bytes(algorithm, &bytes).ok());
        digest.ok_or_else(|| malformed(&self.path, format_args!("a {} digest", algorithm.name()), text))
    }
}
