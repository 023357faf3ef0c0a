//! The four kinds of definitions that MCP servers list, and the members that MCP gives to each kind.

use crate::encoding::json::Value;
use crate::error::Code;

/// What a definition defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefinitionKind {
    /// A tool, identified by its `name`.
    Tool,
    /// A prompt, identified by its `name`.
    Prompt,
    /// A resource, identified by its `uri`.
    Resource,
    /// A resource template, identified by its `uriTemplate`.
    ResourceTemplate,
}

impl DefinitionKind {
    /// Every kind, in the order of a catalogue's lists.
    pub const ALL: [Self; 4] = [Self::Tool, Self::Prompt, Self::Resource, Self::ResourceTemplate];

    /// Its name at the seam to JavaScript.
    pub fn text(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Prompt => "prompt",
            Self::Resource => "resource",
            Self::ResourceTemplate => "resourceTemplate",
        }
    }

    /// The kind of this name.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.text() == text)
    }

    /// The member of a catalogue that lists them.
    pub fn list(self) -> &'static str {
        match self {
            Self::Tool => "tools",
            Self::Prompt => "prompts",
            Self::Resource => "resources",
            Self::ResourceTemplate => "resourceTemplates",
        }
    }

    /// The member that identifies one.
    pub(super) fn identifier(self) -> &'static str {
        match self {
            Self::Tool | Self::Prompt => "name",
            Self::Resource => "uri",
            Self::ResourceTemplate => "uriTemplate",
        }
    }

    /// The code for something offered by a server that is not a definition of this kind.
    pub(super) fn malformed(self) -> Code {
        match self {
            Self::Tool => Code::ToolMalformed,
            Self::Prompt => Code::PromptMalformed,
            Self::Resource => Code::ResourceMalformed,
            Self::ResourceTemplate => Code::ResourceTemplateMalformed,
        }
    }

    /// The code for a definition that a catalogue lists twice.
    pub(super) fn duplicate(self) -> Code {
        match self {
            Self::Tool => Code::CatalogueDuplicateTool,
            Self::Prompt => Code::CatalogueDuplicatePrompt,
            Self::Resource => Code::CatalogueDuplicateResource,
            Self::ResourceTemplate => Code::CatalogueDuplicateResourceTemplate,
        }
    }

    /// If MCP does not allow this value under this name: what it allows, in words. Members that MCP does not define may
    /// hold anything, because a later protocol may define them. Optional members may be null, because honest servers
    /// write null.
    pub(super) fn misfit(self, name: &str, value: &Value<'_>) -> Option<&'static str> {
        let required = matches!(name, "name" | "inputSchema") || name == self.identifier();
        if matches!(value, Value::Null) && !required {
            return None;
        }
        let is_string = matches!(value, Value::String(_));
        let is_object = matches!(value, Value::Object(_));
        let is_array = matches!(value, Value::Array(_));
        let (fits, expected) = match (self, name) {
            (_, "name" | "title" | "description") => (is_string, "a string"),
            (_, "_meta") => (is_object, "an object"),
            (_, "icons") => (is_array, "an array"),
            (Self::Tool, "inputSchema" | "outputSchema" | "annotations" | "execution") => (is_object, "an object"),
            (Self::Prompt, "arguments") => (is_array, "an array"),
            (Self::Resource, "uri") | (Self::ResourceTemplate, "uriTemplate") => (is_string, "a string"),
            (Self::Resource | Self::ResourceTemplate, "mimeType") => (is_string, "a string"),
            (Self::Resource | Self::ResourceTemplate, "annotations") => (is_object, "an object"),
            (Self::Resource, "size") => (matches!(value, Value::Number(_)), "a number"),
            _ => (true, ""),
        };
        (!fits).then_some(expected)
    }
}
