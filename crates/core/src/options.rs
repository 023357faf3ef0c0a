//! Reads the caller's options. An unknown name is refused.

use std::borrow::Cow;
use std::fmt;

use crate::encoding::json::{self, Value};
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};
use crate::limits;

/// The members of one options object. Each reader takes its members out. What is left in the end is unknown.
#[derive(Debug)]
pub struct Options<'a> {
    path: String,
    members: Vec<(Cow<'a, str>, Value<'a>)>,
    known: Vec<&'static str>,
}

/// Parses an options text.
///
/// # Errors
/// `ERR_JSON_*`, `ERR_INPUT_TOO_LARGE`, `ERR_OPTION_INVALID` if it is not an object.
pub fn parse<'a>(text: &'a str, path: &str) -> Result<Options<'a>> {
    Options::new(json::parse(text.as_bytes(), limits::OPTIONS_BYTES)?, path)
}

/// Refuses a value that cannot be used.
pub fn invalid(path: impl fmt::Display, expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::OptionInvalid).on(path).expected(expected).found(found)
}

impl<'a> Options<'a> {
    /// From an object.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID` if it is not an object.
    pub fn new(value: Value<'a>, path: &str) -> Result<Self> {
        match value {
            Value::Object(members) => Ok(Self { path: path.to_owned(), members, known: Vec::new() }),
            other => Err(invalid(path, "an object", other.kind())),
        }
    }

    /// The full name of an option, for messages.
    pub fn path(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    /// Refuses the value of an option.
    fn refuse(&self, name: &str, expected: impl fmt::Display, found: impl fmt::Display) -> Error {
        invalid(format_args!("{}.{name}", self.path), expected, found)
    }

    /// Takes an option out. `null` counts as absent.
    pub fn take(&mut self, name: &'static str) -> Option<Value<'a>> {
        self.known.push(name);
        let index = self.members.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.members.swap_remove(index);
        (value != Value::Null).then_some(value)
    }

    /// Takes a text out. It must not be empty.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`.
    pub fn text(&mut self, name: &'static str) -> Result<Option<String>> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.into_owned())),
            Some(other) => Err(self.refuse(name, "a text that is not empty", other.kind())),
        }
    }

    /// Takes a text out. It must be there.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`.
    pub fn required_text(&mut self, name: &'static str) -> Result<String> {
        self.text(name)?.ok_or_else(|| self.refuse(name, "a text", "nothing"))
    }

    /// Takes a small integer out. It must not be negative.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`.
    pub fn count(&mut self, name: &'static str) -> Result<Option<u32>> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Number(text)) => match text.parse() {
                Ok(count) => Ok(Some(count)),
                Err(_) => Err(self.refuse(name, "an integer of 0 or more", text)),
            },
            Some(other) => Err(self.refuse(name, "an integer of 0 or more", other.kind())),
        }
    }

    /// Takes a time in RFC 3339 out.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`.
    pub fn time(&mut self, name: &'static str) -> Result<Option<Time>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        Time::parse_rfc3339(&text).map(Some).map_err(|error| error.on_outer(format_args!("{}.{name}", self.path)))
    }

    /// Takes one of several words out.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`.
    pub fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Result<Option<T>> {
        let place = self.place_of_word(name, &|place| words.get(place).map(|(word, _)| *word))?;
        Ok(place.and_then(|place| words.get(place)).map(|(_, value)| *value))
    }

    /// Takes a word out, and returns its place among the words of `word_at`.
    #[inline(never)]
    fn place_of_word<'w>(
        &mut self,
        name: &'static str,
        word_at: &dyn Fn(usize) -> Option<&'w str>,
    ) -> Result<Option<usize>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let mut words: Vec<&str> = Vec::new();
        while let Some(word) = word_at(words.len()) {
            if word == text {
                return Ok(Some(words.len()));
            }
            words.push(word);
        }
        Err(self.refuse(name, format_args!("one of {}", words.join(", ")), text))
    }

    /// Takes an object of options out.
    ///
    /// # Errors
    /// `ERR_OPTION_INVALID`.
    pub fn nested(&mut self, name: &'static str) -> Result<Option<Options<'a>>> {
        let path = self.path(name);
        self.take(name).map(|value| Options::new(value, &path)).transpose()
    }

    /// The members that nobody took out. For objects whose names are data.
    pub fn into_members(self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        self.members
    }

    /// Refuses options that nobody took out.
    ///
    /// # Errors
    /// `ERR_OPTION_UNKNOWN`.
    pub fn finish(self) -> Result<()> {
        match self.members.first() {
            None => Ok(()),
            Some((name, _)) => Err(Error::new(Code::OptionUnknown)
                .on(self.path(name))
                .expected(format_args!("one of {}", self.known.join(", ")))
                .found(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_and_odd_options_are_refused() {
        let mut options = parse(r#"{"a":"x","b":3,"c":{"d":null},"e":1}"#, "policy").unwrap();
        assert_eq!(options.text("a").unwrap().unwrap(), "x");
        assert_eq!(options.count("b").unwrap(), Some(3));
        assert!(options.nested("c").unwrap().unwrap().text("d").unwrap().is_none());
        let error = options.finish().unwrap_err();
        assert_eq!((error.code(), error.subject()), (Code::OptionUnknown, Some("policy.e")));
        for text in [r#"{"a":-1}"#, r#"{"a":1.0}"#, r#"{"a":"1"}"#, r#"{"a":4294967296}"#] {
            assert_eq!(parse(text, "p").unwrap().count("a").unwrap_err().code(), Code::OptionInvalid, "{text}");
        }
        assert_eq!(parse("[]", "p").unwrap_err().code(), Code::OptionInvalid);
    }
}
