//! Tool catalogues: the signed file that says what a server may offer (docs/catalogue-format.md, format 1).
//!
//! Two shapes are accepted: the original manifest `{"server", "tools": [{"name", "description", "input_schema"}]}`, and
//! the shape of MCP's lists. The whole definition of a tool, prompt, resource or template counts, not only its name.

mod canonical;
mod definition;
mod identity;
mod kind;
mod members;
mod suggestion;

use std::fmt;

pub use definition::Definition;
pub use kind::DefinitionKind;

use crate::encoding::json;
use crate::encoding::json_writer::ObjectWriter;
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};

/// A parsed catalogue. Only [`crate::verify`] makes one, and only from verified bytes.
#[derive(Debug, Default)]
pub struct Catalogue {
    server: Option<String>,
    version: Option<u64>,
    issued_at: Option<Time>,
    expires: Option<Time>,
    instructions: Option<String>,
    main: Lists,
    alternatives: Lists,
    alternative_instructions: Vec<String>,
}

/// Definitions of each kind, in the order of the file.
#[derive(Debug, Default)]
struct Lists {
    tools: Vec<Definition>,
    prompts: Vec<Definition>,
    resources: Vec<Definition>,
    resource_templates: Vec<Definition>,
}

impl Lists {
    fn of(&self, kind: DefinitionKind) -> &[Definition] {
        match kind {
            DefinitionKind::Tool => &self.tools,
            DefinitionKind::Prompt => &self.prompts,
            DefinitionKind::Resource => &self.resources,
            DefinitionKind::ResourceTemplate => &self.resource_templates,
        }
    }

    fn of_mut(&mut self, kind: DefinitionKind) -> &mut Vec<Definition> {
        match kind {
            DefinitionKind::Tool => &mut self.tools,
            DefinitionKind::Prompt => &mut self.prompts,
            DefinitionKind::Resource => &mut self.resources,
            DefinitionKind::ResourceTemplate => &mut self.resource_templates,
        }
    }

    fn all(&self) -> impl Iterator<Item = &Definition> {
        DefinitionKind::ALL.into_iter().flat_map(|kind| self.of(kind))
    }

    /// For each kind that the catalogue has: `[[name, length], …]`.
    fn write(&self, object: &mut ObjectWriter) {
        for kind in DefinitionKind::ALL {
            let list = self.of(kind);
            if !list.is_empty() {
                object.json(kind.list(), &index(list));
            }
        }
    }
}

impl Catalogue {
    /// Parses the exact bytes that were signed.
    ///
    /// # Errors
    /// `ERR_JSON_*`, `ERR_INPUT_TOO_LARGE`, `ERR_CATALOGUE_MALFORMED`, `ERR_CATALOGUE_DUPLICATE_*`.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        members::parse(bytes)
    }

    /// The server that the catalogue is signed for, if it names one.
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// The publisher's monotonic version, if stated.
    pub fn version(&self) -> Option<u64> {
        self.version
    }

    /// The publisher's expiry date, if stated.
    pub fn expires(&self) -> Option<Time> {
        self.expires
    }

    /// The main definitions of a kind, in the order of the file.
    pub fn definitions(&self, kind: DefinitionKind) -> &[Definition] {
        self.main.of(kind)
    }

    /// Further definitions that are signed under names of the main list.
    pub fn alternatives(&self, kind: DefinitionKind) -> &[Definition] {
        self.alternatives.of(kind)
    }

    /// The number of names of each kind, such as `2 tools, 1 prompts`. Tools are always counted, other kinds only if
    /// there are any.
    pub(crate) fn counts(&self) -> String {
        let mut out = format!("{} tools", self.main.tools.len());
        for kind in DefinitionKind::ALL.into_iter().skip(1).filter(|kind| !self.main.of(*kind).is_empty()) {
            // Writing to a string does not fail.
            let _ = fmt::write(&mut out, format_args!(", {} {}", self.main.of(kind).len(), kind.list()));
        }
        out
    }

    /// Requires the server that the caller expects, by its exact bytes.
    ///
    /// # Errors
    /// `ERR_CATALOGUE_SERVER` if the catalogue names another server, or none.
    pub(crate) fn check_server(&self, expected: &str) -> Result<()> {
        match self.server.as_deref() {
            Some(server) if server == expected => Ok(()),
            found => Err(Error::new(Code::CatalogueServer).expected(expected).found(found.unwrap_or("no server"))),
        }
    }

    /// The publisher's date of issue, if stated.
    pub(crate) fn issued_at(&self) -> Option<Time> {
        self.issued_at
    }

    /// Refuses a catalogue that names a server, because the caller names none.
    ///
    /// # Errors
    /// `ERR_CATALOGUE_SERVER`.
    pub(crate) fn check_no_server(&self) -> Result<()> {
        let Some(server) = self.server.as_deref() else { return Ok(()) };
        Err(Error::new(Code::CatalogueServer)
            .expected("a call that names the catalogue's server")
            .found(format_args!("a catalogue for {server}, and a call that names no server"))
            .hint("Give the server that you connect to as the option server. anyServer: true accepts a catalogue for any server."))
    }

    /// Everything except the definitions' texts, as JSON.
    pub(crate) fn to_json(&self) -> String {
        let mut object = ObjectWriter::new();
        object.optional_string("server", self.server.as_deref());
        if let Some(version) = self.version {
            object.json("version", &version.to_string());
        }
        object
            .optional_text("issuedAt", self.issued_at)
            .optional_text("expires", self.expires)
            .optional_string("instructions", self.instructions.as_deref());
        self.main.write(&mut object);
        let mut alternatives = ObjectWriter::new();
        self.alternatives.write(&mut alternatives);
        if !self.alternative_instructions.is_empty() {
            alternatives.strings("instructions", &self.alternative_instructions);
        }
        object.json("alternatives", &alternatives.finish()).finish()
    }

    /// Appends the definitions' texts, one after the other: the main lists, then the alternatives.
    pub(crate) fn write_texts(&self, out: &mut String) {
        let texts = || self.main.all().chain(self.alternatives.all()).map(Definition::text);
        out.reserve(texts().map(str::len).fold(0, usize::saturating_add));
        texts().for_each(|text| out.push_str(text));
    }
}

/// Names, and the lengths of the texts in UTF-16 code units. JavaScript cuts the joined texts by these lengths.
fn index(list: &[Definition]) -> String {
    let mut out = String::new();
    let mut before = "[[";
    for one in list {
        out.push_str(before);
        json::write_string(one.name(), &mut out);
        // Writing to a string does not fail.
        let _ = fmt::write(&mut out, format_args!(",{}]", utf16_length(one.text())));
        before = ",[";
    }
    out.push(']');
    out
}

fn utf16_length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

fn malformed(expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    Error::new(Code::CatalogueMalformed).expected(expected).found(found)
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
        let room = crate::limits::DEFINITION_BYTES - tool(0).len();
        let catalogue = |filling: usize| format!(r#"{{"tools":[{}]}}"#, tool(filling));
        assert!(Definition::from_json(DefinitionKind::Tool, tool(room).as_bytes()).is_ok());
        assert!(Catalogue::parse(catalogue(room).as_bytes()).is_ok());
        assert_eq!(
            Definition::from_json(DefinitionKind::Tool, tool(room + 1).as_bytes()).unwrap_err().code(),
            Code::InputTooLarge
        );
        assert_eq!(code(&catalogue(room + 1)), Code::InputTooLarge);
    }

    #[test]
    fn the_limit_is_one_of_the_canonical_form_too() {
        let tool = |number: &str, count: usize| {
            format!(r#"{{"name":"a","inputSchema":{{"x":[{}]}}}}"#, vec![number; count].join(","))
        };
        for (number, count) in [("1e20", 50_000), ("1.0", 250_000), ("1.00000000000000000", 60_000)] {
            let text = tool(number, count);
            let canonical = number.parse::<f64>().unwrap().to_string().len().saturating_add(1).saturating_mul(count);
            let fits = text.len().max(canonical) < (1 << 20);
            let read = Definition::from_json(DefinitionKind::Tool, text.as_bytes());
            assert_eq!(read.is_ok(), fits, "{number}");
            let catalogue = Catalogue::parse(format!(r#"{{"tools":[{text}]}}"#).as_bytes());
            assert_eq!(catalogue.is_ok(), fits, "{number}");
        }
    }

    #[test]
    fn lists_and_alternatives_have_limits() {
        let list = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<Vec<_>>().join(",");
        let prompts =
            |count| format!(r#"{{"tools":[],"prompts":[{}]}}"#, list(count, &|n| format!(r#"{{"name":"{n}"}}"#)));
        let alternatives = |count| {
            let further = list(count, &|n| format!(r#"{{"name":"a","title":"{n}"}}"#));
            format!(r#"{{"tools":[],"prompts":[{{"name":"a"}}],"alternatives":{{"prompts":[{further}]}}}}"#)
        };
        let instructions = |count| {
            format!(r#"{{"tools":[],"alternatives":{{"instructions":[{}]}}}}"#, list(count, &|n| format!("\"{n}\"")))
        };
        let accepted = |text: String| Catalogue::parse(text.as_bytes()).is_ok();
        assert!(accepted(prompts(100_000)) && accepted(alternatives(256)) && accepted(instructions(256)));
        for text in [prompts(100_001), alternatives(257), instructions(257)] {
            assert_eq!(code(&text), Code::InputTooLarge);
        }
    }

    #[test]
    fn both_shapes_give_one_digest() {
        let manifest = r#"{"server":"s","tools":[{"name":"a","description":"d","input_schema":{"type":"object"}}]}"#;
        let native =
            r#"{ "tools": [ {"inputSchema":{"type":"object"}, "name":"a", "description":"\u0064"} ], "version": 3 }"#;
        let manifest = Catalogue::parse(manifest.as_bytes()).unwrap();
        let native = Catalogue::parse(native.as_bytes()).unwrap();
        let digest = |one: &Catalogue| one.definitions(DefinitionKind::Tool)[0].digest().unwrap();
        assert_eq!(digest(&manifest), digest(&native));
        assert_eq!((manifest.server(), native.version()), (Some("s"), Some(3)));
        assert!(manifest.check_server("s").is_ok());
        assert_eq!(manifest.check_server("S").unwrap_err().code(), Code::CatalogueServer);
        assert_eq!(native.check_server("s").unwrap_err().code(), Code::CatalogueServer);
    }

    #[test]
    fn a_wrong_member_is_answered_with_the_right_one() {
        let expected = |text: &str| {
            let error = Catalogue::parse(text.as_bytes()).unwrap_err();
            (error.expected_text().unwrap().to_owned(), error.found_text().unwrap().to_owned())
        };
        let (answer, found) = expected(r#"{"tools":[],"issued_at":"2026-11-22T22:52:04Z"}"#);
        assert_eq!((answer.contains("issuedAt"), found.as_str()), (true, "issued_at"));
        assert!(expected(r#"{"tools":[],"alternatives":{"tool":[]}}"#).0.contains("tools"));
        assert!(expected(r#"{"tools":[],"colour":1}"#).0.starts_with("one of tools, server"));
    }

    #[test]
    fn each_kind_is_counted() {
        let counts = |text: &str| Catalogue::parse(text.as_bytes()).unwrap().counts();
        assert_eq!(counts(r#"{"tools":[],"prompts":[]}"#), "0 tools");
        let text =
            r#"{"tools":[],"prompts":[{"name":"a"}],"resourceTemplates":[{"uriTemplate":"a"},{"uriTemplate":"b"}]}"#;
        assert_eq!(counts(text), "0 tools, 1 prompts, 2 resourceTemplates");
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
    }
}
