//! Reads the messages of a trust root in JSON (proto3 JSON mapping). Fields may have either form of their names, `null`
//! means absent, and unknown fields are ignored. Everything else is strict.

use crate::encoding::json::Value;
use crate::encoding::protojson::{self, Path};
use crate::encoding::time::Validity;
use crate::error::{Code, Result};
use crate::limits;

/// A message. Its fields may have either form of their names. `null` means absent, and unknown fields are ignored.
pub(super) struct Object<'v, 'a, 'p> {
    value: &'v Value<'a>,
    /// The path of the message.
    pub(super) path: &'p Path<'p>,
}

impl<'v, 'a, 'p> Object<'v, 'a, 'p> {
    /// The object at `path`.
    pub(super) fn new(value: &'v Value<'a>, path: &'p Path<'p>) -> Result<Self> {
        match value {
            Value::Object(_) => Ok(Self { value, path }),
            other => Err(path.malformed("an object", other.kind())),
        }
    }

    /// The value of a field, `None` if absent.
    fn get(&self, name: &str, proto_name: &str) -> Result<Option<&'v Value<'a>>> {
        let found = match (self.value.get(name), self.value.get(proto_name)) {
            (Some(_), Some(_)) if name != proto_name => {
                let error = self.path.field(name).refuse(Code::JsonDuplicateKey);
                return Err(error
                    .expected("one form of the field's name")
                    .found(format_args!("{name} and {proto_name}")));
            }
            (Some(value), _) | (None, Some(value)) => Some(value),
            (None, None) => None,
        };
        Ok(found.filter(|value| **value != Value::Null))
    }

    /// A string, empty if absent.
    pub(super) fn text(&self, name: &str, proto_name: &str) -> Result<&'v str> {
        match self.get(name, proto_name)? {
            Some(value) => protojson::string(value, &self.path.field(name)),
            None => Ok(""),
        }
    }

    /// Bytes, if present.
    pub(super) fn bytes(&self, name: &str, proto_name: &str) -> Result<Option<Vec<u8>>> {
        self.get(name, proto_name)?.map(|value| protojson::bytes(value, &self.path.field(name))).transpose()
    }

    /// Bytes, present and not empty.
    pub(super) fn required_bytes(&self, name: &str, proto_name: &str) -> Result<Vec<u8>> {
        let bytes = self.bytes(name, proto_name)?.filter(|bytes| !bytes.is_empty());
        bytes.ok_or_else(|| self.path.field(name).missing())
    }

    /// The number. 0, which means unspecified, if absent. -1 for a name that is not among `names`.
    pub(super) fn enumeration(&self, name: &str, proto_name: &str, names: &[(&str, i32)]) -> Result<i32> {
        let Some(value) = self.get(name, proto_name)? else { return Ok(0) };
        match value {
            Value::String(text) => Ok(names.iter().find(|(name, _)| name == text).map_or(-1, |(_, number)| *number)),
            other => protojson::enumeration(other, &self.path.field(name), names, Code::TrustRootMalformed),
        }
    }

    /// A message, read by `read`, if present.
    pub(super) fn object<T>(
        &self,
        name: &str,
        proto_name: &str,
        read: impl FnOnce(&Object<'v, 'a, '_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let Some(value) = self.get(name, proto_name)? else { return Ok(None) };
        let path = self.path.field(name);
        read(&Object::new(value, &path)?).map(Some)
    }

    /// Reads each item of a list. Does nothing if the list is absent.
    pub(super) fn each(
        &self,
        name: &str,
        proto_name: &str,
        read: &mut dyn FnMut(&'v Value<'a>, &Path<'_>) -> Result<()>,
    ) -> Result<()> {
        let Some(value) = self.get(name, proto_name)? else { return Ok(()) };
        let path = self.path.field(name);
        let items = value.as_array().ok_or_else(|| path.malformed("an array", value.kind()))?;
        if items.len() > limits::TRUST_ROOT_ENTRIES {
            return Err(path.too_many(limits::TRUST_ROOT_ENTRIES, items.len()));
        }
        for (index, item) in items.iter().enumerate() {
            read(item, &path.item(index))?;
        }
        Ok(())
    }

    /// `validFor`. It must have a start. A window that is open to the past can come only from an operator's PEM.
    pub(super) fn validity(&self) -> Result<Validity> {
        let window = self.object("validFor", "valid_for", |window| {
            let time = |name: &str| {
                window.get(name, name)?.map(|value| protojson::timestamp(value, &window.path.field(name))).transpose()
            };
            let start = time("start")?.ok_or_else(|| window.path.field("start").missing())?;
            Ok(Validity { start, end: time("end")? })
        })?;
        window.ok_or_else(|| self.path.field("validFor").missing())
    }

    /// Who operates it, if the file says so.
    pub(super) fn operator(&self) -> Result<Option<String>> {
        Ok(Some(self.text("operator", "operator")?.to_owned()).filter(|operator| !operator.is_empty()))
    }
}
