//! The canonical form of a definition. Two definitions are equal if their canonical forms are equal.
//!
//! The canonical form is RFC 8785, with one addition: every array of distinct strings under a member named `required`
//! is sorted first, at any depth, in the RFC's order of keys. JSON Schema reads such an array as a set, and honest
//! servers write it in varying order.

use crate::encoding::jcs;
use crate::encoding::json::{self, Value};
use crate::error::Result;
use crate::order;

/// Appends the canonical form. Sorts the arrays in `definition` that are read as sets.
///
/// # Errors
/// `ERR_JSON_NUMBER` for a number beyond the range of doubles.
pub(super) fn write_canonical(definition: &mut Value<'_>, out: &mut String) -> Result<()> {
    sort_required(definition);
    jcs::write(definition, out)
}

fn sort_required(value: &mut Value<'_>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sort_required),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::Array(items) if key == "required" && items.iter().all(|item| item.as_str().is_some()) => {
                        sort_set(items);
                    }
                    value => sort_required(value),
                }
            }
        }
        _ => {}
    }
}

/// Sorts strings. Leaves them as they are if one of them occurs twice.
fn sort_set(strings: &mut [Value<'_>]) {
    fn text<'v>(value: &'v Value<'_>) -> &'v str {
        value.as_str().unwrap_or_default()
    }
    let in_order = strings.is_sorted_by(|left, right| jcs::is_before(text(left), text(right)));
    if !in_order && order::repeated(strings.iter().map(text)).is_none() {
        order::sort_by(strings, |left, right| jcs::is_before(text(left), text(right)));
    }
}

/// Appends the value in one line as the publisher wrote it, with the publisher's order of members and spelling of
/// numbers.
pub(super) fn write_as_written(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(text) => out.push_str(text),
        Value::String(text) => json::write_string(text, out),
        Value::Array(items) => {
            let mut before = '[';
            for item in items {
                out.push(before);
                write_as_written(item, out);
                before = ',';
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Object(members) => {
            let mut before = '{';
            for (key, value) in members {
                out.push(before);
                json::write_string(key, out);
                out.push(':');
                write_as_written(value, out);
                before = ',';
            }
            out.push_str(if members.is_empty() { "{}" } else { "}" });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        let mut out = String::new();
        write_canonical(&mut json::parse(text.as_bytes(), 1 << 20).unwrap(), &mut out).unwrap();
        out
    }

    #[test]
    fn required_is_a_set_of_strings() {
        for (text, expected) in [
            (r#"{"required":["b","a"]}"#, r#"{"required":["a","b"]}"#),
            (r#"{"required":["\ue000","😀","a"]}"#, "{\"required\":[\"a\",\"😀\",\"\u{e000}\"]}"),
            (r#"[{"x":{"required":["b","a"]}}]"#, r#"[{"x":{"required":["a","b"]}}]"#),
            (r#"{"required":{"required":["b","a"]}}"#, r#"{"required":{"required":["a","b"]}}"#),
            // An object inside of another one. A schema may also have a property of this name.
            (r#"{"default":{"required":["b","a"]}}"#, r#"{"default":{"required":["a","b"]}}"#),
            (r#"{"required":[]}"#, r#"{"required":[]}"#),
            // Not sets of strings.
            (r#"{"required":["b","a","b"]}"#, r#"{"required":["b","a","b"]}"#),
            (r#"{"required":["b","a",1]}"#, r#"{"required":["b","a",1]}"#),
            (r#"{"required":[["b","a"]]}"#, r#"{"required":[["b","a"]]}"#),
            (r#"{"required":[{"required":["b","a"]}]}"#, r#"{"required":[{"required":["a","b"]}]}"#),
            (r#"{"Required":["b","a"],"enum":["b","a"]}"#, r#"{"Required":["b","a"],"enum":["b","a"]}"#),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_handed_on_is_what_the_publisher_wrote() {
        let text = r#"{ "b" : [1.0, 9223372036854775807 , -0 , 1E2], "a" :{ } , "c":[ ], "d":"\u0061\n" }"#;
        let mut out = String::new();
        write_as_written(&json::parse(text.as_bytes(), 1 << 10).unwrap(), &mut out);
        assert_eq!(out, r#"{"b":[1.0,9223372036854775807,-0,1E2],"a":{},"c":[],"d":"a\n"}"#);
    }
}
