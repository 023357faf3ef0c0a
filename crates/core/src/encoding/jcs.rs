//! The JSON Canonicalization Scheme (RFC 8785). Keys are sorted by their UTF-16 code units. Strings have the shortest
//! escapes. Numbers are written as ECMAScript writes them. There is no Unicode normalisation.
//!
//! The RFC reads numbers as doubles, so an integer beyond 2^53 becomes the nearest double.

use crate::encoding::json::{self, Value};
use crate::encoding::number;
use crate::error::{Code, Error, Result};
use crate::order;

/// The canonical form of a value.
///
/// # Errors
/// `ERR_JSON_NUMBER` for a number beyond the range of doubles.
pub fn canonicalize(value: &Value<'_>) -> Result<String> {
    let mut out = String::new();
    write(value, &mut out)?;
    Ok(out)
}

/// Appends the canonical form of a value.
///
/// # Errors
/// As [`canonicalize`].
pub fn write(value: &Value<'_>, out: &mut String) -> Result<()> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(text) => write_number(text, out)?,
        Value::String(text) => json::write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            if !sorted.is_sorted_by(|(left, _), (right, _)| is_before(left, right)) {
                order::sort_by(&mut sorted, |(left, _), (right, _)| is_before(left, right));
            }
            out.push('{');
            for (index, (key, value)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                json::write_string(key, out);
                out.push(':');
                write(value, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// Whether `left` comes before `right` in the order of their UTF-16 code units (section 3.2.3). The order of UTF-8
/// bytes is the same, except for characters beyond U+FFFF: their surrogates come before U+E000 to U+FFFF.
pub fn is_before(left: &str, right: &str) -> bool {
    let rank = |byte: u8| match byte {
        0xee | 0xef => byte | 0x10,
        other => other,
    };
    let pairs = left.bytes().zip(right.bytes());
    match pairs.into_iter().find(|(left, right)| left != right) {
        Some((left, right)) => rank(left) < rank(right),
        None => left.len() < right.len(),
    }
}

fn write_number(text: &str, out: &mut String) -> Result<()> {
    match number::write_canonical(text, out) {
        true => Ok(()),
        false => Err(Error::new(Code::JsonNumber).expected("a finite number").found(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        canonicalize(&json::parse(text.as_bytes(), 1 << 20).unwrap()).unwrap()
    }

    /// RFC 8785 appendix B and section 3.2.3.
    #[test]
    fn rfc_8785_examples() {
        for (text, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("5e-324", "5e-324"),
            ("-5e-324", "-5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("9007199254740992", "9007199254740992"),
            ("-9007199254740992", "-9007199254740992"),
            ("295147905179352825856.0", "295147905179352830000"),
            ("9.999999999999997e22", "9.999999999999997e+22"),
            ("1e23", "1e+23"),
            ("1.0000000000000001e23", "1.0000000000000001e+23"),
            ("999999999999999700000.0", "999999999999999700000"),
            ("999999999999999900000.0", "999999999999999900000"),
            ("1e21", "1e+21"),
            ("1e20", "100000000000000000000"),
            ("9.999999999999997e-7", "9.999999999999997e-7"),
            ("0.000001", "0.000001"),
            ("333333333.3333332", "333333333.3333332"),
            ("333333333.33333325", "333333333.33333325"),
            ("4.50", "4.5"),
            ("2e-3", "0.002"),
            ("1E30", "1e+30"),
            ("0.000000000000000000000000001", "1e-27"),
            ("10.0", "10"),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
        assert_eq!(
            canonical(
                r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#
            ),
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}"
        );
        assert_eq!(
            canonical(r#"{"s":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}"#),
            "{\"s\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
    }

    #[test]
    fn integers_beyond_2_53_are_the_nearest_double() {
        for (text, expected) in [
            ("9007199254740993", "9007199254740992"),
            ("-9007199254740995", "-9007199254740996"),
            ("9223372036854775807", "9223372036854776000"),
            ("18446744073709551615", "18446744073709552000"),
            ("100000000000000000000", "100000000000000000000"),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
    }

    #[test]
    fn the_order_is_that_of_utf_16() {
        let texts = [
            "",
            "a",
            "ab",
            "b",
            "é",
            "\u{d7ff}",
            "\u{e000}",
            "\u{fffd}",
            "\u{ffff}",
            "😀",
            "\u{10ffff}",
            "a😀",
            "a\u{e000}",
        ];
        for left in texts {
            for right in texts {
                assert_eq!(is_before(left, right), left.encode_utf16().lt(right.encode_utf16()), "{left:?} {right:?}");
            }
        }
    }
}
