//! JSON (RFC 8259), read so strictly that every parser reads the same meaning: no byte order mark, valid UTF-8, no lone
//! surrogates, no duplicate keys, bounded depth, and nothing after the value.
//!
//! The tree borrows from the text. Numbers keep their spelling, so that no integer is converted to a double.

use std::borrow::Cow;

use crate::encoding::{hex, number};
use crate::error::{Code, Error, Result};
use crate::{limits, order};

/// Objects with up to this many keys are checked for duplicates by comparing all pairs.
const FEW_KEYS: usize = 8;

/// One JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, in its original spelling.
    Number(&'a str),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object. No two of its keys are equal.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    /// What kind of value this is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// The value of `key`, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.as_object()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The items, if this is an array.
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&[(Cow<'a, str>, Value<'a>)]> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }
}

/// Parses one JSON text of at most `limit` bytes.
///
/// # Errors
/// `ERR_INPUT_TOO_LARGE`, `ERR_JSON_ENCODING`, `ERR_JSON_MALFORMED`, `ERR_JSON_TOO_DEEP`,
/// `ERR_JSON_DUPLICATE_KEY`, `ERR_JSON_NUMBER`.
pub fn parse(bytes: &[u8], limit: usize) -> Result<Value<'_>> {
    parse_with_member(bytes, limit, "").map(|(value, _)| value)
}

/// Parses one JSON text of at most `limit` bytes. Also gives the exact text of the member `name`, if the value is an
/// object that has it.
///
/// # Errors
/// As [`parse`].
pub fn parse_with_member<'a>(bytes: &'a [u8], limit: usize, name: &str) -> Result<(Value<'a>, Option<&'a str>)> {
    if bytes.len() > limit {
        return Err(Error::new(Code::InputTooLarge).expected(format_args!("at most {limit} bytes")).found(bytes.len()));
    }
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        return Err(Error::new(Code::JsonEncoding).expected("no byte order mark").found("a UTF-8 byte order mark"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::new(Code::JsonEncoding)
            .expected("UTF-8")
            .found(format_args!("an invalid sequence at byte {}", error.valid_up_to()))
    })?;
    let mut parser = Parser { text, at: 0, left: limits::JSON_VALUES, name, member: None };
    parser.skip_space();
    let value = parser.value(0)?;
    parser.skip_space();
    if parser.at < text.len() {
        return Err(parser.malformed("the end of the text"));
    }
    Ok((value, parser.member))
}

struct Parser<'a, 'n> {
    text: &'a str,
    at: usize,
    /// How many more values there may be.
    left: usize,
    /// The member of the outermost object whose text the caller wants.
    name: &'n str,
    /// Its text.
    member: Option<&'a str>,
}

impl<'a> Parser<'a, '_> {
    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.advance();
        }
    }

    fn take(&mut self, expected: u8) -> bool {
        let taken = self.peek() == Some(expected);
        if taken {
            self.advance();
        }
        taken
    }

    fn slice(&self, from: usize, to: usize) -> Result<&'a str> {
        self.text.get(from..to).ok_or_else(|| self.malformed("a character boundary"))
    }

    fn malformed(&self, expected: &str) -> Error {
        let found = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(character) => format!("'{character}' at byte {}", self.at),
            None => format!("the end of the text at byte {}", self.at),
        };
        Error::new(Code::JsonMalformed).expected(expected).found(found)
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            Error::new(Code::InputTooLarge)
                .expected(format_args!("at most {} values", limits::JSON_VALUES))
                .found(format_args!("more, at byte {}", self.at))
        })?;
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.malformed("a JSON value")),
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>> {
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return Err(self.malformed(word));
        }
        self.at = self.at.saturating_add(word.len());
        Ok(value)
    }

    fn deeper(&self, depth: usize) -> Result<usize> {
        if depth >= limits::JSON_DEPTH {
            return Err(Error::new(Code::JsonTooDeep)
                .expected(format_args!("at most {} levels", limits::JSON_DEPTH))
                .found(format_args!("more, at byte {}", self.at)));
        }
        Ok(depth.saturating_add(1))
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>> {
        let depth = self.deeper(depth)?;
        self.advance();
        let mut items = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.skip_space();
            items.push(self.value(depth)?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            if !self.take(b',') {
                return Err(self.malformed("',' or ']'"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value<'a>> {
        let depth = self.deeper(depth)?;
        self.advance();
        let mut members: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
        self.skip_space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.malformed("a key in double quotes"));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.take(b':') {
                return Err(self.malformed("':'"));
            }
            self.skip_space();
            let start = self.at;
            let value = self.value(depth)?;
            if depth == 1 && key == self.name {
                self.member = self.text.get(start..self.at);
            }
            members.push((key, value));
            self.skip_space();
            if self.take(b'}') {
                refuse_duplicate_keys(&members)?;
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return Err(self.malformed("',' or '}'"));
            }
        }
    }

    fn number(&mut self) -> Result<Value<'a>> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.advance();
            if !self.take(b'+') {
                self.take(b'-');
            }
            self.digits()?;
        }
        let text = self.slice(start, self.at)?;
        if !number::is_finite(text) {
            return Err(Error::new(Code::JsonNumber).expected("a finite number").found(text));
        }
        Ok(Value::Number(text))
    }

    fn digits(&mut self) -> Result<()> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.malformed("a digit"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.advance();
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'a, str>> {
        self.advance();
        let start = self.at;
        let mut unescaped: Option<String> = None;
        let mut run = start;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let tail = self.slice(run, self.at)?;
                    self.advance();
                    return Ok(match unescaped {
                        None => Cow::Borrowed(tail),
                        Some(mut text) => {
                            text.push_str(tail);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let head = self.slice(run, self.at)?;
                    let text = unescaped.get_or_insert_with(String::new);
                    text.push_str(head);
                    self.advance();
                    let character = self.escape()?;
                    unescaped.get_or_insert_with(String::new).push(character);
                    run = self.at;
                }
                Some(0..=0x1f) => return Err(self.malformed("no control character in a string")),
                Some(_) => self.skip_plain(),
                None => return Err(self.malformed("the closing quote of a string")),
            }
        }
    }

    /// Skips to the next character that ends a string, begins an escape, or is not allowed in a string.
    fn skip_plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at = self.at.saturating_add(plain_length(rest));
    }

    fn escape(&mut self) -> Result<char> {
        let Some(letter) = self.peek() else { return Err(self.malformed("an escape")) };
        self.advance();
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.code_unit()?;
                let units = if (0xd800..0xdc00).contains(&first) {
                    if !(self.take(b'\\') && self.take(b'u')) {
                        return Err(self.lone_surrogate());
                    }
                    [first, self.code_unit()?]
                } else {
                    [first, 0]
                };
                let used = if (0xd800..0xdc00).contains(&first) { 2 } else { 1 };
                match char::decode_utf16(units.into_iter().take(used)).next() {
                    Some(Ok(character)) => character,
                    _ => return Err(self.lone_surrogate()),
                }
            }
            _ => return Err(self.malformed("an escape that JSON defines")),
        })
    }

    fn lone_surrogate(&self) -> Error {
        Error::new(Code::JsonEncoding)
            .expected("whole characters")
            .found(format_args!("a lone surrogate before byte {}", self.at))
    }

    fn code_unit(&mut self) -> Result<u16> {
        let end = self.at.saturating_add(4);
        let digits = self.text.as_bytes().get(self.at..end).unwrap_or(b"?");
        let join = |unit: u32, digit: &u8| Some(unit << 4 | char::from(*digit).to_digit(16)?);
        let unit = digits.iter().try_fold(0, join).and_then(|unit| u16::try_from(unit).ok());
        let unit = unit.ok_or_else(|| self.malformed("four hexadecimal digits"))?;
        self.at = end;
        Ok(unit)
    }
}

fn refuse_duplicate_keys(members: &[(Cow<'_, str>, Value<'_>)]) -> Result<()> {
    // Comparing a few keys with each other allocates nothing.
    let is_among = |key: &str, others: &[(Cow<'_, str>, Value<'_>)]| others.iter().any(|(other, _)| key == other);
    let mut rest = members;
    if members.len() <= FEW_KEYS {
        while let Some(((key, _), others)) = rest.split_first()
            && !is_among(key, others)
        {
            rest = others;
        }
    }
    if rest.is_empty() {
        return Ok(());
    }
    match order::repeated(members.iter().map(|(key, _)| key.as_ref())) {
        Some(key) => Err(Error::new(Code::JsonDuplicateKey).expected("each key once").found(key)),
        None => Ok(()),
    }
}

/// Whether a byte of a string's text does not stand for itself.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..=0x1f)
}

/// The number of bytes that stand for themselves, from the start on. Reads eight at a time, because most of a bundle is
/// a few long strings.
fn plain_length(text: &[u8]) -> usize {
    let (words, _) = text.as_chunks::<8>();
    let plain = words.iter().position(|word| has_special(u64::from_ne_bytes(*word))).unwrap_or(words.len());
    let plain = plain.saturating_mul(8);
    let rest = text.get(plain..).unwrap_or_default();
    plain.saturating_add(rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len()))
}

/// Whether one of eight bytes is special. Subtracting the bound from all of them at once sets the highest bit of a byte
/// below it. If no byte is below it, no highest bit is set (Warren, Hacker's Delight, section 6-1).
fn has_special(word: u64) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let below = |word: u64, bound: u8| word.wrapping_sub(EACH.wrapping_mul(u64::from(bound))) & !word;
    let equal = |byte: u8| below(word ^ EACH.wrapping_mul(u64::from(byte)), 1);
    (below(word, 0x20) | equal(b'"') | equal(b'\\')) & (EACH << 7) != 0
}

/// Appends `text` as a JSON string, with the escapes of RFC 8785 section 3.2.2.2.
pub fn write_string(text: &str, out: &mut String) {
    out.push('"');
    write_escaped(text, out);
    out.push('"');
}

/// Appends the content of such a string, without the quotes.
pub(super) fn write_escaped(text: &str, out: &mut String) {
    let mut rest = text;
    loop {
        let (plain, special) = rest.split_at_checked(plain_length(rest.as_bytes())).unwrap_or((rest, ""));
        out.push_str(plain);
        let Some(byte) = special.bytes().next() else { break };
        write_escape(byte, out);
        rest = special.get(1..).unwrap_or_default();
    }
}

fn write_escape(byte: u8, out: &mut String) {
    out.push_str(match byte {
        b'"' => "\\\"",
        b'\\' => "\\\\",
        8 => "\\b",
        12 => "\\f",
        b'\n' => "\\n",
        b'\r' => "\\r",
        b'\t' => "\\t",
        _ => "\\u00",
    });
    if !matches!(byte, b'"' | b'\\' | 8 | 12 | b'\n' | b'\r' | b'\t') {
        out.push_str(&hex::encode(&[byte]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        parse(text.as_bytes(), 1 << 20).unwrap_err().code()
    }

    #[test]
    fn reads_values() {
        let value = parse(br#" {"a":[1,-2.5e3,"x\n\ud83d\ude00"],"b":{"":null},"c":true} "#, 100).unwrap();
        assert_eq!(value.get("a").unwrap().as_array().unwrap()[2].as_str().unwrap(), "x\n😀");
        assert_eq!(value.get("a").unwrap().as_array().unwrap()[1], Value::Number("-2.5e3"));
        assert_eq!(value.get("b").unwrap().get(""), Some(&Value::Null));
    }

    #[test]
    fn gives_the_text_of_a_member() {
        let document = br#" { "a" : {"predicate": 1, "x":"}\\"} , "b":[1,{"q":","}],"predic\u0061te" : {"n": 1.50, "s":"\"}{"} , "c":2 } "#;
        let member = |document, name| parse_with_member(document, 200, name).unwrap().1;
        assert_eq!(member(document, "predicate"), Some(r#"{"n": 1.50, "s":"\"}{"}"#));
        assert_eq!(member(document, "a"), Some(r#"{"predicate": 1, "x":"}\\"}"#));
        assert_eq!(member(document, "b"), Some(r#"[1,{"q":","}]"#));
        assert_eq!(member(document, "c"), Some("2"));
        assert_eq!(member(document, "x"), None);
        assert_eq!(member(b"{}", "x"), None);
        assert_eq!(member(br#"[{"x":1}]"#, "x"), None);
        assert_eq!(member(br#"{"x":"a:b,{"}"#, "x"), Some(r#""a:b,{""#));
        assert_eq!(member(br#"{"x":{}}"#, "x"), Some("{}"));
    }

    #[test]
    fn refuses_what_parsers_disagree_on() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "01",
            "1.",
            "+1",
            "nul",
            "\"a",
            "\"\u{1}\"",
            "{} {}",
            "{'a':1}",
            "[1 2]",
            "\"\\x\"",
            "NaN",
            "-",
            "1e",
            "\"\\u12g4\"",
            "//",
            "\"\\u+123\"",
        ] {
            assert_eq!(code(text), Code::JsonMalformed, "{text}");
        }
        assert_eq!(code("{\"a\":1,\"\\u0061\":2}"), Code::JsonDuplicateKey);
        assert_eq!(code("\u{feff}{}"), Code::JsonEncoding);
        assert_eq!(code("\"\\ud800\""), Code::JsonEncoding);
        assert_eq!(code("\"\\ud800\\u0041\""), Code::JsonEncoding);
        assert_eq!(code("\"\\udc00\""), Code::JsonEncoding);
        assert_eq!(code("1e400"), Code::JsonNumber);
        assert_eq!(code(&"[".repeat(100_000)), Code::JsonTooDeep);
        assert_eq!(parse(b"\"\xff\"", 10).unwrap_err().code(), Code::JsonEncoding);
        assert_eq!(parse(b"{}        ", 4).unwrap_err().code(), Code::InputTooLarge);
    }

    #[test]
    fn values_are_counted() {
        let list = |count: usize| format!("[{}0]", "0,".repeat(count.saturating_sub(2)));
        let read = |count| parse(list(count).as_bytes(), 1 << 24).map(|_| ()).map_err(|error| error.code());
        assert_eq!(read(limits::JSON_VALUES), Ok(()));
        assert_eq!(read(limits::JSON_VALUES.saturating_add(1)), Err(Code::InputTooLarge));
    }

    #[test]
    fn many_keys_are_checked_in_good_time() {
        let mut text = String::from("{");
        for key in 0..100_000 {
            text.push_str(&format!("\"k{key}\":0,"));
        }
        text.push_str("\"k5\":1}");
        assert_eq!(parse(text.as_bytes(), 1 << 24).unwrap_err().code(), Code::JsonDuplicateKey);
    }
}
