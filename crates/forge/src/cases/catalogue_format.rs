//! The catalogue's format 1 (docs/catalogue-format.md): its members, its alternatives, and which definitions are equal.
//! All are signed by a pinned key, so that only the format decides.

use super::catalogues::signed;
use crate::stack::Stack;
use crate::vectors::Vectors;

pub(crate) fn add(vectors: &mut Vectors, _stack: &Stack) {
    members(vectors);
    equality(vectors);
}

/// A catalogue with every member of format 1.
const WHOLE: &str = r#"{
  "$schema": "https://example.com/catalogue.schema.json",
  "_meta": {"com.example/build": 812},
  "server": "mcp.acme.example",
  "version": 9007199254740991,
  "issuedAt": "2026-06-01T11:59:00Z",
  "expires": "2099-01-01T00:00:00Z",
  "instructions": "Search before you fetch.",
  "tools": [{"name": "search", "inputSchema": {"type": "object", "properties": {"id": {"type": "integer", "minimum": -9223372036854775808, "maximum": 18446744073709551615}}}}],
  "prompts": [{"name": "search", "description": "Asks for a query.", "arguments": [{"name": "q", "required": true}]}, {"name": "sum"}],
  "resources": [{"uri": "file:///notes", "name": "notes", "mimeType": "text/plain", "size": 812}],
  "resourceTemplates": [{"uriTemplate": "file:///notes/{day}", "name": "day", "annotations": {"priority": 0.5}}],
  "alternatives": {
    "tools": [{"name": "search", "inputSchema": {"type": "object"}}],
    "prompts": [{"name": "sum", "description": "Sums up."}, {"name": "sum", "description": "Fasst zusammen."}],
    "resources": [{"uri": "file:///notes", "name": "Notizen"}],
    "resourceTemplates": [{"uriTemplate": "file:///notes/{day}", "name": "Tag"}],
    "instructions": ["Suche zuerst."]
  }
}
"#;

/// The members of format 1 (docs/catalogue-format.md).
fn members(vectors: &mut Vectors) {
    vectors.add("catalogues/format-1", signed("every member of format 1", WHOLE.as_bytes()));
    for (name, title, text) in [
        ("alternatives-empty", "alternatives without any", r#"{"tools":[],"alternatives":{"tools":[]}}"#),
        ("lists-empty", "empty lists", r#"{"tools":[],"prompts":[],"resources":[],"resourceTemplates":[]}"#),
        (
            "one-name-two-kinds",
            "a tool and a prompt of one name",
            r#"{"tools":[{"name":"a","inputSchema":{}}],"prompts":[{"name":"a"}]}"#,
        ),
    ] {
        vectors.add(&format!("catalogues/{name}"), signed(title, text.as_bytes()));
    }
    let mut refuse = |name: &str, title: &str, code: &str, text: &str| {
        let case = signed(title, text.as_bytes()).refused(code);
        vectors.add(&format!("catalogues/{name}"), case.twin("catalogues/format-1"));
    };
    let changed = |from: &str, to: &str| {
        assert!(WHOLE.contains(from), "{from}");
        WHOLE.replacen(from, to, 1)
    };
    let code = "ERR_CATALOGUE_MALFORMED";
    for (name, title, from, to) in [
        ("member-snake-case", "a member in snake case", "\"issuedAt\"", "\"issued_at\""),
        ("member-singular", "a list named in the singular", "\"prompts\"", "\"prompt\""),
        ("member-case", "a member in another case", "\"server\"", "\"Server\""),
        ("member-extension", "a member that only its publisher knows", "\"_meta\"", "\"x-acme\""),
        ("schema-number", "$schema as a number", "\"https://example.com/catalogue.schema.json\"", "1"),
        ("meta-text", "_meta as a text", "{\"com.example/build\": 812}", "\"812\""),
        ("version-unsafe", "a version that doubles round", "9007199254740991", "9007199254740992"),
        ("version-exponent", "a version with an exponent", "9007199254740991", "1e3"),
        ("instructions-empty", "empty instructions", "\"Search before you fetch.\"", "\"\""),
        ("prompt-no-name", "a prompt without a name", "{\"name\": \"sum\"}", "{\"title\": \"Sum\"}"),
        ("prompt-arguments", "a prompt whose arguments are an object", "[{\"name\": \"q\", \"required\": true}]", "{}"),
        ("resource-no-uri", "a resource without a URI", "\"uri\": \"file:///notes\", ", ""),
        ("resource-size-text", "a resource whose size is a text", "\"size\": 812", "\"size\": \"812\""),
        ("template-no-uri", "a template without a URI template", "\"uriTemplate\": \"file:///notes/{day}\", ", ""),
        ("alternatives-member", "alternatives of another member", "\"instructions\": [", "\"server\": ["),
        ("alternatives-instruction-number", "alternative instructions that are a number", "[\"Suche zuerst.\"]", "[1]"),
        (
            "alternatives-instruction-text",
            "alternative instructions without a list",
            "[\"Suche zuerst.\"]",
            "\"Suche\"",
        ),
        (
            "alternatives-instruction-main",
            "the main instructions as their own alternative",
            "Suche zuerst.",
            "Search before you fetch.",
        ),
        (
            "alternatives-unlisted",
            "an alternative of a tool that is not listed",
            "\"tools\": [{\"name\": \"search\", \"inputSchema\": {\"type\": \"object\"}}]",
            "\"tools\": [{\"name\": \"other\", \"inputSchema\": {}}]",
        ),
        (
            "alternatives-unlisted-resource",
            "an alternative of a resource that is not listed",
            "{\"uri\": \"file:///notes\", \"name\": \"Notizen\"}",
            "{\"uri\": \"file:///Notes\"}",
        ),
        (
            "alternatives-no-schema",
            "an alternative that is no tool",
            "\"inputSchema\": {\"type\": \"object\"}}]",
            "\"title\": \"a\"}]",
        ),
    ] {
        let text = changed(from, to);
        refuse(name, title, code, &text);
    }
    refuse("prompts-object", "prompts as an object", code, r#"{"tools":[],"prompts":{}}"#);
    refuse("alternatives-array", "alternatives as an array", code, r#"{"tools":[],"alternatives":[]}"#);
    refuse(
        "alternatives-duplicate-key",
        "alternatives of tools twice",
        "ERR_JSON_DUPLICATE_KEY",
        &changed("\"instructions\": [", "\"tools\": ["),
    );
    refuse(
        "alternatives-number-huge",
        "a number beyond every double in an alternative",
        "ERR_JSON_NUMBER",
        &changed("{\"type\": \"object\"}}]", "{\"maximum\": 1e400}}]"),
    );
    for (name, title, code, from, to) in [
        (
            "duplicate-prompt",
            "two prompts of one name",
            "ERR_CATALOGUE_DUPLICATE_PROMPT",
            "{\"name\": \"sum\"}",
            "{\"name\": \"search\"}",
        ),
        (
            "duplicate-resource",
            "two resources of one URI, one of them escaped",
            "ERR_CATALOGUE_DUPLICATE_RESOURCE",
            "\"resources\": [",
            r#""resources": [{"uri": "file:\/\/\/notes", "name": "other"}, "#,
        ),
        (
            "duplicate-template",
            "two templates of one URI template",
            "ERR_CATALOGUE_DUPLICATE_RESOURCE_TEMPLATE",
            "\"resourceTemplates\": [",
            r#""resourceTemplates": [{"uriTemplate": "file:///notes/{day}", "name": "other"}, "#,
        ),
        (
            "alternatives-same-prompt",
            "one alternative twice",
            "ERR_CATALOGUE_DUPLICATE_PROMPT",
            "Fasst zusammen.",
            "Sums up.",
        ),
    ] {
        refuse(name, title, code, &changed(from, to));
    }
}

/// A definition and an alternative of it: refused as a duplicate where they are equal, accepted where they are not.
fn equality(vectors: &mut Vectors) {
    let pair = |one: &str, other: &str| {
        format!(
            r#"{{"tools":[{{"name":"a","inputSchema":{one}}}],"alternatives":{{"tools":[{{"name":"a","inputSchema":{other}}}]}}}}"#
        )
    };
    for (name, title, one, equal, different) in [
        ("order", "members in another order", r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, r#"{"b":1,"a":2}"#),
        (
            "required",
            "`required` in another order",
            r#"{"required":["b","a"]}"#,
            r#"{"required":["a","b"]}"#,
            r#"{"required":["a","c"]}"#,
        ),
        (
            "required-deep",
            "`required` in another order, deep and in no schema",
            r#"{"x":[{"required":["b","a","\ud83d\ude00","\ufffd"]}]}"#,
            r#"{"x":[{"required":["\ufffd","a","b","\ud83d\ude00"]}]}"#,
            r#"{"x":[{"Required":["b","a","\ud83d\ude00","\ufffd"]}]}"#,
        ),
        (
            "required-repeated",
            "`required` with a text twice is no set",
            r#"{"required":["b","a","b"]}"#,
            r#"{"required":["b","a","\u0062"]}"#,
            r#"{"required":["a","b","b"]}"#,
        ),
        (
            "required-mixed",
            "`required` with a number is no set",
            r#"{"required":["b","a",1]}"#,
            r#"{"required":["b","a",1.0]}"#,
            r#"{"required":["a","b",1]}"#,
        ),
        (
            "required-nested",
            "an array in `required` is no set",
            r#"{"required":[["b","a"]]}"#,
            r#"{"required":[["\u0062","a"]]}"#,
            r#"{"required":[["a","b"]]}"#,
        ),
        (
            "array",
            "arrays have an order",
            r#"{"enum":["b","a"]}"#,
            r#"{"enum":[ "b" , "a" ]}"#,
            r#"{"enum":["a","b"]}"#,
        ),
        ("number", "one double, spelt otherwise", r#"{"x":100}"#, r#"{"x":1.0E+2}"#, r#"{"x":"100"}"#),
        ("zero", "negative zero is zero", r#"{"x":0}"#, r#"{"x":-0.0}"#, r#"{"x":5e-324}"#),
        (
            "integer",
            "integers beyond 2^53 are the nearest double",
            r#"{"x":9007199254740993}"#,
            r#"{"x":9007199254740992}"#,
            r#"{"x":9007199254740994}"#,
        ),
        (
            "integer-64",
            "the greatest 64-bit integer is 2^63",
            r#"{"x":9223372036854775807}"#,
            r#"{"x":9223372036854775808}"#,
            r#"{"x":9223372036854774784}"#,
        ),
        ("text", "texts are compared unescaped", r#"{"x":"\u00e9\/"}"#, r#"{"x":"é/"}"#, r#"{"x":"e\u0301/"}"#),
        ("null", "a member that is null is there", r#"{"x":null}"#, r#"{ "x" : null }"#, "{}"),
    ] {
        let different_case = signed(&format!("{title}: an alternative that differs"), pair(one, different).as_bytes());
        vectors.add(&format!("catalogues/unequal-{name}"), different_case);
        let equal_case = signed(&format!("{title}: an alternative that is equal"), pair(one, equal).as_bytes());
        let equal_case = equal_case.refused("ERR_CATALOGUE_DUPLICATE_TOOL");
        vectors.add(&format!("catalogues/equal-{name}"), equal_case.twin(&format!("catalogues/unequal-{name}")));
    }
    let spellings =
        r#"{"tools":[{"name":"a","input_schema":{}}],"alternatives":{"tools":[{"inputSchema":{},"name":"a"}]}}"#;
    let case = signed("input_schema is inputSchema", spellings.as_bytes()).refused("ERR_CATALOGUE_DUPLICATE_TOOL");
    vectors.add("catalogues/equal-spelling", case.twin("catalogues/unequal-order"));
}
