//! The JSON Canonicalization Scheme (RFC 8785): keys in the order of their UTF-16 code units, strings with
//! the shortest escapes, numbers as ECMAScript prints them. No Unicode normalisation.
//!
//! Stricter than the RFC in one point: an integer beyond 2^53 is refused, since two spellings of it would
//! become one (`ERR_JSON_NUMBER`).

use crate::encoding::json::{self, Value};
use crate::encoding::number;
use crate::error::{Code, Error, Result};
use crate::order;

/// The canonical form of a value.
///
/// # Errors
/// `ERR_JSON_NUMBER` for an integer beyond ±2^53.
pub fn canonicalize(value: &Value<'_>) -> Result<String> {
    let mut out = String::new();
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value<'_>, out: &mut String) -> Result<()> {
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
            order::sort_by(&mut sorted, |(left, _), (right, _)| left.encode_utf16().lt(right.encode_utf16()));
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

fn write_number(text: &str, out: &mut String) -> Result<()> {
    const EXACT: u64 = 1 << 53;
    let refuse = |why: &str| Err(Error::new(Code::JsonNumber).expected(why).found(text));
    let is_integer = !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    if is_integer && !text.parse::<i64>().is_ok_and(|integer| integer.unsigned_abs() <= EXACT) {
        return refuse("an integer of at most 2^53");
    }
    let Some(canonical) = number::canonical(text) else { return refuse("a finite number") };
    out.push_str(&canonical);
    Ok(())
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
    fn refuses_integers_that_doubles_merge() {
        for text in ["9007199254740993", "-9007199254740994", "100000000000000000000"] {
            let value = json::parse(text.as_bytes(), 100).unwrap();
            assert_eq!(canonicalize(&value).unwrap_err().code(), Code::JsonNumber, "{text}");
        }
    }
}
