//! Writes JSON objects and arrays, member by member.

use std::fmt;

use super::json::{write_escaped, write_string};

/// An object under construction.
#[derive(Debug, Default)]
pub struct ObjectWriter {
    out: String,
}

impl ObjectWriter {
    /// An empty object.
    pub fn new() -> Self {
        Self::default()
    }

    fn key(&mut self, key: &str) -> &mut String {
        self.out.push(if self.out.is_empty() { '{' } else { ',' });
        write_string(key, &mut self.out);
        self.out.push(':');
        &mut self.out
    }

    /// Adds a string.
    #[inline(never)]
    pub fn string(&mut self, key: &str, value: &str) -> &mut Self {
        write_string(value, self.key(key));
        self
    }

    /// Adds a string if there is one.
    pub fn optional_string(&mut self, key: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.string(key, value),
            None => self,
        }
    }

    /// Adds the text of a value as a string.
    pub fn text(&mut self, key: &str, value: impl fmt::Display) -> &mut Self {
        self.add_text(key, &value)
    }

    /// Adds the text of a value as a string, if there is a value.
    pub fn optional_text(&mut self, key: &str, value: Option<impl fmt::Display>) -> &mut Self {
        match value {
            Some(value) => self.add_text(key, &value),
            None => self,
        }
    }

    #[inline(never)]
    fn add_text(&mut self, key: &str, value: &dyn fmt::Display) -> &mut Self {
        let out = self.key(key);
        out.push('"');
        // Writing to a string does not fail.
        let _ = fmt::write(&mut Escaped(out), format_args!("{value}"));
        out.push('"');
        self
    }

    /// Adds a member whose value is JSON text.
    #[inline(never)]
    pub fn json(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key).push_str(value);
        self
    }

    /// Adds an array whose items are JSON texts.
    pub fn array(&mut self, key: &str, items: impl IntoIterator<Item = String>) -> &mut Self {
        let mut items = items.into_iter();
        write_array(&mut || items.next(), self.key(key));
        self
    }

    /// Adds an array of strings.
    pub fn strings<T: AsRef<str>>(&mut self, key: &str, items: impl IntoIterator<Item = T>) -> &mut Self {
        self.array(key, items.into_iter().map(|item| string(item.as_ref())))
    }

    /// The text of the object. Leaves an empty object.
    pub fn finish(&mut self) -> String {
        if self.out.is_empty() {
            self.out.push('{');
        }
        self.out.push('}');
        std::mem::take(&mut self.out)
    }
}

/// Writes the content of a JSON string.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write_escaped(text, self.0);
        Ok(())
    }
}

/// A JSON string.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(2));
    write_string(text, &mut out);
    out
}

/// An array whose items are JSON texts.
pub fn array(items: impl IntoIterator<Item = String>) -> String {
    let (mut items, mut out) = (items.into_iter(), String::new());
    write_array(&mut || items.next(), &mut out);
    out
}

/// Writes an array of the JSON texts that `next` gives.
#[inline(never)]
fn write_array(next: &mut dyn FnMut() -> Option<String>, out: &mut String) {
    let mut before = '[';
    while let Some(item) = next() {
        out.push(before);
        out.push_str(&item);
        before = ',';
    }
    out.push_str(if before == '[' { "[]" } else { "]" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_objects() {
        assert_eq!(ObjectWriter::new().finish(), "{}");
        let text = ObjectWriter::new()
            .string("a\"", "\n")
            .optional_string("b", None)
            .strings("c", ["x", "y"])
            .json("d", "1")
            .text("e", format_args!("{}\"{}", 1, "\t"))
            .optional_text("f", None::<u8>)
            .finish();
        assert_eq!(text, r#"{"a\"":"\n","c":["x","y"],"d":1,"e":"1\"\t"}"#);
    }
}
