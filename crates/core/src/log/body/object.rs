//! A JSON object in a body. Fields that its type does not define are refused.

use std::borrow::Cow;

use crate::crypto::{Digest, HashAlgorithm};
use crate::encoding::json::Value;
use crate::encoding::protojson::Path;
use crate::encoding::{base64, hex};
use crate::error::Result;

/// An object and its path in the body.
pub(super) struct Object<'v, 'a, 'p> {
    pub(super) path: Path<'p>,
    members: &'v [(Cow<'a, str>, Value<'a>)],
}

impl<'v, 'a, 'p> Object<'v, 'a, 'p> {
    /// Opens an object. Refuses fields other than `defined`.
    pub(super) fn open(value: &'v Value<'a>, path: Path<'p>, defined: &[&str]) -> Result<Self> {
        let members = value.as_object().ok_or_else(|| path.malformed("an object", value.kind()))?;
        if let Some((unknown, _)) = members.iter().find(|(key, _)| !defined.contains(&key.as_ref())) {
            return Err(path.malformed(format_args!("no fields but {}", defined.join(", ")), unknown));
        }
        Ok(Self { path, members })
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.members.iter().any(|(name, _)| name == key)
    }

    fn value(&self, key: &str) -> Result<&'v Value<'a>> {
        let member = self.members.iter().find(|(name, _)| name == key);
        member.map(|(_, value)| value).ok_or_else(|| self.path.field(key).malformed("a value", "none"))
    }

    pub(super) fn object<'s>(&'s self, key: &'s str, defined: &[&str]) -> Result<Object<'v, 'a, 's>> {
        Object::open(self.value(key)?, self.path.field(key), defined)
    }

    /// A list of objects, not empty.
    pub(super) fn objects<'s>(&'s self, key: &'s str, defined: &[&str]) -> Result<Vec<Object<'v, 'a, 's>>> {
        let value = self.value(key)?;
        let path = self.path.field(key);
        let items = value.as_array().ok_or_else(|| path.malformed("an array", value.kind()))?;
        if items.is_empty() {
            return Err(path.malformed("at least one", "none"));
        }
        let mut objects = Vec::with_capacity(items.len());
        for item in items {
            objects.push(Object::open(item, path, defined)?);
        }
        Ok(objects)
    }

    pub(super) fn text(&self, key: &str) -> Result<&'v str> {
        let value = self.value(key)?;
        value.as_str().ok_or_else(|| self.path.field(key).malformed("a string", value.kind()))
    }

    /// Base64, not empty.
    pub(super) fn bytes(&self, key: &str) -> Result<Vec<u8>> {
        let text = self.text(key)?;
        let decoded = base64::decode(text).ok().filter(|bytes| !bytes.is_empty());
        decoded.ok_or_else(|| self.path.field(key).malformed("base64", text))
    }

    /// Base64 of text, not empty.
    pub(super) fn encoded_text(&self, key: &str) -> Result<String> {
        let bytes = self.bytes(key)?;
        String::from_utf8(bytes).map_err(|_| self.path.field(key).malformed("base64 of text", "other bytes"))
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
        let algorithm = algorithm.ok_or_else(|| self.path.malformed("SHA-256, SHA-384 or SHA-512", name))?;
        let digest = bytes.and_then(|bytes| Digest::from_bytes(algorithm, &bytes).ok());
        digest.ok_or_else(|| self.path.malformed(format_args!("a {} digest", algorithm.name()), text))
    }
}
