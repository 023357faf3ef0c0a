//! Tool catalogues: the signed file that names a server's tools.
//!
//! Two shapes are read into one: the manifest `{"server", "tools": [{"name", "description", "input_schema"}]}`
//! and the shape of MCP's own `tools/list` (`inputSchema`, `title`, `annotations`, `_meta`, …). A tool is its
//! whole definition: its digest is SHA-256 over the RFC 8785 form, with `input_schema` read as `inputSchema`.

use std::borrow::Cow;
use std::fmt;

use crate::crypto::sha256;
use crate::encoding::json::{self, Value};
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::time::Time;
use crate::encoding::{hex, jcs};
use crate::error::{Code, Error, Result};
use crate::{limits, order};

/// One tool: its name, its definition in canonical form, and that form's digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    name: String,
    definition: String,
    digest: [u8; 32],
}

impl Tool {
    /// Parses one tool definition, as a server offers it or as a catalogue lists it.
    ///
    /// # Errors
    /// JSON errors, `ERR_INPUT_TOO_LARGE`, or `ERR_CATALOGUE_MALFORMED` where it is no tool definition.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        Self::from_value(&mut json::parse(bytes, limits::TOOL_BYTES)?, &"tool")
    }

    /// `definition` gets the names of `tools/list`.
    fn from_value(definition: &mut Value<'_>, path: &dyn fmt::Display) -> Result<Self> {
        let Value::Object(members) = definition else {
            return Err(malformed("an object", definition.kind()).on(path));
        };
        for (snake, camel) in [("input_schema", "inputSchema"), ("output_schema", "outputSchema")] {
            let both = members.iter().any(|(key, _)| key == snake) && members.iter().any(|(key, _)| key == camel);
            if both {
                return Err(malformed(format_args!("either {snake} or {camel}"), "both").on(path));
            }
            for (key, _) in members.iter_mut().filter(|(key, _)| key == snake) {
                *key = Cow::Borrowed(camel);
            }
        }
        for (key, value) in members {
            let fits = match key.as_ref() {
                "name" | "title" | "description" => matches!(value, Value::String(_)),
                "inputSchema" | "outputSchema" | "annotations" | "execution" | "_meta" => {
                    matches!(value, Value::Object(_))
                }
                "icons" => matches!(value, Value::Array(_)),
                _ => true,
            };
            if !fits {
                return Err(
                    malformed("the type that MCP gives this field", value.kind()).on(format_args!("{path}.{key}"))
                );
            }
        }
        let name = definition.get("name").and_then(Value::as_str).unwrap_or_default();
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(malformed("a name without control characters", name).on(format_args!("{path}.name")));
        }
        if definition.get("inputSchema").is_none() {
            return Err(malformed("inputSchema (or input_schema)", "no such field").on(format_args!("{path} {name:?}")));
        }
        let definition = jcs::canonicalize(definition).map_err(|error| error.on_outer(path))?;
        if definition.len() > limits::TOOL_BYTES {
            return Err(Error::new(Code::InputTooLarge)
                .on(format_args!("{path} {name:?}"))
                .expected(format_args!("at most {} bytes in canonical form", limits::TOOL_BYTES))
                .found(definition.len()));
        }
        let digest = sha256(definition.as_bytes());
        Ok(Self { name: name.to_owned(), definition, digest })
    }

    /// The tool's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole definition in canonical form.
    pub fn definition(&self) -> &str {
        &self.definition
    }

    /// `sha256:<hex>` over the canonical form.
    pub fn digest(&self) -> String {
        format!("sha256:{}", hex::encode(&self.digest))
    }

    /// Name, digest and definition as JSON.
    pub fn to_json(&self) -> String {
        ObjectWriter::new()
            .string("name", &self.name)
            .string("digest", &self.digest())
            .json("definition", &self.definition)
            .finish()
    }
}

/// A parsed catalogue. Only [`crate::verify`] hands one out, after its bytes are proven.
#[derive(Debug)]
pub struct Catalogue {
    server: Option<String>,
    version: Option<u64>,
    issued_at: Option<Time>,
    expires: Option<Time>,
    instructions: Option<String>,
    tools: Vec<Tool>,
}

const FIELDS: [&str; 8] = ["$schema", "_meta", "server", "version", "issuedAt", "expires", "instructions", "tools"];

impl Catalogue {
    /// Parses the exact bytes that were signed.
    ///
    /// # Errors
    /// `ERR_JSON_*`, `ERR_INPUT_TOO_LARGE`, `ERR_CATALOGUE_MALFORMED`, `ERR_CATALOGUE_DUPLICATE_TOOL`.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut document = json::parse(bytes, limits::CATALOGUE_BYTES).map_err(|error| error.on_outer("catalogue"))?;
        let Value::Object(members) = &mut document else {
            return Err(malformed("an object with tools", document.kind()).on("catalogue"));
        };
        let mut catalogue =
            Self { server: None, version: None, issued_at: None, expires: None, instructions: None, tools: Vec::new() };
        let mut listed = None;
        for (key, value) in members {
            match key.as_ref() {
                "server" => catalogue.server = Some(text(value, "server")?.to_owned()),
                "instructions" => catalogue.instructions = Some(text(value, "instructions")?.to_owned()),
                "issuedAt" => catalogue.issued_at = Some(time(value, "issuedAt")?),
                "expires" => catalogue.expires = Some(time(value, "expires")?),
                "version" => catalogue.version = Some(version(value)?),
                "tools" => listed = Some(value),
                "nextCursor" => {
                    return Err(malformed("the whole list of tools", "one page of it").on("nextCursor"));
                }
                known if FIELDS.contains(&known) => {}
                other => return Err(malformed(format_args!("one of {}", FIELDS.join(", ")), other).on("catalogue")),
            }
        }
        catalogue.tools = tools(listed)?;
        Ok(catalogue)
    }

    /// The server that the catalogue is signed for, if it names one.
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// The publisher's monotonic version, if stated.
    pub fn version(&self) -> Option<u64> {
        self.version
    }

    /// When the publisher says the catalogue ends, if stated.
    pub fn expires(&self) -> Option<Time> {
        self.expires
    }

    /// The tools, in the order of the file.
    pub fn tools(&self) -> &[Tool] {
        &self.tools
    }

    /// When the publisher says that it was issued.
    pub(crate) fn issued_at(&self) -> Option<Time> {
        self.issued_at
    }

    /// Requires a catalogue that names no server, since the caller names none.
    ///
    /// # Errors
    /// `ERR_CATALOGUE_SERVER`.
    pub(crate) fn check_no_server(&self) -> Result<()> {
        let Some(server) = self.server.as_deref() else { return Ok(()) };
        Err(Error::new(Code::CatalogueServer)
            .expected("a call that names the catalogue's server")
            .found(format_args!("a catalogue for {server}, and a call that names no server"))
            .hint("Give the server that you connect to as the option server; anyServer: true takes a catalogue for any server."))
    }

    /// Requires the server that the caller expects.
    ///
    /// # Errors
    /// `ERR_CATALOGUE_SERVER` if the catalogue names another server, or none.
    pub(crate) fn check_server(&self, expected: &str) -> Result<()> {
        match self.server.as_deref() {
            Some(server) if server == expected => Ok(()),
            found => Err(Error::new(Code::CatalogueServer).expected(expected).found(found.unwrap_or("no server"))),
        }
    }

    /// Everything, as JSON.
    pub(crate) fn to_json(&self) -> String {
        let mut object = ObjectWriter::new();
        object.optional_string("server", self.server.as_deref());
        if let Some(version) = self.version {
            object.json("version", &version.to_string());
        }
        object
            .optional_text("issuedAt", self.issued_at)
            .optional_text("expires", self.expires)
            .optional_string("instructions", self.instructions.as_deref())
            .array("tools", self.tools.iter().map(Tool::to_json))
            .finish()
    }
}

fn malformed(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::CatalogueMalformed).expected(expected).found(found)
}

fn text<'v>(value: &'v Value<'_>, field: &str) -> Result<&'v str> {
    match value.as_str() {
        Some(text) if !text.is_empty() => Ok(text),
        Some(_) => Err(malformed("a text that is not empty", "an empty text").on(field)),
        None => Err(malformed("a string", value.kind()).on(field)),
    }
}

fn time(value: &Value<'_>, field: &str) -> Result<Time> {
    let text = text(value, field)?;
    Time::parse_rfc3339(text).map_err(|_| malformed("a time such as 2026-11-22T22:52:04Z", text).on(field))
}

fn version(value: &Value<'_>) -> Result<u64> {
    const EXACT: u64 = 1 << 53;
    match value {
        Value::Number(text) => text.parse().ok().filter(|version| *version <= EXACT),
        _ => None,
    }
    .ok_or_else(|| malformed("an integer from 0 to 2^53", value.kind()).on("version"))
}

fn tools(listed: Option<&mut Value<'_>>) -> Result<Vec<Tool>> {
    let items = match listed {
        Some(Value::Array(items)) => items,
        Some(other) => return Err(malformed("an array", other.kind()).on("tools")),
        None => return Err(malformed("a field tools", "none").on("catalogue")),
    };
    if items.len() > limits::CATALOGUE_TOOLS {
        return Err(Error::new(Code::InputTooLarge)
            .on("tools")
            .expected(format_args!("at most {}", limits::CATALOGUE_TOOLS))
            .found(items.len()));
    }
    let mut tools = Vec::with_capacity(items.len());
    for (index, item) in items.iter_mut().enumerate() {
        tools.push(Tool::from_value(item, &format_args!("tools[{index}]"))?);
    }
    match order::repeated(tools.iter().map(Tool::name)) {
        Some(name) => Err(Error::new(Code::CatalogueDuplicateTool).expected("each name once").found(name)),
        None => Ok(tools),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        Catalogue::parse(text.as_bytes()).unwrap_err().code()
    }

    #[test]
    fn a_tool_has_a_limit_of_its_own() {
        let tool = |filling: usize| format!(r#"{{"inputSchema":{{}},"name":"a","x":"{}"}}"#, "x".repeat(filling));
        let room = limits::TOOL_BYTES - tool(0).len();
        let catalogue = |filling: usize| format!(r#"{{"tools":[{}]}}"#, tool(filling));
        assert!(Tool::from_json(tool(room).as_bytes()).is_ok());
        assert!(Catalogue::parse(catalogue(room).as_bytes()).is_ok());
        assert_eq!(Tool::from_json(tool(room + 1).as_bytes()).unwrap_err().code(), Code::InputTooLarge);
        assert_eq!(code(&catalogue(room + 1)), Code::InputTooLarge);
    }

    #[test]
    fn both_shapes_give_one_digest() {
        let manifest = r#"{"server":"s","tools":[{"name":"a","description":"d","input_schema":{"type":"object"}}]}"#;
        let native =
            r#"{ "tools": [ {"inputSchema":{"type":"object"}, "name":"a", "description":"\u0064"} ], "version": 3 }"#;
        let manifest = Catalogue::parse(manifest.as_bytes()).unwrap();
        let native = Catalogue::parse(native.as_bytes()).unwrap();
        assert_eq!(manifest.tools(), native.tools());
        assert_eq!((manifest.server(), native.version()), (Some("s"), Some(3)));
        assert!(manifest.check_server("s").is_ok());
        assert_eq!(manifest.check_server("S").unwrap_err().code(), Code::CatalogueServer);
        assert_eq!(native.check_server("s").unwrap_err().code(), Code::CatalogueServer);
        assert!(native.check_no_server().is_ok());
        assert_eq!(manifest.check_no_server().unwrap_err().code(), Code::CatalogueServer);
    }

    #[test]
    fn refuses_what_is_no_catalogue() {
        for text in [
            "[]",
            "{}",
            r#"{"tools":{}}"#,
            r#"{"tools":[1]}"#,
            r#"{"tools":[{"name":""}]}"#,
            r#"{"tools":[{"name":"a"}]}"#,
            r#"{"tools":[{"name":"a","inputSchema":[]}]}"#,
            r#"{"tools":[{"name":"a","inputSchema":{},"input_schema":{}}]}"#,
            r#"{"tools":[],"server":7}"#,
            r#"{"tools":[],"version":"1"}"#,
            r#"{"tools":[],"version":1.5}"#,
            r#"{"tools":[],"version":-1}"#,
            r#"{"tools":[],"expires":"tomorrow"}"#,
            r#"{"tools":[],"tool":[]}"#,
            r#"{"tools":[],"nextCursor":"x"}"#,
            r#"{"tools":[],"server":""}"#,
            r#"{"tools":[{"name":"a\n","inputSchema":{}}]}"#,
            r#"{"tools":[{"name":"a","inputSchema":{},"title":1}]}"#,
        ] {
            assert_eq!(code(text), Code::CatalogueMalformed, "{text}");
        }
        assert_eq!(
            code(r#"{"tools":[{"name":"a","inputSchema":{}},{"name":"\u0061","inputSchema":{}}]}"#),
            Code::CatalogueDuplicateTool
        );
        assert_eq!(code(r#"{"tools":[{"name":"a","name":"b","inputSchema":{}}]}"#), Code::JsonDuplicateKey);
        assert_eq!(code(r#"{"tools":[{"name":"a","inputSchema":{"x":1e400}}]}"#), Code::JsonNumber);
        let limit = r#"{"tools":[{"name":"a","inputSchema":{"maximum":18446744073709551615}}]}"#;
        assert!(Catalogue::parse(limit.as_bytes()).is_ok());
    }
}
