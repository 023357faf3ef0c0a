//! Writes JSON objects and arrays, member by member.

use super::json::write_string;

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
    #[must_use]
    pub fn string(mut self, key: &str, value: &str) -> Self {
        write_string(value, self.key(key));
        self
    }

    /// Adds a string if there is one.
    #[must_use]
    pub fn optional_string(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.string(key, value),
            None => self,
        }
    }

    /// Adds what is JSON already.
    #[must_use]
    pub fn json(mut self, key: &str, value: &str) -> Self {
        self.key(key).push_str(value);
        self
    }

    /// Adds an array of what is JSON already.
    #[must_use]
    pub fn array(self, key: &str, items: impl IntoIterator<Item = String>) -> Self {
        let items = array(items);
        self.json(key, &items)
    }

    /// Adds an array of strings.
    #[must_use]
    pub fn strings<T: AsRef<str>>(self, key: &str, items: impl IntoIterator<Item = T>) -> Self {
        self.array(key, items.into_iter().map(|item| string(item.as_ref())))
    }

    /// The object's text.
    pub fn finish(mut self) -> String {
        if self.out.is_empty() {
            self.out.push('{');
        }
        self.out.push('}');
        self.out
    }
}

/// A JSON string.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(2));
    write_string(text, &mut out);
    out
}

/// An array of what is JSON already.
pub fn array(items: impl IntoIterator<Item = String>) -> String {
    let mut out = String::from("[");
    for item in items {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&item);
    }
    out.push(']');
    out
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
            .finish();
        assert_eq!(text, r#"{"a\"":"\n","c":["x","y"],"d":1}"#);
    }
}
