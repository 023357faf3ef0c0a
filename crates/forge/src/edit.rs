//! Changes to a finished bundle or trust root.

use serde_json::Value;

/// The value after `change`.
pub(crate) fn with(mut value: Value, change: impl FnOnce(&mut Value)) -> Value {
    change(&mut value);
    value
}

/// The value at a JSON pointer, which must be there.
pub(crate) fn at<'a>(value: &'a mut Value, pointer: &str) -> &'a mut Value {
    value.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"))
}

/// Removes the member at a JSON pointer, which must be there.
pub(crate) fn remove(value: &mut Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match at(value, parent) {
        Value::Object(members) => members.shift_remove(name).unwrap_or_else(|| panic!("nothing at {pointer}")),
        Value::Array(items) => items.remove(name.parse().unwrap()),
        _ => panic!("no members at {parent}"),
    }
}

/// The first log entry of a bundle.
pub(crate) const ENTRY: &str = "/verificationMaterial/tlogEntries/0";
/// Its checkpoint's text.
pub(crate) const CHECKPOINT: &str = "/verificationMaterial/tlogEntries/0/inclusionProof/checkpoint/envelope";
/// The first timestamp of a bundle.
pub(crate) const STAMP: &str = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";

/// The text at a pointer.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no text at {pointer}")).to_owned()
}

/// Changes one bit of the base64 text at a pointer: the last bit of the octet `from_end` before the end.
pub(crate) fn flip(value: &mut Value, pointer: &str, from_end: usize) {
    let slot = at(value, pointer);
    let mut bytes = crate::text::from_base64(slot.as_str().unwrap());
    let place = bytes.len() - 1 - from_end;
    bytes[place] ^= 1;
    *slot = Value::String(crate::text::base64(bytes));
}
