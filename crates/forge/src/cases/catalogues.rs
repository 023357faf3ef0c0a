//! Tool catalogues: attack 19, and shapes that parsers would read differently. All are signed by a pinned key, so that
//! only the catalogue decides.

use serde_json::{Value, json};

use crate::ca::{OIDC_ISSUER, WORKFLOW};
use crate::dsse::statement;
use crate::key::Secret;
use crate::signing::Signing;
use crate::stack::Stack;
use crate::text::base64;
use crate::time::NOW;
use crate::vectors::{Case, Vectors};

const SERVER: &str = "mcp.acme.example";

/// A catalogue in the shape of MCP.
const NATIVE: &str = r#"{"server":"mcp.acme.example","version":7,"issuedAt":"2026-06-01T11:59:00Z","tools":[{"name":"search","title":"Search","description":"Searches the index.","inputSchema":{"type":"object","properties":{"q":{"type":"string"}},"required":["q"]},"annotations":{"readOnlyHint":true}},{"name":"fetch","inputSchema":{"type":"object"},"_meta":{"x":1}}]}
"#;

/// A catalogue in the shape of the original specification.
const MANIFEST: &str = r#"{"server": "mcp.acme.example", "tools": [{"name": "search", "description": "Searches the index.", "input_schema": {"type": "object"}}]}
"#;

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    good(vectors);
    servers(vectors);
    malformed(vectors);
    dated(vectors);
    in_bundles(vectors, stack);
}

/// A catalogue under a detached signature.
pub(super) fn signed(title: &str, bytes: &[u8]) -> Case {
    let key = Secret::p256("publisher");
    let case = Case::detached(title, "attacks 19; issue 3, catalogues", &[key.pem()], &key.sign(bytes));
    let names_server = String::from_utf8_lossy(bytes).contains(SERVER);
    let case = case.request(match names_server {
        true => json!({ "kind": "catalogue", "server": SERVER }),
        false => json!({ "kind": "catalogue" }),
    });
    match std::str::from_utf8(bytes) {
        Ok(text) => case.artifact(text),
        Err(_) => case.artifact_source(json!({ "base64": base64(bytes) })),
    }
}

/// One tool, its definition given as text.
fn tool(definition: &str) -> String {
    format!(r#"{{"server":"{SERVER}","tools":[{definition}]}}"#)
}

fn good(vectors: &mut Vectors) {
    for (name, title, text) in [
        ("native", "the shape of MCP", NATIVE.to_owned()),
        ("manifest", "the shape of the original specification", MANIFEST.to_owned()),
        ("no-server", "a catalogue that names no server", r#"{"tools":[{"name":"a","inputSchema":{}}]}"#.to_owned()),
        (
            "no-tools-listed",
            "a catalogue with an empty list of tools",
            r#"{"server":"mcp.acme.example","tools":[]}"#.to_owned(),
        ),
        (
            "number-beyond-2-53",
            "an integer that doubles do not hold, such as the limit of a 64-bit type",
            tool(r#"{"name":"a","inputSchema":{"maximum":18446744073709551615,"x":9007199254740993}}"#),
        ),
        (
            "proto-names",
            "tools that are named like members of every object",
            tool(
                r#"{"name":"__proto__","inputSchema":{}},{"name":"constructor","inputSchema":{}},{"name":"toString","inputSchema":{}}"#,
            ),
        ),
        (
            "proto-property",
            "a schema with a property __proto__",
            tool(r#"{"name":"a","inputSchema":{"properties":{"__proto__":{"type":"string"}}}}"#),
        ),
        (
            "unknown-tool-field",
            "a tool with a field of a future protocol",
            tool(r#"{"name":"a","inputSchema":{},"future":{"x":[1,2.5e-3,null]}}"#),
        ),
        (
            "unnormalised-names",
            "two names that differ in their Unicode form only",
            tool(r#"{"name":"caf\u00e9","inputSchema":{}},{"name":"cafe\u0301","inputSchema":{}}"#),
        ),
        (
            "astral",
            "characters outside the first plane, escaped and not",
            tool("{\"name\":\"a\",\"description\":\"\\ud83d\\ude00 \u{1f600}\",\"inputSchema\":{}}"),
        ),
    ] {
        vectors.add(&format!("catalogues/{name}"), signed(title, text.as_bytes()));
    }
}

/// Attack 19.
fn servers(vectors: &mut Vectors) {
    let expecting = |text: &str, title: &str, server: &str| {
        signed(title, text.as_bytes()).request(json!({ "kind": "catalogue", "server": server }))
    };
    vectors.add("catalogues/server", expecting(NATIVE, "the server that the caller expects", SERVER));
    let mut refuse = |name: &str, title: &str, text: &str, server: &str| {
        let case = expecting(text, title, server).refused("ERR_CATALOGUE_SERVER");
        vectors.add(&format!("catalogues/{name}"), case.twin("catalogues/server"));
    };
    refuse("other-server", "a valid catalogue of another server", NATIVE, "mcp.other.example");
    refuse("server-case", "the server's name in another case", NATIVE, "MCP.acme.example");
    refuse("server-prefix", "the expected name is a prefix", NATIVE, "mcp.acme");
    let call = |title: &str, request: Value| signed(title, NATIVE.as_bytes()).request(request);
    let any = call("a call that takes the catalogue of any server", json!({ "kind": "catalogue", "anyServer": true }));
    vectors.add("catalogues/any-server", any);
    let none = call("the catalogue names a server, and the call names none", json!({ "kind": "catalogue" }));
    vectors.add("catalogues/server-not-called", none.refused("ERR_CATALOGUE_SERVER").twin("catalogues/any-server"));
    let both = json!({ "kind": "catalogue", "anyServer": true, "server": SERVER });
    let both = call("a call that names a server, and takes any", both);
    vectors.add("catalogues/any-server-and-one", both.refused("ERR_OPTION_INVALID").twin("catalogues/any-server"));
    let mut refuse = |name: &str, title: &str, text: &str, server: &str| {
        let case = expecting(text, title, server).refused("ERR_CATALOGUE_SERVER");
        vectors.add(&format!("catalogues/{name}"), case.twin("catalogues/server"));
    };
    refuse("server-unnamed", "the catalogue names no server, the caller expects one", r#"{"tools":[]}"#, SERVER);
}

fn malformed(vectors: &mut Vectors) {
    let mut refuse = |name: &str, title: &str, code: &str, bytes: &[u8]| {
        vectors.add(&format!("catalogues/{name}"), signed(title, bytes).refused(code).twin("catalogues/native"));
    };
    let a = r#"{"name":"a","inputSchema":{}}"#;
    let code = "ERR_CATALOGUE_DUPLICATE_TOOL";
    refuse(
        "duplicate-tool",
        "two tools of one name",
        code,
        tool(&format!(r#"{a},{{"name":"a","inputSchema":{{"type":"object"}}}}"#)).as_bytes(),
    );
    refuse("same-tool-twice", "one tool twice", code, tool(&format!("{a},{a}")).as_bytes());
    refuse(
        "duplicate-tool-escaped",
        "two tools of one name, one of them escaped",
        code,
        tool(&format!(r#"{a},{{"name":"\u0061","inputSchema":{{}}}}"#)).as_bytes(),
    );

    let code = "ERR_JSON_DUPLICATE_KEY";
    refuse(
        "duplicate-key",
        "a tool with two descriptions",
        code,
        tool(r#"{"name":"a","description":"good","description":"evil","inputSchema":{}}"#).as_bytes(),
    );
    refuse(
        "duplicate-key-escaped",
        "a tool with two names, one of them escaped",
        code,
        tool(r#"{"name":"a","\u006eame":"b","inputSchema":{}}"#).as_bytes(),
    );
    refuse("duplicate-tools", "two lists of tools", code, br#"{"tools":[],"tools":[{"name":"a","inputSchema":{}}]}"#);
    refuse(
        "duplicate-proto",
        "__proto__ twice",
        code,
        tool(r#"{"name":"a","inputSchema":{"__proto__":{},"__proto__":{}}}"#).as_bytes(),
    );
    refuse(
        "duplicate-key-deep",
        "a key twice, deep in a schema",
        code,
        tool(r#"{"name":"a","inputSchema":{"properties":{"q":{"type":"string","type":"number"}}}}"#).as_bytes(),
    );

    let code = "ERR_JSON_ENCODING";
    refuse("bom", "a byte order mark", code, format!("\u{feff}{NATIVE}").as_bytes());
    refuse(
        "lone-surrogate",
        "a lone high surrogate",
        code,
        tool(r#"{"name":"a","description":"\ud800","inputSchema":{}}"#).as_bytes(),
    );
    refuse(
        "lone-low-surrogate",
        "a lone low surrogate",
        code,
        tool(r#"{"name":"a","description":"\udc00","inputSchema":{}}"#).as_bytes(),
    );
    refuse(
        "lone-surrogate-key",
        "a lone surrogate in a key",
        code,
        tool(r#"{"name":"a","inputSchema":{"\ud800":1}}"#).as_bytes(),
    );
    refuse("invalid-utf8", "octets that are no UTF-8", code, &[NATIVE.as_bytes(), b"\xff"].concat());
    refuse(
        "overlong-utf8",
        "an overlong form of UTF-8",
        code,
        &[br#"{"server":""#.as_slice(), b"\xc0\xaf", br#"","tools":[]}"#].concat(),
    );
    refuse("utf16", "UTF-16", code, &[b"\xff\xfe".as_slice(), b"{\0}\0"].concat());

    let code = "ERR_JSON_NUMBER";
    refuse(
        "number-huge",
        "a number beyond every double",
        code,
        tool(r#"{"name":"a","inputSchema":{"maximum":1e400}}"#).as_bytes(),
    );

    let code = "ERR_JSON_MALFORMED";
    refuse("no-json", "a manifest that is no JSON, after a valid signature", code, b"tools: [search]\n");
    refuse("empty", "an empty file", code, b"");
    refuse("trailing-data", "a second value after the catalogue", code, format!("{NATIVE}{{}}").as_bytes());
    refuse("truncated", "a catalogue that was cut", code, &NATIVE.as_bytes()[..NATIVE.len() - 3]);
    refuse("comment", "a comment", code, format!("{NATIVE}// end\n").as_bytes());
    refuse("trailing-comma", "a comma at the end of a list", code, br#"{"tools":[{"name":"a","inputSchema":{}},]}"#);
    refuse("nan", "NaN", code, tool(r#"{"name":"a","inputSchema":{"maximum":NaN}}"#).as_bytes());
    refuse(
        "control-character",
        "a bare newline in a string",
        code,
        tool("{\"name\":\"a\",\"description\":\"x\ny\",\"inputSchema\":{}}").as_bytes(),
    );
    let deep = format!("{}{}", "[".repeat(80), "]".repeat(80));
    refuse(
        "too-deep",
        "eighty arrays in each other",
        "ERR_JSON_TOO_DEEP",
        tool(&format!(r#"{{"name":"a","inputSchema":{{"x":{deep}}}}}"#)).as_bytes(),
    );

    let code = "ERR_CATALOGUE_MALFORMED";
    refuse(
        "both-spellings",
        "inputSchema and input_schema in one tool",
        code,
        tool(r#"{"name":"a","inputSchema":{},"input_schema":{}}"#).as_bytes(),
    );
    refuse("array", "an array of tools without an object around it", code, format!("[{a}]").as_bytes());
    refuse("null", "null", code, b"null");
    refuse("no-tools", "no list of tools", code, br#"{"server":"mcp.acme.example"}"#);
    refuse("tools-object", "tools as an object", code, br#"{"tools":{"a":{"inputSchema":{}}}}"#);
    refuse("unknown-field", "a field that catalogues do not have", code, br#"{"tools":[],"tool":[]}"#);
    refuse(
        "proto-field",
        "__proto__ as a field of the catalogue",
        code,
        br#"{"tools":[],"__proto__":{"server":"mcp.acme.example"}}"#,
    );
    refuse("next-cursor", "one page of a list", code, br#"{"tools":[],"nextCursor":"2"}"#);
    refuse("no-name", "a tool without a name", code, tool(r#"{"inputSchema":{}}"#).as_bytes());
    refuse("empty-name", "a tool with an empty name", code, tool(r#"{"name":"","inputSchema":{}}"#).as_bytes());
    refuse("name-number", "a tool whose name is a number", code, tool(r#"{"name":1,"inputSchema":{}}"#).as_bytes());
    refuse(
        "name-control",
        "a tool with a control character in its name",
        code,
        tool(r#"{"name":"a\u0000b","inputSchema":{}}"#).as_bytes(),
    );
    refuse("no-schema", "a tool without a schema", code, tool(r#"{"name":"a"}"#).as_bytes());
    refuse("schema-text", "a schema that is a string", code, tool(r#"{"name":"a","inputSchema":"{}"}"#).as_bytes());
    refuse("server-number", "a server that is a number", code, br#"{"server":1,"tools":[]}"#);
    refuse("version-negative", "a negative version", code, br#"{"version":-1,"tools":[]}"#);
    refuse("version-fraction", "a version that is no integer", code, br#"{"version":1.5,"tools":[]}"#);
    refuse("version-text", "a version in quotes", code, br#"{"version":"7","tools":[]}"#);
    refuse("expires-no-time", "an expiry that is no time", code, br#"{"expires":"tomorrow","tools":[]}"#);

    let key = Secret::p256("publisher");
    let unsigned = Case::detached(
        "a bad signature over a manifest that is no JSON: the signature is judged first",
        "attacks, keyed tests",
        &[key.pem()],
        &key.sign(b"else"),
    );
    let unsigned = unsigned.request(json!({ "kind": "catalogue" })).artifact("tools: [search]\n");
    vectors.add("catalogues/unsigned-no-json", unsigned.refused("ERR_SIGNATURE_INVALID").twin("catalogues/native"));
}

fn dated(vectors: &mut Vectors) {
    let text = r#"{"expires":"2026-07-01T00:00:00Z","tools":[]}"#;
    let case =
        |title: &str, now: &str| signed(title, text.as_bytes()).request(json!({ "kind": "catalogue", "now": now }));
    vectors.add("catalogues/expires-later", case("before the catalogue expires", "2026-06-30T23:59:59Z"));
    let expired = case("after the catalogue expired", "2026-07-01T00:00:01Z");
    vectors.add("catalogues/expired", expired.refused("ERR_CATALOGUE_EXPIRED").twin("catalogues/expires-later"));
    aged(vectors);
    vectors.add("catalogues/expires-no-now", signed("an expiry, and no time given", text.as_bytes()));
}

/// Under a pinned key, only the signed `issuedAt` says how old a catalogue is.
fn aged(vectors: &mut Vectors) {
    let case = |title: &str, text: &str, now: &str| {
        let request = json!({ "kind": "catalogue", "server": SERVER, "now": now });
        signed(title, text.as_bytes()).request(request).option("maxAgeSeconds", json!(3600))
    };
    vectors.add("catalogues/aged", case("issued less than an hour ago", NATIVE, "2026-06-01T12:58:59Z"));
    let mut refuse = |name: &str, title: &str, text: &str, now: &str| {
        let case = case(title, text, now).refused("ERR_CATALOGUE_EXPIRED").twin("catalogues/aged");
        vectors.add(&format!("catalogues/{name}"), case);
    };
    refuse("aged-too-old", "issued more than an hour ago", NATIVE, "2026-06-01T12:59:01Z");
    refuse(
        "aged-undated",
        "a maximum age, and a catalogue that does not say when it was issued",
        MANIFEST,
        "2026-06-01T12:00:00Z",
    );
}

/// Catalogues under keyless bundles and attestations.
fn in_bundles(vectors: &mut Vectors, stack: &Stack) {
    let server = json!({ "kind": "catalogue", "server": SERVER });
    let case = |title: &str, bundle: Value| {
        Case::keyless(title, "issue 3; issue 4", bundle)
            .identity(json!({ "san": WORKFLOW, "issuer": OIDC_ISSUER }))
            .request(server.clone())
            .artifact(NATIVE)
    };
    vectors.add(
        "catalogues/keyless",
        case("a catalogue under a keyless bundle", Signing::new(stack).message(NATIVE.as_bytes())),
    );
    let attested = Signing::new(stack).attest(&statement(NATIVE.as_bytes()));
    // The signature was made half an hour after the certificate began. Its age counts from the certificate.
    let long = || Signing::new(stack).leaf(|leaf| leaf.not_after += 3600).when(NOW + 1800);
    let aged = |title: &str, seconds: u32| {
        let request = json!({ "kind": "catalogue", "server": SERVER, "now": "2026-06-01T12:31:00Z" });
        case(title, long().message(NATIVE.as_bytes())).request(request).option("maxAgeSeconds", json!(seconds))
    };
    vectors.add("catalogues/keyless-aged", aged("a certificate of less than the maximum age", 1920));
    let renewed = aged("an older certificate with a timestamp of today", 1919);
    let renewed = renewed.refused("ERR_CATALOGUE_EXPIRED").twin("catalogues/keyless-aged");
    vectors.add("catalogues/keyless-aged-timestamped-anew", renewed);
    vectors.add("catalogues/attested", case("a catalogue that an attestation is about", attested));
    let other = case("another catalogue beside the bundle", Signing::new(stack).message(MANIFEST.as_bytes()));
    vectors.add("catalogues/keyless-other", other.refused("ERR_DIGEST_MISMATCH").twin("catalogues/keyless"));
    let other =
        case("an attestation about another catalogue", Signing::new(stack).attest(&statement(MANIFEST.as_bytes())));
    vectors.add("catalogues/attested-other", other.refused("ERR_STATEMENT_SUBJECT").twin("catalogues/attested"));
    let digest = json!({ "digest": format!("sha256:{}", crate::text::hex(crate::key::sha256(NATIVE))) });
    let given =
        case("a catalogue is asked for, and only its digest given", Signing::new(stack).message(NATIVE.as_bytes()));
    vectors.add(
        "catalogues/digest-given",
        given.artifact_source(digest).refused("ERR_OPTION_INVALID").twin("catalogues/keyless"),
    );
    let misplaced =
        case("a server is expected of a file that is no catalogue", Signing::new(stack).message(NATIVE.as_bytes()));
    let misplaced = misplaced.request(json!({ "kind": "artifact", "server": SERVER }));
    vectors.add("catalogues/server-of-an-artifact", misplaced.refused("ERR_OPTION_INVALID").twin("catalogues/keyless"));
}
