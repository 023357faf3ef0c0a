use super::*;

const BUNDLE: &str = r#"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{}}"#;
const TRUST_ROOT: &str = r#"{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[]}"#;
const CATALOGUE: &str = r#"{"server":"s","tools":[{"name":"a","inputSchema":{}}]}"#;
const KEY: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA7BcrmK1eVjv0kyxw4SRQNMVDZ+8v/U1k6/gZaDRn4r8=\n-----END PUBLIC KEY-----\n";
const SIGNATURE: &str =
    "MEQCIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gAiBBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYA==";
const WANTED: [Wanted; 6] =
    [Wanted::Artifact, Wanted::Bundle, Wanted::Catalogue, Wanted::Key, Wanted::Signature, Wanted::TrustRoot];

/// The refusal of the file, with the hint as its reader adds it.
fn explained(bytes: &[u8], wanted: Wanted) -> Error {
    let error = Error::new(Code::BundleMalformed).found("other");
    match json::parse(bytes, usize::MAX) {
        Ok(document) if matches!(wanted, Wanted::Bundle | Wanted::TrustRoot) => {
            explain_document(error, &document, wanted)
        }
        _ => explain(error, bytes, wanted),
    }
}

/// What was found, and the hint.
fn told(bytes: &[u8], wanted: Wanted) -> String {
    let error = explained(bytes, wanted);
    format!("{}; {}", error.found_text().unwrap_or_default(), error.hint_text())
}

fn assert_told(bytes: impl AsRef<[u8]>, wanted: Wanted, words: &[&str]) {
    let told = told(bytes.as_ref(), wanted);
    for word in words {
        assert!(told.contains(word), "{:?}: {told} lacks {word}", String::from_utf8_lossy(bytes.as_ref()));
    }
}

fn is_silent(bytes: &[u8], wanted: Wanted) -> bool {
    explained(bytes, wanted) == Error::new(Code::BundleMalformed).found("other")
}

#[test]
fn what_is_wanted_and_what_is_unknown_keep_their_refusal() {
    for (text, wanted) in [
        (BUNDLE, Wanted::Bundle),
        (TRUST_ROOT, Wanted::TrustRoot),
        (CATALOGUE, Wanted::Catalogue),
        (CATALOGUE, Wanted::Artifact),
        (KEY, Wanted::Key),
        (KEY, Wanted::Artifact),
        (SIGNATURE, Wanted::Signature),
        ("-----BEGIN PUBLIC KEY-----\nMCow", Wanted::Key),
    ] {
        assert!(is_silent(text.as_bytes(), wanted), "{text}");
    }
    for unknown in [
        "",
        " ",
        "{}",
        "[]",
        "{",
        "x",
        "1",
        "null",
        "\"\"",
        "{\"a\":1}\n{}",
        "some words",
        "\u{0}",
        "a/b",
        "0\u{1}",
        "\u{feff}",
    ] {
        for wanted in WANTED {
            assert!(is_silent(unknown.as_bytes(), wanted), "{unknown:?}");
        }
    }
}

#[test]
fn swapped_files_are_named() {
    let files = [
        (BUNDLE, Wanted::Bundle, "a Sigstore bundle"),
        (TRUST_ROOT, Wanted::TrustRoot, "a trust root"),
        (CATALOGUE, Wanted::Catalogue, "a tool catalogue"),
        (KEY, Wanted::Key, "a public key"),
        (SIGNATURE, Wanted::Signature, "a detached signature (ECDSA, in base64)"),
    ];
    for (file, own, name) in files {
        for wanted in WANTED.into_iter().filter(|wanted| *wanted != own && *wanted != Wanted::Artifact) {
            assert_told(file, wanted, &[name, "swapped?", own.place(), wanted.missing()]);
        }
    }
    for file in [BUNDLE, TRUST_ROOT, SIGNATURE] {
        assert_told(file, Wanted::Artifact, &["other; ", "What was given as the signed file is ", "swapped?"]);
    }
}

#[test]
fn wrapped_bundles_are_found() {
    let wrapped = |before: &str, after: &str| format!("{before}{BUNDLE}{after}");
    for (file, words) in [
        (wrapped(r#"{"attestations":[{"predicateType":"x","bundle":"#, "}]}"), &["npm", "attestations[0].bundle"][..]),
        (wrapped(r#"{"attestations":[{"bundle":"#, r#","repository_id":1}]}"#), &["GitHub", "attestations[0].bundle"]),
        (
            r#"{"attestations":[{"bundle":null,"bundle_url":"https://x"}]}"#.into(),
            &["GitHub", "bundle_url", "gh attestation download"],
        ),
        (format!("{BUNDLE}\n{BUNDLE}\n"), &["2 bundles", "JSON Lines", "one bundle a line"]),
        (format!("{BUNDLE}\r\n\r\n{BUNDLE}\r\n{BUNDLE}"), &["3 bundles"]),
        (wrapped("[", "]"), &["array of 1 bundles", "conda", "[0]"]),
        (
            wrapped(r#"[{"attestation":{"bundle":"#, r#"},"verificationResult":{}}]"#),
            &["gh attestation verify", "[0].attestation.bundle"],
        ),
        (wrapped(r#"{"a":[1,{"b\u001b":"#, "}]}"), &["with a Sigstore bundle in it", r"a[1].b\u{1b}"]),
        (format!("{:?}", BUNDLE), &["a bundle as a JSON string"]),
        (format!(r#"{{"sigstore":{BUNDLE:?}}}"#), &["the value of sigstore"]),
        (crate::encoding::base64::encode(BUNDLE.as_bytes()), &["base64 of a Sigstore bundle", "Decode"]),
    ] {
        assert_told(&file, Wanted::Bundle, words);
    }
}

#[test]
fn related_formats_are_named() {
    for (file, words) in [
        (r#"{"version":1,"verification_material":{},"envelope":{}}"#, &["PEP 740", "PyPI"][..]),
        (r#"{"version":1,"attestation_bundles":[]}"#, &["PEP 740"]),
        (r#"{"SignedEntryTimestamp":"x","Payload":{}}"#, &["cosign 2"]),
        (r#"[{"base64Signature":"x"}]"#, &["cosign 2"]),
        (r#"{"payloadType":"x","payload":"","signatures":[]}"#, &["DSSE envelope", "SLSA"]),
        (
            "{\"payloadType\":\"x\",\"payload\":\"\",\"signatures\":[]}\n{\"payloadType\":\"x\"}",
            &["JSON Lines", "DSSE"],
        ),
        (r#"{"_type":"https://in-toto.io/Statement/v1","subject":[]}"#, &["in-toto statement"]),
        (r#"{"signatures":[],"signed":{"_type":"root"}}"#, &["TUF"]),
        (r#"{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}"#, &["signing config"]),
        (r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{}}"#, &["OCI"]),
        (r#"{"schemaVersion":2,"layers":[]}"#, &["OCI"]),
        (r#"[{"critical":{"type":"cosign container image signature"}}]"#, &["cosign verify"]),
        (r#"{"24296fb24b8ad77a5a3d4b0f8c1f6a1ed3c1d7d4f7a4bb45c4c7fd5f7bfb0000":{"body":"x"}}"#, &["Rekor"]),
        ("rekor.sigstore.dev - 1\n5\nAAAA\n\n\u{2014} rekor.sigstore.dev AAAA\n", &["checkpoint"]),
        ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", &["a certificate"]),
        ("-----BEGIN PGP SIGNATURE-----\n\niQ==\n=abcd\n-----END PGP SIGNATURE-----", &["PGP"]),
        ("untrusted comment: minisign public key\nRWQ", &["minisign"]),
        ("<!DOCTYPE html><html>", &["web page"]),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:00", &["git lfs pull"]),
    ] {
        assert_told(file, Wanted::Bundle, words);
    }
    assert_told([0x1f, 0x8b, 8, 0], Wanted::Bundle, &["gzip", "Unpack"]);
    assert_told(b"PK\x03\x04rest", Wanted::Bundle, &["ZIP"]);
    assert_told(b"\xff\xfe{\0", Wanted::Bundle, &["UTF-16"]);
}

#[test]
fn raw_answers_are_no_catalogues() {
    for (file, words) in [
        (r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"#, &["JSON-RPC", "tools/list"][..]),
        (r#"{"result":{"tools":[]}}"#, &["JSON-RPC"]),
        (r#"{"tools":[],"nextCursor":"x"}"#, &["one page"]),
        (r#"[{"name":"a","inputSchema":{}}]"#, &["an array of 1 tools"]),
        (r#"[{"name":"a","input_schema":{}}]"#, &["an array of 1 tools"]),
        (r#"{"name":"a","inputSchema":{}}"#, &["one tool"]),
        (r#"{"mcpServers":{}}"#, &["MCP client"]),
    ] {
        assert_told(file, Wanted::Catalogue, words);
        assert_told(file, Wanted::Catalogue, &["Ask the publisher to sign a catalogue"]);
    }
}

#[test]
fn names_of_files_are_no_files() {
    let paths = [
        "catalogue.json",
        "./x",
        "/etc/a",
        "../a/b.sigstore.json",
        "C:\\keys\\cosign.pub",
        "dir/My Key.pem",
        "~/x",
        "cosign.key\n",
    ];
    for path in paths {
        for wanted in WANTED {
            assert_told(path, wanted, &["a file name", "read the file first"]);
        }
    }
    for wanted in WANTED {
        assert_told("https://x.example/a.json", wanted, &["an address"]);
        assert_told("file:///a", wanted, &["an address"]);
        assert_told(format!("sha256:{}", "0".repeat(64)), wanted, &["a digest"]);
    }
    assert!(is_silent(b"/w==", Wanted::Signature), "base64 that begins with a slash");
}

#[test]
fn keys_of_other_forms() {
    for (text, words) in [
        ("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----", &["a private key", "public half"][..]),
        (
            "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----",
            &["a private key"],
        ),
        ("-----BEGIN EC PRIVATE KEY-----\nbroken", &["a private key"]),
        ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", &["a certificate", "openssl x509 -pubkey"]),
        ("ssh-ed25519 AAAAC3 me@host", &["OpenSSH", "ssh-keygen -e -m PKCS8"]),
        (r#"{"kty":"EC"}"#, &["JSON Web Key", "PEM"]),
        (
            "MCowBQYDK2VwAyEA7BcrmK1eVjv0kyxw4SRQNMVDZ+8v/U1k6/gZaDRn4r8=",
            &["bare base64", "-----BEGIN PUBLIC KEY-----"],
        ),
    ] {
        assert_told(text, Wanted::Key, words);
    }
}

#[test]
fn the_words_are_bounded_and_printable() {
    let name = "\u{1b}\u{202e}x".repeat(10_000);
    let wrapped = format!("{{{name:?}:{BUNDLE}}}").replace("\\u{1b}", "\\u001b").replace("\\u{202e}", "\u{202e}");
    let told = told(wrapped.as_bytes(), Wanted::Bundle);
    assert!(told.contains("with a Sigstore bundle in it") && told.len() < 1000, "{told}");
    assert!(!told.contains(|character: char| character.is_control() || character == '\u{202e}'), "{told}");
    let deep = format!("{}{BUNDLE}{}", r#"{"a":"#.repeat(20), "}".repeat(20));
    assert!(is_silent(deep.as_bytes(), Wanted::Bundle));
    assert!(is_silent(format!("x{}", " x".repeat(LARGEST)).as_bytes(), Wanted::Bundle));
}
