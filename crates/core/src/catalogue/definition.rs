//! One definition: of a tool, a prompt, a resource or a resource template.

use std::borrow::Cow;
use std::fmt;

use super::canonical::{write_as_written, write_canonical};
use super::kind::DefinitionKind;
use crate::crypto::sha256;
use crate::encoding::hex;
use crate::encoding::json::{self, Value};
use crate::encoding::json_writer::ObjectWriter;
use crate::error::{Code, Error, Result};
use crate::limits;

/// A definition as it was written, and the digest of its canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    pub(super) name: String,
    text: String,
    pub(super) digest: [u8; 32],
}

impl Definition {
    /// Parses what a server offers.
    ///
    /// # Errors
    /// `ERR_JSON_*`, `ERR_INPUT_TOO_LARGE`; the malformed code of the kind where it is no such definition.
    pub fn from_json(kind: DefinitionKind, bytes: &[u8]) -> Result<Self> {
        let mut value = json::parse(bytes, limits::DEFINITION_BYTES)?;
        Self::from_value(kind, &mut value, kind.malformed(), &kind.text(), &mut String::new())
    }

    /// Reads one out of a parsed text. Its members get the names that MCP gives them, and its sets are sorted.
    /// `canonical` is memory to write in.
    pub(super) fn from_value(
        kind: DefinitionKind,
        value: &mut Value<'_>,
        malformed: Code,
        path: &dyn fmt::Display,
        canonical: &mut String,
    ) -> Result<Self> {
        let refuse = |expected: &dyn fmt::Display, found: &str| {
            Err(Error::new(malformed).expected(expected).found(found).on(path))
        };
        let Value::Object(members) = value else {
            return refuse(&"an object", value.kind());
        };
        if kind == DefinitionKind::Tool
            && let Some((snake, camel)) = respell(members)
        {
            return refuse(&format_args!("either {snake} or {camel}"), "both");
        }
        for (key, value) in members.iter() {
            if let Some(expected) = kind.misfit(key, value) {
                return refuse(&format_args!("{expected} as {key}"), value.kind());
            }
        }
        let identifier = kind.identifier();
        let Some(name) = value.get(identifier).and_then(Value::as_str) else {
            return refuse(&format_args!("a member {identifier}"), "none");
        };
        if name.is_empty() || name.chars().any(char::is_control) {
            return refuse(&format_args!("a {identifier} that is not empty and has no control characters"), name);
        }
        if kind == DefinitionKind::Tool && value.get("inputSchema").is_none() {
            return refuse(&"a member inputSchema (or input_schema)", "none");
        }
        let name = name.to_owned();
        let mut text = String::new();
        write_as_written(value, &mut text);
        canonical.clear();
        write_canonical(value, canonical).map_err(|error| error.on_outer(path))?;
        if canonical.len() > limits::DEFINITION_BYTES {
            return Err(Error::new(Code::InputTooLarge)
                .on(path)
                .expected(format_args!("at most {} bytes in canonical form", limits::DEFINITION_BYTES))
                .found(canonical.len()));
        }
        Ok(Self { name, text, digest: sha256(canonical.as_bytes()) })
    }

    /// A tool's or prompt's `name`, a resource's `uri`, a template's `uriTemplate`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The definition in the publisher's order and digits, as JSON in one line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `sha256:<hex>` over the canonical form.
    pub fn digest(&self) -> String {
        format!("sha256:{}", hex::encode(&self.digest))
    }

    /// Name and digest as JSON.
    pub fn to_json(&self) -> String {
        ObjectWriter::new().string("name", &self.name).string("digest", &self.digest()).finish()
    }
}

/// Gives the schemas of the original manifest the names of MCP. Gives both names if a tool has both.
fn respell(members: &mut [(Cow<'_, str>, Value<'_>)]) -> Option<(&'static str, &'static str)> {
    for (snake, camel) in [("input_schema", "inputSchema"), ("output_schema", "outputSchema")] {
        let Some(at) = members.iter().position(|(key, _)| key == snake) else { continue };
        if members.iter().any(|(key, _)| key == camel) {
            return Some((snake, camel));
        }
        if let Some((key, _)) = members.get_mut(at) {
            *key = Cow::Borrowed(camel);
        }
    }
    None
}
