//! The members of a catalogue, format 1. A member that format 1 does not have is refused. A later format may add a
//! restriction, and an older verifier must not ignore it.

use std::fmt;

use super::definition::Definition;
use super::identity::check_names;
use super::kind::DefinitionKind;
use super::malformed;
use super::suggestion::nearest;
use super::{Catalogue, Lists};
use crate::encoding::json::{self, Value};
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};
use crate::{limits, order};

const MEMBERS: [&str; 12] = [
    "tools",
    "server",
    "version",
    "issuedAt",
    "expires",
    "instructions",
    "prompts",
    "resources",
    "resourceTemplates",
    "alternatives",
    "$schema",
    "_meta",
];

const ALTERNATIVES: [&str; 5] = ["tools", "prompts", "resources", "resourceTemplates", "instructions"];

/// Reads a catalogue.
///
/// # Errors
/// `ERR_JSON_*`, `ERR_INPUT_TOO_LARGE`, `ERR_CATALOGUE_MALFORMED`, `ERR_CATALOGUE_DUPLICATE_*`.
pub(super) fn parse(bytes: &[u8]) -> Result<Catalogue> {
    let mut document = json::parse(bytes, limits::CATALOGUE_BYTES).map_err(|error| error.on_outer("catalogue"))?;
    let Value::Object(members) = &mut document else {
        return Err(malformed("an object with tools", document.kind()).on("catalogue"));
    };
    let mut catalogue = Catalogue::default();
    let mut lists_tools = false;
    for (key, value) in members {
        match key.as_ref() {
            "server" => catalogue.server = Some(text(value, "server")?.to_owned()),
            "instructions" => catalogue.instructions = Some(text(value, "instructions")?.to_owned()),
            "issuedAt" => catalogue.issued_at = Some(time(value, "issuedAt")?),
            "expires" => catalogue.expires = Some(time(value, "expires")?),
            "version" => catalogue.version = Some(version(value)?),
            "alternatives" => alternatives(value, &mut catalogue)?,
            "$schema" if value.as_str().is_none() => return Err(malformed("a string", value.kind()).on("$schema")),
            "_meta" if value.as_object().is_none() => return Err(malformed("an object", value.kind()).on("_meta")),
            "$schema" | "_meta" => {}
            "nextCursor" => {
                return Err(malformed("the whole list of tools", "one page of it").on("nextCursor"));
            }
            other => match list_kind(other) {
                Some(kind) => {
                    lists_tools |= kind == DefinitionKind::Tool;
                    *catalogue.main.of_mut(kind) = definitions(kind, value, &kind.list())?;
                }
                None => return Err(unknown(other, &MEMBERS).on("catalogue")),
            },
        }
    }
    if !lists_tools {
        return Err(malformed("a member tools", "none").on("catalogue"));
    }
    for kind in DefinitionKind::ALL {
        check_names(kind, catalogue.main.of(kind), catalogue.alternatives.of(kind))?;
    }
    let instructions = catalogue.instructions.iter().chain(&catalogue.alternative_instructions);
    match order::repeated(instructions.map(String::as_str)) {
        Some(text) => Err(malformed("each text once", text).on("alternatives.instructions")),
        None => Ok(catalogue),
    }
}

fn list_kind(name: &str) -> Option<DefinitionKind> {
    DefinitionKind::ALL.into_iter().find(|kind| kind.list() == name)
}

fn alternatives(value: &mut Value<'_>, catalogue: &mut Catalogue) -> Result<()> {
    let Value::Object(members) = value else {
        return Err(malformed("an object", value.kind()).on("alternatives"));
    };
    for (key, value) in members {
        match (key.as_ref(), list_kind(key)) {
            (_, Some(kind)) => {
                let path = format!("alternatives.{}", kind.list());
                *catalogue.alternatives.of_mut(kind) = definitions(kind, value, &path)?;
            }
            ("instructions", _) => catalogue.alternative_instructions = instructions(value)?,
            (other, _) => return Err(unknown(other, &ALTERNATIVES).on("alternatives")),
        }
    }
    let Lists { tools, prompts, resources, resource_templates } = &catalogue.alternatives;
    check_count(
        "alternatives",
        tools
            .len()
            .saturating_add(prompts.len())
            .saturating_add(resources.len())
            .saturating_add(resource_templates.len()),
        limits::CATALOGUE_DEFINITIONS,
    )
}

fn instructions(value: &Value<'_>) -> Result<Vec<String>> {
    const PATH: &str = "alternatives.instructions";
    let items = value.as_array().ok_or_else(|| malformed("an array", value.kind()).on(PATH))?;
    check_count(PATH, items.len(), limits::CATALOGUE_ALTERNATIVES)?;
    items.iter().map(|item| Ok(text(item, PATH)?.to_owned())).collect()
}

fn definitions(kind: DefinitionKind, value: &mut Value<'_>, path: &dyn fmt::Display) -> Result<Vec<Definition>> {
    let Value::Array(items) = value else {
        return Err(malformed("an array", value.kind()).on(path));
    };
    check_count(path, items.len(), limits::CATALOGUE_DEFINITIONS)?;
    let mut definitions = Vec::with_capacity(items.len());
    for (index, item) in items.iter_mut().enumerate() {
        let path = format_args!("{path}[{index}]");
        definitions.push(Definition::from_value(kind, item, Code::CatalogueMalformed, &path)?);
    }
    Ok(definitions)
}

fn check_count(path: impl fmt::Display, found: usize, limit: usize) -> Result<()> {
    if found > limit {
        return Err(Error::new(Code::InputTooLarge).on(path).expected(format_args!("at most {limit}")).found(found));
    }
    Ok(())
}

fn unknown(name: &str, known: &[&'static str]) -> Error {
    match nearest(name, known) {
        Some(meant) => malformed(format_args!("a member of format 1 (did you mean {meant}?)"), name),
        None => malformed(format_args!("one of {}", known.join(", ")), name),
    }
}

fn text<'v>(value: &'v Value<'_>, path: &str) -> Result<&'v str> {
    match value.as_str() {
        Some(text) if !text.is_empty() => Ok(text),
        Some(_) => Err(malformed("a text that is not empty", "an empty text").on(path)),
        None => Err(malformed("a string", value.kind()).on(path)),
    }
}

fn time(value: &Value<'_>, path: &str) -> Result<Time> {
    let text = text(value, path)?;
    Time::parse_rfc3339(text).map_err(|_| malformed("a time such as 2026-11-22T22:52:04Z", text).on(path))
}

/// An integer that every reader of doubles reads exactly.
fn version(value: &Value<'_>) -> Result<u64> {
    const GREATEST: u64 = (1 << 53) - 1;
    match value {
        Value::Number(text) => match text.parse() {
            Ok(version) if version <= GREATEST => Ok(version),
            _ => Err(malformed("an integer from 0 to 9007199254740991", text).on("version")),
        },
        other => Err(malformed("an integer from 0 to 9007199254740991", other.kind()).on("version")),
    }
}
