//! One definition of a tool, a prompt, a resource or a resource template.

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

/// A definition as the publisher wrote it. Its digest is computed on demand, because the verification of a catalogue
/// does not need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    name: String,
    text: String,
}

/// An upper bound for the growth of a text in canonical form. The worst case is `1e20`: 4 characters become 21.
const MOST_GROWTH: usize = 8;

impl Definition {
    /// Parses what a server offers.
    ///
    /// # Errors
    /// `ERR_JSON_*`, `ERR_INPUT_TOO_LARGE`; the kind's malformed code if this is no definition of the kind.
    pub fn from_json(kind: DefinitionKind, bytes: &[u8]) -> Result<Self> {
        let mut value = json::parse(bytes, limits::DEFINITION_BYTES)?;
        Self::from_value(kind, &mut value, kind.malformed(), &kind.text())
    }

    /// Reads a definition from parsed JSON. Its members get the names of MCP.
    pub(super) fn from_value(
        kind: DefinitionKind,
        value: &mut Value<'_>,
        malformed: Code,
        path: &dyn fmt::Display,
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
        let definition = Self { name, text };
        definition.check_size().map_err(|error| error.on_outer(path))?;
        Ok(definition)
    }

    /// Refuses a text or a canonical form that is too large.
    fn check_size(&self) -> Result<()> {
        let mut largest = self.text.len();
        if (limits::DEFINITION_BYTES / MOST_GROWTH..=limits::DEFINITION_BYTES).contains(&largest) {
            largest = largest.max(self.canonical()?.len());
        }
        if largest > limits::DEFINITION_BYTES {
            return Err(Error::new(Code::InputTooLarge)
                .expected(format_args!("at most {} bytes", limits::DEFINITION_BYTES))
                .found(largest));
        }
        Ok(())
    }

    /// The canonical form.
    fn canonical(&self) -> Result<String> {
        let mut out = String::new();
        write_canonical(&mut json::parse(self.text.as_bytes(), usize::MAX)?, &mut out)?;
        Ok(out)
    }

    /// A tool's or prompt's `name`, a resource's `uri`, a template's `uriTemplate`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The definition as JSON in one line, with the publisher's order of members and spelling of numbers.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the canonical form.
    ///
    /// # Errors
    /// None in practice: the text was parsed before.
    pub fn digest(&self) -> Result<[u8; 32]> {
        Ok(sha256(self.canonical()?.as_bytes()))
    }

    /// Name and digest, `sha256:<hex>`, as JSON.
    ///
    /// # Errors
    /// As [`Self::digest`].
    pub fn to_json(&self) -> Result<String> {
        let digest = hex::encode(&self.digest()?);
        Ok(ObjectWriter::new().string("name", &self.name).text("digest", format_args!("sha256:{digest}")).finish())
    }
}

/// Gives the schemas of the original manifest their MCP names. Returns both names if a tool has both.
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
