//! The messages of a bundle as either form's reader leaves them: their form is that of the schema, what their
//! values mean is not judged. An absent field reads as protobuf says: 0, empty, or no message.

use std::borrow::Cow;

use super::schema::{Field, Fields};

/// One message: the values of its fields, those of a list in its order.
pub(super) struct Message<'a> {
    /// The fields that it may have.
    pub(super) fields: Fields,
    /// The fields that it has.
    pub(super) values: Vec<(&'static Field, Value<'a>)>,
}

/// The value of a single field, or an item of a list.
pub(super) enum Value<'a> {
    /// An int64, or the number of an enumeration's value.
    Integer(i64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A string.
    Text(Cow<'a, str>),
    /// A message.
    Message(Message<'a>),
}

impl<'a> Message<'a> {
    /// An empty message that may have these fields.
    pub(super) fn new(fields: Fields) -> Self {
        Self { fields, values: Vec::new() }
    }

    /// The items of a list, or the single value of a field, by the field's name in JSON.
    pub(super) fn all<'m>(&'m mut self, name: &'static str) -> impl Iterator<Item = &'m mut Value<'a>> {
        debug_assert!(self.fields.is_empty() || self.fields.iter().any(|field| field.name == name), "{name}");
        self.values.iter_mut().filter(move |(field, _)| field.name == name).map(|(_, value)| value)
    }

    fn single(&mut self, name: &'static str) -> Option<&mut Value<'a>> {
        self.all(name).next()
    }

    /// An integer.
    pub(super) fn integer(&mut self, name: &'static str) -> i64 {
        if let Some(Value::Integer(integer)) = self.single(name) { *integer } else { 0 }
    }

    /// Takes bytes out.
    pub(super) fn bytes(&mut self, name: &'static str) -> Vec<u8> {
        self.single(name).map(Value::take_bytes).unwrap_or_default()
    }

    /// Takes a string out.
    pub(super) fn text(&mut self, name: &'static str) -> Cow<'a, str> {
        if let Some(Value::Text(text)) = self.single(name) { std::mem::take(text) } else { Cow::default() }
    }

    /// Takes a message out, if there is one.
    pub(super) fn message(&mut self, name: &'static str) -> Option<Message<'a>> {
        self.single(name).map(Value::take_message)
    }
}

impl Default for Message<'_> {
    /// What an absent message reads as.
    fn default() -> Self {
        Self::new(&[])
    }
}

impl<'a> Value<'a> {
    /// Takes the bytes out.
    pub(super) fn take_bytes(&mut self) -> Vec<u8> {
        if let Self::Bytes(bytes) = self { std::mem::take(bytes) } else { Vec::new() }
    }

    /// Takes the message out.
    pub(super) fn take_message(&mut self) -> Message<'a> {
        if let Self::Message(message) = self { std::mem::take(message) } else { Message::default() }
    }
}
