//! The messages of a bundle, as the readers of both forms make them. Their fields and types are those of the schema.
//! The meaning of the values is not checked. An absent field reads as protobuf says: as 0, or as empty.

use std::borrow::Cow;

use super::schema::{Field, Fields};

/// One message.
pub(super) struct Message<'a> {
    /// The fields that it may have.
    pub(super) fields: Fields,
    /// The fields that it has.
    pub(super) values: Vec<(&'static Field, Value<'a>)>,
}

/// The value of a field, or an item of a list.
pub(super) enum Value<'a> {
    /// An int64, or the number of an enumeration's value.
    Integer(i64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A string.
    Text(Cow<'a, str>),
    /// A message.
    Message(Message<'a>),
    /// All items of a repeated field.
    List(Vec<Value<'a>>),
}

// Fields are named as in JSON. A field of an inner message is named by its path, with dots between the names. The empty
// name is the value itself.
impl<'a> Value<'a> {
    fn at(&mut self, name: &str) -> Option<&mut Self> {
        if name.is_empty() {
            return Some(self);
        }
        let Self::Message(message) = self else { return None };
        debug_assert!(message.fields.iter().any(|field| below(field, name).is_some()), "{name} is in the schema");
        message.values.iter_mut().find_map(|(field, value)| value.at(below(field, name)?))
    }

    /// Whether the field is there.
    pub(super) fn has(&mut self, name: &str) -> bool {
        self.at(name).is_some()
    }

    /// The integer of a field.
    pub(super) fn integer(&mut self, name: &str) -> i64 {
        if let Some(Self::Integer(integer)) = self.at(name) { *integer } else { 0 }
    }

    /// Takes the bytes of a field.
    pub(super) fn bytes(&mut self, name: &str) -> Vec<u8> {
        if let Some(Self::Bytes(bytes)) = self.at(name) { std::mem::take(bytes) } else { Vec::new() }
    }

    /// Takes the string of a field.
    pub(super) fn text(&mut self, name: &str) -> Cow<'a, str> {
        if let Some(Self::Text(text)) = self.at(name) { std::mem::take(text) } else { Cow::default() }
    }

    /// The items of a list.
    pub(super) fn list(&mut self, name: &str) -> &mut [Self] {
        if let Some(Self::List(items)) = self.at(name) { items } else { &mut [] }
    }
}

/// The rest of the path `name` below `field`, if `name` begins with that field.
fn below<'n>(field: &Field, name: &'n str) -> Option<&'n str> {
    let rest = name.strip_prefix(field.name)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}
