//! The JSON form of protobuf messages (proto3 JSON mapping): the path of a value, and the scalars that the mapping
//! defines. A reader treats `null` as an absent field.
//!
//! Integers are decimal, as a number or as a string. They may have a fraction of zeros and an exponent, as long as the
//! value is an integer (`1.0`, `1e3`). Bytes are base64 of either alphabet, with or without padding.

use std::borrow::Cow;
use std::fmt;

use super::base64;
use super::json::Value;
use super::time::Time;
use crate::error::{Code, Error, Result, listed};

/// The largest integer that every JSON parser reads exactly.
const LARGEST_NUMBER: u64 = 1 << 53;

/// The path of a value in a document, for messages. It is made into text only when a message shows it.
#[derive(Debug, Clone, Copy)]
pub struct Path<'p> {
    malformed: Code,
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'p> {
    Root(&'p str),
    Field(&'p str),
    Item(usize),
}

impl<'p> Path<'p> {
    /// The document itself. `malformed` is the code for a wrong form.
    pub fn root(document: &'p str, malformed: Code) -> Self {
        Self { malformed, parent: None, step: Step::Root(document) }
    }

    /// A field of the message here.
    pub fn field(&'p self, name: &'p str) -> Self {
        Self { malformed: self.malformed, parent: Some(self), step: Step::Field(name) }
    }

    /// An item of the list here.
    pub fn item(&'p self, index: usize) -> Self {
        Self { malformed: self.malformed, parent: Some(self), step: Step::Item(index) }
    }

    /// A refusal of the value here.
    pub fn refuse(&self, code: Code) -> Error {
        Error::new(code).on(self)
    }

    /// A refusal of the form of the value here.
    pub fn malformed(&self, expected: impl fmt::Display, found: impl fmt::Display) -> Error {
        self.refuse(self.malformed).expected(expected).found(found)
    }

    /// A refusal of a required field here that is absent or empty.
    pub fn missing(&self) -> Error {
        self.malformed("this field, not empty", "nothing")
    }

    /// A refusal of a list here that is too long.
    pub fn too_many(&self, most: usize, found: usize) -> Error {
        self.refuse(Code::InputTooLarge).expected(format_args!("at most {most}")).found(found)
    }
}

impl fmt::Display for Path<'_> {
    /// Such as `verificationMaterial.tlogEntries[0].logIndex`. The document's name appears only if the path is the
    /// document itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let below_root = self.parent.filter(|parent| parent.parent.is_some());
        if let Some(parent) = below_root {
            write!(f, "{parent}")?;
        }
        match self.step {
            Step::Root(document) => f.write_str(document),
            Step::Field(name) if below_root.is_some() => write!(f, ".{name}"),
            Step::Field(name) => f.write_str(name),
            Step::Item(index) => write!(f, "[{index}]"),
        }
    }
}

/// A string.
///
/// # Errors
/// The path's code.
pub fn string<'v>(value: &'v Value<'_>, path: &Path<'_>) -> Result<&'v str> {
    value.as_str().ok_or_else(|| path.malformed("a string", value.kind()))
}

/// Bytes: base64.
///
/// # Errors
/// The path's code if it is no string, `ERR_BASE64_MALFORMED` if it is no base64.
pub fn bytes(value: &Value<'_>, path: &Path<'_>) -> Result<Vec<u8>> {
    base64::decode(string(value, path)?).map_err(|error| error.on(path))
}

/// An int64: a decimal string, or a number that every parser reads exactly. The caller checks its sign.
///
/// # Errors
/// The path's code, `ERR_JSON_NUMBER` for a number beyond 2^53.
pub fn int64(value: &Value<'_>, path: &Path<'_>) -> Result<i64> {
    let (text, number) = match value {
        Value::String(text) => (text.as_ref(), false),
        Value::Number(text) => (*text, true),
        other => return Err(path.malformed("an integer or a decimal string", other.kind())),
    };
    let integer = decimal(text).ok_or_else(|| path.malformed("an integer below 2^63 in decimal digits", text))?;
    if number && integer.unsigned_abs() > LARGEST_NUMBER {
        return Err(path.refuse(Code::JsonNumber).expected("at most 2^53, or a decimal string").found(text));
    }
    Ok(integer)
}

/// An enumeration: one of `names`, or any number from 0 on. The caller checks which numbers are known.
///
/// # Errors
/// The path's code if it is neither string nor number, `unknown` for another name.
pub fn enumeration(value: &Value<'_>, path: &Path<'_>, names: &[(&str, i32)], unknown: Code) -> Result<i32> {
    match value {
        Value::String(text) => names
            .iter()
            .find(|(name, _)| name == text)
            .map(|(_, number)| *number)
            .ok_or_else(|| path.refuse(unknown).expected(listed(names.iter().map(|(name, _)| *name))).found(text)),
        Value::Number(text) => decimal(text)
            .and_then(|number| i32::try_from(number).ok())
            .filter(|number| *number >= 0)
            .ok_or_else(|| path.malformed("the number of an enumeration's value", text)),
        other => Err(path.malformed("the name or the number of an enumeration's value", other.kind())),
    }
}

/// A timestamp: RFC 3339.
///
/// # Errors
/// The path's code.
pub fn timestamp(value: &Value<'_>, path: &Path<'_>) -> Result<Time> {
    let text = string(value, path)?;
    Time::parse_rfc3339(text).map_err(|_| path.malformed("a time such as 2026-11-22T22:52:04Z", text))
}

/// The value of a number in JSON's grammar (RFC 8259 section 6), if it is an integer of 64 bits. `1.0` and `1e3` are
/// integers, `1.5` and `1e-1` are not. The result is exact, and the time is linear in the length of the text, however
/// large the exponent is.
fn decimal(text: &str) -> Option<i64> {
    let (is_negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        None => (unsigned, 0),
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        None => (mantissa, ""),
        Some((_, "")) => return None,
        Some(parts) => parts,
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
    if whole.is_empty() || has_leading_zero || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    // The digits without zeros on either side, and the number of zeros that follow them.
    let fraction = fraction.trim_end_matches('0');
    let (digits, shift) = if fraction.is_empty() {
        let digits = whole.trim_end_matches('0');
        (Cow::Borrowed(digits), i64::try_from(whole.len().saturating_sub(digits.len())).ok()?)
    } else {
        (Cow::Owned(format!("{whole}{fraction}")), i64::try_from(fraction.len()).ok()?.saturating_neg())
    };
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    let zeros = usize::try_from(exponent.saturating_add(shift)).ok()?;
    // 2^63 has 19 digits.
    if digits.len().saturating_add(zeros) > 19 {
        return None;
    }
    let sign = if is_negative { "-" } else { "" };
    format!("{sign}{digits}{}", "0".repeat(zeros)).parse().ok()
}

/// An exponent. A value too large for an integer of 64 bits may be replaced by any other such value.
fn parse_exponent(text: &str) -> Option<i64> {
    let (is_negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..)?),
        Some(b'+') => (false, text.get(1..)?),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = match digits.trim_start_matches('0') {
        "" => 0,
        digits => digits.parse().unwrap_or(i64::MAX),
    };
    Some(if is_negative { size.saturating_neg() } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_by_their_value() {
        let root = Path::root("document", Code::BundleMalformed);
        let read = |value: Value<'_>| int64(&value, &root).map_err(|error| error.code());
        assert_eq!(read(Value::String("9223372036854775807".into())), Ok(i64::MAX));
        assert_eq!(read(Value::String("-1".into())), Ok(-1));
        assert_eq!(read(Value::Number("0")), Ok(0));
        assert_eq!(read(Value::Number("9007199254740992")), Ok(1 << 53));
        assert_eq!(read(Value::Number("9007199254740993")), Err(Code::JsonNumber));
        assert_eq!(read(Value::Number("-9007199254740993")), Err(Code::JsonNumber));
        for text in [
            "",
            "+1",
            " 1",
            "1 ",
            "01",
            "-",
            "0x1",
            "9223372036854775808",
            "１",
            "1_0",
            "-01",
            "1.",
            ".5",
            "1.5",
            "1e-1",
            "10e-2",
            "1e",
            "1e+",
            "1e1.0",
            "e1",
            "1e19",
            "1.0.0",
            "1e1e1",
            "00",
            "0e",
            "1.a",
            "NaN",
            "Infinity",
            "9223372036854775807.5",
            "1e99999999999999999999",
            "1e-99999999999999999999",
            "1.0 ",
            "1,0",
        ] {
            assert_eq!(read(Value::String(text.into())), Err(Code::BundleMalformed), "{text:?}");
        }
        for (text, value) in [
            ("-0", 0),
            ("0.0", 0),
            ("0e99999999999999999999", 0),
            ("0.000e-5", 0),
            ("1.0", 1),
            ("1e3", 1000),
            ("1E+3", 1000),
            ("1.25e2", 125),
            ("12500e-2", 125),
            ("0.125e3", 125),
            ("-1.0", -1),
            ("1e015", 1_000_000_000_000_000),
            ("1795387938.0", 1_795_387_938),
            ("9007199254740992.0", 1 << 53),
        ] {
            assert_eq!(read(Value::Number(text)), Ok(value), "{text}");
            assert_eq!(read(Value::String(text.into())), Ok(value), "{text}");
        }
        for text in ["1.5", "1e-1", "1e19", "1e400", "0.1"] {
            assert_eq!(read(Value::Number(text)), Err(Code::BundleMalformed), "{text}");
        }
        for text in ["9007199254740993.0", "9.007199254740993e15", "1e18"] {
            assert_eq!(read(Value::Number(text)), Err(Code::JsonNumber), "{text}");
        }
        let exact =
            [("9.223372036854775807e18", i64::MAX), ("-9223372036854775808.0", i64::MIN), ("1e18", 10i64.pow(18))];
        for (text, value) in exact {
            assert_eq!(read(Value::String(text.into())), Ok(value), "{text}");
        }
        let long = format!("1{}e-{}", "0".repeat(100_000), 100_000);
        assert_eq!(read(Value::Number(&long)), Ok(1));
        assert_eq!(read(Value::Bool(true)), Err(Code::BundleMalformed));
    }

    #[test]
    fn paths_read_like_field_access() {
        let root = Path::root("the bundle", Code::BundleMalformed);
        assert_eq!(root.to_string(), "the bundle");
        let (list, material) = (root.field("verificationMaterial"), root.field("x"));
        let list = list.field("tlogEntries");
        let item = list.item(3);
        assert_eq!(item.field("logIndex").to_string(), "verificationMaterial.tlogEntries[3].logIndex");
        assert_eq!(material.to_string(), "x");
    }
}
