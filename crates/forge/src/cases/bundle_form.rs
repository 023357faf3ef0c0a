//! Attack 17 and bad input: bundles whose form is wrong.

use serde_json::{Value, json};

use super::honest::with_chain;
use crate::edit::{CHECKPOINT, ENTRY, at, remove, with};
use crate::signing::Signing;
use crate::stack::Stack;
use crate::text::base64;
use crate::vectors::{ARTIFACT, Case, Vectors};

const SOURCE: &str = "attacks 17; issue 3, bad input";
const TWIN: &str = "honest/keyless-v2";

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let v2 = Signing::new(stack).message(ARTIFACT.as_bytes());
    let v1 = Signing::v1(stack).message(ARTIFACT.as_bytes());
    fields(vectors, &v2, &v1);
    kinds(vectors, &v2, &v1);
    materials(vectors, stack, &v2, &v1);
    texts(vectors, &v2);
    media_types(vectors, &v2);
}

fn refuse(vectors: &mut Vectors, name: &str, title: &str, code: &str, bundle: Value) {
    vectors.add(&format!("bundle-form/{name}"), Case::keyless(title, SOURCE, bundle).refused(code).twin(TWIN));
}

/// An unknown field at every level, misspelt ones, and one field in two forms.
fn fields(vectors: &mut Vectors, v2: &Value, v1: &Value) {
    let code = "ERR_BUNDLE_UNKNOWN_FIELD";
    let material = "/verificationMaterial";
    let stamps = "/verificationMaterial/timestampVerificationData";
    for (name, bundle, pointer) in [
        ("top", v2, String::new()),
        ("material", v2, material.into()),
        ("certificate", v2, format!("{material}/certificate")),
        ("entry", v2, ENTRY.into()),
        ("log-id", v2, format!("{ENTRY}/logId")),
        ("kind-version", v2, format!("{ENTRY}/kindVersion")),
        ("promise", v1, format!("{ENTRY}/inclusionPromise")),
        ("proof", v2, format!("{ENTRY}/inclusionProof")),
        ("checkpoint", v2, CHECKPOINT.trim_end_matches("/envelope").into()),
        ("timestamps", v2, stamps.into()),
        ("timestamp", v2, format!("{stamps}/rfc3161Timestamps/0")),
        ("signature", v2, "/messageSignature".into()),
        ("digest", v2, "/messageSignature/messageDigest".into()),
    ] {
        let bundle = with(bundle.clone(), |b| at(b, &pointer)["extra"] = json!(1));
        refuse(vectors, &format!("unknown-{name}"), &format!("an unknown field at the level {name}"), code, bundle);
    }
    let proto = with(v2.clone(), |b| b["__proto__"] = json!({ "mediaType": "x" }));
    refuse(vectors, "unknown-proto", "__proto__ as a field", code, proto);
    let misspelt = with(v2.clone(), |b| {
        let entries = remove(b, "/verificationMaterial/tlogEntries");
        b["verificationMaterial"]["tLogEntries"] = entries;
    });
    refuse(vectors, "misspelt-entries", "a misspelt field", code, misspelt);
    let misspelt = with(v2.clone(), |b| {
        let proof = remove(b, &format!("{ENTRY}/inclusionProof"));
        at(b, ENTRY)["inclusionproof"] = proof;
    });
    refuse(vectors, "misspelt-proof", "a misspelt field", code, misspelt);

    let code = "ERR_JSON_DUPLICATE_KEY";
    let both = with(v2.clone(), |b| b["media_type"] = b["mediaType"].clone());
    refuse(vectors, "two-forms-top", "one field in two forms", code, both);
    let both = with(v2.clone(), |b| at(b, ENTRY)["log_index"] = json!("2"));
    refuse(vectors, "two-forms-index", "one field in two forms", code, both);
    let text = v2.to_string();
    let mut duplicate = |name: &str, from: &str, to: &str| {
        let text = text.replacen(from, to, 1);
        let case = Case::keyless("a key twice", SOURCE, Value::Null).bundle(json!({ "text": text })).refused(code);
        vectors.add(&format!("bundle-form/{name}"), case.twin(TWIN));
    };
    duplicate(
        "duplicate-key",
        r#""mediaType":"#,
        r#""mediaType":"application/vnd.dev.sigstore.bundle+json;version=0.1","mediaType":"#,
    );
    duplicate("duplicate-key-escaped", r#""messageSignature":{"#, r#""messageSignature":{"\u0073ignature":"AAAA","#);
}

/// Values of another kind.
fn kinds(vectors: &mut Vectors, v2: &Value, v1: &Value) {
    let code = "ERR_BUNDLE_MALFORMED";
    let proof = format!("{ENTRY}/inclusionProof");
    for (name, title, pointer, value) in [
        ("array-for-object", "an array for an object", "/messageSignature".to_owned(), json!([])),
        ("object-for-array", "an object for an array", "/verificationMaterial/tlogEntries".into(), json!({})),
        ("text-for-object", "a text for an object", "/verificationMaterial".into(), json!("x")),
        ("number-for-bytes", "a number for bytes", "/messageSignature/signature".into(), json!(1)),
        ("bool-for-text", "a boolean for a text", "/mediaType".into(), json!(true)),
        ("null-item", "null in a list", "/verificationMaterial/tlogEntries/0".into(), Value::Null),
        ("index-negative", "a negative index", format!("{proof}/logIndex"), json!("-1")),
        ("index-negative-number", "a negative number", format!("{proof}/logIndex"), json!(-1)),
        ("index-fraction", "an index with a fraction", format!("{proof}/logIndex"), json!("2.5")),
        ("index-fraction-number", "a number with a fraction", format!("{proof}/logIndex"), json!(2.5)),
        ("index-exponent", "an index whose exponent makes a fraction", format!("{proof}/logIndex"), json!("25e-1")),
        (
            "index-exponent-huge",
            "an exponent beyond all bounds",
            format!("{proof}/logIndex"),
            json!("2e99999999999999999999"),
        ),
        ("index-point", "an index with a point and nothing behind", format!("{proof}/logIndex"), json!("2.")),
        ("index-zeros", "an index with leading zeros", format!("{proof}/logIndex"), json!("02")),
        ("index-sign", "an index with a plus sign", format!("{proof}/logIndex"), json!("+2")),
        ("index-space", "an index with a space", format!("{proof}/logIndex"), json!(" 2")),
        ("index-empty", "an empty index", format!("{proof}/logIndex"), json!("")),
        ("index-beyond", "an index of 2^63", format!("{proof}/logIndex"), json!("9223372036854775808")),
        ("size-negative", "a negative tree size", format!("{proof}/treeSize"), json!("-5")),
    ] {
        // The media type is judged before anything else.
        let code = if name == "bool-for-text" { "ERR_BUNDLE_MEDIA_TYPE" } else { code };
        let bundle = with(v2.clone(), |b| *at(b, &pointer) = value);
        refuse(vectors, name, title, code, bundle);
    }
    let time = with(v1.clone(), |b| *at(b, &format!("{ENTRY}/integratedTime")) = json!("-1780315200"));
    vectors.add(
        "bundle-form/time-negative",
        Case::keyless("a negative time", SOURCE, time).refused(code).twin("honest/keyless-v1"),
    );
    // Texts, since serde_json would write the numbers in its own way.
    let index = format!("{proof}/logIndex");
    let stated = at(&mut v2.clone(), &index).as_str().unwrap().to_owned();
    for (name, number) in [
        ("zeros", format!("{stated}.000")),
        ("exponent", format!("{stated}e0")),
        ("both", format!("{stated}00.0E-2")),
        ("shifted", format!("0.{stated}e+{}", stated.len())),
    ] {
        for (form, spelling) in [("number", number.clone()), ("string", format!("\"{number}\""))] {
            let marked = with(v2.clone(), |b| *at(b, &index) = json!("MARK")).to_string();
            let text = marked.replace("\"MARK\"", &spelling);
            let case = Case::keyless(
                "an int64 whose text is a float and whose value is an integer",
                "proto3 JSON mapping",
                Value::Null,
            );
            vectors.add(&format!("bundle-form/integral-{name}-{form}"), case.bundle(json!({ "text": text })));
        }
    }
    let large = with(v2.clone(), |b| *at(b, &format!("{proof}/treeSize")) = json!(9_007_199_254_740_993_u64));
    // As text: not every reader of this file could carry the number.
    let case = Case::keyless("a JSON number that doubles do not hold", SOURCE, Value::Null);
    let case = case.bundle(json!({ "text": large.to_string() })).refused("ERR_JSON_NUMBER");
    vectors.add("bundle-form/number-beyond-2-53", case.twin(TWIN));
    let text = with(v2.clone(), |b| *at(b, &format!("{proof}/treeSize")) = json!("9007199254740993"));
    refuse(
        vectors,
        "text-beyond-2-53",
        "the same as a decimal string: an int64 like any other",
        "ERR_CHECKPOINT_MISMATCH",
        text,
    );

    let code = "ERR_BASE64_MALFORMED";
    let signature = crate::edit::text(v2, "/messageSignature/signature");
    let bits = format!("{}B=", &signature[..signature.len() - 2]);
    for (name, title, text) in [
        ("base64-truncated", "base64 of a length that none has", signature[..signature.len() / 4 * 4 - 3].to_owned()),
        ("base64-newline", "base64 with a newline in it", format!("{}\n{}", &signature[..20], &signature[20..])),
        ("base64-foreign", "base64 with a foreign character", signature.replacen('M', "*", 1)),
        ("base64-padding", "base64 with too much padding", format!("{signature}==")),
        ("base64-inner-padding", "two texts of base64 in one", format!("AA=={signature}")),
        ("base64-bits", "base64 with bits after the last octet", bits),
    ] {
        let bundle = with(v2.clone(), |b| *at(b, "/messageSignature/signature") = json!(text));
        refuse(vectors, name, title, code, bundle);
    }
}

/// Certificates, chains and keys where the version has others.
fn materials(vectors: &mut Vectors, stack: &Stack, v2: &Value, v1: &Value) {
    let code = "ERR_BUNDLE_MATERIAL";
    let chain = with(with_chain(v2.clone(), "0.2", &[]), |b| b["mediaType"] = v2["mediaType"].clone());
    refuse(vectors, "chain-in-v0.3", "a chain in a bundle v0.3", code, chain);
    for version in ["0.1", "0.2"] {
        let lone = with(v1.clone(), |b| {
            b["mediaType"] = json!(format!("application/vnd.dev.sigstore.bundle+json;version={version}"))
        });
        let title = format!("one certificate in a bundle v{version}");
        let case = Case::keyless(&title, SOURCE, lone).refused(code).twin(&format!("honest/bundle-v{version}"));
        vectors.add(&format!("bundle-form/certificate-in-v{version}"), case);
    }
    let unpromised = with_chain(v2.clone(), "0.1", &[]);
    let case = Case::keyless("a bundle v0.1 without the promise that v0.1 requires", SOURCE, unpromised);
    vectors.add("bundle-form/v0.1-without-promise", case.refused("ERR_SET_MISSING").twin("honest/bundle-v0.1"));
    let malformed = "ERR_BUNDLE_MALFORMED";
    let both = with(v2.clone(), |b| b["verificationMaterial"]["publicKey"] = json!({ "hint": "x" }));
    refuse(vectors, "certificate-and-key", "a certificate and a key hint", malformed, both);
    let empty = with(with_chain(v1.clone(), "0.2", &[]), |b| {
        *at(b, "/verificationMaterial/x509CertificateChain/certificates") = json!([]);
    });
    vectors.add(
        "bundle-form/empty-chain",
        Case::keyless("an empty chain", SOURCE, empty).refused(malformed).twin("honest/bundle-v0.2"),
    );
    let attested = Signing::new(stack).attest(&crate::dsse::statement(ARTIFACT.as_bytes()));
    let both = with(v2.clone(), |b| b["dsseEnvelope"] = attested["dsseEnvelope"].clone());
    refuse(vectors, "two-contents", "a message signature and an envelope", malformed, both);
    let garbage =
        with(v2.clone(), |b| *at(b, "/verificationMaterial/certificate/rawBytes") = json!(base64(b"certificate")));
    refuse(vectors, "certificate-no-der", "a certificate that is no DER", "ERR_CERTIFICATE_MALFORMED", garbage);
}

/// Files that are no bundle.
fn texts(vectors: &mut Vectors, v2: &Value) {
    let text = v2.to_string();
    let mut raw = |name: &str, title: &str, code: &str, source: Value| {
        let case = Case::keyless(title, SOURCE, Value::Null).bundle(source).refused(code);
        vectors.add(&format!("bundle-form/{name}"), case.twin(TWIN));
    };
    let malformed = "ERR_JSON_MALFORMED";
    raw("truncated", "a bundle cut in the middle", malformed, json!({ "text": &text[..text.len() / 2] }));
    raw("truncated-end", "a bundle without its last brace", malformed, json!({ "text": &text[..text.len() - 1] }));
    raw("trailing-data", "a second value after the bundle", malformed, json!({ "text": format!("{text}\n{{}}") }));
    raw("single-quotes", "quotes that JSON does not have", malformed, json!({ "text": text.replace('"', "'") }));
    raw(
        "pem",
        "a certificate in PEM",
        malformed,
        json!({ "text": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" }),
    );
    raw("empty", "an empty file", "ERR_BUNDLE_MALFORMED", json!({ "text": "" }));
    raw("blank", "a file of blanks", "ERR_BUNDLE_MALFORMED", json!({ "text": " \n" }));
    raw("empty-object", "an empty object", "ERR_BUNDLE_MEDIA_TYPE", json!({ "text": "{}" }));
    raw("array", "an array around the bundle", "ERR_BUNDLE_MALFORMED", json!({ "text": format!("[{text}]") }));
    raw("bom", "a byte order mark", "ERR_JSON_ENCODING", json!({ "text": format!("\u{feff}{text}") }));
    raw(
        "invalid-utf8",
        "octets that are no UTF-8",
        "ERR_JSON_ENCODING",
        json!({ "base64": base64([b"{\"".as_slice(), b"\xff\":1}"].concat()) }),
    );
    raw("lone-surrogate", "a lone surrogate", "ERR_JSON_ENCODING", json!({ "text": r#"{"mediaType":"\ud800"}"# }));
    raw(
        "too-deep",
        "a thousand arrays in each other",
        "ERR_JSON_TOO_DEEP",
        json!({ "text": format!("{{\"mediaType\":{}", "[".repeat(1000)) }),
    );
    raw(
        "too-large",
        "a good bundle with 16 MiB of blanks behind it",
        "ERR_INPUT_TOO_LARGE",
        json!({ "text": text, "blanks": 16 << 20 }),
    );
    let legacy = json!({
        "base64Signature": "MEUCIQDX",
        "cert": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
        "rekorBundle": {
            "SignedEntryTimestamp": "MEUCIQDX",
            "Payload": { "body": "e30=", "integratedTime": 1_780_315_200, "logIndex": 7, "logID": "c0d23d6a" },
        },
    });
    raw("cosign-2", "the legacy bundle of cosign 2", "ERR_BUNDLE_LEGACY", json!({ "json": legacy }));
    let oci = json!({ "SignedEntryTimestamp": "MEUCIQDX", "Payload": { "body": "e30=", "integratedTime": 1, "logIndex": 7, "logID": "c0" } });
    raw("cosign-2-oci", "the bundle annotation of cosign 2", "ERR_BUNDLE_MEDIA_TYPE", json!({ "json": oci }));
    raw(
        "binary",
        "octets that are no protobuf message",
        "ERR_BUNDLE_PROTOBUF",
        json!({ "base64": base64([0x12, 0xff, 0xff, 0xff, 0xff, 0x7f]) }),
    );
}

fn media_types(vectors: &mut Vectors, v2: &Value) {
    for (name, media_type) in [
        ("future", "application/vnd.dev.sigstore.bundle.v0.4+json"),
        ("upper-case", "application/vnd.dev.sigstore.bundle.V0.3+json"),
        ("parameter", "application/vnd.dev.sigstore.bundle.v0.3+json;charset=utf-8"),
        ("prefix", "application/vnd.dev.sigstore.bundle"),
        ("trust-root", "application/vnd.dev.sigstore.trustedroot+json;version=0.1"),
        ("empty", ""),
    ] {
        let bundle = with(v2.clone(), |b| b["mediaType"] = json!(media_type));
        refuse(
            vectors,
            &format!("media-type-{name}"),
            &format!("the media type {media_type:?}"),
            "ERR_BUNDLE_MEDIA_TYPE",
            bundle,
        );
    }
    let none = with(v2.clone(), |b| {
        remove(b, "/mediaType");
    });
    refuse(vectors, "media-type-none", "no media type", "ERR_BUNDLE_MEDIA_TYPE", none);
}
